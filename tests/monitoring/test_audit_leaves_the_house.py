"""The newest hash of the audit goes out with every message; a chain that is written anew does not agree with it."""

from __future__ import annotations

import logging
import re
from typing import Any

import psycopg
import pytest

from control_tower.monitoring import health_check, heartbeat
from control_tower.monitoring.check_history import record_results
from control_tower.monitoring.check_result import Result
from control_tower.monitoring.checks import run_check
from control_tower.monitoring.delivery.mail import mail_parts
from control_tower.monitoring.delivery.message import compose
from control_tower.monitoring.delivery.slack import slack_blocks
from control_tower.settings import get_settings
from tests.attribution.datasets import SCOUTING, event, person
from tests.monitoring.servers import web_server
from tests.monitoring.watchtower import Notebook
from tests.pipeline import attribute

Warehouse = psycopg.Connection[Any]
HASH = re.compile(r"\b[0-9a-f]{64}\b")


def rewrite_the_chain(warehouse: Warehouse) -> None:
    """What somebody with every right does: change a row, and make the whole chain agree with it."""
    for table in ("audit_chain", "lead_ledger_scout_backfill_audit"):
        warehouse.execute(f"alter table ops.{table} disable trigger append_only")  # type: ignore[arg-type]
    warehouse.execute("update ops.lead_ledger_scout_backfill_audit set new_attributed_scout_id = 8")
    warehouse.execute(
        "do $$ declare link record; previous bytea := ''; made bytea; begin"
        " for link in select * from ops.audit_chain order by position loop"
        "  made := case when link.part = 'decisions'"
        "   then (select hash from ops.decisions_hash(link.covers, link.run_id, previous))"
        "   else (select hash from ops.audit_hash(link.run_id, link.part, previous)) end;"
        "  update ops.audit_chain set hash = made, previous_hash = previous where position = link.position;"
        "  previous := made; end loop; end $$"
    )


def findings(warehouse: Warehouse, sent: str = "") -> list[tuple[Any, ...]]:
    """What the verification says: whether it is in order, and what it found."""
    return warehouse.execute("select is_intact, finding from ops.verify_audit(%s) order by finding", [sent]).fetchall()


@pytest.fixture
def sealed(warehouse: Warehouse) -> Warehouse:
    """A warehouse with a sealed run."""
    event(warehouse, person(warehouse, 1), SCOUTING, 7)
    attribute()
    return warehouse


def newest(warehouse: Warehouse) -> str:
    row = warehouse.execute("select encode(hash, 'hex') from ops.audit_chain order by position desc limit 1").fetchone()
    assert row is not None
    return str(row[0])


def test_a_mail_a_slack_message_a_heartbeat_and_the_log_of_a_run_carry_the_newest_hash(
    sealed: Warehouse, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    moment = health_check.clock(sealed)
    record_results(sealed, [Result("source.drivers", "RED", "RED_NO_INGESTION", "sources")], moment)
    notebook = Notebook()
    health_check.update_alerts(sealed, moment, {"mail": notebook})
    health_check.deliver_messages(sealed, moment, {"mail": notebook})
    message = compose(notebook.facts[0])
    for text in (*mail_parts(message), str(slack_blocks(message))):
        assert HASH.findall(text) == [newest(sealed)]
    with web_server() as web:
        monkeypatch.setenv("CONTROL_TOWER_HEARTBEAT_URL", f"{web.url}/beat")
        get_settings.cache_clear()
        health_check.run_all_checks(sealed, moment, configured={"mail": False, "slack": False})
        assert heartbeat.send_heartbeat(*health_check.latest_severity(sealed)) is True
    assert HASH.findall(web.posts[0][1]) == [newest(sealed)]
    with caplog.at_level(logging.INFO):
        attribute()
    assert newest(sealed) in caplog.text


@pytest.mark.parametrize("digits", [12, 64])
def test_a_hash_from_a_mail_is_found_until_the_chain_is_written_anew(sealed: Warehouse, digits: int) -> None:
    sent = newest(sealed)[:digits].upper()
    attribute()
    assert findings(sealed, f"link 2, {sent}") == [(True, "CHAIN_INTACT"), (True, "HASH_FOUND")]
    rewrite_the_chain(sealed)
    assert run_check(sealed, "audit_chain_is_intact").status == "OK", "the chain agrees with itself"
    assert findings(sealed, sent) == [(True, "CHAIN_INTACT"), (False, "HASH_MISSING")]


def test_what_is_stored_of_sent_messages_is_compared_by_every_check(sealed: Warehouse) -> None:
    moment = health_check.clock(sealed)
    record_results(sealed, [Result("source.drivers", "RED", "RED_NO_INGESTION", "sources")], moment)
    health_check.update_alerts(sealed, moment, {"mail": Notebook()})
    assert run_check(sealed, "audit_chain_is_intact").status == "OK"
    rewrite_the_chain(sealed)
    result = run_check(sealed, "audit_chain_is_intact")
    assert [offender["fault"] for offender in result.sample] == ["SENT_HASH_MISSING"]


def test_a_reader_verifies(sealed: Warehouse) -> None:
    with sealed.transaction():
        sealed.execute("set local role control_tower_reader")
        assert findings(sealed, "0" * 64) == [(True, "CHAIN_INTACT"), (False, "HASH_MISSING")]
