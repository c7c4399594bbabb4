"""People whose scouts the source corrects or withdraws, and what became of their events and ledger rows."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg.rows import dict_row

from control_tower import decisions
from control_tower.monitoring.checks import check_names, run_check
from tests.identity.sources import driver, lead, scouting
from tests.pipeline import attribute, ingest

Warehouse = psycopg.Connection[Any]
AUTHOR = decisions.Author("ana")
SURNAMES = (
    "Quispe",
    "Torres",
    "Salas",
    "Huaman",
    "Campos",
    "Rios",
    "Melgar",
    "Paredes",
    "Rojas",
    "Vega",
    "Soto",
    "Prado",
)
GIVEN = ("Ana", "Hugo", "Luz", "Pedro", "Rosa", "Saul", "Elsa", "Nora")


def name_of(number: int) -> str:
    return f"{GIVEN[number % 8]} {GIVEN[(number + 3) % 8]} {SURNAMES[number % 12]} {SURNAMES[(number * 5 + 1) % 12]}"


def person(warehouse: Warehouse, number: int, *scouts: int | None, with_lead: bool = False) -> None:
    """A driver, and scouting rows 100 × number + 1, + 2, … by these scouts, of one person."""
    phone = f"9{87000000 + 11 * number}"
    driver(warehouse, f"d{number}", full_name=name_of(number), phone=phone)
    for place, scout in enumerate(scouts, 1):
        scouting(warehouse, 100 * number + place, name_of(number), driver_phone=phone, scout_id=scout)
    if with_lead:
        lead(warehouse, f"l{number}", name_of(number), park_phone=phone)


def key_of(warehouse: Warehouse, number: int) -> str:
    row = warehouse.execute(
        "select person_key::text from canon.identity_links where source_table = 'drivers' and source_pk = %s",
        [f"d{number}"],
    ).fetchone()
    assert row is not None
    return str(row[0])


def correct(warehouse: Warehouse, row: int, scout: int | None) -> None:
    """The source changes the scout of a scouting row."""
    warehouse.execute("update public.module_ct_scouting_daily set scout_id = %s where id = %s", [scout, row])


def paid_by_statement(warehouse: Warehouse, person_key: str, scout: int, amount: int = 20) -> None:
    """A closed period in which the scout is due an amount for the person, marked paid."""
    warehouse.execute(
        """
        with period as (
            insert into ops.liquidation_periods (period_start, period_end, reason, closed_by, closed_at)
            select day, day, 'close', 'ana', now()
            from (select date '2026-01-01' + count(*)::int as day from ops.liquidation_periods) as next
            returning id
        ), statement as (
            insert into ops.scout_statements (period_id, scout_id, currency, amount, line_count, correction_count)
            select id, %(scout)s, 'PEN', %(amount)s, 1, 0 from period returning id
        ), line as (
            insert into ops.scout_statement_lines (
                statement_id, kind, person_key, rule_id, origin_tag, milestone_trips, lead_date, achieved_date,
                payable_date, amount
            )
            select id, 'EARNED', %(person)s::uuid, 1, 'cabinet', 1, '2026-01-01', '2026-01-01', '2026-01-01', %(amount)s
            from statement
        )
        insert into ops.scout_statement_payments (statement_id, paid_on, reference, noted_by, noted_at)
        select id, '2026-01-02', 'transfer 1', 'ana', now() from statement
        """,
        {"person": person_key, "scout": scout, "amount": amount},
    )


def paid_by_partner(warehouse: Warehouse, scout: int, **columns: Any) -> None:
    """A payment of the partner for the first trip that names the scout."""
    row = {"scout_id": scout, "date": "2026-11-10", "trip_1": True, **columns}
    warehouse.execute(
        f"insert into public.module_ct_cabinet_payments ({', '.join(row)}) values ({', '.join(['%s'] * len(row))})",  # type: ignore[arg-type]
        list(row.values()),
    )


def rows(warehouse: Warehouse, query: str, *parameters: object) -> list[dict[str, Any]]:
    with warehouse.cursor(row_factory=dict_row) as cursor:
        return cursor.execute(query.encode(), parameters or None).fetchall()


def ledger_of(warehouse: Warehouse, number: int) -> tuple[Any, ...]:
    """Scout, rule and state of a person's ledger row."""
    (row,) = rows(
        warehouse,
        "select attributed_scout_id, attribution_rule, decision_status::text as status"
        " from observational.lead_ledger where person_key = %s::uuid",
        key_of(warehouse, number),
    )
    return tuple(row.values())


def conflict_of(warehouse: Warehouse, number: int) -> tuple[Any, ...] | None:
    """Why the conflict of a person is open, and the payment that says so."""
    found = rows(
        warehouse,
        "select conflict.conflict_reason, ledger.evidence_json -> 'conflict_payment' as payment"
        " from ops.v_scout_attribution_conflicts as conflict"
        " inner join observational.lead_ledger as ledger using (person_key) where person_key = %s::uuid",
        key_of(warehouse, number),
    )
    return tuple(found[0].values()) if found else None


def event_audit(warehouse: Warehouse, source_pk: str) -> list[tuple[Any, ...]]:
    return warehouse.execute(
        "select mapping_method, old_scout_id, new_scout_id from ops.lead_events_scout_backfill_audit"
        " where source_pk = %s and action_type = 'UPDATED' order by id",
        [source_pk],
    ).fetchall()


def ledger_audit(warehouse: Warehouse, number: int) -> list[tuple[Any, ...]]:
    return warehouse.execute(
        "select backfill_method, old_attributed_scout_id, new_attributed_scout_id"
        " from ops.lead_ledger_scout_backfill_audit where person_key = %s::uuid order by id",
        [key_of(warehouse, number)],
    ).fetchall()


def refresh() -> None:
    ingest()
    attribute()


def broken(warehouse: Warehouse) -> list[str]:
    return [name for name in check_names() if run_check(warehouse, name).status != "OK"]
