"""### Identity ingestion: which lead is which driver

**What.** Reads new and edited cabinet leads, scouting rows and migrations, and links each to a canonical person,
or says why it cannot. **When.** Every 6 hours (`0 */6 * * *`, time zone `CONTROL_TOWER_TIMEZONE`).

**Reads** `public.drivers`, `public.module_ct_cabinet_leads`, `public.module_ct_scouting_daily`,
`public.module_ct_migrations`. **Writes** `canon.*`, `observational.lead_events`, `ops.ingestion_runs`,
`ops.run_steps`, `ops.check_results`; refreshes the money views that are materialised.

**Safe to run again?** Yes, at any time, also after a crash: every step is one transaction that may be repeated, and
a run goes on where the last one stopped. Two runs never overlap.

**When it is red.** Open the failed task's log: its last lines name what is missing and the next action. Then clear
the task or trigger a new run. `checks` red: an invariant is broken; the log shows the first offenders.

**Configuration** (all optional), for example one week of cabinet leads only:
`{"scope_date_from": "2026-11-01", "scope_date_to": "2026-11-07", "source_tables": ["module_ct_cabinet_leads"]}`;
or `{"incremental": false}` to evaluate every record again.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pendulum
from airflow.sdk import Param, TaskGroup, chain, cross_downstream, dag, get_current_context, task

from control_tower import materialized_views, runs
from control_tower.database import SQL_DIR
from control_tower.identity.account_clustering import group_accounts
from control_tower.identity.name_scores import score_more_names, score_names
from control_tower.identity.shared_values import find_shared_licenses, find_shared_phones, find_shared_plates
from control_tower.monitoring import checks
from control_tower.operators import SqlStep, fail_run_of_task, half_name, python_step, step_name
from control_tower.settings import get_settings
from control_tower.sources import RECORD_SOURCES, SOURCE_TABLES

HALVES = (1, 2)
"""What is done for each record, pair of names or group alone, and would be alone at work, are two tasks."""
RULES_BY_KEY = (
    "pipeline/3_match/DRIVER_DIRECT.sql",
    "pipeline/3_match/R1_PHONE_EXACT.sql",
    "pipeline/3_match/R2_LICENSE_EXACT.sql",
    "pipeline/3_match/R3_PLATE_EXACT_NAME_SIMILAR.sql",
    "pipeline/3_match/R3B_PLATE_NAME_NO_DATE.sql",
)
ACCOUNT_STEPS = (
    "pipeline/5_conclude/link_accounts.sql",
    "pipeline/5_conclude/contest_records.sql",
    "pipeline/5_conclude/contest_accounts.sql",
)


@dag(
    schedule="0 */6 * * *",
    start_date=pendulum.datetime(2026, 1, 1, tz=get_settings().timezone),
    catchup=False,
    max_active_runs=1,
    dagrun_timeout=timedelta(hours=3),
    template_searchpath=[str(SQL_DIR)],
    default_args={
        "owner": "control-tower",
        "retries": 2,
        "retry_delay": timedelta(seconds=20),
        "retry_exponential_backoff": True,
        "on_failure_callback": fail_run_of_task,
    },
    params={
        "scope_date_from": Param(None, type=["null", "string"], format="date", description="First event date."),
        "scope_date_to": Param(None, type=["null", "string"], format="date", description="Last event date."),
        "source_tables": Param(
            None,
            type=["null", "array"],
            items={"type": "string", "enum": list(SOURCE_TABLES)},
            description="Sources to read; all when empty.",
        ),
        "incremental": Param(True, type="boolean", description="Off: evaluate every record again."),
        "refresh_index": Param(True, type="boolean", description="Off: do not read new or changed drivers."),
    },
    tags=["control-tower", "identity"],
    doc_md=__doc__,
)
def identity_ingestion() -> None:
    """Stages of one run, in order; see the file's docstring."""

    @task
    def open_run() -> int:
        context = get_current_context()
        return runs.open_run(
            "identity_run",
            runs.scope_of(context["params"]),
            dag_id=context["dag"].dag_id,
            dag_run_id=context["run_id"],
        )

    run_id = open_run()

    def step(file: str, name: str = "", half: int | None = None, **parameters: Any) -> SqlStep:
        task_id = half_name(name or step_name(file), half)
        return SqlStep(task_id=task_id, file=file, run_id=run_id, parameters={"half": half, **parameters})

    with TaskGroup("normalise"):
        accounts = step("pipeline/1_normalise/drivers.sql")
        records = {
            source: step("pipeline/1_normalise/records.sql", source.name, source_table=source.table)
            for source in RECORD_SOURCES
        }

    with TaskGroup("prepare"):
        phones, licenses, plates = (
            task(python_step(find))(run_id) for find in (find_shared_phones, find_shared_licenses, find_shared_plates)
        )
        groups = task(python_step(group_accounts))(run_id)
        queue, batch = step("pipeline/2_prepare/queue_affected_records.sql"), step("pipeline/2_prepare/start_batch.sql")
        cross_downstream([accounts, *records.values()], [phones, licenses])
        [accounts, *(task for source, task in records.items() if source.names_cars)] >> plates
        [phones, licenses] >> groups
        chain([groups, plates], queue, batch)

    with TaskGroup("match"):
        by_key = [step(file) for file in RULES_BY_KEY]
        names = [task(python_step(score_names, half=half))(run_id) for half in HALVES]
        by_car = step("pipeline/3_match/R4_CAR_FINGERPRINT_NAME_SIMILAR.sql")
        more_names = task(python_step(score_more_names))(run_id)
        chain(batch, by_key, step("pipeline/3_match/FOUNDED_PERSONS.sql"), names, by_car, more_names)

    with TaskGroup("decide"):
        persons = [step("pipeline/4_decide/assign_persons.sql", half=half) for half in HALVES]
        for source in RECORD_SOURCES:
            scored, halves = (more_names, HALVES) if source.names_cars else (names, [None])
            for half in halves:
                decision = step(
                    "pipeline/4_decide/decide.sql", f"decide_{source.name}", half, source_table=source.table
                )
                scored >> decision >> persons
        merged = step("pipeline/4_decide/merge_persons.sql")
        persons >> merged

    with TaskGroup("conclude") as concluded:
        linked = step("pipeline/5_conclude/link.sql")
        chain(merged, linked, *map(step, ACCOUNT_STEPS))
        linked >> step("pipeline/5_conclude/lead_events.sql")
        merged >> step("pipeline/5_conclude/leave_unmatched.sql")

    finished = step("pipeline/5_conclude/finish_batch.sql")
    refreshed = task(python_step(materialized_views.refresh_materialised_views, is_atomic=False))(run_id)
    checked = task(python_step(checks.run_checks, is_atomic=False))(run_id)

    @task(trigger_rule="all_done")
    def close_run(opened: int | None) -> dict[str, Any]:  # Airflow reserves the name run_id
        return runs.close_run(opened, runs.steps_of(get_current_context()["dag"]))

    concluded >> [finished, refreshed]
    finished >> checked
    [checked, refreshed] >> close_run(run_id)


identity_ingestion()
