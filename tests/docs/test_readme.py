"""README, demo and architecture pages name what exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from devtools.demo import scouts_story, story
from tests.docs.pages import PROJECT

README = PROJECT / "README.md"
DEMO = PROJECT / "docs" / "demo.md"
ARCHITECTURE = PROJECT / "docs" / "architecture.md"
DECISIONS = sorted((PROJECT / "docs" / "decisions").glob("*.md"))


def test_the_readme_is_two_screens() -> None:
    assert len(README.read_text().splitlines()) <= 130


def test_each_thing_is_where_the_architecture_page_says() -> None:
    section = ARCHITECTURE.read_text().split('<a id="where"></a>')[1].split('<a id="tables"></a>')[0]
    found = re.findall(r"\[`([\w.]+)`\]\(([^)]+)\)", section)
    assert len(found) >= 15
    for name, target in found:
        text = (ARCHITECTURE.parent / target).read_text()
        assert re.search(rf"\b{re.escape(name)}\b", text), f"{target} does not contain {name}"


def test_every_folder_file_and_make_target_that_it_names_exists():
    text = README.read_text() + DEMO.read_text()
    targets = set(re.findall(r"^([a-z]+(?: [a-z]+)*):", (PROJECT / "Makefile").read_text(), re.MULTILINE))
    known = {word for target in targets for word in target.split()}
    assert set(re.findall(r"(?:`|\$ |=1 )make ([a-z]+)\b", text)) <= known
    for path in re.findall(r"`((?:dags|docs|plugins|sql|tests)/[\w./]*)`", text):
        assert (PROJECT / path).exists(), path


def test_the_output_that_it_shows_has_the_story_s_chapters(capsys: pytest.CaptureFixture[str]):
    shown = DEMO.read_text().split("```console\n$ make demo\n")[1].split("```")[0]
    headings = re.findall(r"^(\d+)  (.+)$", shown, re.MULTILINE)
    source = "".join(file.read_text() for file in sorted(Path(story.__file__).parent.glob("*story.py")))
    assert [int(number) for number, _ in headings] == list(range(1, len(story.CHAPTERS) + 1))
    for _, heading in headings:
        named = heading.replace(story.INGESTION, "{INGESTION}").replace(scouts_story.REFRESH, "{REFRESH}")
        assert named in source or heading in source, heading


@pytest.mark.parametrize("decision", DECISIONS, ids=lambda file: file.stem)
def test_a_decision_says_what_why_and_when_a_change_violates_it(decision: Path):
    text = decision.read_text()
    assert text.startswith(f"# {decision.name[:4]} ")
    for part in ("**Decision.**", "**Why.**", "**A change violates this when it**"):
        assert part in text
