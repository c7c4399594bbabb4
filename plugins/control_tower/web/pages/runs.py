"""`/runs`: the calendar and the list of runs, one run step by step, what it changed, and its undo."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from fastapi import Depends, Query, Request
from fastapi.responses import HTMLResponse

from control_tower.errors import UnknownRun
from control_tower.i18n.formats import Formats
from control_tower.settings import get_settings
from control_tower.web.api import identity as api
from control_tower.web.api import runs as api_runs
from control_tower.web.api.lists import page_in
from control_tower.web.dag_runs import JOBS
from control_tower.web.language import language_of
from control_tower.web.models.runs import RunDetail
from control_tower.web.pages.charts import spark
from control_tower.web.pages.form_fields import ListPageQuery, Order, PageQuery
from control_tower.web.pages.rendering import page
from control_tower.web.pages.run_calendar import DAYS, calendars
from control_tower.web.pages.run_counts import compared
from control_tower.web.pages.step_bars import step_bars
from control_tower.web.permissions import CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import pages as ask_pages
from control_tower.web.queries import runs as ask

router = readers_router("identity_ingestion", prefix="/runs", include_in_schema=False)

RECENT = 30
"""Runs of a job whose lengths are drawn."""


class RunsViewQuery(api.RunQuery, ListPageQuery):
    """Which runs."""


class LinksViewQuery(api.LinksQuery, ListPageQuery):
    """Which links of a run."""


class ChangesViewQuery(api_runs.AuditQuery, ListPageQuery):
    """Which audit rows of a run."""


@router.get("")
def runs(request: Request, current_user: CurrentUserDep, query: Annotated[RunsViewQuery, Query()]) -> HTMLResponse:
    """Two weeks as a calendar, and every run as a list."""
    with connection_pools().reading() as connection:
        recent = ask.recent_runs(connection, DAYS)
        found = page_in(connection, ask.RUNS, current_user, query)
    now = datetime.now(ZoneInfo(get_settings().timezone)).replace(tzinfo=None)
    formats = Formats(language_of(request))
    lengths = {job: [row["duration_seconds"] for row in recent if row["job_type"] == job] for job in JOBS.values()}
    return page(
        request,
        "runs.html",
        calendars=calendars(recent, now),
        lengths={
            job: spark(
                [None if length is None else float(length) for length in found_lengths[-RECENT:]],
                ", ".join(formats.duration(length) for length in found_lengths[-RECENT:]),
            )
            for job, found_lengths in lengths.items()
        },
        found=found,
        chosen=query,
        order=Order.of(ask.RUNS, query.sort),
        export=_export(query),
        is_filtered=bool(query.filters(exclude_defaults=True)),
    )


def found_run(current_user: CurrentUserDep, run_id: api_runs.RunId) -> RunDetail:
    """The run of the address.

    Raises:
        UnknownRun: there is none with this number.
    """
    with connection_pools().reading() as connection:
        run = ask.run_detail(connection, current_user, run_id)
    if run is None:
        raise UnknownRun(f"There is no run {run_id}.", "copy the number from the list of runs.")
    return run


RunDep = Annotated[RunDetail, Depends(found_run)]


@router.get("/{run_id}")
def run_page(
    request: Request,
    current_user: CurrentUserDep,
    run: RunDep,
    _: Annotated[PageQuery, Query()],
) -> HTMLResponse:
    """One run: its steps as a picture, its counts beside those of the run before, what it changed, and its undo."""
    with connection_pools().reading() as connection:
        steps = ask.run_steps(connection, run.run_id, run.previous_run_id)
        changes = ask.run_changes(connection, run.run_id)
        reverts = ask.run_reverts(connection, current_user, run.run_id)
    return page(
        request,
        "run.html",
        run=run,
        steps=step_bars(steps, run.started_at, run.ended_at or datetime.now(UTC)),
        counts=compared(run.summary, run.previous_summary),
        changes={kind: [row for row in changes if row["kind"] == kind] for kind in CHANGES},
        reverts=reverts,
        is_revertible=run.job_type == api_runs.REVERTIBLE and run.status != "RUNNING",
        may_revert=current_user.may("POST", "revert_backfill"),
    )


CHANGES = ("link", "unmatched", "identity_links", "lead_events", "lead_ledger")
"""Kinds of rows that a run leaves behind, as `web/runs/run_changes.sql` counts them."""


@router.get("/{run_id}/links")
def run_links(
    request: Request, current_user: CurrentUserDep, run: RunDep, query: Annotated[LinksViewQuery, Query()]
) -> HTMLResponse:
    """The links that a run made and nobody has changed since.

    By record, because a run made them at one time: any other order sorts all rows of a first load.
    """
    query = query.model_copy(update={"run_id": run.run_id, "sort": query.sort or "source"})
    with connection_pools().reading() as connection:
        found = page_in(connection, ask.LINKS, current_user, query)
        _, names = ask_pages.names(connection, current_user, (), (row.person_key for row in found.rows))
    return page(
        request,
        "run_links.html",
        run=run,
        found=found,
        chosen=query,
        order=Order.of(ask.LINKS, query.sort),
        names=names,
        export=_export(query),
    )


@router.get("/{run_id}/changes")
def run_changes(
    request: Request, current_user: CurrentUserDep, run: RunDep, query: Annotated[ChangesViewQuery, Query()]
) -> HTMLResponse:
    """The audit rows that a run wrote."""
    query = query.model_copy(update={"run_id": run.run_id})
    with connection_pools().reading() as connection:
        found = page_in(connection, ask.AUDIT_ROWS, current_user, query)
        scouts, names = ask_pages.names(
            connection,
            current_user,
            (scout for row in found.rows for scout in (row.old_scout_id, row.new_scout_id)),
            (row.person_key for row in found.rows),
        )
    return page(
        request,
        "run_changes.html",
        run=run,
        found=found,
        chosen=query,
        order=Order.of(ask.AUDIT_ROWS, query.sort),
        scouts=scouts,
        names=names,
        export=_export(query),
    )


def _export(query: ListPageQuery) -> str:
    """The query of the CSV with the same rows in the same order."""
    values = query.model_dump(exclude={"page", "page_size"}, exclude_none=True, mode="json")
    return f"?{urlencode(values)}" if values else ""
