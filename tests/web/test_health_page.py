"""The health page in words: no code where a name should stand, and the way from an alert into the runbook."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.i18n.catalogue import catalogue
from control_tower.monitoring.health_check import PROBES
from control_tower.settings import get_settings
from control_tower.web import listing
from control_tower.web.explain import Explainer
from tests.i18n.catalogues import LANGUAGES, codes
from tests.web.browsing import BASE, Page


def check_names() -> list[str]:
    """Checks that need a name of ours: those of sources, DAGs and invariants are called by what they look at."""
    return [
        *(f"probe.{group}" for group in PROBES),
        *("health.itself", "health.checks", "quality.scout_attribution", "channel.mail", "channel.slack"),
        *("pipeline.identity_run", "pipeline.scout_attribution_refresh"),
    ]


def test_every_group_and_check_is_called_by_words_in_both_languages() -> None:
    groups = {name.partition(".")[0] for name in check_names()} | (set(PROBES) - {"history"})
    assert groups <= codes("check_group").keys()
    for name in check_names():
        said = [Explainer(language).subject(name) for language in LANGUAGES]
        for text in said:
            assert text[0].isupper(), text
            assert "_" not in text, text
            assert name not in text
        assert name == "channel.slack" or said[0] != said[1], said
    for group in groups:
        assert len({catalogue(language).name("check_group", group) for language in LANGUAGES}) == 2, group


@pytest.mark.parametrize(("lang", "word"), [("es", "Manual"), ("en", "Runbook")])
def test_an_alert_names_its_codes_and_leads_to_where_the_runbook_speaks_of_them(
    reader: TestClient, fleet: psycopg.Connection[Any], lang: str, word: str
) -> None:
    text = reader.get(f"/health?lang={lang}").text
    section = text.partition('id="live-alerts"')[2].partition("</section>")[0]
    assert "<code>RED_NO_DATA</code>" in section
    assert f'<a href="{BASE}/runbook#source-no-data">{word}</a>' in section
    assert 'href="docs' not in text


def test_a_published_runbook_is_one_click_away_and_opens_beside_airflow(
    reader: TestClient, fleet: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONTROL_TOWER_RUNBOOK_URL", "https://docs.example.org/tower/")
    get_settings.cache_clear()
    page = Page(reader.get("/health?lang=es").text)
    links = [link for link in page.all("a") if "docs.example" in link.get("href", "")]
    assert "https://docs.example.org/tower/runbook.es.md#source-no-data" in {link["href"] for link in links}
    for link in links:
        assert link["target"] == "_blank"
        assert link["rel"] == "noopener"
        assert "data-airflow" in link  # a frame may not open it by itself


def test_a_source_that_cannot_be_read_says_why_among_the_others(
    reader: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    own_fleet.execute("alter table public.summary_daily rename column date_file to fecha")
    answer = reader.get("/health?lang=en")
    assert answer.status_code == 200
    section = answer.text.partition('id="live-sources"')[2].partition("</section>")[0]
    assert "The source summary_daily cannot be read. public.summary_daily.date_file missing" in section
    assert section.count("cannot be read") == 1


def test_before_the_first_check_of_a_large_database_no_source_is_counted(
    reader: TestClient, own_fleet: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    files: list[str] = []
    execute = psycopg.Cursor.execute

    def noted(cursor: Any, query: Any, *arguments: Any, **options: Any) -> Any:
        files.append(str(query))
        return execute(cursor, query, *arguments, **options)

    monkeypatch.setattr(psycopg.Cursor, "execute", noted)
    own_fleet.execute("delete from ops.check_states")
    own_fleet.execute(
        'update ops.ingestion_runs set stats = \'{"records_read": {"module_ct_cabinet_leads": 1000000}}\''
        " where job_type = 'identity_run'"
    )
    answer = reader.get("/health?lang=es")
    assert answer.status_code == 200
    assert "Las fuentes todavía no se han contado" in answer.text
    assert not [file for file in files if "v_data_health_status" in file or "v_data_ingestion_daily" in file]
    assert reader.get("/sources/drivers").status_code == 200, "who asks for one source waits for its count"
    listing.ttl_cache.clear()
    own_fleet.execute(
        "insert into ops.check_states (check_name, subject, cause, severity, state, details, since, checked_at)"
        " values ('source.drivers', 'drivers', 'sources', 'OK', 'OK', '{}', now(), now())"
    )
    assert f'href="{BASE}/sources/drivers"' in reader.get("/health?lang=es").text
