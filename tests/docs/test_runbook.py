"""What the runbook says to ask, to type and to call does what it says."""

from __future__ import annotations

import re
from typing import Any

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict
from starlette.testclient import TestClient

from control_tower.i18n.catalogue import Language
from control_tower.monitoring.delivery import message
from control_tower.web.app import assemble
from tests.deploy.compose import PROJECT, read_compose
from tests.docs.pages import Block, blocks, explicit_anchors
from tests.docs.shell import try_command
from tests.i18n.catalogues import LANGUAGES, codes

RUNBOOKS = ("docs/runbook.es.md", "docs/runbook.en.md")
PAGES = (*RUNBOOKS, "docs/moving-from-cron.md", "docs/moving-from-cron.es.md")


def states() -> set[tuple[str, str]]:
    """Every state that an alert can tell, with the group of checks that tells it."""
    return {
        ("source", key.removeprefix("source.")) if key.startswith("source.") else ("", key)
        for key in codes("state.title")
        if key.rpartition(".")[2].isupper()
    }


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_state_that_an_alert_tells_has_its_section(language: str):
    assert len(states()) > 20
    known = set(explicit_anchors(PROJECT / f"docs/runbook.{language}.md"))
    for group, state in states():
        target = message.runbook(group, state, language)
        assert target.startswith("http://localhost:8080/control-tower/runbook#")
        assert target.partition("#")[2] in known, f"{group} {state}: {target}"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_sentence_of_a_page_leads_to_its_section_and_every_code_is_found(language: Language):
    page = PROJECT / f"docs/runbook.{language}.md"
    text = page.read_text()
    table = text.split('<a id="sentences"></a>')[1].split("<a id=")[0]
    rows = set(re.findall(r"^\| (.+?) \| \[(\w+)\]\(#([\w-]+)\) \|$", table, re.MULTILINE))
    expected = set()
    for key, sentence in codes("state.title", language).items():
        group, _, state = key.rpartition(".")
        if state.isupper():
            anchor = message.runbook(group, state, language).partition("#")[2]
            expected.add((sentence.replace("{name}", "…"), state, anchor))
            # As it stands in messages and in the API, with its colour: whoever searches for it finds the heading.
            heading = text.split(f'<a id="{anchor}"></a>\n')[1].splitlines()[0]
            colour = "" if state == "CHECK_FAILED" else "(RED|YELLOW)_"
            assert re.search(rf"\b{colour}{state}\b", heading), heading
    assert rows == expected


@pytest.mark.parametrize("page", PAGES)
def test_every_query_runs(page: str, fleet: psycopg.Connection[Any]):
    for block in blocks(page, language="sql"):
        statements = [statement.strip() for statement in block.text.split(";") if statement.strip()]
        assert len(statements) == 1, f"{block}: a block is one statement"
        assert re.match(r"select\b", statements[0]), f"{block}: nobody is told to write by hand"
        try:
            fleet.execute(statements[0].encode()).fetchall()
        except psycopg.Error as error:
            pytest.fail(f"{block}: {error}")


def test_both_languages_ask_the_same():
    spanish, english = ([(block.language, block.text) for block in blocks(page, language="sql")] for page in RUNBOOKS)
    assert spanish == english
    assert len(spanish) > 25


@pytest.mark.parametrize("page", RUNBOOKS)
def test_every_address_answers(page: str, editor: TestClient, fleet: psycopg.Connection[Any]):
    routes = {
        (method, re.sub(r"\{\w+\}", "{}", f"/control-tower{route.path}"))
        for route in assemble().routes
        for method in getattr(route, "methods", None) or ()
    }
    lines = [line for block in blocks(page, language="http") for line in block.text.strip().splitlines()]
    assert len(lines) > 10
    for line in lines:
        method, address = line.split()
        path = re.sub(r"/(?:\d+|[0-9a-f-]{36})(?=/|$)", "/{}", address.partition("?")[0])
        assert (method, path) in routes, line
        if method == "GET" and "{}" not in path:
            answer = editor.get(address.removeprefix("/control-tower/api/v1"))
            assert answer.status_code in ((200, 503) if path.endswith("/health") else (200,)), f"{line}: {answer.text}"


@pytest.mark.parametrize("block", blocks(*PAGES, language="bash"), ids=str)
def test_a_command_can_be_typed(block: Block, server: Any):
    host = conninfo_to_dict(server.uri("postgres"))["host"]
    for line in block.text.strip().splitlines():
        try_command(line, str(host))


def test_the_pages_that_it_names_are_in_airflow_s_menu_or_of_the_application():
    from control_tower.web.navigation import MENU, PREFIX

    menu = {f"{PREFIX}{entry.path}" for entry in MENU} | {f"{PREFIX}/runbook"}
    for page in PAGES:
        text = (PROJECT / page).read_text()
        named = set(re.findall(r"`(/control-tower/[a-z/-]+)`", text))
        assert named
        assert named <= menu, page


def test_the_services_and_variables_that_it_names_exist():
    compose = read_compose({})
    example = (PROJECT / ".env.example").read_text()
    text = "".join((PROJECT / page).read_text() for page in PAGES)
    for name in ("COMPOSE_PROFILES", "WAREHOUSE_HOST", "WAREHOUSE_USER", "WAREHOUSE_PASSWORD", "PUBLIC_URL"):
        assert f"`{name}`" in text
        assert f"\n{name}=" in example
    profiles = {profile for service in compose["services"].values() for profile in service.get("profiles", [])}
    assert {"warehouse", "celery", "mail"} == profiles


@pytest.mark.parametrize("page", RUNBOOKS)
def test_each_guarantee_names_a_test_or_a_check_that_exists(page: str):
    rows = (PROJECT / page).read_text().split('<a id="guarantees"></a>')[1]
    named = set(re.findall(r"`(test_\w+)`", rows))
    assert len(named) > 10
    written = "".join(path.read_text() for path in (PROJECT / "tests").rglob("test_*.py"))
    for name in named:
        assert f"def {name}(" in written, name
    for name in re.findall(r"`(every_\w+)`", rows):
        assert (PROJECT / "sql/checks" / f"{name}.sql").exists(), name


@pytest.mark.parametrize("page", PAGES)
def test_each_setting_that_it_names_is_one(page: str):
    from control_tower.settings import ENV_PREFIX, Settings

    for name in re.findall(r"\b(CONTROL_TOWER_[A-Z_]+)\b(?!\*)", (PROJECT / page).read_text()):
        if not name.endswith("_") and f"AIRFLOW_CONN_{name}" not in (PROJECT / page).read_text():
            assert name.removeprefix(ENV_PREFIX).lower() in Settings.model_fields, name
