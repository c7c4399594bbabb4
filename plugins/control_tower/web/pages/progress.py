"""Progress of a run that was started from a page; the page polls every other second until it is over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from control_tower.web.dag_runs import DagRunsDep
from control_tower.web.pages.form_fields import PageQuery
from control_tower.web.pages.rendering import page
from control_tower.web.permissions import DagId

router = APIRouter(include_in_schema=False)

OVER = ("success", "failed", "skipped", "upstream_failed", "removed")
"""States of a task that nothing follows."""


class RunQuery(PageQuery):
    """Which run."""

    dag_id: DagId
    dag_run_id: Annotated[str, Query(min_length=1, max_length=250)]


@router.get("/runs/progress")
async def progress(request: Request, dag_runs: DagRunsDep, query: Annotated[RunQuery, Query()]) -> HTMLResponse:
    """State, steps and time of a run; Airflow decides whether the user may see it."""
    run, tasks = await dag_runs.progress(query.dag_id, query.dag_run_id)
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
        is_over=run.get("state") in ("success", "failed"),
    )


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
