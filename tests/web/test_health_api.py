"""Is it all right? The answer for monitors, what stands behind it, and what humans do about alerts."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower import __version__
from tests.pipeline import attribute, ingest

REASON = "The provider knows; new file at noon."


def code(answer: Any) -> tuple[int, str | None]:
    return answer.status_code, answer.json().get("code")


def test_before_anything_ran_it_is_red_and_says_why(viewer: TestClient) -> None:
    answer = viewer.get("/health")
    assert answer.status_code == 503
    body = answer.json()
    assert body["status"] == "RED"
    assert {"identity_run: RED_NO_INGESTION", "scout_attribution_refresh: RED_NO_ATTRIBUTION"} <= set(body["reasons"])
    assert [pipeline["severity"] for pipeline in body["pipelines"]] == ["RED", "RED"]
    head = viewer.head("/health")
    assert (head.status_code, head.content) == (503, b"")


@pytest.fixture
def healthy(warehouse: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A warehouse in which all is well: everything ran just now, and nothing needs to come from the sources."""
    from tests.identity import sources

    sources.driver(warehouse, "d1", full_name="Ana Torres Vega", phone="987654321")
    sources.scouting(warehouse, 1, "Ana Torres", driver_phone="987654321")
    ingest()
    attribute()
    warehouse.execute(
        "insert into ops.health_checks (checked_at, severity, checks, unhealthy, seconds) values (now(), 'OK', 1, 0, 0)"
    )
    return warehouse


def test_the_answer_is_the_worst_of_all_that_is_looked_at(
    viewer: TestClient, healthy: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from control_tower.web.queries import health as ask

    body = viewer.get("/health").json()
    assert [pipeline["severity"] for pipeline in body["pipelines"]] == ["OK", "OK"]
    assert body["watch"] == {"severity": "OK", "state": "OK"}
    fine = {
        "attribution_state": "OK",
        "attribution_reasons": [],
        "checked_at": datetime.now(UTC),
        "unhealthy_checks": {},
        "red_checks": 0,
        "watch_severity": "OK",
        "watch_state": "OK",
        "open_alerts": 0,
        "database_version": __version__,
    }
    pipelines: list[dict[str, Any]] = []

    class Told:
        """Answers the questions with what the test says; its name keeps the answers from being remembered."""

        def __init__(self, name: str) -> None:
            self.info = SimpleNamespace(host="", port=0, dbname=name)

        def execute(self, statement: str, *_: Any, **__: Any) -> Any:
            rows = pipelines if "v_pipeline_health as" in statement else [fine | differs]
            if "v_human_decisions as" in statement:
                rows = [{"id": None, "awaiting": 0}]
            return SimpleNamespace(fetchall=lambda: rows, fetchone=lambda: rows[0])

    from control_tower.web.permissions import CurrentUser

    current_user = CurrentUser("v", None, sees_personal_data=False)
    for differs, status in (
        ({}, "OK"),
        ({"attribution_state": "WARN"}, "YELLOW"),
        ({"attribution_state": "FAIL"}, "RED"),
        ({"source": ("YELLOW", "YELLOW_INGESTION_1D")}, "YELLOW"),
        ({"source": ("RED", "RED_NO_DATA")}, "RED"),
        ({"source": ("UNKNOWN", "UNKNOWN")}, "OK"),
        ({"unhealthy_checks": {"channel.mail": "YELLOW_DELIVERY_FAILING"}}, "YELLOW"),
        ({"unhealthy_checks": {"invariant.x": "RED_INVARIANT_BROKEN"}, "red_checks": 1}, "RED"),
        ({"watch_severity": "YELLOW", "watch_state": "YELLOW_CHECKS_STALE"}, "YELLOW"),
        ({"watch_severity": None, "watch_state": None}, "RED"),
        ({"database_version": "0.0.9"}, "YELLOW"),
        ({"database_version": None}, "YELLOW"),
    ):
        severity, state = differs.get("source", ("OK", "OK"))
        source = SimpleNamespace(source_name="drivers", severity=severity, health_status=state)
        monkeypatch.setattr(ask, "sources", lambda *_, source=source: [source])
        assert ask.health(Told(str(differs)), current_user).status == status, differs  # type: ignore[arg-type]


def test_a_stale_pipeline_turns_yellow_then_red(viewer: TestClient, healthy: psycopg.Connection[Any]) -> None:
    def identity_after(hours: float) -> tuple[str, str]:
        healthy.execute(
            "update ops.ingestion_runs set started_at = now() - make_interval(secs => %(s)s),"
            " completed_at = now() - make_interval(secs => %(s)s) where job_type = 'identity_run'",
            {"s": hours * 3600},
        )
        found = {row["job_type"]: row for row in viewer.get("/health").json()["pipelines"]}["identity_run"]
        return found["severity"], found["state"]

    assert identity_after(23.9)[1] not in ("YELLOW_INGESTION_STALE", "RED_INGESTION_STALE")
    assert identity_after(24.1) == ("YELLOW", "YELLOW_INGESTION_STALE")
    assert identity_after(48.1) == ("RED", "RED_INGESTION_STALE")
    assert viewer.get("/health").status_code == 503


def test_while_the_database_is_away_a_monitor_is_told_so(viewer: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    from control_tower.web import pool

    pool.close_pools()
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", "postgres://secret_user:secret_word@127.0.0.1:9/warehouse")
    answer = viewer.get("/health")
    assert code(answer) == (503, "DATABASE_UNREACHABLE")
    assert answer.headers["Retry-After"] == "5"
    for secret in ("secret_user", "secret_word", "127.0.0.1", "warehouse"):
        assert secret not in answer.text


def test_sources_and_checks_are_listed_the_worst_first(
    viewer: TestClient, editor: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    rows = viewer.get("/health/sources").json()["items"]
    assert {"lead_events", "ingestion_runs", "module_ct_cabinet_leads", "module_ct_migrations"} <= {
        row["source_name"] for row in rows
    }
    red = viewer.get("/health/checks?severity=RED").json()["items"]
    assert "source.drivers" in [row["check_name"] for row in red]
    assert "ANA TORRES" not in viewer.get("/health/checks").text
    assert "ANA TORRES" in editor.get("/health/checks").text


def alert_of(client: TestClient, cause: str) -> dict[str, Any]:
    (found,) = (alert for alert in client.get("/alerts").json()["items"] if alert["cause"] == cause)
    return dict(found)


def test_an_alert_is_acknowledged_with_who_and_why(editor: TestClient, own_fleet: psycopg.Connection[Any]) -> None:
    alert = alert_of(editor, "sources")
    answer = editor.post(f"/alerts/{alert['id']}/acknowledge", json={"reason": f" {REASON} "})
    assert answer.status_code == 200, answer.text
    assert answer.json()["acknowledged_by"] == "editor"
    alert = alert_of(editor, "sources")
    assert (alert["acknowledged_by"], alert["acknowledge_reason"]) == ("editor", REASON)


def test_an_alert_is_muted_until_a_moment_and_unmuted_again(
    editor: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    number = alert_of(editor, "sources")["id"]
    until = datetime.now(UTC) + timedelta(days=2)
    answer = editor.post(f"/alerts/{number}/mute", json={"until": until.isoformat(), "reason": REASON})
    assert answer.status_code == 200, answer.text
    muted = alert_of(editor, "sources")
    assert (muted["muted_by"], muted["mute_reason"]) == ("editor", REASON)
    assert datetime.fromisoformat(muted["muted_until"]) == until
    assert editor.post(f"/alerts/{number}/unmute").status_code == 204
    assert alert_of(editor, "sources")["muted_until"] is None
    assert code(editor.post(f"/alerts/{number}/unmute")) == (404, "UNKNOWN_ALERT")


def test_one_check_of_an_alert_is_muted_and_the_others_speak(
    editor: TestClient, decider: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    own_fleet.execute(
        "update ops.alert_episodes set problems = problems || jsonb_build_object('source.summary_daily', '{}'::jsonb)"
        " where cause = 'sources' and closed_at is null"
    )
    alert = alert_of(editor, "sources")
    check = "source.drivers"
    assert list(alert["problems"]) == [check, "source.summary_daily"]
    assert '<option value="{&#34;check&#34;: &#34;source.drivers&#34;}">' in decider.get("/health").text
    asked = {"until": (datetime.now(UTC) + timedelta(days=2)).isoformat(), "reason": REASON, "check": check}
    answer = editor.post(f"/alerts/{alert['id']}/mute", json=asked)
    assert (answer.status_code, answer.json()["check"]) == (200, check), answer.text
    muted = alert_of(editor, "sources")
    assert (muted["muted_until"], list(muted["muted_checks"])) == (None, [check])
    silent = {row["check_name"] for row in editor.get("/health/checks").json()["items"] if row["muted_until"]}
    assert silent == {check}
    page = decider.get("/health").text
    assert page.count(f'<input type="hidden" name="check" value="{check}">') == 1
    assert "Muted until" in page
    assert code(editor.post(f"/alerts/{alert['id']}/unmute")) == (404, "UNKNOWN_ALERT"), "the cause is not muted"
    assert editor.post(f"/alerts/{alert['id']}/unmute", json={"check": check}).status_code == 204
    assert alert_of(editor, "sources")["muted_checks"] == {}


def test_mutes_in_force_are_listed_with_what_they_silence_and_can_be_lifted(
    editor: TestClient, decider: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    own_fleet.execute("delete from ops.alert_mutes")
    number = alert_of(editor, "sources")["id"]
    until = datetime.now(UTC) + timedelta(days=2)
    editor.post(f"/alerts/{number}/mute", json={"until": until.isoformat(), "reason": REASON})

    (row,) = editor.get("/alerts/mutes").json()["items"]
    assert (row["target"], row["states"], row["episode_id"]) == (
        "sources", {"source.drivers": ["RED_NO_DATA", "YELLOW_NO_DATA"]}, number
    )  # fmt: skip
    assert (row["muted_by"], row["reason"], row["is_in_force"]) == ("editor", REASON, True)
    page = decider.get("/health").text
    assert f"/api/v1/alerts/mutes/{row['id']}/lift" in page
    own_fleet.execute("update ops.alert_episodes set closed_at = now() where id = %s", [number])
    answer = editor.post(f"/alerts/mutes/{row['id']}/lift")
    assert (answer.status_code, answer.json()["ended_by"]) == (200, "editor"), answer.text

    assert editor.get("/alerts/mutes").json()["items"] == []
    (over,) = editor.get("/alerts/mutes?include_ended=true").json()["items"]
    assert (over["ended_by"], over["is_in_force"]) == ("editor", False)
    assert code(editor.post(f"/alerts/mutes/{row['id']}/lift")) == (404, "UNKNOWN_ALERT")
    assert "/lift" not in decider.get("/health").text


def test_a_check_of_another_alert_is_not_muted_with_this_one(
    editor: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    asked = {"until": (datetime.now(UTC) + timedelta(days=2)).isoformat(), "reason": REASON, "check": "dag.other"}
    for path, body in (("mute", asked), ("unmute", {"check": "dag.other"})):
        answer = editor.post(f"/alerts/{alert_of(editor, 'sources')['id']}/{path}", json=body)
        assert code(answer) == (422, "INVALID")
        assert answer.json()["fields"][0]["field"] == "body.check"


@pytest.mark.parametrize("days", [-1, 91])
def test_a_mute_without_a_sensible_end_is_refused(
    editor: TestClient, fleet: psycopg.Connection[Any], days: int
) -> None:
    number = alert_of(editor, "sources")["id"]
    until = (datetime.now(UTC) + timedelta(days=days)).isoformat()
    answer = editor.post(f"/alerts/{number}/mute", json={"until": until, "reason": REASON})
    assert code(answer) == (422, "INVALID")
    assert answer.json()["fields"][0]["field"] == "body.until"
    assert alert_of(editor, "sources")["muted_until"] is None


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("mute", {"until": "2026-12-01T08:00:00", "reason": REASON}),
        ("mute", {"until": "soon", "reason": REASON}),
        ("mute", {"reason": REASON}),
        ("mute", {"until": "2026-12-01T08:00:00-05:00", "reason": " "}),
        ("acknowledge", {"reason": ""}),
        ("acknowledge", {}),
    ],
)
def test_an_action_on_an_alert_that_makes_no_sense_is_refused(
    editor: TestClient, fleet: psycopg.Connection[Any], path: str, body: dict[str, str]
) -> None:
    number = alert_of(editor, "sources")["id"]
    assert code(editor.post(f"/alerts/{number}/{path}", json=body)) == (422, "INVALID")


def test_an_alert_that_is_over_or_never_was_cannot_be_acted_on(
    editor: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    history = editor.get("/alerts/history").json()["items"]
    (over,) = (alert["id"] for alert in history if alert["closed_at"])
    until = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    for number in (over, 999_999, 2**62):
        assert code(editor.post(f"/alerts/{number}/acknowledge", json={"reason": REASON})) == (404, "UNKNOWN_ALERT")
        asked = {"until": until, "reason": REASON}
        assert code(editor.post(f"/alerts/{number}/mute", json=asked)) == (404, "UNKNOWN_ALERT")
    assert editor.post("/alerts/0/acknowledge", json={"reason": REASON}).status_code == 422


def test_a_broken_invariant_turns_the_answer_red(viewer: TestClient, healthy: psycopg.Connection[Any]) -> None:
    name = "invariant.no_link_to_a_missing_person"
    healthy.execute(
        "insert into ops.check_states (check_name, subject, severity, state, cause, since, checked_at, details)"
        " values (%s, 'no_link_to_a_missing_person', 'RED', 'RED_INVARIANT_BROKEN', 'invariants', now(), now(), '{}')",
        [name],
    )
    answer = viewer.get("/health")
    assert answer.status_code == 503
    assert answer.json()["unhealthy_checks"] == {name: "RED_INVARIANT_BROKEN"}
    assert f"{name}: RED_INVARIANT_BROKEN" in answer.json()["reasons"]
