"""The two routes of a list: one page as JSON, and all of it as CSV."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, TypeVar, get_type_hints

import psycopg
from fastapi import Query
from fastapi.responses import StreamingResponse
from pydantic import BaseModel, Field, create_model

from control_tower.web.csv_export import csv_of
from control_tower.web.listing import Listing, Page
from control_tower.web.params import ListQuery, Paged
from control_tower.web.permissions import CurrentUser, CurrentUserDep, ReadersRouter
from control_tower.web.pool import connection_pools

RowT = TypeVar("RowT", bound=BaseModel)
BodyT = TypeVar("BodyT", bound=BaseModel)

CSV: dict[int | str, dict[str, Any]] = {
    200: {
        "description": "The whole list, as it was at one moment.",
        "content": {"text/csv": {"schema": {"type": "string"}}},
    }
}
"""What the description says of an export."""


def sort_field(listing: Listing[Any]) -> Any:
    """The parameter `sort` of a list: one of its orders, `-` before it for the other way round."""
    return Field(
        None,
        pattern=f"^-?({'|'.join(listing.orders)})$",
        description=f"One of {', '.join(listing.orders)}; with - before it the other way round. "
        f"Without it: {next(iter(listing.orders))}.",
    )


def list_routes(
    router: ReadersRouter, path: str, listing: Listing[RowT], query_model: type[ListQuery]
) -> Callable[[Callable[[Page[RowT]], BodyT]], Callable[[Page[RowT]], BodyT]]:
    """Decorate the function that makes the body of a page: adds the routes `path` (JSON) and `path.csv`.

    Args:
        router: Where the routes are added.
        path: Path of the JSON route.
        listing: The list.
        query_model: Its filters and order. The JSON route also takes the parameters of `Paged`.
    """

    def add_routes(body_of: Callable[[Page[RowT]], BodyT]) -> Callable[[Page[RowT]], BodyT]:
        def as_json(current_user: CurrentUserDep, query: Any) -> BodyT:
            with connection_pools().reading() as connection:
                return body_of(page_in(connection, listing, current_user, query, page_size=query.page_size))

        def as_csv(current_user: CurrentUserDep, query: Any) -> StreamingResponse:
            return csv_of(listing, current_user, query.filters(), query.sort)

        paged = create_model(f"{query_model.__name__}Paged", __base__=(query_model, Paged))
        # FastAPI reads the annotations at run time, when the models of this list are known.
        as_json.__annotations__.update(
            {"query": Annotated[paged, Query()], "return": get_type_hints(body_of)["return"]}
        )
        as_csv.__annotations__["query"] = Annotated[query_model, Query()]
        name = body_of.__name__
        router.add_api_route(path, as_json, methods=["GET"], name=name, description=body_of.__doc__)
        router.add_api_route(
            f"{path}.csv",
            as_csv,
            methods=["GET"],
            name=f"{name}_as_csv",
            description="All of them as CSV.",
            response_class=StreamingResponse,
            responses=CSV,
        )
        return body_of

    return add_routes


def page_in(
    connection: psycopg.Connection[dict[str, Any]],
    listing: Listing[RowT],
    current_user: CurrentUser,
    query: Paged,
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
        page_size: Rows of a page; that of the query is ignored.
        total: How many rows pass the filters, where that is known already.
    """
    return listing.page(
        connection, current_user, query.filters(), page=query.page, page_size=page_size, order=query.sort, total=total
    )
