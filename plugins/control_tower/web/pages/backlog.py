"""`/scouts/backlog`: persons without a scout in the ledger, each in exactly one category."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from control_tower.web.api import attribution as api
from control_tower.web.api.lists import page_in
from control_tower.web.pages.form_fields import Order, PageQuery
from control_tower.web.pages.rendering import page, rows_of
from control_tower.web.params import Paged
from control_tower.web.permissions import CurrentUserDep, ReadersRouter
from control_tower.web.pool import connection_pools
from control_tower.web.queries import attribution as ask
from control_tower.web.queries import pages as ask_pages

router = ReadersRouter("scout_attribution_refresh", prefix="/scouts", include_in_schema=False)


class BacklogQuery(api.BacklogQuery, Paged, PageQuery):
    """Which persons."""


@router.get("/backlog")
def backlog(request: Request, current_user: CurrentUserDep, query: Annotated[BacklogQuery, Query()]) -> HTMLResponse:
    """The backlog, with the totals of all of it, not of the page that is shown."""
    with connection_pools().reading() as connection:
        found = page_in(connection, ask.BACKLOG, current_user, query, page_size=rows_of(request, query.page_size))
        metrics = ask.metrics(connection)
        names = ask_pages.names(
            connection, current_user, (row.scout_id for row in found.rows), (row.person_key for row in found.rows)
        )
    return page(
        request,
        current_user,
        "backlog.html",
        found=found,
        chosen=query,
        order=Order.of(ask.BACKLOG, query.sort),
        metrics=metrics,
        scouts=names.scouts,
        names=names.persons,
    )
