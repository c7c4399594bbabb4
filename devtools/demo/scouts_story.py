"""The chapters on scouts: who brought whom, who is claimed twice, what a human decides, how a mistake is undone."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import Any

from control_tower.settings import get_settings
from devtools.demo.context import Stage, StoryBroken
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


def who_brought_them(stage: Stage) -> None:
    """Run the attribution refresh; ledger per rule, conflicts, the sum of all persons, audit rows."""
    page, connection = stage.page, stage.connection
    page.chapter(f"Who brought them: the DAG {REFRESH}")
    run, seconds = stage.run_pipeline(REFRESH, REFRESH, show_steps=True)
    page.say(f"Run {run.id} is {run.status} after {seconds:.1f} s.", QUIET)
    page.gap()
    page.table(
        [[*row, LEDGER_RULES.get(row[0])] for row in connection.execute(read_sql("ledger_per_rule.sql"))],
        heads=("ledger rule", "persons", "scout", ""),
        right=[1, 2],
        styles={3: QUIET},
    )
    page.gap()
    total, satisfactory, without_scout, legacy, not_propagated, conflicts = _snapshot(stage)
    if total != satisfactory + without_scout + legacy + not_propagated:
        raise StoryBroken(
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


def scouts_compared_with_the_truth(stage: Stage) -> None:
    """Every true conflict found and unpaid, none invented, no scout wrong but by a wrong link.

    Raises:
        StoryBroken: the ledger is wrong about a person whose rows are all one human's.
    """
    page = stage.page
    page.chapter("Is that true, too?")
    with page.working("comparing"):
        judged = stage.connection.execute(read_sql("scouts_judged.sql")).fetchall()
    found = Counter(str(row[1]) for row in judged)
    for verdict, fault in {
        "CONFLICT_MISSED": "whom two scouts truly claim and who are not in conflict or are paid",
        "CONFLICT_WRONG": "who are in conflict although fewer than two scouts claim them",
        "SCOUT_WRONG": "who have a scout that never claimed them",
    }.items():
        if found[verdict]:
            persons = ", ".join(str(row[0]) for row in judged if row[1] == verdict)
            raise StoryBroken(
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


def a_human_decides(stage: Stage) -> None:
    """Resolve the first conflict by the DAG, and show what was recorded and that later runs respect it.

    Raises:
        StoryBroken: they do not.
    """
    page, connection = stage.page, stage.connection
    conflict = connection.execute(read_sql("conflicts.sql"), {"rows": 1}).fetchone()
    if conflict is None:
        return
    page.chapter("A human decides: the DAG resolve_scout_conflict")
    person, name, scouts = conflict[:3]
    before = _snapshot(stage)
    conf = {"person_key": person, "scout_id": scouts[0], "reason": "The signed form names the scout who came first"}
    with page.working("resolve_scout_conflict"):
        stage.airflow.run_dag("resolve_scout_conflict", stage.logs / "resolve_scout_conflict.log", conf=conf)
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
    page.say(f"{decision[2]}: «{decision[3]}». Conflicts: {before[-1]:,}, now {_snapshot(stage)[-1]:,}.")
    stage.run_pipeline("identity_ingestion", "identity_ingestion-after-decision")
    run, _ = stage.run_pipeline(REFRESH, f"{REFRESH}-after-decision")
    if _scouts(stage)[person] != scouts[0] or _snapshot(stage)[-1] >= before[-1]:
        raise StoryBroken(
            f"Run {run.id} did not respect the decision on person {person}.",
            "this is a fault of the product: report it with the size and the seed of the demo.",
        )
    page.say(f"✓ Both pipelines ran once more; after run {run.id} the decision stands.", GOOD)


def a_wrong_file_is_undone(stage: Stage) -> None:
    """A scouting file full of lies is believed, looked at in a dry run, reverted, and never believed again.

    Raises:
        StoryBroken: the revert did not give each person the scout it had, or a later run undid it.
    """
    page, connection = stage.page, stage.connection
    page.chapter("A wrong file, and how it is undone: the DAG revert_backfill")
    before = _scouts(stage)
    arrival = {"rows": WRONG_ROWS, "timezone": get_settings().timezone}
    rows = connection.execute(read_sql("wrong_file.sql"), arrival).fetchall()
    if not rows:
        return
    page.say(f"A scouting file arrives: scout {rows[0][0]} claims {len(rows):,} people whom nobody brought.")
    stage.run_pipeline("identity_ingestion", "identity_ingestion-wrong-file")
    run, _ = stage.run_pipeline(REFRESH, f"{REFRESH}-wrong-file")
    believed = _scouts(stage)
    page.say(f"Run {run.id} believes it: {_differences(before, believed):,} scouts more in the ledger.", ATTENTION)
    conf: dict[str, Any] = {"run_id": run.id, "reason": "The file is a forgery"}
    for dry_run in (True, False):
        name = f"revert_backfill{'-dry-run' if dry_run else ''}"
        log = stage.logs / f"{name}.log"
        with page.working(name):
            stage.airflow.run_dag("revert_backfill", log, conf={**conf, "dry_run": dry_run})
        page.say(f"{'The dry run would put back' if dry_run else 'Then for real, put back'}: {_reverted(log)}.")
        if dry_run and _scouts(stage) != believed:
            raise StoryBroken("The dry run changed the ledger.", "this is a fault of the product: report it.")
    again, _ = stage.run_pipeline(REFRESH, f"{REFRESH}-after-revert")
    wrong = _differences(before, _scouts(stage))
    if wrong:
        raise StoryBroken(
            f"{wrong} persons do not have the scout that they had before run {run.id}.",
            "this is a fault of the product: report it with the size and the seed of the demo.",
        )
    page.say(
        f"✓ Everybody has the scout of before, and run {again.id} leaves it so. The lie stays visible: those people "
        "are in category D, and every step is in the audit.",
        GOOD,
    )


def _snapshot(stage: Stage) -> tuple[int, ...]:
    """Persons, those with a scout, backlog A, C and D, conflicts; now."""
    row = stage.connection.execute(
        "select total_persons, persons_with_scout_satisfactory, backlog_a_events_without_scout,"
        " backlog_c_legacy_no_events_no_ledger, backlog_d_scout_in_events_not_in_ledger, conflicts_count"
        " from ops.v_scout_attribution_metrics_snapshot"
    ).fetchone()
    return tuple(map(int, row or ()))


def _scouts(stage: Stage) -> dict[str, int]:
    """Scout of each person in the ledger; 0: nobody."""
    return dict(stage.connection.execute(read_sql("ledger_scouts.sql")).fetchall())


def _differences(before: dict[str, int], after: dict[str, int]) -> int:
    return sum(before.get(person, 0) != after.get(person, 0) for person in before.keys() | after.keys())


def _reverted(log: Path) -> str:
    """What the log of revert_backfill says it put back, by kind."""
    found = _REVERTED.search(log.read_text(errors="replace"))
    return re.sub(r"\bevent\b", "events", found[1]).replace("ledger", "ledger rows") if found else "nothing"
