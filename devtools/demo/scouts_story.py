"""The chapters on scouts: attribution, conflicts, a human decision, and a revert."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from control_tower.settings import get_settings
from devtools.demo.context import DemoContext, UnexpectedResult
from devtools.demo.sql_files import read_sql
from devtools.demo.terminal import ATTENTION, GOOD, QUIET, STRONG, quoted

REFRESH = "scout_attribution_refresh"
CONFLICTS_SHOWN = 4
BY_LINK_SHOWN = 5
WRONG_ROWS = 12
"""So many rows has the wrong scouting file."""

LEDGER_RULES = {
    "A": "one scout in the person's events",
    "A_FLEET": "came by a migration, with its scout if it names one",
    "BACKFILL_SINGLE_SCOUT_FROM_EVENTS": "stood without a scout, and now one claims it",
    "B": "a cabinet lead that nobody claims",
    "C": "several scouts: a conflict, nobody is assigned",
    "U": "a scouting row that names no scout",
    "MANUAL": "a human decided",
}
"""What each rule of the ledger means, in a few words."""

_REVERTED = re.compile(r"\] reverted +(\S.*?) +\[control_tower\.decisions\.reverts\]")


def attribute_scouts(context: DemoContext) -> None:
    """Run the attribution refresh; show ledger per rule, conflicts, the sum of all persons, and audit rows."""
    page, connection = context.page, context.connection
    page.chapter(f"Who brought them: the DAG {REFRESH}")
    run, seconds = context.run_pipeline(REFRESH, REFRESH, show_steps=True)
    page.say(f"Run {run.id} is {run.status} after {seconds:.1f} s.", QUIET)
    page.gap()
    page.table(
        [[*row, LEDGER_RULES.get(row[0])] for row in connection.execute(read_sql("ledger_per_rule.sql"))],
        heads=("ledger rule", "persons", "scout", ""),
        right=[1, 2],
        styles={3: QUIET},
    )
    page.gap()
    total, satisfactory, without_scout, legacy, not_propagated, conflicts = _snapshot(context)
    if total != satisfactory + without_scout + legacy + not_propagated:
        raise UnexpectedResult(
            f"{total} persons are not {satisfactory} + {without_scout} + {legacy} + {not_propagated}.",
            "this is a fault of the product: report it with the size and the seed of the demo.",
        )
    page.table(
        [
            [total, "persons are all of these together:"],
            [satisfactory, "have their scout in the ledger"],
            [without_scout, "A  have events, and no scout in them"],
            [legacy, "C  have no event"],
            [not_propagated, f"D  have scouts in their events, and none in the ledger: {conflicts:,} conflicts"],
        ],
        right=[0],
        styles={0: STRONG},
    )
    page.gap()
    page.table(
        [list(row) for row in connection.execute(read_sql("audit_counts.sql"), {"run_id": run.id})],
        heads=("audited", "outcome", "rows"),
        right=[2],
        styles={0: QUIET},
    )
    page.gap()
    page.say(f"Claimed by several scouts, for a human to decide: {conflicts:,}. The first of them:")
    page.table(
        [
            [f"…{row[0][-8:]}", quoted(row[1]), row[5], row[3]]
            for row in connection.execute(read_sql("conflicts.sql"), {"rows": CONFLICTS_SHOWN})
        ],
        heads=("person", "name", "days apart", "scouts in order of time"),
        right=[2],
        styles={0: QUIET, 2: QUIET},
    )


def compare_scouts_with_truth(context: DemoContext) -> None:
    """Compare conflicts and scouts with the truth.

    Raises:
        UnexpectedResult: the ledger is wrong about a person whose rows are all one human's.
    """
    page = context.page
    page.chapter("Is that true, too?")
    with page.working("comparing"):
        judged = context.connection.execute(read_sql("scouts_judged.sql")).fetchall()
    found = Counter(str(row[1]) for row in judged)
    for verdict, fault in {
        "CONFLICT_MISSED": "whom two scouts truly claim and who are not in conflict or are paid",
        "CONFLICT_WRONG": "who are in conflict although fewer than two scouts claim them",
        "SCOUT_WRONG": "who have a scout that never claimed them",
    }.items():
        if found[verdict]:
            persons = ", ".join(str(row[0]) for row in judged if row[1] == verdict)
            raise UnexpectedResult(
                f"There are persons {fault}: {persons}.",
                "this is a fault of the product: report it with the size and the seed of the demo.",
            )
    page.say(
        f"✓ {found['CONFLICT']:,} people are truly claimed by two scouts in linked rows: all of them are in conflict, "
        "and nobody is paid for them.",
        GOOD,
    )
    page.say("✓ Nobody else is in conflict.", GOOD)
    page.say(f"✓ {found['SCOUT']:,} scouts in the ledger, and each truly claims that person.", GOOD)
    by_link = [row for row in judged if str(row[1]).endswith("_BY_LINK")]
    if by_link:
        page.say(f"By a wrong identity link, which joined two people: {len(by_link):,}.", ATTENTION)
        page.table(
            [[f"…{row[0][-8:]}", quoted(row[3]), row[2]] for row in by_link[:BY_LINK_SHOWN]],
            heads=("person", "name", "scout"),
        )


def resolve_a_conflict(context: DemoContext) -> None:
    """Resolve the first conflict by the DAG, and show what was recorded and that later runs respect it.

    Raises:
        UnexpectedResult: they do not.
    """
    page, connection = context.page, context.connection
    conflict = connection.execute(read_sql("conflicts.sql"), {"rows": 1}).fetchone()
    if conflict is None:
        return
    page.chapter("A human decides: the DAG resolve_scout_conflict")
    person, name, scouts = conflict[:3]
    before = _snapshot(context)
    conf = {"person_key": person, "scout_id": scouts[0], "reason": "The signed form names the scout who came first"}
    with page.working("resolve_scout_conflict"):
        context.airflow.run_dag("resolve_scout_conflict", context.logs / "resolve_scout_conflict.log", conf=conf)
    decision = connection.execute(
        "select before -> 'ledger', after -> 'ledger', decided_by, reason from ops.v_human_decisions"
        " order by id desc limit 1"
    ).fetchone()
    if decision is None:
        raise LookupError("resolve_scout_conflict has recorded no decision")
    page.table(
        [
            [word, *(quoted(ledger[column]) for ledger in decision[:2])]
            for word, column in {
                "state": "decision_status", "scout": "attributed_scout_id", "rule": "attribution_rule"
            }.items()
        ],
        heads=(quoted(name), "before", "after"),
        styles={0: QUIET, 2: STRONG},
    )  # fmt: skip
    page.say(f"{decision[2]}: «{decision[3]}». Conflicts: {before[-1]:,}, now {_snapshot(context)[-1]:,}.")
    context.run_pipeline("identity_ingestion", "identity_ingestion-after-decision")
    run, _ = context.run_pipeline(REFRESH, f"{REFRESH}-after-decision")
    if _scouts(context)[person] != scouts[0] or _snapshot(context)[-1] >= before[-1]:
        raise UnexpectedResult(
            f"Run {run.id} did not respect the decision on person {person}.",
            "this is a fault of the product: report it with the size and the seed of the demo.",
        )
    page.say(f"✓ Both pipelines ran once more; after run {run.id} the decision stands.", GOOD)


def revert_a_wrong_file(context: DemoContext) -> None:
    """Load a false scouting file, revert it after a dry run, and check that a later run does not bring it back.

    Raises:
        UnexpectedResult: the revert did not give each person the scout it had, or a later run undid it.
    """
    page, connection = context.page, context.connection
    page.chapter("A wrong file, and how it is undone: the DAG revert_backfill")
    before = _scouts(context)
    arrival = {"rows": WRONG_ROWS, "timezone": get_settings().timezone}
    rows = connection.execute(read_sql("wrong_file.sql"), arrival).fetchall()
    if not rows:
        return
    page.say(f"A scouting file arrives: scout {rows[0][0]} claims {len(rows):,} people whom nobody brought.")
    context.run_pipeline("identity_ingestion", "identity_ingestion-wrong-file")
    run, _ = context.run_pipeline(REFRESH, f"{REFRESH}-wrong-file")
    believed = _scouts(context)
    page.say(f"Run {run.id} believes it: {_differences(before, believed):,} scouts more in the ledger.", ATTENTION)
    conf: dict[str, Any] = {"run_id": run.id, "reason": "The file is a forgery"}
    for dry_run in (True, False):
        name = f"revert_backfill{'-dry-run' if dry_run else ''}"
        log = context.logs / f"{name}.log"
        with page.working(name):
            context.airflow.run_dag("revert_backfill", log, conf={**conf, "dry_run": dry_run})
        page.say(f"{'The dry run would put back' if dry_run else 'Then for real, put back'}: {_reverted(log)}.")
        if dry_run and _scouts(context) != believed:
            raise UnexpectedResult("The dry run changed the ledger.", "this is a fault of the product: report it.")
    again, _ = context.run_pipeline(REFRESH, f"{REFRESH}-after-revert")
    wrong = _differences(before, _scouts(context))
    if wrong:
        raise UnexpectedResult(
            f"{wrong} persons do not have the scout that they had before run {run.id}.",
            "this is a fault of the product: report it with the size and the seed of the demo.",
        )
    page.say(
        f"✓ Everybody has the scout of before, and run {again.id} leaves it so. The lie stays visible: those people "
        "are in category D, and every step is in the audit.",
        GOOD,
    )


def _snapshot(context: DemoContext) -> tuple[int, ...]:
    """Persons, those with a scout, backlog A, C and D, conflicts; now."""
    row = context.connection.execute(
        "select total_persons, persons_with_scout_satisfactory, backlog_a_events_without_scout,"
        " backlog_c_legacy_no_events_no_ledger, backlog_d_scout_in_events_not_in_ledger, conflicts_count"
        " from ops.v_scout_attribution_metrics_snapshot"
    ).fetchone()
    return tuple(map(int, row or ()))


def _scouts(context: DemoContext) -> dict[str, int]:
    """Scout of each person in the ledger; 0: nobody."""
    return dict(context.connection.execute(read_sql("ledger_scouts.sql")).fetchall())


def _differences(before: dict[str, int], after: dict[str, int]) -> int:
    return sum(before.get(person, 0) != after.get(person, 0) for person in before.keys() | after.keys())


def _reverted(log: Path) -> str:
    """What the log of revert_backfill says it put back, by kind."""
    found = _REVERTED.search(log.read_text(errors="replace"))
    return re.sub(r"\bevent\b", "events", found[1]).replace("ledger", "ledger rows") if found else "nothing"
