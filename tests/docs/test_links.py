"""No page leads nowhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.docs.pages import PROJECT, all_pages, anchors, explicit_anchors, links


@pytest.mark.parametrize("page", all_pages(), ids=lambda path: str(path.relative_to(PROJECT)))
def test_every_relative_link_and_anchor_exists(page: Path):
    for target in links(page):
        if target.startswith(("http://", "https://", "mailto:")):
            continue
        file, _, anchor = target.partition("#")
        there = (page.parent / file).resolve() if file else page
        assert there.exists(), f"{target}: no such file"
        if anchor:
            assert anchor in anchors(there), f"{target}: no such section"


@pytest.mark.parametrize("page", all_pages(), ids=lambda path: str(path.relative_to(PROJECT)))
def test_an_anchor_stands_once_on_its_page(page: Path):
    found = explicit_anchors(page)
    assert sorted(found) == sorted(set(found))


@pytest.mark.parametrize(
    ("english", "spanish"),
    [("runbook.en.md", "runbook.es.md"), ("moving-from-cron.md", "moving-from-cron.es.md")],
)
def test_both_languages_have_the_same_sections_in_the_same_order(english: str, spanish: str):
    docs = PROJECT / "docs"
    assert explicit_anchors(docs / english) == explicit_anchors(docs / spanish)
    assert len(explicit_anchors(docs / english)) >= 5
