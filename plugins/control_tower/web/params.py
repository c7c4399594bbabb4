"""What a request may carry, so that nothing reaches the database that it could not hold."""

from __future__ import annotations

import math
import re
import uuid
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from pydantic import (
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    StrictInt,
    StringConstraints,
)
from pydantic_core import PydanticCustomError

from control_tower.sources import SOURCE_TABLES

LARGEST_INTEGER = 2**31 - 1
"""Greatest number of a scout, a run or an alert."""


class Strict(BaseModel):
    """A query or body. An unknown parameter is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


WORDS = r"^[^\x00]*[^\s\x00][^\x00]*$"
"""Something other than blanks, and no NUL, which PostgreSQL cannot hold."""

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=500, pattern=WORDS)]
"""A key, a name or a value to look for."""

Reason = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=2000, pattern=WORDS),
    Field(description="Why; it is kept with your name and the time."),
]

Number = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]

StrictNumber = Annotated[StrictInt, Field(ge=1, le=LARGEST_INTEGER)]
"""The number of a scout or a decision in a body: no boolean, no text, no fraction."""

PersonKey = uuid.UUID


def _written_as_a_day(value: Any) -> Any:
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
        raise PydanticCustomError("date_parsing", "a day is written as 2026-10-31")
    return value


Day = Annotated[date, BeforeValidator(_written_as_a_day)]
"""A day of a body. A number or a moment is none."""


def _written_as_a_text(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("datetime_parsing", "a moment is written as 2026-10-31T18:00:00-05:00")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_written_as_a_text)]
"""A moment of a body, with its time zone. A number is none."""

if TYPE_CHECKING:
    SourceTable = str
else:
    SourceTable = Literal[SOURCE_TABLES]


class ListQuery(Strict):
    """Filters and order of a list. Each list restricts `sort` to its orders (`api.lists.sort_field`)."""

    sort: str | None = None

    def filters(self, *, exclude_defaults: bool = False) -> dict[str, Any]:
        """The parameters of the list's SQL file."""
        return self.model_dump(exclude={"page", "page_size", "sort", "separator"}, exclude_defaults=exclude_defaults)


class Paged(ListQuery):
    """The query of one page of a list."""

    or_last: ClassVar[bool] = False
    """As of `Listing.page`."""

    page: int = Field(1, ge=1, le=10_000_000, description="First page: 1.")
    page_size: int = Field(50, ge=1, le=500, description="Rows per page.")


class Pagination(BaseModel):
    """Which part of a list this is."""

    page: int
    page_size: int
    total: int = Field(description="Rows in all pages.")
    total_pages: int
    _is_more: bool = PrivateAttr(default=False)

    @classmethod
    def of(cls, page: int, page_size: int, total: int, *, is_more: bool = False) -> Pagination:
        """The pagination of a list of so many rows; `is_more`: of at least so many."""
        found = cls(page=page, page_size=page_size, total=total, total_pages=math.ceil(total / page_size))
        found._is_more = is_more
        return found

    @property
    def is_more(self) -> bool:
        """Whether the rows were counted up to `total` alone; no answer to a program says so."""
        return self._is_more
