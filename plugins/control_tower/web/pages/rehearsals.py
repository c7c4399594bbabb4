"""`/rehearsals`: what a first run, an upgrade or another setting would change, and the form that rehearses it.

It needs no warehouse that is prepared: Airflow keeps the results.
"""

from __future__ import annotations

from typing import Annotated
from urllib.parse import urlencode

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from control_tower.runs import RUN_SETTINGS
from control_tower.settings import get_settings
from control_tower.web.api import rehearsals as api
from control_tower.web.dag_runs import DagRunsDep
from control_tower.web.pages.form_fields import PageQuery
from control_tower.web.pages.rendering import page
from control_tower.web.permissions import CurrentUserDep, readers_router

router = readers_router(api.DAG, include_in_schema=False)


class RehearsalsViewQuery(api.RehearsalQuery, PageQuery):
    """Which rehearsal is shown; else the newest that ended well."""


@router.get("/rehearsals")
async def rehearsals(
    request: Request,
    current_user: CurrentUserDep,
    dag_runs: DagRunsDep,
    query: Annotated[RehearsalsViewQuery, Query()],
) -> HTMLResponse:
    """The last rehearsals, and what one of them found."""
    runs = await api.recent(dag_runs)
    newest = next((run.dag_run_id for run in runs if run.state == "success"), None)
    chosen = query.dag_run_id or newest
    found = await api.found_by(dag_runs, chosen) if chosen else None
    settings = get_settings()
    return page(
        request,
        "rehearsals.html",
        runs=runs,
        chosen=chosen,
        report=found.report if found else None,
        export=f"?{urlencode({'dag_run_id': chosen})}" if chosen else "",
        may_rehearse=current_user.may("POST", api.DAG),
        settings={name: getattr(settings, name) for name in RUN_SETTINGS},
    )
