"""The jobs whose runs are recorded in `ops.ingestion_runs`, and the DAGs of the package."""

from __future__ import annotations

from typing import Literal, get_args

JobType = Literal["identity_run", "scout_attribution_refresh"]

JOBS: tuple[JobType, ...] = get_args(JobType)
"""The jobs: one run of each at a time, and never two at once, since they write the same tables (ADR 8)."""

PipelineDag = Literal["identity_ingestion", "scout_attribution_refresh"]

DAG_OF_JOB: dict[JobType, PipelineDag] = {
    "identity_run": "identity_ingestion",
    "scout_attribution_refresh": "scout_attribution_refresh",
}

JOB_OF_DAG: dict[str, JobType] = {dag_id: job_type for job_type, dag_id in DAG_OF_JOB.items()}

MANUAL_DAGS = (
    "migrate_schema",
    "resolve_scout_conflict",
    "resolve_unmatched_lead",
    "revert_backfill",
    "close_liquidation_period",
    "split_merged_person",
    "estimate_weights",
    "rehearse",
)
"""The DAGs that only people start."""
