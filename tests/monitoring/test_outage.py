"""What keeps the health check from its work is told once, and so is its end, although nothing could be kept."""

from __future__ import annotations

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from control_tower.errors import (
    ControlTowerError,
    DatabaseBusy,
    DatabaseUnreachable,
    ObjectMissing,
    PermissionMissing,
    RecipientsRefused,
)
from control_tower.monitoring import failure_callback, health_check, outage, tasks
from control_tower.monitoring.delivery import channels
from control_tower.monitoring.delivery.channels import build_mail
from control_tower.monitoring.delivery.message import compose
from tests.monitoring.watchtower import IDENTITY, Watchtower

MINUTES_15 = timedelta(minutes=15)
AWAY = DatabaseUnreachable("No session on the warehouse.", "start it.")
CONTEXT = {"ti": SimpleNamespace(try_number=2, max_tries=1), "run_id": "scheduled__1"}


class Notes:
    """A memory that outlives the database."""

    def __init__(self) -> None:
        self.text: str | None = None

    def read(self) -> str | None:
        return self.text

    def write(self, text: str | None) -> None:
        self.text = text


@pytest.fixture
def notes() -> Notes:
    return Notes()


@pytest.fixture
def tower(watchtower: Watchtower, notes: Notes, monkeypatch: pytest.MonkeyPatch) -> Watchtower:
    """A house in which all is well, whose tasks send by its notebooks and remember in its notes."""
    monkeypatch.setattr(health_check, "clock", lambda _: watchtower.now)
    monkeypatch.setattr(channels, "available", lambda: watchtower.channels)
    monkeypatch.setattr(channels, "configured", lambda: dict.fromkeys(watchtower.channels, True))
    for module in (tasks, failure_callback):
        monkeypatch.setattr(module, "AirflowVariable", lambda: notes)
    watchtower.all_is_well()
    watchtower.check()
    return watchtower


def one_run(tower: Watchtower, later: timedelta = MINUTES_15) -> None:
    """The tasks of one health run in their order; what fails ends it."""
    tower.now += later
    try:
        tasks.run_checks(CONTEXT)
        tasks.update_alerts(CONTEXT)
    except ControlTowerError:
        return
    tasks.send_alerts()


def history(tower: Watchtower) -> list[Any]:
    return tower.warehouse.execute("select cause, worst_severity from ops.v_alert_history order by id").fetchall()


@pytest.mark.parametrize("table", ["check_states", "health_checks", "health_settings", "alert_episodes"])
def test_a_health_check_that_cannot_keep_what_it_finds_is_told_once_and_so_is_its_end(
    tower: Watchtower, table: str
) -> None:
    tower.warehouse.execute(f"alter table ops.{table} rename to elsewhere".encode())
    for _ in range(4):
        one_run(tower)
    assert tower.mail.notified == tower.slack.notified == [("OPENED", "health")]
    (problem,) = tower.mail.facts[0]["problems"]
    assert problem["state"] == "RED_CHECKS_IMPOSSIBLE"
    assert table in problem["details"]["error"]

    tower.warehouse.execute(f"alter table ops.elsewhere rename to {table}".encode())
    for _ in range(3):
        one_run(tower)
    assert tower.mail.notified == tower.slack.notified == [("OPENED", "health"), ("CLOSED", "health")]
    assert history(tower) == [("health", "RED")]


def test_the_first_attempt_that_fails_wakes_nobody(tower: Watchtower) -> None:
    tower.warehouse.execute("alter table ops.check_states rename to elsewhere")
    with pytest.raises(ObjectMissing):
        tasks.run_checks({**CONTEXT, "ti": SimpleNamespace(try_number=1, max_tries=1)})
    assert tower.mail.notified == []


def test_old_history_that_cannot_be_dropped_stops_no_check_and_is_told(tower: Watchtower) -> None:
    tower.warehouse.execute(
        "create function public.refuse() returns trigger language plpgsql as"
        " $$ begin raise exception 'nothing is ever deleted here'; end $$;"
        " create trigger refuse before delete on ops.health_checks execute function public.refuse()"
    )
    tower.now += MINUTES_15
    found = health_check.run_all_checks(tower.warehouse, tower.now, configured={"mail": True, "slack": True})
    assert tower.state("probe.history") == ("RED", "CHECK_FAILED")
    assert tower.state("pipeline.identity_run") == ("OK", "OK")
    assert found["severity"] == "RED"


@pytest.mark.parametrize(
    ("error", "state"),
    [
        (AWAY, "RED_DATABASE_UNREACHABLE"),
        (PermissionMissing("No right.", "grant it."), "RED_CHECKS_IMPOSSIBLE"),
        (DatabaseBusy("A lock.", "wait."), "YELLOW_CHECKS_IMPOSSIBLE"),
        (KeyError("912345678"), "RED_CHECKS_IMPOSSIBLE"),
    ],
)
def test_what_passes_by_itself_is_yellow_and_what_is_not_ours_is_named_without_its_text(
    tower: Watchtower, notes: Notes, error: Exception, state: str
) -> None:
    outage.notify(error, tower.channels, tower.now, notes)
    (problem,) = tower.mail.facts[0]["problems"]
    assert problem["state"] == state
    assert tower.mail.facts[0]["severity"] == state.partition("_")[0]
    assert "912345678" not in str(problem)


def test_another_reason_is_told_and_the_same_one_is_not(tower: Watchtower, notes: Notes) -> None:
    for error in (DatabaseBusy("A lock.", "wait."), AWAY, AWAY, ObjectMissing("No table.", "migrate."), AWAY):
        tower.now += MINUTES_15
        outage.notify(error, tower.channels, tower.now, notes)
    assert [kind for kind, _ in tower.mail.notified] == ["OPENED", "ESCALATED", "EXTENDED", "EXTENDED"]


@pytest.mark.parametrize(("hours", "repeats"), [(23.99, 0), (24, 1), (47.99, 1), (48, 2)])
def test_an_outage_is_repeated_after_the_interval(tower: Watchtower, notes: Notes, hours: float, repeats: int) -> None:
    for later in {0, *(step for step in (24, hours) if step <= hours)}:
        outage.notify(AWAY, tower.channels, tower.now + timedelta(hours=later), notes)
    assert [kind for kind, _ in tower.mail.notified] == ["OPENED", *["REPEATED"] * repeats]


def test_a_broken_mail_hook_does_not_keep_slack_from_telling(tower: Watchtower, notes: Notes) -> None:
    def fall(facts: dict[str, Any], message_id: str) -> None:
        raise RuntimeError("ssl_context")

    tower.mail.send = fall  # type: ignore[method-assign, assignment]
    assert outage.notify(AWAY, tower.channels, tower.now, notes) == ["slack"]
    assert outage.notify(AWAY, tower.channels, tower.now + MINUTES_15, notes) == []
    assert tower.slack.notified == [("OPENED", "database")]


def test_a_channel_or_an_address_that_did_not_take_it_gets_it_later_and_alone(tower: Watchtower, notes: Notes) -> None:
    send, refused = tower.mail.send, RecipientsRefused({"luis@example.com": "450 later"})

    def refuse(facts: dict[str, Any], message_id: str) -> None:
        raise refused

    tower.mail.send = refuse  # type: ignore[method-assign, assignment]
    tower.slack.refusal = "500"
    assert outage.notify(AWAY, tower.channels, tower.now, notes) == []
    only_mail = {"mail": tower.mail}
    assert outage.notify(AWAY, only_mail, tower.now + MINUTES_15, notes) == []
    tower.mail.send, tower.slack.refusal = send, None  # type: ignore[method-assign]
    assert sorted(outage.notify(AWAY, tower.channels, tower.now + 2 * MINUTES_15, notes)) == ["mail", "slack"]
    assert list(tower.mail.facts[0]["recipients"]) == ["luis@example.com"]
    assert tower.slack.facts[0]["recipients"] is None
    assert len(set(tower.mail.ids)) == 1


@pytest.mark.parametrize("text", ["", "no JSON", "[]", "{}", '{"opened_at": "then", "waiting": ["mail"]}'])
def test_a_note_that_cannot_be_read_silences_nobody(tower: Watchtower, notes: Notes, text: str) -> None:
    notes.text = text
    assert sorted(outage.notify(AWAY, tower.channels, tower.now, notes)) == ["mail", "slack"]
    assert outage.notify(AWAY, tower.channels, tower.now + MINUTES_15, notes) == []


@pytest.mark.parametrize("ahead", [timedelta(0), timedelta(seconds=30), timedelta(days=2)])
def test_its_messages_stand_together_and_clocks_that_differ_make_no_negative_length(
    tower: Watchtower, notes: Notes, ahead: timedelta
) -> None:
    outage.notify(AWAY, tower.channels, tower.now + ahead, notes)
    one_run(tower, timedelta(0))
    opened, closed = (compose(facts, "es") for facts in tower.mail.facts)
    assert closed.headline == "RESUELTO: base de datos, duró menos de 1 min"
    threads = {
        build_mail(message, "x@y", "a@example.org", ["b@example.org"])["References"] for message in (opened, closed)
    }
    assert len(threads) == 1
    assert history(tower) == [("database", "RED")]


def test_two_outages_are_two_threads_and_an_outage_is_no_other_alert(tower: Watchtower, notes: Notes) -> None:
    for _ in range(2):
        tower.now += MINUTES_15
        outage.notify(AWAY, tower.channels, tower.now, notes)
        one_run(tower)
    tower.now += MINUTES_15
    tower.run(IDENTITY, "FAILED", error="the disk is full")
    one_run(tower)
    threads = [compose(facts, "es").thread for facts in tower.mail.facts]
    assert len(threads) == 5
    assert len(set(threads)) == 3


def test_the_time_of_an_outage_is_no_gap_between_checks(tower: Watchtower, notes: Notes) -> None:
    outage.notify(AWAY, tower.channels, tower.now + MINUTES_15, notes)
    one_run(tower, timedelta(hours=3))
    assert tower.mail.notified == [("OPENED", "database"), ("CLOSED", "database")]
    assert tower.state("health.checks") == ("OK", "OK")


def test_an_end_that_is_noted_but_not_told_is_told_by_the_repetition(
    tower: Watchtower, notes: Notes, monkeypatch: pytest.MonkeyPatch
) -> None:
    outage.notify(AWAY, tower.channels, tower.now, notes)
    with monkeypatch.context() as patch:
        patch.setattr(tasks.health_check, "update_alerts", lambda *_, **__: (_ for _ in ()).throw(KeyboardInterrupt))
        tower.now += MINUTES_15
        tasks.run_checks(CONTEXT)
        with pytest.raises(KeyboardInterrupt):
            tasks.update_alerts(CONTEXT)
    for _ in range(2):
        one_run(tower)
    assert tower.mail.notified == [("OPENED", "database"), ("CLOSED", "database")]
    assert history(tower) == [("database", "RED")]
