"""Progress of a run that was started from a page; the page polls every other second until it is over."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from control_tower.web.dag_runs import DagRunsDep
from control_tower.web.explain import Explainer
from control_tower.web.language import language_of
from control_tower.web.models.runs import RevertResult
from control_tower.web.models.statements import ClosingResult
from control_tower.web.pages.form_fields import PageQuery
from control_tower.web.pages.rendering import page
from control_tower.web.permissions import DagId
from control_tower.web.pool import connection_pools
from control_tower.web.queries.runs import run_decision

router = APIRouter(include_in_schema=False)

OVER = ("success", "failed", "skipped", "upstream_failed", "removed")
"""States of a task that nothing follows."""

CLOSING_TASK = "close_period"
"""The task of `close_liquidation_period` whose result is shown: the statements that were, or would be, written."""


REVERTING_TASK = "revert_run"
"""The task of `revert_backfill` whose result is shown: the rows that were, or would be, put back."""

DECISION_DAGS = ("resolve_scout_conflict", "resolve_unmatched_lead", "split_merged_person")
DRY_UNLESS_TOLD = ("split_merged_person", "revert_backfill")
"""Those whose runs are dry runs unless told otherwise."""


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
    reverting = None
    if query.dag_id == "revert_backfill" and run.get("state") == "success":
        reverting = _reverting(await dag_runs.result(query.dag_id, query.dag_run_id, REVERTING_TASK))
    outcome = None
    if run.get("state") == "success" and query.dag_id in DECISION_DAGS:
        outcome = await run_in_threadpool(_outcome, Explainer(language_of(request)), query.dag_run_id)
    began = _moment(run.get("start_date"))
    ended = _moment(run.get("end_date")) or datetime.now(UTC)
    return page(
        request,
        "progress.html",
        run=run,
        done=sum(task.get("state") in OVER for task in tasks),
        steps=len(tasks),
        at_work=_in_state(tasks, "running"),
        failed=_in_state(tasks, "failed"),
        elapsed=ended - began if began else None,
        closing=closing,
        reverting=reverting,
        outcome=outcome,
        is_dry_run=(run.get("conf") or {}).get("dry_run", query.dag_id in DRY_UNLESS_TOLD),
        is_over=run.get("state") in ("success", "failed"),
    )


def _in_state(tasks: list[dict[str, Any]], state: str) -> list[str]:
    """The tasks in a state, each once, however many partitions it has."""
    return list(dict.fromkeys(str(task["task_id"]) for task in tasks if task.get("state") == state))


def _closing(result: Any) -> ClosingResult | None:
    try:
        return ClosingResult.model_validate(result)
    except ValidationError:
        return None  # of an older version, or cleared: the run itself says what it did


def _reverting(result: Any) -> RevertResult | None:
    try:
        return RevertResult.model_validate(result)
    except ValidationError:
        return None


def _outcome(explain: Explainer, dag_run_id: str) -> str | None:
    """What the run decided, in the reader's language; None if it wrote no decision."""
    with connection_pools().reading() as connection:
        found = run_decision(connection, dag_run_id)
    if found is None:
        return None
    scouts = {found["scout_id"]: found["scout_name"]} if found["scout_name"] else {}
    return explain.decision(found["kind"], found["after"], scouts, found["decisions"])


def _moment(text: Any) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
