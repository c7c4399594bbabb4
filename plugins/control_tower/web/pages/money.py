"""`/scouts/cobranza-yango` and `/scouts/liquidation`: what the partner owes, and what scouts are owed."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from control_tower.web.api import money as api
from control_tower.web.api.lists import page_in
from control_tower.web.pages.form_fields import ListPageQuery, Order
from control_tower.web.pages.rendering import page
from control_tower.web.permissions import CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import money as ask
from control_tower.web.queries import pages as ask_pages

router = readers_router("scout_attribution_refresh", prefix="/scouts", include_in_schema=False)


MOST_OVERDUE, HIGHEST_AMOUNT = "days_overdue_yango", "amount_payable"
"""The usual orders of the two pages: what has waited the longest, and what is worth the most, come first."""

SECTION_ROWS = 25
"""Rows of what is shown below the list of claims; the export has all."""


class CobranzaQuery(api.CollectionQuery, ListPageQuery):
    """Which claims."""


class LiquidationViewQuery(api.LiquidationQuery, ListPageQuery):
    """Which persons."""


@router.get("/cobranza-yango")
def cobranza(request: Request, current_user: CurrentUserDep, query: Annotated[CobranzaQuery, Query()]) -> HTMLResponse:
    """Claims on the partner, with totals of all that the filters let through."""
    filters = query.filters()
    with connection_pools().reading() as connection:
        *amounts, totals = ask.COLLECTION.totals(connection, "web/money/collection_totals.sql", filters)
        found = page_in(connection, ask.COLLECTION, current_user, query, total=totals["claims"], usual=MOST_OVERDUE)
        every_payment = api.PaymentsWithoutClaimQuery().filters()
        without_claim = ask.PAYMENTS_WITHOUT_CLAIM.page(
            connection, current_user, every_payment, page=1, page_size=SECTION_ROWS
        )
        without_claim_totals = ask.PAYMENTS_WITHOUT_CLAIM.totals(
            connection, "web/money/payments_without_claim_totals.sql", {**every_payment, "explained": False}
        )
        changes = ask.CLAIM_CHANGES.page(
            connection, current_user, api.ClaimChangesQuery().filters(), page=1, page_size=SECTION_ROWS
        )
    return page(
        request,
        "cobranza.html",
        found=found,
        chosen=query,
        order=Order.of(ask.COLLECTION, query.sort or MOST_OVERDUE),
        totals=totals,
        amounts=amounts,
        without_claim=without_claim,
        without_claim_totals=without_claim_totals,
        changes=changes,
        export=query.export(MOST_OVERDUE),
        is_filtered=bool(query.filters(exclude_defaults=True)),
    )


@router.get("/liquidation")
def liquidation(
    request: Request, current_user: CurrentUserDep, query: Annotated[LiquidationViewQuery, Query()]
) -> HTMLResponse:
    """What each claimed person is worth to its scout, with totals of all that the filters let through."""
    filters = query.filters()
    with connection_pools().reading() as connection:
        totals = ask.LIQUIDATION.totals(connection, "web/money/liquidation_totals.sql", filters)
        found = page_in(
            connection,
            ask.LIQUIDATION,
            current_user,
            query,
            total=sum(row["persons"] for row in totals),
            usual=HIGHEST_AMOUNT,
        )
        scouts, names = ask_pages.names(
            connection, current_user, (row.scout_id for row in found.rows), (row.person_key for row in found.rows)
        )
    return page(
        request,
        "liquidation.html",
        found=found,
        chosen=query,
        order=Order.of(ask.LIQUIDATION, query.sort or HIGHEST_AMOUNT),
        totals=totals,
        scouts=scouts,
        names=names,
        export=query.export(HIGHEST_AMOUNT),
        is_filtered=bool(query.filters(exclude_defaults=True)),
    )
