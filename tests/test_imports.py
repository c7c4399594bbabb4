"""The modules of the package and of the tools import each other without cycles."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
ROOTS = {"control_tower": PROJECT / "plugins", "devtools": PROJECT}


def modules_of(package: str) -> dict[str, Path]:
    """Every module of a package by its dotted name."""
    root = ROOTS[package]
    return {
        ".".join(path.relative_to(root).with_suffix("").parts).removesuffix(".__init__"): path
        for path in (root / package).rglob("*.py")
    }


def imports_of(path: Path, modules: dict[str, Path]) -> Iterator[str]:
    """The modules among some that a file imports: at its top, in functions and for type checkers."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name in modules)
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = {f"{node.module}.{alias.name}" for alias in node.names}
            yield from names & modules.keys()
            if node.module in modules and not names <= modules.keys():
                yield node.module


def import_graph(package: str) -> dict[str, set[str]]:
    modules = modules_of(package)
    return {name: set(imports_of(path, modules)) for name, path in modules.items()}


@pytest.mark.parametrize("package", ROOTS)
def test_no_modules_import_each_other_in_a_circle(package: str):
    graph = import_graph(package)
    assert len(graph) > 20
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        pytest.fail(" → ".join(error.args[1]))


def test_the_package_imports_none_of_the_tools():
    modules = modules_of("control_tower")
    tools = modules_of("devtools")
    assert {name for name, path in modules.items() if set(imports_of(path, tools))} == set()
