"""Recorded human decisions cannot be changed."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest

Warehouse = psycopg.Connection[Any]


@pytest.mark.parametrize("role", ["origin", "replica"])
def test_a_decision_is_neither_changed_nor_deleted(warehouse: Warehouse, role: str) -> None:
    warehouse.execute(
        "insert into ops.human_decisions (kind, reason, decided_by, decided_at)"
        " values ('revert_backfill', 'why', 'rosa', now())"
    )
    warehouse.execute(f"set session_replication_role = {role}")
    for statement in (
        "update ops.human_decisions set reason = 'another'",
        "delete from ops.human_decisions",
        "truncate ops.human_decisions",
    ):
        with pytest.raises(psycopg.errors.RestrictViolation, match="append-only"):
            warehouse.execute(statement)
    assert warehouse.execute("select kind, reason, decided_by from ops.v_human_decisions").fetchall() == [
        ("revert_backfill", "why", "rosa")
    ]


@pytest.mark.parametrize(("reason", "who"), [("", "rosa"), (" \n", "rosa"), ("why", " ")])
def test_a_decision_says_who_and_why(warehouse: Warehouse, reason: str, who: str) -> None:
    with pytest.raises(psycopg.errors.CheckViolation):
        warehouse.execute(
            "insert into ops.human_decisions (kind, reason, decided_by, decided_at)"
            " values ('revert_backfill', %s, %s, now())",
            [reason, who],
        )
