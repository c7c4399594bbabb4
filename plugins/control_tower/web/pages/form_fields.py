"""What the queries of all pages share, and the order of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, Field, model_validator

from control_tower.i18n.catalogue import Language
from control_tower.web.listing import Listing

ROWS = 50
"""Rows of a page, unless another number is asked for."""


class PageQuery(BaseModel):
    """The query of a page: the language, beside its filters. Empty form fields are no filters."""

    lang: Language | None = Field(None, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty_fields(cls, data: Any) -> Any:
        return {name: value for name, value in data.items() if value != ""} if isinstance(data, dict) else data


@dataclass(frozen=True)
class Order:
    """The order in which a list is shown.

    Attributes:
        column: The name of the order.
        is_reversed: It was asked for the other way round.
        is_descending: The greatest or newest comes first.
    """

    column: str
    is_reversed: bool
    is_descending: bool

    @classmethod
    def of(cls, listing: Listing[Any], sort: str | None) -> Order:
        """The order that `sort` asks for; None is the usual one of the list."""
        column = (sort or next(iter(listing.orders))).removeprefix("-")
        is_reversed = (sort or "").startswith("-")
        _, descends = listing.orders[column][0]
        return cls(column, is_reversed, descends != is_reversed)
