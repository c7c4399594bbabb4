"""### Identity ingestion: which lead is which driver

**What.** Reads new and changed cabinet leads, scouting rows and migrations, and links each to a canonical person or
stores the reason why not. **When.** Every 6 hours (`0 */6 * * *`, time zone `CONTROL_TOWER_TIMEZONE`).

**Reads** `public.drivers`, `public.module_ct_cabinet_leads`, `public.module_ct_scouting_daily`,
`public.module_ct_migrations`. **Writes** `canon.*`, `observational.lead_events`, `ops.ingestion_runs`,
`ops.run_steps`, `ops.check_results`; keeps the claims on the partner (`canon.cabinet_claims`) up to date, and refreshes
the database's own materialised views. **Assets** `control-tower/identity_links`, `control-tower/lead_events`.

**Safe to run again?** Yes, at any time, also after a crash: every step is one idempotent transaction, and a run
continues where the last one stopped. Two runs never overlap. With little to do, `small_batch` carries out all steps
itself, and their tasks are skipped. With more, `CONTROL_TOWER_PARTITIONS` tasks share names, evidence and decisions.

**When it is red.** Open the failed task's log: its last lines name the problem and the next action. Then clear the
task or trigger a new run. An invariant is broken when the step `run_checks` fails; the log lists the first offenders.

**Configuration** (all optional), for example one week of cabinet leads only:
`{"scope_date_from": "2026-11-01", "scope_date_to": "2026-11-07", "source_tables": ["module_ct_cabinet_leads"]}`;
or `{"incremental": false}` to evaluate every record again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from airflow.sdk import Param, TaskGroup, chain, cross_downstream, task

from control_tower.airflow_dags.assets import IDENTITY_LINKS, LEAD_EVENTS
from control_tower.airflow_dags.factory import dag_factory
from control_tower.identity.account_clustering import group_accounts
from control_tower.identity.frequencies import count_frequencies
from control_tower.identity.match_files import (
    ASSIGN_PERSONS,
    CANDIDATES_BY_NAME,
    CONTEST_RECORDS,
    DECIDE,
    RULES_BY_KEY,
    SCOUTING_PERSONS,
    START_BATCH,
    WEIGH,
)
from control_tower.identity.name_scores import score_more_names, score_names
from control_tower.identity.shared_values import find_shared_licenses, find_shared_phones, find_shared_plates
from control_tower.materialized_views import refresh_materialised_views
from control_tower.monitoring.checks import run_checks
from control_tower.operators import PARTITION_LABEL, BatchStep, SqlStep, python_step, step_name
from control_tower.pipeline_dag import close_run, open_run, shared_arguments
from control_tower.review_cases import KEEP_REVIEW_CASES
from control_tower.small_batch import SmallBatch
from control_tower.sources import RECORD_SOURCES, SOURCE_TABLES

RECORD_FILES = (
    "pipeline/1_normalise/read_records.sql",
    "pipeline/1_normalise/recognise_records.sql",
    "pipeline/1_normalise/rekey_records.sql",
    "pipeline/1_normalise/hold_replaced_records.sql",
    "pipeline/1_normalise/write_records.sql",
    "pipeline/1_normalise/mark_gone_records.sql",
)
"""One transaction per source: what its rows say now, and which records they are."""


@dag_factory(
    schedule="0 */6 * * *",
    dagrun_timeout=timedelta(hours=3),
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
    shared=shared_arguments,
)
def identity_ingestion() -> None:
    """Steps of one run, in order; see the module docstring."""
    run_id = open_run("identity_run")

    def step(*files: str, name: str = "", kind: type[SqlStep] = SqlStep, **parameters: Any) -> SqlStep:
        return kind(files=files, task_id=name or step_name(files[0]), run_id=run_id, parameters=parameters)

    def mapped(*files: str, name: str = "", **parameters: Any) -> Any:
        """A task for each partition of the batch."""
        return SqlStep.partial(
            files=files,
            task_id=name or step_name(files[0]),
            run_id=run_id,
            parameters=parameters,
            map_index_template=PARTITION_LABEL,
        ).expand(partition=batch.output)

    def mapped_function(function: Callable[..., dict[str, int]]) -> Any:
        """As `mapped`, of a function."""
        step = task(map_index_template=PARTITION_LABEL)(python_step(function, is_partitioned=True))
        return step.partial(opened_run=run_id).expand(partition=batch.output)

    with TaskGroup("normalise"):
        accounts = step("pipeline/1_normalise/drivers.sql")
        records = {
            source: step(*RECORD_FILES, name=source.name, source_table=source.table) for source in RECORD_SOURCES
        }

    with TaskGroup("prepare"):
        phones, licenses, plates, frequencies, groups = (
            task(python_step(one))(run_id)
            for one in (find_shared_phones, find_shared_licenses, find_shared_plates, count_frequencies, group_accounts)
        )
        account_indexes = step("pipeline/2_prepare/build_account_indexes.sql")
        record_indexes = step("pipeline/2_prepare/build_record_indexes.sql")
        queue, batch = step("pipeline/2_prepare/queue_affected_records.sql"), step(START_BATCH, kind=BatchStep)
        cross_downstream([accounts, *records.values()], [phones, licenses, frequencies, record_indexes])
        [accounts, *(task for source, task in records.items() if source.names_cars)] >> plates
        accounts >> account_indexes
        chain([phones, licenses, plates, frequencies, account_indexes], groups, queue, batch)
        record_indexes >> queue

    read = [accounts, *records.values()]
    SmallBatch(opened_run=run_id, reading=[[one.task_id for one in read], ["prepare.count_frequencies"]]) >> read

    with TaskGroup("match"):
        by_key = [step(file) for file in RULES_BY_KEY]
        names = mapped_function(score_names)
        weighed = mapped(*WEIGH, CANDIDATES_BY_NAME, name="weigh_candidates", by_name=False)
        more_names = mapped_function(score_more_names)
        weighed_by_name = mapped(*WEIGH, name="weigh_candidates_by_name", by_name=True)
        chain(batch, by_key, step(SCOUTING_PERSONS), names, weighed, more_names, weighed_by_name)

    with TaskGroup("decide"):
        decided, persons = mapped(DECIDE), mapped(ASSIGN_PERSONS)
        merged = step("pipeline/4_decide/merge_persons.sql")
        chain(weighed_by_name, decided, persons, merged)

    with TaskGroup("conclude") as concluded:
        linked = step("pipeline/5_conclude/link.sql")
        links_true = step("pipeline/5_conclude/contest_accounts.sql")
        accounts_linked, contested = step("pipeline/5_conclude/link_accounts.sql"), step(CONTEST_RECORDS)
        merged >> linked >> [contested, accounts_linked] >> links_true
        contested >> step("pipeline/5_conclude/lead_events.sql")
        merged >> step("pipeline/5_conclude/leave_unmatched.sql")

    finished = step(
        "pipeline/5_conclude/review_cases.sql", KEEP_REVIEW_CASES, "pipeline/5_conclude/finish_batch.sql",
        name="finish_batch",
    )  # fmt: skip
    refreshed = task(python_step(refresh_materialised_views, is_atomic=False))(run_id)
    checked = task(python_step(run_checks, is_atomic=False))(run_id)

    concluded >> [finished, refreshed]
    finished >> checked
    [checked, refreshed] >> close_run.override(outlets=[IDENTITY_LINKS, LEAD_EVENTS])(run_id)
