"""The two routes of a list: one page as JSON, and all of it as CSV."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import GenericAlias
from typing import Annotated, Any, TypeVar

import psycopg
from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, create_model

from control_tower.web.csv_export import ExportQuery, csv_of
from control_tower.web.listing import Listing, Page
from control_tower.web.params import ListQuery, Paged, Pagination
from control_tower.web.permissions import CurrentUser, CurrentUserDep
from control_tower.web.pool import connection_pools

RowT = TypeVar("RowT", bound=BaseModel)

CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The whole list, as it was at one moment.",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}


def sort_field(listing: Listing[Any]) -> Any:
    """The parameter `sort` of a list: one of its orders, `-` before it for the other way round."""
    return Field(
        None,
        pattern=f"^-?({'|'.join(listing.orders)})$",
        description=f"One of {', '.join(listing.orders)}; with - before it the other way round. "
        f"Without it: {next(iter(listing.orders))}.",
    )


def _nothing() -> dict[str, Any]:
    return {}


def list_routes(
    router: APIRouter,
    path: str,
    listing: Listing[Any],
    query_model: type[ListQuery],
    title: str,
    *,
    items: str = "items",
    name: str | None = None,
    within: Callable[..., dict[str, Any]] = _nothing,
) -> None:
    """Add the routes of a list: `path` is one page as JSON, `path.csv` all rows.

    Args:
        router: Where the routes are added.
        path: Path of the JSON route.
        listing: The list.
        query_model: Its filters and order. The JSON route also takes the parameters of `Paged`.
        title: Name of the body in the description of the API.
        items: Field of the body that has the rows.
        name: Name of the operation, by default that of the list.
        within: A dependency: filters that come from the path.
    """
    name = name or listing.name
    paged = create_model(f"{query_model.__name__}Paged", __base__=(query_model, Paged))
    exported = create_model(f"{query_model.__name__}Csv", __base__=(query_model, ExportQuery))
    fields: dict[str, Any] = {items: (GenericAlias(list, listing.row), ...), "pagination": (Pagination, ...)}
    body = create_model(title, __doc__=f"A page of this list: {listing.description}", **fields)

    def as_json(current_user: CurrentUserDep, subject: Any, query: Any) -> BaseModel:
        with connection_pools().reading() as connection:
            found = page_in(connection, listing, current_user, query, within=subject)
        return body(**{items: found.rows, "pagination": found.pagination})

    def as_csv(request: Request, current_user: CurrentUserDep, subject: Any, query: Any) -> StreamingResponse:
        return csv_of(request, listing, current_user, {**query.filters(), **subject}, query)

    # FastAPI reads the annotations at run time, when the models of this list are known.
    of_path = Annotated[dict[str, Any], Depends(within)]
    as_json.__annotations__.update({"subject": of_path, "query": Annotated[paged, Query()], "return": body})
    as_csv.__annotations__.update({"request": Request, "subject": of_path, "query": Annotated[exported, Query()]})
    router.add_api_route(path, as_json, methods=["GET"], name=name, description=listing.description)
    router.add_api_route(
        f"{path}.csv",
        as_csv,
        methods=["GET"],
        name=f"{name}_as_csv",
        description="All of them as CSV, for a spreadsheet.",
        response_class=StreamingResponse,
        responses=CSV,
    )


def page_in(
    connection: psycopg.Connection[dict[str, Any]],
    listing: Listing[RowT],
    current_user: CurrentUser,
    query: Paged,
    total: int | None = None,
    usual: str | None = None,
    within: Mapping[str, Any] | None = None,
) -> Page[RowT]:
    """The page of a list that a query asks for.

    Args:
        connection: As of `Listing.page`.
        listing: The list.
        current_user: Who reads.
        query: Filters, order and page.
        total: As of `Listing.page`.
        usual: The order where the query asks for none; None is that of the list.
        within: Filters beside those of the query.
    """
    return listing.page(
        connection,
        current_user,
        {**query.filters(), **(within or {})},
        page=query.page,
        page_size=query.page_size,
        order=query.sort or usual,
        total=total,
        or_last=query.or_last,
    )
