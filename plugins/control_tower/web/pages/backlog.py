"""`/scouts/backlog`: persons without a scout in the ledger, each in exactly one category."""

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

router = readers_router("scout_attribution_refresh", prefix="/scouts", include_in_schema=False)


class BacklogQuery(api.BacklogQuery, ListPageQuery):
    """Which persons."""


@router.get("/backlog")
def backlog(request: Request, current_user: CurrentUserDep, query: Annotated[BacklogQuery, Query()]) -> HTMLResponse:
    """The backlog, with the totals of all of it, not of the page that is shown."""
    with connection_pools().reading() as connection:
        found = page_in(connection, ask.BACKLOG, current_user, query)
        metrics = ask.metrics(connection)
        scouts, names = ask_pages.names(
            connection, current_user, (row.scout_id for row in found.rows), (row.person_key for row in found.rows)
        )
    return page(
        request,
        "backlog.html",
        found=found,
        chosen=query,
        order=Order.of(ask.BACKLOG, query.sort),
        metrics=metrics,
        scouts=scouts,
        names=names,
    )
