"""The runbook as a page: both languages, an anchor per section, safe HTML, and links that find their section."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower import runbook
from control_tower.i18n.catalogue import Language, catalogue
from control_tower.monitoring.delivery import message
from control_tower.settings import get_settings
from control_tower.web.explain import Explainer
from tests.docs.pages import PROJECT, explicit_anchors
from tests.docs.test_runbook import states
from tests.i18n.catalogues import LANGUAGES
from tests.web.browsing import BASE, LISTS, Page, single_pages


def ids_of(page: Page) -> set[str]:
    return {attributes["id"] for _, attributes in page.tags if "id" in attributes}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_anchor_of_the_file_is_on_the_page(reader: TestClient, language: Language) -> None:
    page = Page(reader.get(f"/runbook?lang={language}").text)
    anchors = set(explicit_anchors(PROJECT / f"docs/runbook.{language}.md"))
    assert len(anchors) > 60
    assert anchors <= ids_of(page)
    for link in page.all("a"):
        if link["href"].startswith("#"):
            assert link["href"][1:] in ids_of(page), link["href"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_link_to_it_that_the_product_makes_finds_its_section(reader: TestClient, language: Language) -> None:
    known = ids_of(Page(reader.get(f"/runbook?lang={language}").text))
    explain = Explainer(language)
    for group, state in states():
        for address in (
            message.runbook(group, state, language),
            explain.runbook(f"{group}.drivers" if group else f"health.{state}", state, BASE),
        ):
            place = urlsplit(address)
            assert place.path == f"{BASE}/runbook"
            assert place.fragment in known, address


def test_every_page_leads_to_sections_that_exist(reader: TestClient, fleet: psycopg.Connection[object]) -> None:
    known = ids_of(Page(reader.get("/runbook").text))
    found = set()
    for path in (*LISTS, *single_pages(fleet), "/sources/drivers", "/checks/source.drivers", "/runs"):
        for link in Page(reader.get(path).text).all("a"):
            place = urlsplit(link.get("href", ""))
            if place.path == f"{BASE}/runbook":
                found.add(place.fragment)
    assert found > {"", "source-no-data", "calendars"}
    assert found - {""} <= known


def test_it_is_read_in_the_reader_s_language_and_needs_no_warehouse(
    reader: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", "postgresql://nobody@127.0.0.1:1/nothing")
    spanish, english = reader.get("/runbook?lang=es"), reader.get("/runbook?lang=en")
    assert (spanish.status_code, english.status_code) == (200, 200)
    assert "Manual de operación" in spanish.text
    assert "Is it all right?" in english.text


def test_what_it_links_to_can_be_opened(reader: TestClient) -> None:
    page = Page(reader.get("/runbook?lang=es").text)
    links = [link for link in page.all("a") if "hreflang" not in link]
    assert {link["href"] for link in links} >= {f"{BASE}/health", f"{BASE}/scouts/conflicts", f"{BASE}/runbook?lang=en"}
    for link in links:
        address = link["href"]
        assert ".md" not in address, address
        if address.startswith("http"):
            assert (link["target"], link["rel"]) == ("_blank", "noopener")
        elif address.startswith(BASE):
            assert reader.get(f"http://testserver{address}").status_code in (200, 403), address


def test_a_published_runbook_is_where_its_links_lead(reader: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_RUNBOOK_URL", "https://docs.example.org/tower")
    get_settings.cache_clear()
    runbook.sections.cache_clear()
    text = reader.get("/runbook?lang=es").text
    runbook.sections.cache_clear()
    assert 'href="https://docs.example.org/tower/runbook.es.md"' in text
    assert 'href="https://docs.example.org/tower/reference.md#checks"' in text


def test_html_in_the_file_is_text(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "runbook.en.md").write_text(
        '# Title\n\n<a id="part"></a>\n## A part\n\n<script>alert(1)</script>\n\nIt is <b>bold</b>,'
        " [a link](javascript:alert(1)) and [another](file.md).\n\n<a id='x' onclick='y'></a>\n"
    )
    monkeypatch.setattr(runbook, "DOCS_DIR", tmp_path)
    runbook.sections.cache_clear()
    found = runbook.sections("en", "")
    runbook.sections.cache_clear()
    html = "".join(part.html for part in found)
    assert [(part.anchor, part.title, part.level) for part in found] == [("", "", 2), ("part", "A part", 2)]
    assert '<h2 id="part">A part</h2>' in html
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in html
    assert "&lt;b&gt;bold&lt;/b&gt;" in html
    assert not re.search(r"<(script|b|a)\b", html.replace('<a href="', ""))
    assert "javascript" not in "".join(re.findall(r'href="[^"]*"', html))


def test_where_it_was_not_deployed_the_page_says_so_and_others_go_on(
    reader: TestClient, fleet: psycopg.Connection[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runbook, "DOCS_DIR", tmp_path)
    runbook.sections.cache_clear()
    assert reader.get("/runbook").status_code == 503
    assert reader.get("/checks/source.drivers").status_code == 200
    runbook.sections.cache_clear()


def test_a_section_on_another_page_leads_into_the_whole(reader: TestClient) -> None:
    found = runbook.section("source-ingestion-stale", "es", "/team/control-tower")
    assert found is not None
    assert 'href="/team/control-tower/runbook#source-no-ingestion-2d"' in found.html
    assert 'href="#' not in found.html
    assert runbook.section("no-such-thing", "es", "") is None


def test_the_sections_of_states_are_named_in_both_languages() -> None:
    for language in LANGUAGES:
        assert catalogue(language).find("menu.short", "/runs")
        assert {part.anchor for part in runbook.sections(language, BASE)} >= {"run-failed", "source-no-data"}
