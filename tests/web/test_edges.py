"""Values at the edges: cells that a spreadsheet would run, bodies with one type in place of another."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from pydantic import ValidationError

from control_tower.errors import UnknownAlert
from control_tower.monitoring.alert_actions import acknowledge
from control_tower.web import api
from control_tower.web.csv_export import cell
from control_tower.web.params import ListQuery, Strict

FORMULAS = (
    *("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"),
    *(" =1+1", "   =1", "\u00a0=1", "\u3000=1", "\u200b=1", "\ufeff=1", "\x00=1", " \t =1", "\v=1"),
    *("\uff1d1+1", "\uff0b1", "\uff0d1", "\uff20SUM(A1)", "\u3000\uff1d1", "\u22121"),
)


@pytest.mark.parametrize("text", FORMULAS)
def test_a_cell_that_a_spreadsheet_would_run_is_text(text: str) -> None:
    assert cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", " ", "Ana Torres", " Ana", "a=1", "1-2", "ñ", "–", "3 @ 4"])
def test_other_cells_stay_as_they_are(text: str) -> None:
    assert cell(text) == text


def bodies() -> Iterator[type[Strict]]:
    """Every model of a body of the API."""
    for module in pkgutil.iter_modules(api.__path__):
        importlib.import_module(f"{api.__name__}.{module.name}")
    found = list(Strict.__subclasses__())
    while found:
        model = found.pop()
        found += model.__subclasses__()
        if not issubclass(model, ListQuery) and not model.__name__.endswith("Query"):
            yield model


FIELDS = [(model, name) for model in bodies() for name in model.model_fields]


def accepts(model: type[Strict], field: str, value: object) -> bool:
    """Whether a field of a body takes a value, whatever the rest of the body is."""
    try:
        model.model_validate({field: value})
    except ValidationError as error:
        return not any(fault["loc"][:1] == (field,) for fault in error.errors())
    return True


@pytest.mark.parametrize(("model", "field"), FIELDS, ids=[f"{model.__name__}.{name}" for model, name in FIELDS])
def test_a_field_of_a_body_takes_no_boolean_for_a_number_and_no_number_for_anything_else(
    model: type[Strict], field: str
) -> None:
    annotation: Any = model.model_fields[field].annotation
    is_boolean = bool in _innermost(annotation)
    is_number = int in _innermost(annotation)
    assert accepts(model, field, True) == is_boolean
    assert not accepts(model, field, "true") or not (is_boolean or is_number)
    for number in (1, 86_400):
        assert accepts(model, field, number) == is_number
    assert not accepts(model, field, 1.0)


def _innermost(annotation: Any) -> list[Any]:
    """The types that an annotation is made of."""
    parts = get_args(annotation)
    return [annotation] if not parts else [inner for part in parts for inner in _innermost(part)]


def test_there_are_bodies_with_numbers_and_with_booleans() -> None:
    kinds = {kind for model, name in FIELDS for kind in _innermost(model.model_fields[name].annotation)}
    assert {int, bool} <= kinds


@pytest.mark.usefixtures("warehouse")
def test_true_is_no_alert() -> None:
    with pytest.raises(UnknownAlert):
        acknowledge(True, "ana", "seen")
