"""What the queries of all pages share, and the order of a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

from pydantic import BaseModel, Field, model_validator

from control_tower.i18n.catalogue import Language
from control_tower.web.listing import Listing
from control_tower.web.params import Paged


class PageQuery(BaseModel):
    """The query of a page: the language, beside its filters. Empty form fields are no filters."""

    lang: Language | None = Field(None, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty_fields(cls, data: Any) -> Any:
        return {name: value for name, value in data.items() if value != ""} if isinstance(data, dict) else data


class ListPageQuery(Paged, PageQuery):
    """The query of a page with a list, which shows fewer rows than the API."""

    or_last: ClassVar[bool] = True

    page_size: int = Field(25, ge=1, le=500)

    def export(self, usual: str | None = None) -> str:
        """The query of the CSV with the same rows in the same order, with its `?`; empty if it is that of all rows.

        Args:
            usual: The order of the page where the reader asks for none; None is that of the list.
        """
        values = self.model_dump(exclude={"page", "page_size"}, exclude_defaults=True, exclude_none=True, mode="json")
        if usual is not None:
            values.setdefault("sort", usual)
        return f"?{urlencode(values)}" if values else ""


@dataclass(frozen=True)
class Order:
    """The order in which a list is shown, and what its column heads link to."""

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
