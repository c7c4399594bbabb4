"""Progress of a run that was started from a page; the page polls every other second until it is over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from control_tower.web.dag_runs import DagRunsDep
from control_tower.web.models.statements import ClosingResult
from control_tower.web.pages.form_fields import PageQuery
from control_tower.web.pages.rendering import page
from control_tower.web.permissions import DagId

router = APIRouter(include_in_schema=False)

OVER = ("success", "failed", "skipped", "upstream_failed", "removed")
"""States of a task that nothing follows."""

CLOSING_TASK = "close_period"
"""The task of `close_liquidation_period` whose result is shown: the statements that were, or would be, written."""


class RunQuery(PageQuery):
    """Which run."""

    dag_id: DagId
    dag_run_id: Annotated[str, Query(min_length=1, max_length=250)]


@router.get("/runs/progress")
async def progress(request: Request, dag_runs: DagRunsDep, query: Annotated[RunQuery, Query()]) -> HTMLResponse:
    """State, steps and time of a run; Airflow decides whether the user may see it."""
    run, tasks = await dag_runs.progress(query.dag_id, query.dag_run_id)
    closing = None
    if query.dag_id == "close_liquidation_period" and run.get("state") == "success":
        closing = _closing(await dag_runs.result(query.dag_id, query.dag_run_id, CLOSING_TASK))
    began = _moment(run.get("start_date"))
    ended = _moment(run.get("end_date")) or datetime.now(UTC)
    return page(
        request,
        "progress.html",
        run=run,
        done=sum(task.get("state") in OVER for task in tasks),
        steps=len(tasks),
        at_work=[str(task["task_id"]) for task in tasks if task.get("state") == "running"],
        failed=[str(task["task_id"]) for task in tasks if task.get("state") == "failed"],
        elapsed=ended - began if began else None,
        closing=closing,
        is_over=run.get("state") in ("success", "failed"),
    )


def _closing(result: Any) -> ClosingResult | None:
    try:
        return ClosingResult.model_validate(result)
    except ValidationError:
        return None  # of an older version, or cleared: the run itself says what it did


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
