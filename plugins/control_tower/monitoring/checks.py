"""Invariants: each file of `sql/checks` selects the rows that break one; its name is the invariant's.

Both pipelines check them at the end of each run, but for those whose tables were not written to since they were found
to hold. A check whose file names a key looks at what was written since the last run (`canon.check_queue`); at all rows
it looks in turn, several times a day, and in any case within a day. A run that evaluates everything checks all rows
of everything. A health check must stay cheap on a million rows: it runs again those that could not run, and others as
far as half a second of database time allows, broken and oldest first. Of the rest it takes the latest result.
"""

from __future__ import annotations

import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import psycopg
from psycopg import sql
from psycopg.rows import dict_row

from control_tower.database import SQL_DIR, fetch_one, fetch_rows, read_sql
from control_tower.driver_errors import explain
from control_tower.errors import ChecksFailed
from control_tower.monitoring import grouping, states
from control_tower.monitoring.audit_seal import seal_line
from control_tower.monitoring.check_history import to_jsonb
from control_tower.monitoring.check_result import Result, Severity, check_name
from control_tower.monitoring.probes import ProbeContext
from control_tower.parallel import map_in_parallel

log = logging.getLogger(__name__)

SAMPLE = 20
"""How many offenders are recorded with a result."""
BUDGET_SECONDS = 0.5
"""Database time that a health check spends on invariants whose latest results are recent."""
MAX_AGE_SECONDS = 12 * 3600.0
"""An older result is renewed at any cost: no pipeline has run for long."""
UNCHANGED_FOR_SECONDS = 24 * 3600.0 - 3600.0
"""For so long a run takes a result as its own if the tables are as they were: each invariant is checked once a day."""
TURNS = 4
"""In one of so many turns all rows of an invariant are checked that otherwise looks at what was written."""
TURN_SECONDS = 5 * 3600.0
"""How long a turn is: with all of them in 20 hours, and runs every few hours, everything is looked at within a day."""
KEYS_AT_MOST = 20_000
"""With more rows written, all rows are checked."""
MOVING = frozenset({"scout_payments_match_derivation"})
"""Invariants that look at other rows each time."""
IN_TURN = frozenset({"kept_claims_match_their_views"})
"""Invariants that derive everything anew: runs check them in turn, whatever was written to, and health checks never do
once a run has: minutes for a million people."""
CHANGED = {
    "person_key": "broken.person_key = any(%(persons)s::uuid[])",
    "source_table, source_pk": (
        "(broken.source_table, broken.source_pk) in"
        " (select written.* from unnest(%(source_tables)s::text[], %(source_pks)s::text[]) as written)"
    ),
}
"""Condition on the rows of a check, by the key that its file names."""
_KEY = re.compile(r"^-- .*\bKey: ([a-z_]+(?:,(?: |\n-- )[a-z_]+)*)\.$", re.MULTILINE)
SEEN_BY_VIEW = "select canon.writes_seen(to_regclass(format('pg_temp.%%I', %s::text)))"


@dataclass(frozen=True)
class InvariantResult:
    """The result of one invariant: how many rows break it, and the first of them.

    CHECK_FAILED: the query could not run, for the reason in `error`; a retryable one may succeed later, for example
    when a lock is released.
    """

    name: str
    status: Literal["OK", "FAILED", "CHECK_FAILED"]
    offenders: int | None
    sample: list[dict[str, Any]]
    error: str | None
    seconds: float
    is_retryable: bool = False
    writes_seen: str | None = None
    """Counters of the tables that it reads, from before it was checked; None: not known."""
    is_full: bool = True
    """Whether all rows were checked."""


def check_names() -> list[str]:
    """Names of all invariants, sorted."""
    return sorted(path.stem for path in (SQL_DIR / "checks").glob("*.sql"))


def key_of(name: str) -> str | None:
    """The columns by which an invariant can be checked for what was written, as its file names them."""
    found = _KEY.search(read_sql(f"checks/{name}.sql"))
    return found[1] if found else None


def changed_query(name: str) -> sql.Composed:
    """The query of an invariant for the rows with the keys of `monitoring/changed_keys.sql`.

    It is the query of all rows with a condition, unless the folder `changed` has one of its own.
    """
    own = f"checks/changed/{name}.sql"
    text = read_sql(own if (SQL_DIR / own).is_file() else f"checks/{name}.sql")
    query = text.replace("%", "%%").rstrip().removesuffix(";")
    condition = sql.SQL(CHANGED[key_of(name) or ""])
    return sql.SQL("select broken.* from (\n{}\n) as broken where {}").format(sql.SQL(query), condition)


def run_check(
    connection: psycopg.Connection[Any], name: str, *, keys: Mapping[str, Any] | None = None
) -> InvariantResult:
    """Check one invariant in a savepoint, so that a failure leaves the session usable.

    With `keys`, the row of `monitoring/changed_keys.sql`, only rows with these keys are looked at.
    """
    started = time.perf_counter()
    is_full = keys is None
    query = sql.SQL(read_sql(f"checks/{name}.sql")) if keys is None else changed_query(name)
    try:
        with connection.transaction(), connection.cursor(row_factory=dict_row) as cursor:
            cursor.execute(query, keys)
            sample = cursor.fetchmany(SAMPLE)
            offenders = cursor.rowcount
    except psycopg.Error as error:
        explained = explain(error, connection)
        seconds = time.perf_counter() - started
        return InvariantResult(
            name, "CHECK_FAILED", None, [], str(explained), seconds, explained.is_retryable, is_full=is_full
        )
    status: Literal["OK", "FAILED"] = "FAILED" if offenders else "OK"
    seconds = time.perf_counter() - started
    return InvariantResult(name, status, offenders, sample, None, seconds, is_full=is_full)


def writes_seen(connection: psycopg.Connection[Any], names: Sequence[str]) -> dict[str, str | None]:
    """The counters of the tables that each invariant reads; None where its query cannot be read, or reads none."""
    seen: dict[str, str | None] = {}
    for name in names:
        query = sql.SQL(read_sql(f"checks/{name}.sql"))
        try:
            with connection.transaction(force_rollback=True):
                # As a view, so that the server says what the query reads.
                connection.execute(sql.SQL("create temporary view {} as {}").format(sql.Identifier(name), query))
                (seen[name],) = fetch_one(connection, SEEN_BY_VIEW, [name])
        except psycopg.Error as error:
            log.info("%s is checked in any case: %s", name, error)
    return seen


def record(connection: psycopg.Connection[Any], result: InvariantResult, run_id: int | None) -> None:
    """Record a result in `ops.check_results`; without a run it is that of a health check."""
    connection.execute(
        "insert into ops.check_results"
        " (run_id, check_name, checked_at, status, offenders, sample, error, seconds, is_retryable, writes_seen,"
        " is_full) values (%s, %s, clock_timestamp(), %s, %s, %s, %s, %s, %s, %s, %s)",
        [
            run_id,
            result.name,
            result.status,
            result.offenders,
            to_jsonb(result.sample),
            result.error,
            round(result.seconds, 3),
            result.is_retryable,
            result.writes_seen,
            result.is_full,
        ],
    )


def run_checks(connection: psycopg.Connection[Any], run_id: int) -> dict[str, int]:
    """Check the invariants whose tables were written to, record and log the results.

    The session is in autocommit, so that results outlive a failure.

    Returns:
        `checks`: how many ran; `unchanged`: how many hold as they did; `changed`, if any: of how many of those that
        ran only what was written was checked.

    Raises:
        ChecksFailed: An invariant is broken or could not be checked.
    """
    names = check_names()
    seen = writes_seen(connection, names)
    (keys,) = fetch_rows(connection, "monitoring/changed_keys.sql", {"limit": KEYS_AT_MOST})
    unchanged, changed = _lighter(connection, run_id, seen, keys)
    for name in sorted(unchanged):
        log.info("%-55s unchanged", name)

    def check(session: psycopg.Connection[Any], name: str) -> InvariantResult:
        return run_check(session, name, keys=keys if name in changed else None)

    results = map_in_parallel(connection, check, [name for name in names if name not in unchanged])
    for result in results:
        record(connection, replace(result, writes_seen=seen.get(result.name)), run_id)
        mark = "ok" if result.status == "OK" else result.status
        rows = "all" if result.is_full else "what was written"
        log.info("%-55s %-12s %6.2f s  %s  %s", result.name, mark, result.seconds, rows, result.error or "")
        for offender in result.sample[:3]:
            log.warning("    offender: %s", offender)
    # What broke an invariant, or could not be checked, is found again: then the next run checks all rows.
    connection.execute(read_sql("monitoring/forget_changed_keys.sql"), keys)
    log.info("%s", seal_line(connection))
    broken = [result.name for result in results if result.status != "OK"]
    if broken:
        raise ChecksFailed(broken)
    counts = {"checks": len(results), "unchanged": len(unchanged)}
    return counts | ({"changed": len(changed)} if changed else {})


def _lighter(
    connection: psycopg.Connection[Any], run_id: int, seen: Mapping[str, str | None], keys: Mapping[str, Any]
) -> tuple[set[str], set[str]]:
    """Invariants that held within a day: those whose tables are as they were, and those to check by the keys."""
    moment, is_incremental = fetch_one(
        connection, "select clock_timestamp(), is_incremental from ops.run_settings(%s)", [run_id]
    )
    unchanged: set[str] = set()
    changed: set[str] = set()
    if not is_incremental:
        return unchanged, changed
    latest = _latest(ProbeContext(connection, moment))
    for place, name in enumerate(check_names()):
        known, key = latest.get(name), key_of(name)
        if known is None or known["status"] != "OK" or known["full_age_seconds"] >= UNCHANGED_FOR_SECONDS:
            continue
        is_same = known["writes_seen"] is not None and known["writes_seen"] == seen.get(name)
        in_turn = known["full_age_seconds"] > seconds_into_turn(place, moment)
        # The server counts up to ten seconds late: what is queued was written in any case.
        if name in IN_TURN:
            if not in_turn:
                unchanged.add(name)
        elif is_same and name not in MOVING and not (key and keys["ids"]):
            unchanged.add(name)
        elif key and keys["up_to"] is None and not in_turn:
            changed.add(name)
    return unchanged, changed


def seconds_into_turn(place: int, moment: datetime) -> float:
    """How long ago the latest turn of the invariant in this place began."""
    cycle = TURNS * TURN_SECONDS
    return (moment.timestamp() - (place % TURNS) * TURN_SECONDS) % cycle


def rerun_invariants(connection: psycopg.Connection[Any], moment: datetime) -> list[str]:
    """Run the invariants that are due, record their results in `ops.check_results`, and return their names."""
    latest = _latest(ProbeContext(connection, moment))
    left = BUDGET_SECONDS
    ran = []
    for name in sorted(check_names(), key=lambda name: _priority(latest.get(name))):
        known = latest.get(name)
        if known is not None and name in IN_TURN:
            continue
        # The seconds of one that could not run are those that it waited, not its cost.
        is_due = known is None or known["status"] == "CHECK_FAILED" or known["age_seconds"] > MAX_AGE_SECONDS
        if not is_due and known is not None and known["seconds"] > left:
            continue
        result = run_check(connection, name)
        record(connection, result, run_id=None)
        left -= result.seconds
        ran.append(name)
    return ran


def broken_invariants(context: ProbeContext) -> set[str]:
    """Names of the invariants whose latest result is broken."""
    return {name for name, row in _latest(context).items() if row["status"] == "FAILED"}


def invariants(context: ProbeContext) -> Iterator[Result]:
    """The latest result of each invariant."""
    latest = _latest(context)
    for name in check_names():
        row = latest.get(name)
        if row is None:
            yield Result(check_name("invariant", name), "UNKNOWN", states.NEVER_CHECKED, grouping.INVARIANTS)
            continue
        outcomes: Mapping[str, tuple[Severity, str]] = {
            "OK": ("OK", states.OK),
            "FAILED": ("RED", states.INVARIANT_BROKEN),
            "CHECK_FAILED": ("YELLOW" if row["is_retryable"] else "RED", states.CHECK_FAILED),
        }
        severity, state = outcomes[row["status"]]
        yield Result(
            check_name("invariant", name),
            severity,
            state,
            grouping.INVARIANTS,
            value={"offenders_count": row["offenders"], **_all_rows(row)},
            limit={"offenders_count": 0},
            details={
                "error": row["error"],
                "sample": (row["sample"] or [])[:3],
                "checked_at": row["checked_at"].isoformat(),
                "run_id": row["run_id"],
            },
        )


def _all_rows(row: Mapping[str, Any]) -> dict[str, float]:
    """How long ago all rows were looked at, if the latest result is about what was written alone."""
    seconds = row["full_age_seconds"]
    return {} if row["is_full"] or seconds == float("inf") else {"all_rows_seconds": round(seconds)}


def _latest(context: ProbeContext) -> dict[str, dict[str, Any]]:
    rows = context.rows("monitoring/latest_invariants.sql", names=check_names())
    return {row["check_name"]: row for row in rows}


def _priority(latest: Mapping[str, Any] | None) -> tuple[int, float]:
    """Sort key: never checked, then broken, then the oldest."""
    if latest is None:
        return (0, 0.0)
    return (1 if latest["status"] != "OK" else 2, -float(latest["age_seconds"]))
