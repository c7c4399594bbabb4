"""How a list is asked for over HTTP: its page as JSON, all of it as CSV."""

from __future__ import annotations

from typing import Any, Protocol, TypeVar

import psycopg
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field

from control_tower.web.csv_export import csv_of
from control_tower.web.listing import Listing, Page
from control_tower.web.permissions import CurrentUser
from control_tower.web.pool import connection_pools

RowT = TypeVar("RowT", bound=BaseModel)

CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The whole list, as it was at one moment.",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}
"""What the description says of an export."""

_NO_FILTERS = {"page", "page_size", "sort"}


class Sorted(Protocol):
    """The query of a list."""

    sort: str | None

    def model_dump(self, *, exclude: set[str]) -> dict[str, Any]:
        """The parameters as values."""


class PagedAndSorted(Sorted, Protocol):
    """The query of a page of a list."""

    page: int
    page_size: int


def sort_field(listing: Listing[Any]) -> Any:
    """The parameter `sort` of a list: one of its orders, `-` before it for the other way round."""
    return Field(
        None,
        pattern=f"^-?({'|'.join(listing.orders)})$",
        description=f"One of {', '.join(listing.orders)}; with - before it the other way round. "
        f"Without it: {next(iter(listing.orders))}.",
    )


def page_of(listing: Listing[RowT], current_user: CurrentUser, query: PagedAndSorted) -> Page[RowT]:
    """The page that a query asks for, in a session of its own."""
    with connection_pools().reading() as connection:
        return page_in(connection, listing, current_user, query, page_size=query.page_size)


def page_in(
    connection: psycopg.Connection[dict[str, Any]],
    listing: Listing[RowT],
    current_user: CurrentUser,
    query: PagedAndSorted,
    *,
    page_size: int,
    total: int | None = None,
) -> Page[RowT]:
    """The page that a query asks for.

    Args:
        connection: A session of `connection_pools()`.
        listing: The list.
        current_user: Who asks.
        query: Page, order and filters.
        page_size: Rows of a page, whatever the query says.
        total: How many rows pass the filters, where that is known already.
    """
    filters = query.model_dump(exclude=_NO_FILTERS)
    return listing.page(
        connection, current_user, filters, page=query.page, page_size=page_size, order=query.sort, total=total
    )


def export_of(listing: Listing[Any], current_user: CurrentUser, query: Sorted) -> StreamingResponse:
    """Everything that a query asks for."""
    return csv_of(listing, current_user, query.model_dump(exclude=_NO_FILTERS), query.sort)
