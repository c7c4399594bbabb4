"""The lists of codes as views to join: none misses a code that a column can have."""

from __future__ import annotations

import re

import pytest

from control_tower.database import SQL_DIR, read_sql
from control_tower.i18n.catalogue import codes
from control_tower.jobs import JOBS
from control_tower.migrate import data_dictionary
from control_tower.monitoring import grouping, states
from control_tower.sources import SOURCE_TABLES


def found_in(pattern: str, *files: str) -> set[str]:
    return {code for file in files for code in re.findall(pattern, re.sub(r"--.*", "", read_sql(file)))}


def allowed(connection, table: str, column: str) -> set[str]:
    """What the check constraint on a column allows."""
    rows = connection.execute(
        "select pg_get_constraintdef(oid) from pg_constraint where conrelid = %s::regclass and contype = 'c'", (table,)
    ).fetchall()
    texts = [text for (text,) in rows if re.match(rf"CHECK \(\(+{column} = ANY", text)]
    assert texts, f"{table}.{column} is free"
    return {code for text in texts for code in re.findall(r"'(\w+)'::text", text)}


def labels_of(connection, enumeration: str) -> set[str]:
    rows = connection.execute(
        "select enumlabel from pg_enum join pg_type on pg_type.oid = enumtypid where typname = %s", (enumeration,)
    ).fetchall()
    return {label for (label,) in rows}


EXPECTED = {
    ("dim_match_rules", "match_rule"): lambda _: (
        found_in(r"\(\d+, '([A-Z0-9_]+)'", "views/identity/match_rules.sql")
        | {"MANUAL", "NEW_PERSON", "DRIVER_MATCH", "driver_direct"}
        | {"BACKFILL_LICENSE_MATCH", "BACKFILL_PHONE_MATCH", "BACKFILL_NEW_PERSON"}
    ),
    ("dim_reasons", "reason_code"): lambda _: (
        found_in(r"(?:then|else) '([A-Z]+_[A-Z_]+)'", "pipeline/4_decide/decide.sql")
        | found_in(r"reason_code, '([A-Z_]+)'", "pipeline/5_conclude/contest_records.sql")
        | {"NO_PERSON_KEY", "ERROR", "REPLACED_RECORD", "SOURCE_GONE"}
    ),
    ("dim_record_statuses", "status"): lambda connection: labels_of(connection, "unmatchedstatus"),
    ("dim_confidence_levels", "confidence_level"): lambda connection: (
        labels_of(connection, "confidencelevel") | labels_of(connection, "attributionconfidence")
    ),
    ("dim_sources", "source_table"): lambda _: {*SOURCE_TABLES, "drivers", "lead_ledger"},
    ("dim_ledger_rules", "attribution_rule"): lambda _: (
        {code for code in found_in(r"'([A-Z_]+)'", "pipeline/8_ledger/derive_ledger.sql") if "_AFTER_" not in code}
        | {"MANUAL"}
    ),
    ("dim_decision_statuses", "decision_status"): lambda connection: labels_of(connection, "decisionstatus"),
    ("dim_backlog_categories", "category"): lambda _: {"A", "C", "D"},
    ("dim_conflict_reasons", "conflict_reason"): lambda _: (
        found_in(r"'([A-Z_]+_AFTER_[A-Z]+)'", "pipeline/8_ledger/derive_ledger.sql") | {"SEVERAL_SCOUTS"}
    ),
    ("dim_decision_kinds", "kind"): lambda connection: allowed(connection, "ops.human_decisions", "kind"),
    ("dim_payment_statuses", "payment_status"): lambda _: {"PENDING", "ELIGIBLE", "BLOCKED"},
    ("dim_block_reasons", "block_reason"): lambda _: (
        found_in(r"then '([A-Z_]+)'", "pipeline/10_payments/refresh_scout_payments.sql") - {"BLOCKED", "ELIGIBLE"}
    ),
    ("dim_statement_line_kinds", "kind"): lambda connection: allowed(connection, "ops.scout_statement_lines", "kind"),
    ("dim_correction_reasons", "reason_code"): lambda connection: allowed(
        connection, "ops.scout_statement_lines", "reason_code"
    ),
    ("dim_claim_reasons", "reason_code"): lambda _: (
        found_in(r"'(payment_[a-z_]+|no_payment_found)'", "views/established/v_claims_payment_status_cabinet.sql")
        | {"paid", "missing_driver_id", "missing_milestone"}
    ),
    ("dim_claim_changes", "reason_code"): lambda _: (
        found_in(r"'([A-Z]+_[A-Z_]+)'", "pipeline/10_payments/record_claim_changes.sql")
        | found_in(r"then '([A-Z_]+)'", "pipeline/10_payments/record_lost_payments.sql")
        | {"UNKNOWN"}
    ),
    ("dim_jobs", "job_type"): lambda connection: labels_of(connection, "jobtype") | set(JOBS),
    ("dim_run_statuses", "status"): lambda connection: labels_of(connection, "runstatus"),
    ("dim_severities", "severity"): lambda connection: (
        allowed(connection, "ops.check_states", "severity") | {"WARN", "FAIL"}
    ),
    ("dim_quality_reasons", "reason"): lambda _: {states.NO_PERSONS, *states.QUALITY_LIMITS},
    ("dim_scout_signals", "signal"): lambda _: found_in(
        r"'([A-Z]+_[A-Z_]+)'", "views/attribution/v_scout_signal_rows.sql"
    ),
    ("dim_alert_causes", "cause"): lambda _: {
        *JOBS,
        grouping.SOURCES,
        grouping.INVARIANTS,
        grouping.AIRFLOW,
        grouping.HEALTH,
        grouping.ATTRIBUTION_QUALITY,
        grouping.PAYMENTS,
    },
    ("dim_states", "state"): lambda _: (
        {
            code
            for code in found_in(
                r"'((?:RED|YELLOW)_[A-Z0-9_]*[A-Z0-9])'",
                "functions/v_data_health_status_at.sql",
                "functions/v_pipeline_health_at.sql",
                "functions/v_check_results_at.sql",
            )
            if code != "RED_NO"
        }
        | {
            value
            for value in vars(states).values()
            if isinstance(value, str) and re.fullmatch(r"(?:RED|YELLOW)_[A-Z_]+|[A-Z]+_[A-Z]+", value)
        }
        - {states.NO_PERSONS, states.CHECKS_IMPOSSIBLE}
        | set(states.HOURS_UNTIL_STALE)
        | set(states.OVERDUE)
        | {f"{severity}_{states.CHECKS_IMPOSSIBLE}" for severity in ("RED", "YELLOW")}
        | {"OK", "GREEN_OK", "UNKNOWN"}
    ),
}


@pytest.mark.parametrize(("view", "column"), EXPECTED)
def test_a_list_has_every_code_that_its_column_can_have(view: str, column: str, warehouse) -> None:
    expected = EXPECTED[view, column](warehouse)
    rows = warehouse.execute(f"select {column}, label_es, label_en from ops.{view}").fetchall()
    assert expected
    assert expected - {code for code, *_ in rows} == set()
    assert all(label for row in rows for label in row)


def test_audited_actions_and_methods_that_the_package_writes_are_listed(warehouse) -> None:
    texts = [re.sub(r"--.*", "", path.read_text()) for path in SQL_DIR.rglob("*.sql") if "migrations" not in path.parts]
    known = {code for group in ("audit_action", "audit_method") for code in codes("es")[group]}
    written = {
        code
        for text in texts
        if re.search(r"insert into ops\.\w+_backfill_audit", text)
        for code in re.findall(r"'((?:SOURCE|EVENTS|CONFLICT|PERSON|DECISION)_[A-Z_]+|SAME_CONTENT|REKEYED)'", text)
    }
    assert len(written) >= 4
    assert written - known == set()


def test_every_list_is_tested() -> None:
    views = {path.stem for path in (SQL_DIR / "views" / "dimensions").glob("dim_*.sql")}
    assert views == {view for view, _ in EXPECTED} | {"dim_audit_actions", "dim_audit_methods"}


def test_labels_are_those_that_pages_show(warehouse) -> None:
    rows = warehouse.execute("select code_group, code, label_es, label_en from canon.labels").fetchall()
    assert {group for group, *_ in rows} == data_dictionary.label_groups()
    for group, code, spanish, english in rows:
        assert (codes("es")[group][code], codes("en")[group][code]) == (spanish, english)


def test_a_state_says_what_is_wrong_and_what_to_do(warehouse) -> None:
    rows = warehouse.execute("select severity, state, action_es, action_en from ops.dim_states").fetchall()
    for severity, state, *actions in rows:
        assert state.startswith(severity) or severity in ("UNKNOWN", "OK")
        assert severity not in ("RED", "YELLOW") or all(actions), state


def test_a_reader_joins_the_labels(warehouse) -> None:
    warehouse.execute("set role control_tower_reader")
    joined = (
        "select label_es from (values ('R1_PHONE_EXACT')) as link (match_rule)"
        " inner join ops.dim_match_rules using (match_rule)"
    )
    assert warehouse.execute(joined).fetchall() == [("mismo teléfono",)]
