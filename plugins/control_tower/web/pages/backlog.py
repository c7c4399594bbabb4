"""`/scouts/backlog` and `/scouts/attributed`: persons without a scout, by category, and those with one."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from control_tower.web.api import attribution as api
from control_tower.web.api.lists import page_in
from control_tower.web.pages.form_fields import ListPageQuery, Order
from control_tower.web.pages.rendering import page
from control_tower.web.permissions import CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import attribution as ask
from control_tower.web.queries import pages as ask_pages

USUAL = "first_event_date"
"""Who has waited the longest comes first."""

router = readers_router("scout_attribution_refresh", prefix="/scouts", include_in_schema=False)


class BacklogQuery(api.BacklogQuery, ListPageQuery):
    """Which persons."""


class AttributedViewQuery(api.AttributedQuery, ListPageQuery):
    """Which persons with a scout."""


@router.get("/backlog")
def backlog(request: Request, current_user: CurrentUserDep, query: Annotated[BacklogQuery, Query()]) -> HTMLResponse:
    """The backlog, with the totals of all of it, not of the page that is shown."""
    with connection_pools().reading() as connection:
        found = page_in(connection, ask.BACKLOG, current_user, query, usual=USUAL)
        metrics = ask.metrics(connection)
        states = ask.backlog_states(connection, found.rows)
        scouts, names = ask_pages.names(
            connection, current_user, (row.scout_id for row in found.rows), (row.person_key for row in found.rows)
        )
    return page(
        request,
        "backlog.html",
        found=found,
        chosen=query,
        order=Order.of(ask.BACKLOG, query.sort or USUAL),
        export=query.export(USUAL),
        metrics=metrics,
        states=states,
        scouts=scouts,
        names=names,
    )


@router.get("/attributed")
def attributed(
    request: Request, current_user: CurrentUserDep, query: Annotated[AttributedViewQuery, Query()]
) -> HTMLResponse:
    """Persons with a scout in the ledger."""
    with connection_pools().reading() as connection:
        found = page_in(connection, ask.ATTRIBUTED, current_user, query)
        scouts, names = ask_pages.names(
            connection, current_user, (row.scout_id for row in found.rows), (row.person_key for row in found.rows)
        )
    return page(
        request,
        "attributed.html",
        found=found,
        chosen=query,
        order=Order.of(ask.ATTRIBUTED, query.sort),
        scouts=scouts,
        names=names,
    )
