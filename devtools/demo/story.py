"""The demo in chapters: each runs one part of the product and shows the result.

A new chapter is a function here and a line in `CHAPTERS`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import sql

from devtools.demo import health_story, history, lead_life, scouts_story, statements_story
from devtools.demo.context import DemoContext, UnexpectedResult
from devtools.demo.dag_runs import shown
from devtools.demo.load import FleetLoadReport, load_fleet
from devtools.demo.quality import Quality, measure
from devtools.demo.sql_files import read_sql
from devtools.demo.terminal import ATTENTION, GOOD, QUIET, STRONG, Page, quoted
from devtools.local.airflow_home import DEMO_DATABASE, WAREHOUSE_CONNECTION

INGESTION = "identity_ingestion"
LOADED = {
    "drivers": "driver accounts",
    "module_ct_cabinet_leads": "cabinet leads",
    "module_ct_scouting_daily": "scouting rows",
    "module_ct_migrations": "migrations",
    "module_ct_scouts_list": "scouts",
    "summary_daily": "days with trips",
    "module_ct_cabinet_payments": "payments",
}
"""The tables that the load reports, and what their rows are."""
RECORD_SOURCES = ("module_ct_cabinet_leads", "module_ct_scouting_daily", "module_ct_migrations")
WRONG_LINKS_SHOWN = 10


def run_story(context: DemoContext) -> None:
    """Run all chapters.

    Raises:
        ControlTowerError: a step failed, or had a result that it must never have.
    """
    dataset = context.fleet.dataset
    context.page.title(
        "Control Tower: which lead is which driver",
        f"{dataset.size.drivers:,} driver accounts, made up by seed {dataset.seed}: untidy, and the same every time.",
    )
    for chapter in CHAPTERS:
        chapter(context)


def prepare_database(context: DemoContext) -> None:
    """Prepare the database by the DAG migrate_schema."""
    context.page.chapter("The database is prepared")
    with context.page.working("migrate_schema"):
        seconds = context.airflow.run_dag("migrate_schema", context.logs / "migrate_schema.log")
    version = context.connection.execute("show server_version").fetchone() or ("",)
    context.page.say(f"DAG migrate_schema on PostgreSQL {version[0]}: {seconds:.0f} s with Airflow's own start.")
    if context.database.is_replacement:
        context.page.say(f"The database {DEMO_DATABASE} of the earlier demo was dropped and created anew.", QUIET)
    if not context.database.is_local:
        context.page.say(
            f"It has the database {DEMO_DATABASE} to itself, on the server that {WAREHOUSE_CONNECTION} names; no other "
            "database there is touched."
        )


def load_the_fleet(context: DemoContext) -> None:
    """Load the fleet."""
    context.page.chapter("A fleet arrives")
    with context.page.working("loading") as progress:
        load = load_fleet(context.connection, context.fleet, report=progress)
    show_load(context.page, load)
    with context.page.working("recording the month before"):
        history.record_earlier_runs(context)


def show_load(page: Page, load: FleetLoadReport) -> None:
    """Show what was loaded."""
    page.table([[load.row_counts[table], words] for table, words in LOADED.items()], right=[0])
    page.say(f"{load.total_rows:,} rows in {load.seconds:.1f} s, the truth about them included.", QUIET)


def ingest_leads(context: DemoContext) -> None:
    """Run the DAG identity_ingestion and show its steps while they finish."""
    page = context.page
    page.chapter(f"Leads become persons: the DAG {INGESTION}")
    context.run, seconds = context.run_pipeline(INGESTION, INGESTION, show_steps=True)
    page.say(f"Run {context.run.id} is {context.run.status} after {seconds:.1f} s.", QUIET)


def show_findings(context: DemoContext) -> None:
    """Show links per rule, unmatched per reason, contested records, and invariants."""
    page, connection = context.page, context.connection
    page.chapter("What was found")
    totals = connection.execute(read_sql("totals.sql")).fetchone() or (0,) * 6
    linked, drivers, unmatched, persons, events, contested = totals
    page.say(
        f"{linked:,} of {linked + unmatched:,} records are linked to {persons:,} persons, who hold {drivers:,} driver "
        f"accounts; {events:,} have a date and became lead events."
    )
    page.gap()
    rules = connection.execute(read_sql("links_per_rule.sql"))
    page.table(
        [[*row, lead_life.RULES.get(row[0])] for row in rules],
        heads=("linked by", "records", "score", "", ""),
        right=[1, 2],
        styles={4: QUIET},
    )
    page.gap()
    page.table(
        [[*row, lead_life.REASONS.get(row[0])] for row in connection.execute(read_sql("unmatched_per_reason.sql"))],
        heads=("left alone", "records", ""),
        right=[1],
        styles={2: QUIET},
    )
    page.gap()
    page.say(f"Contested by later evidence, for a human to decide: {contested:,}.", ATTENTION if contested else "")
    page.gap()
    for name, status in context.finished_run.checks.items():
        is_ok = status == "OK"
        page.line(f"{'✓' if is_ok else status} {name.replace('_', ' ')}", GOOD if is_ok else ATTENTION)


def compare_links_with_truth(context: DemoContext) -> None:
    """Show precision and recall, the wrong links, and what was missed."""
    page = context.page
    page.chapter("Is it true? The demo knows whose row each row is")
    with page.working("comparing"):
        quality = measure(context.connection)
    page.table(
        [
            [
                lead_life.SOURCES.get(source.source_table, "together"),
                source.records,
                source.findable,
                source.linked,
                source.wrong_links,
                f"{source.precision:.4f}",
                f"{source.recall:.4f}",
            ]
            for source in (*map(quality.of, RECORD_SOURCES), quality.total)
        ],
        heads=("", "records", "driver exists", "linked", "wrong", "precision", "recall"),
        right=range(1, 7),
        styles={5: STRONG, 6: STRONG},
    )
    page.gap()
    show_wrong_links(page, quality)
    missed = sum(reason.records for reason in quality.missed)
    offered = sum(reason.offered for reason in quality.missed)
    reasons = ", ".join(f"{reason.reason_code} {reason.records:,}" for reason in quality.missed)
    page.say(
        f"Missed: {missed:,} records whose driver exists ({reasons}). For {offered:,} of them the right driver is "
        "among the candidates that a human is shown."
    )


def show_wrong_links(page: Page, quality: Quality) -> None:
    """Show the wrong links, the first ones if there are many."""
    wrong = quality.wrong_links
    if not wrong:
        page.say("No link is wrong.", GOOD)
    else:
        page.say(f"{len(wrong):,} wrong {'link' if len(wrong) == 1 else 'links'}:", ATTENTION)
        page.table(
            [
                [
                    link.match_rule,
                    " ".join(
                        (
                            quoted(link.record_name),
                            "is not",
                            quoted(link.driver_name),
                            "but another driver" if link.right_driver_id else "and no driver of ours",
                        )
                    ),
                ]
                for link in wrong[:WRONG_LINKS_SHOWN]
            ],
            heads=("rule", "the record of"),
        )
        if len(wrong) > WRONG_LINKS_SHOWN:
            page.say(f"… and {len(wrong) - WRONG_LINKS_SHOWN:,} more.", QUIET)
    page.say(f"Persons that mix two people: {quality.mixed_persons:,} of {quality.persons:,}.")


def show_one_lead(context: DemoContext) -> None:
    """Show a lead that is written differently from its driver account, and why they are one person."""
    life = lead_life.choose_lead(context.connection)
    if life is None:
        return
    page = context.page
    page.chapter("One lead's life")
    page.table(
        [[word, quoted(lead), quoted(driver)] for word, lead, driver in life.side_by_side()],
        heads=("", "the cabinet lead", "the driver account"),
        styles={0: QUIET},
    )
    page.gap()
    page.say(lead_life.explain_evidence(life.evidence))
    page.say(f"Linked by {life.match_rule}: score {life.match_score}, confidence {life.confidence_level}.")
    page.gap()
    page.table([["person", str(life.person_key), "is all of these:"], *life.members()], styles={0: QUIET, 2: QUIET})


def run_again(context: DemoContext) -> None:
    """Run the DAG a second time: nothing may change.

    Raises:
        UnexpectedResult: a row changed.
    """
    page = context.page
    page.chapter("Once more, with nothing new")
    before = fingerprints(context.connection)
    again, seconds = context.run_pipeline(INGESTION, f"{INGESTION}-again")
    after = fingerprints(context.connection)
    changed = sorted(table for table in before.keys() | after.keys() if before.get(table) != after.get(table))
    if changed:
        raise UnexpectedResult(
            f"A second run (run {again.id}) with nothing new changed rows in {', '.join(changed)}.",
            "this is a fault of the product: report it with the size and the seed of the demo.",
        )
    rows = sum(count for count, _ in after.values())
    page.say(f"Nothing changed: {rows:,} rows in {len(after)} tables are the same, value by value.", GOOD)
    page.say(
        f"Run {again.id} took {again.seconds:.2f} s of database time after {context.finished_run.seconds:.2f} s the "
        f"first time; {seconds:.1f} s with Airflow."
    )


def show_next_steps(context: DemoContext) -> None:
    """Say where to go and what to try: the last lines."""
    page = context.page
    page.chapter("What next")
    page.table(
        [
            ["make psql", "the database: ops.v_identity_links and the like"],
            ["make demo SEED=2", "other people; SIZE=large is twelve times as many"],
            ["make clean", "delete the local databases and logs"],
        ],
        styles={1: QUIET},
    )
    page.say("What the DAGs logged:", QUIET)  # a folder's name may be as long as it likes: nothing stands beside it
    page.line(shown(context.logs))
    page.gap()
    condition = "" if context.database.is_local else f" once {WAREHOUSE_CONNECTION} names {DEMO_DATABASE}"
    page.say(f"Where to go: `make up`{condition}, then Tower in the menu. Three things to try:", STRONG)
    for number, (text, path) in enumerate(health_story.things_to_try(context.connection), 1):
        page.line(f"{number}. {text}")
        page.line(f"   /control-tower{path}", QUIET)
    page.gap()


CHAPTERS: tuple[Callable[[DemoContext], None], ...] = (
    prepare_database,
    load_the_fleet,
    ingest_leads,
    show_findings,
    compare_links_with_truth,
    show_one_lead,
    run_again,
    scouts_story.attribute_scouts,
    scouts_story.compare_scouts_with_truth,
    scouts_story.resolve_a_conflict,
    scouts_story.revert_a_wrong_file,
    statements_story.close_two_periods,
    health_story.check_health,
    health_story.leave_the_watch,
    show_next_steps,
)


def fingerprints(connection: psycopg.Connection[Any]) -> dict[str, tuple[int, Any]]:
    """Number of rows of every table that keeps results, and a sum over them that any other value would change."""
    found = {}
    for schema, table in connection.execute(read_sql("tables_of_results.sql")).fetchall():
        statement = sql.SQL("select count(*), sum(hashtextextended(t::text, 0)) from {} as t")
        row = connection.execute(statement.format(sql.Identifier(schema, table))).fetchone()
        if row is not None and row[0]:
            found[f"{schema}.{table}"] = (int(row[0]), row[1])
    return found
