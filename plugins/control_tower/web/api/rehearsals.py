"""`/rehearsals`: what a first run, an upgrade or another setting would change, as runs of the DAG `rehearse` found it.

Airflow keeps what they found as the result of their task; the warehouse keeps nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from fastapi import Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import Field, StrictBool, ValidationError

from control_tower.errors import SettingsInvalid
from control_tower.rehearsal.report import ALL_DIFFERENCES, unpacked_rows
from control_tower.runs import RUN_SETTINGS
from control_tower.settings import settings_with
from control_tower.web.api.lists import CSV
from control_tower.web.api_errors import ApiError, Fault, Problem
from control_tower.web.csv_export import Notation, heads, lines
from control_tower.web.dag_runs import DagRuns, DagRunsDep
from control_tower.web.language import language_of
from control_tower.web.models.identity import Started
from control_tower.web.models.rehearsals import Difference, RehearsalReport, RehearsalRun, Rehearsals, Rehearsed
from control_tower.web.params import Strict, StrictNumber
from control_tower.web.permissions import readers_router, starts

DAG: Literal["rehearse"] = "rehearse"
TASK = "rehearse_changes"
"""The task whose results are the report and all differences."""
LISTED = 20
"""Runs of the list."""

router = readers_router(DAG, prefix="/rehearsals", tags=["rehearsals"])

_PAUSED: dict[int | str, dict[str, Any]] = {423: {"model": Problem, "description": "The DAG is paused."}}


class RehearsalQuery(Strict):
    """Which rehearsal; without a run the newest that ended well."""

    dag_run_id: str | None = Field(None, min_length=1, max_length=250, description="Airflow's run of `rehearse`.")


class ChangesToRehearse(Strict):
    """The settings to rehearse; what is not named, or null, stays as it is."""

    target_park_id: Annotated[str, Field(max_length=100, pattern=r"^[^\x00]*$")] | None = Field(
        None, description="Empty: none."
    )
    hot_value_people: StrictNumber | None = None
    country: Literal["PE", "CO"] | None = None
    timezone: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")] | None = None
    trip_days_come_in_parts: StrictBool | None = None


@router.get("")
async def rehearsals(dag_runs: DagRunsDep) -> Rehearsals:
    """The last rehearsals, the newest first."""
    return Rehearsals(items=await recent(dag_runs))


@router.get("/report")
async def report(dag_runs: DagRunsDep, query: Annotated[RehearsalQuery, Query()]) -> Rehearsed:
    """What one rehearsal found: totals, and the first examples of each kind of difference."""
    return await found_by(dag_runs, query.dag_run_id)


@router.get("/differences.csv", response_class=StreamingResponse, responses=CSV)
async def differences(
    request: Request, dag_runs: DagRunsDep, query: Annotated[RehearsalQuery, Query()]
) -> StreamingResponse:
    """All differences that one rehearsal found, as CSV; names are masked for everybody."""
    chosen = query.dag_run_id or await newest(dag_runs)
    packed = await dag_runs.result(DAG, chosen, TASK, key=ALL_DIFFERENCES) if chosen else None
    try:
        rows = unpacked_rows(packed or {})
    except ValueError:
        rows = iter(())  # there is none, it is of another version, or cleared
    language, columns = language_of(request), list(Difference.model_fields)
    return StreamingResponse(
        lines(columns, rows, Notation.of(language), heads(columns, None, language)),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": 'attachment; filename="rehearsal.csv"'},
    )


@router.post("", status_code=202, dependencies=[Depends(starts(DAG))], responses=_PAUSED)
async def rehearse(dag_runs: DagRunsDep, changes: ChangesToRehearse) -> Started:
    """Rehearse; the run that is started changes nothing."""
    asked = changes.model_dump(exclude_none=True)
    if faults := [Fault(field=f"body.{name}", problem="setting") for name in asked if not _is_usable(name, asked)]:
        raise ApiError("INVALID", fields=faults)
    return await dag_runs.start(DAG, asked)


def _is_usable(name: str, asked: Mapping[str, Any]) -> bool:
    """Whether a setting may have the value that is asked for."""
    try:
        settings_with({name: asked[name]}, among=RUN_SETTINGS)
    except SettingsInvalid:
        return False
    return True


async def recent(dag_runs: DagRuns) -> list[RehearsalRun]:
    """The last runs of the DAG, the newest first."""
    return [
        RehearsalRun(
            dag_run_id=run["dag_run_id"],
            state=run["state"],
            run_after=run["run_after"],
            ended_at=run["end_date"],
            triggered_by=run.get("triggering_user_name"),
            changes={name: value for name, value in (run.get("conf") or {}).items() if value is not None},
        )
        for run in await dag_runs.recent(DAG, LISTED)
    ]


async def newest(dag_runs: DagRuns) -> str | None:
    """The newest run that ended well; None: there is none."""
    return next((run.dag_run_id for run in await recent(dag_runs) if run.state == "success"), None)


async def found_by(dag_runs: DagRuns, dag_run_id: str | None) -> Rehearsed:
    """What a run, or the newest that ended well, found; no report if it is of another version, or cleared."""
    chosen = dag_run_id or await newest(dag_runs)
    if chosen is None:
        return Rehearsed(dag_run_id=None, report=None)
    try:
        found = RehearsalReport.model_validate(await dag_runs.result(DAG, chosen, TASK))
    except ValidationError:
        return Rehearsed(dag_run_id=chosen, report=None)
    return Rehearsed(dag_run_id=chosen, report=found)
