"""`/runs`: what runs changed, row by row, and the undo of one."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Path
from pydantic import Field, StrictBool
from starlette.concurrency import run_in_threadpool

from control_tower.errors import RunNotRevertible, UnknownRun
from control_tower.web.api.lists import list_routes, sort_field
from control_tower.web.api_errors import Problem
from control_tower.web.dag_runs import DagRunsDep
from control_tower.web.models.identity import Started
from control_tower.web.models.runs import RunDetail
from control_tower.web.params import LARGEST_INTEGER, ListQuery, Number, Reason, Strict, Text
from control_tower.web.permissions import CurrentUser, CurrentUserDep, readers_router, starts
from control_tower.web.pool import connection_pools
from control_tower.web.queries import runs as ask

router = readers_router("scout_attribution_refresh", prefix="/runs", tags=["runs"])

RunId = Annotated[int, Path(ge=1, le=LARGEST_INTEGER, description="The number of a run.")]

REVERTIBLE = "scout_attribution_refresh"
"""The job whose runs can be undone; what a run of the other job linked is decided record by record."""

_REFUSALS: dict[int | str, dict[str, Any]] = {
    404: {"model": Problem, "description": "There is no such run."},
    409: {"model": Problem, "description": "The run is of another job, or not over yet."},
    423: {"model": Problem, "description": "The DAG is paused."},
}


class AuditQuery(ListQuery):
    """Which audit rows."""

    run_id: Number | None = Field(None, description="Rows that this run wrote.")
    audited: Literal["identity_links", "lead_events", "lead_ledger"] | None = None
    action_type: Text | None = Field(None, description="CREATED, UPDATED, SKIPPED, AMBIGUOUS, NO_MAPPING, ERROR, …")
    sort: str | None = sort_field(ask.AUDIT_ROWS)


class RevertDecision(Strict):
    """Undo what a run wrote, where it is still as the run wrote it."""

    dry_run: StrictBool = Field(True, description="Show what would be put back and write nothing.")
    reason: Reason


list_routes(router, "/audit-rows", ask.AUDIT_ROWS, AuditQuery, "AuditRows")


def revertible_run(current_user: CurrentUser, run_id: int) -> RunDetail:
    """The run, if it can be undone.

    Raises:
        UnknownRun: there is no such run.
        RunNotRevertible: it is of another job, or not over yet.
    """
    with connection_pools().reading() as connection:
        run = ask.run_detail(connection, current_user, run_id)
    if run is None:
        raise UnknownRun(f"There is no run {run_id}.", "copy the number from the list of runs.")
    if run.job_type != REVERTIBLE or run.status == "RUNNING":
        raise RunNotRevertible(
            f"Run {run_id} is of {run.job_type} and {run.status}.", f"choose an ended run of {REVERTIBLE}."
        )
    return run


@router.post(
    "/{run_id}/revert", status_code=202, dependencies=[Depends(starts("revert_backfill"))], responses=_REFUSALS
)
async def revert(
    current_user: CurrentUserDep, dag_runs: DagRunsDep, run_id: RunId, decision: RevertDecision
) -> Started:
    """Undo a run of the attribution; the run that is started does it, or shows it if it is a dry run."""
    await run_in_threadpool(revertible_run, current_user, run_id)
    return await dag_runs.start("revert_backfill", {"run_id": run_id, **decision.model_dump()})
