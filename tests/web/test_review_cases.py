"""The cases that wait for a human: which there are, what they are worth, and when their version changes."""

from __future__ import annotations

from typing import Any

import psycopg

Connection = psycopg.Connection[Any]


def kinds(connection: Connection) -> dict[str, int]:
    rows = connection.execute("select case_kind, count(*) from ops.v_review_cases group by case_kind")
    return {row[0]: row[1] for row in rows}


def test_each_open_conflict_record_and_payment_is_one_case(fleet: Connection) -> None:
    expected = fleet.execute(
        "select (select count(*) from ops.v_scout_attribution_conflicts),"
        " (select count(*) from ops.v_identity_unmatched where status = 'OPEN'),"
        " (select count(*) from ops.v_payments_without_claim)"
    ).fetchone()

    found = kinds(fleet)

    assert expected is not None
    assert (found["CONFLICT"], found["UNMATCHED"], found["UNEXPLAINED_PAYMENT"]) == expected
    assert min(expected) > 0
