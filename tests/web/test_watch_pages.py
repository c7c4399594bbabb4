"""The pages of a source and of a check: days against what was expected, the history of states, and what to do."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.sources import WATCHED_SOURCES
from control_tower.web import listing
from control_tower.web.pages.charts import Notation, chart, spark
from control_tower.web.pages.check_strip import strip
from tests.web.browsing import BASE, Page

LIMA = ZoneInfo("America/Lima")
TODAY = date(2026, 11, 5)

VOLUMES = """
insert into ops.source_volumes (source_name, day, rows_arrived, total_rows)
select
    'drivers', zone.today - past.days,
    case when past.days = 9 then 30 when past.days = 16 then 0 else 200 end, null
from (select (now() at time zone timezone)::date as today from ops.local_time_zone) as zone
cross join generate_series(1, 90) as past (days)
on conflict (source_name, day) do update set rows_arrived = excluded.rows_arrived
"""
"""200 rows on each of 90 days, but 30 nine days ago, and none sixteen days ago."""


@dataclass
class Change:
    changed_at: datetime
    severity_old: str | None
    severity_new: str


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=LIMA)


def test_a_day_of_the_strip_shows_its_worst_state() -> None:
    changes = [Change(at(5, 9), "RED", "OK"), Change(at(3, 8), "YELLOW", "RED"), Change(at(3, 7), "OK", "YELLOW")]
    days = strip(changes, "OK", at(5, 9), TODAY, LIMA, 5)
    # all right until 3 November at 7, yellow, then red until 5 November at 9
    assert [(day.day.day, day.severity) for day in days] == [
        (1, "OK"), (2, "OK"), (3, "RED"), (4, "RED"), (5, "RED"),
    ]  # fmt: skip


def test_before_a_check_was_known_its_days_are_empty() -> None:
    changes = [Change(at(4, 8), None, "YELLOW")]
    assert [day.severity for day in strip(changes, "YELLOW", at(4, 8), TODAY, LIMA, 3)] == [None, "YELLOW", "YELLOW"]
    assert [day.severity for day in strip([], "OK", at(4, 8), TODAY, LIMA, 3)] == [None, "OK", "OK"]
    assert [day.tone for day in strip([], "UNKNOWN", at(1, 0), TODAY, LIMA, 2)] == ["quiet", "quiet"]


def test_a_change_at_midnight_belongs_to_the_day_that_begins() -> None:
    days = strip([Change(at(5, 0), "OK", "RED")], "RED", at(5, 0), TODAY, LIMA, 2)
    assert [day.severity for day in days] == ["OK", "RED"]


def test_a_chart_draws_where_each_day_was_expected() -> None:
    notation = Notation(str, str, str, "none", "{least}")
    days = [(date(2026, 11, day), 10.0) for day in (1, 2)]
    drawn = chart("Rows", days, notation, kind="bars", expected=[(75.0, 100.0), None])
    # the axis ends at 100: 6 px from above; 75 of 100 lies 25 px below that
    assert [(part.x, part.y, part.height) for part in drawn.band] == [(0.0, 6.0, 25.0)]
    assert chart("Rows", days, notation).band == []


def test_a_spark_is_as_tall_as_its_greatest_value_and_thin_where_there_is_none() -> None:
    drawn = spark([0.0, 5.0, None, 10.0], "4 days")
    assert [bar.height for bar in drawn.bars] == [1.0, 9.0, 1.0, 18.0]
    assert [bar.x for bar in drawn.bars] == [0.0, 25.0, 50.0, 75.0]
    assert spark([], "").bars == []


@pytest.mark.parametrize("name", WATCHED_SOURCES)
def test_every_watched_source_has_a_page(reader: TestClient, fleet: psycopg.Connection[Any], name: str) -> None:
    answer = reader.get(f"/sources/{name}")
    assert answer.status_code == 200, answer.text
    assert f"<h1>{name} " in answer.text
    assert "Qué se espera de ella" in answer.text


def test_days_of_a_source_stand_beside_what_is_usual(reader: TestClient, own_fleet: psycopg.Connection[Any]) -> None:
    own_fleet.execute(VOLUMES)
    rows = {
        past: (arrived, usual, least)
        for past, arrived, usual, least in own_fleet.execute(
            "select (select (now() at time zone timezone)::date from ops.local_time_zone) - day, rows_arrived,"
            " usual_rows, least_rows from ops.v_source_days where source_name = 'drivers' and not is_holiday"
        )
    }
    # days alike: usual is 200, and fewer than 75 % of it are too few
    assert {(usual, least) for past, (_, usual, least) in rows.items() if past > 0} == {(200, 150)}
    assert rows[9][0] == 30
    assert rows[16][0] == 0
    listing.ttl_cache.clear()
    text = reader.get("/sources/drivers").text
    assert text.count('class="band"') > 30
    table = text.partition('id="day-table"')[2].partition("</details>")[0]
    assert table.count("menos que de costumbre") == 2, "the few and the none"
    exported = reader.get("/api/v1/health/sources/drivers/days.csv").text.splitlines()
    assert len(exported) == 43


def test_a_source_with_days_of_the_week_says_them_in_words(
    reader: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    own_fleet.execute(
        "update ops.health_settings set source_weekdays = '{\"drivers\": [1, 5]}', source_grace_hours = 6,"
        " source_own_grace_hours = '{}', source_zones = '{\"drivers\": \"UTC\"}'"
    )
    page = Page(reader.get("/sources/drivers").text)
    said = re.sub(r"\s+", " ", page.text)
    assert "cada 1 d, los lunes, viernes" in said
    assert "6 h; después pasa a amarillo" in said
    assert "Las horas sin zona se leen enUTC" in said
    expected = own_fleet.execute(
        "select extract(isodow from day)::int, is_expected from ops.v_source_days where source_name = 'drivers'"
    ).fetchall()
    assert {number for number, is_expected in expected if is_expected} == {1, 5}


def test_what_is_wrong_with_a_source_leads_to_the_runbook_which_is_on_the_page(
    reader: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    wrong = fleet.execute(
        "select source_name, health_status from ops.v_data_health_status where severity = 'RED' limit 1"
    ).fetchone()
    assert wrong is not None
    text = reader.get(f"/sources/{wrong[0]}").text
    anchor = f"source-{wrong[1].removeprefix('RED_').lower().replace('_', '-')}"
    assert f'href="{BASE}/runbook#{anchor}"' in text
    assert f'<h3 id="{anchor}">' in text


def test_nobody_watches_a_source_or_makes_a_check_of_another_name(
    reader: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    for path, said in (
        ("/sources/pg_class", "Nadie vigila una fuente con este nombre."),
        ("/sources/x;y", "Nadie vigila una fuente con este nombre."),
        ("/checks/invariant.nothing", "No hay ninguna comprobación con este nombre."),
    ):
        answer = reader.get(path)
        assert answer.status_code == 404
        assert said in answer.text


def test_a_check_tells_its_history_who_has_it_and_its_sample(
    decider: TestClient, reader: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    own_fleet.execute(
        "insert into ops.check_state_changes (check_name, severity_old, state_old, severity_new, state_new, value,"
        " changed_at) values"
        " ('source.drivers', 'OK', 'GREEN_OK', 'YELLOW', 'YELLOW_INGESTION_1D', '{}', now() - interval '3 days'),"
        " ('source.drivers', 'YELLOW', 'YELLOW_INGESTION_1D', 'RED', 'RED_NO_DATA', '{}', now() - interval '1 day')"
    )
    own_fleet.execute(
        "update ops.alert_episodes set acknowledged_at = now() - interval '2 hours', acknowledged_by = 'ana',"
        " acknowledge_reason = 'I look after it' where cause = 'sources'"
    )
    text = decider.get("/checks/source.drivers?lang=es").text
    section = text.partition('id="history"')[2].partition("</section>")[0]
    assert "La carga de la fuente drivers está atrasada." in section
    assert "La fuente drivers está vacía." in section
    assert section.count('rect class="fail"') == 2
    assert "ana · " in text
    assert "ANA TORRES" in text, "the sample, for whoever may see it"
    assert "ANA TORRES" not in reader.get("/checks/source.drivers").text
    changes = decider.get("/api/v1/health/check-changes?check_name=source.drivers").json()
    assert [row["state_new"] for row in changes["items"]] == ["RED_NO_DATA", "YELLOW_INGESTION_1D"]


def test_every_check_of_the_health_page_has_a_page(reader: TestClient, fleet: psycopg.Connection[Any]) -> None:
    page = Page(reader.get("/health").text)
    links = {link["href"] for link in page.all("a") if "/checks/" in link.get("href", "")}
    assert f"{BASE}/checks/health.itself" in links
    for link in links:
        assert reader.get(f"http://testserver{link}").status_code == 200, link
    sources = {link["href"] for link in page.all("a") if "/sources/" in link.get("href", "")}
    assert {f"{BASE}/sources/{name}" for name in WATCHED_SOURCES} <= {link.partition("#")[0] for link in sources}


def test_small_pictures_say_the_same_in_words(reader: TestClient, fleet: psycopg.Connection[Any]) -> None:
    for path in ("/health", "/runs", "/checks/source.drivers"):
        page = Page(reader.get(path).text)
        drawn = [tag for tag in page.all("svg") if tag.get("class") in ("spark", "strip")]
        assert drawn, path
        assert all(tag["role"] == "img" and tag["aria-label"] for tag in drawn), path


def test_a_moment_of_today_is_told_by_the_clock() -> None:
    from control_tower.i18n.formats import Formats

    now = datetime(2026, 11, 5, 18, 0, tzinfo=UTC)
    formats = Formats("es", now)
    assert formats.clock(datetime(2026, 11, 5, 15, 12, tzinfo=UTC)) == "10:12"
    assert formats.clock(now - timedelta(days=1)) == formats.moment(now - timedelta(days=1))
    assert formats.clock(datetime(2026, 11, 5, 4, 59, tzinfo=UTC)).startswith("4 nov"), "still yesterday in Lima"
    assert formats.clock(None) == "–"
