"""What a request may carry, so that nothing reaches the database that it could not hold."""

from __future__ import annotations

import math
import uuid
from datetime import date
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from control_tower.sources import SOURCE_TABLES

LARGEST_INTEGER = 2**31 - 1
"""Greatest number of a scout, a run or an alert."""


def storable(text: str) -> str:
    """The text, if PostgreSQL can hold it: no NUL, and no half of a surrogate pair.

    Raises:
        ValueError: it cannot.
    """
    if "\0" in text:
        raise ValueError("contains a NUL character")
    try:
        text.encode()
    except UnicodeEncodeError:
        raise ValueError("contains half of a surrogate pair") from None
    return text


def not_blank(text: str) -> str:
    """The text without blanks around it, if there is any.

    Raises:
        ValueError: there is none.
    """
    if not text.strip():
        raise ValueError("says nothing")
    return text.strip()


WORDS = r"^[^\x00]*[^\s\x00][^\x00]*$"
"""Something other than blanks, and no NUL."""

Text = Annotated[
    str, Field(min_length=1, max_length=500, pattern=WORDS), AfterValidator(storable), AfterValidator(not_blank)
]
"""A key, a name or a value to look for."""

Reason = Annotated[
    str,
    Field(min_length=1, max_length=2000, pattern=WORDS, description="Why; it is kept with your name and the time."),
    AfterValidator(storable),
    AfterValidator(not_blank),
]

Number = Annotated[int, Field(ge=0, le=LARGEST_INTEGER)]

PersonKey = uuid.UUID

if TYPE_CHECKING:
    SourceTable = str
else:
    SourceTable = Literal[SOURCE_TABLES]

Day = date


class Filters(BaseModel):
    """The query of a list: which rows. A parameter that the list does not know is refused, not ignored."""

    model_config = ConfigDict(extra="forbid")


class Paged(Filters):
    """The query of a list that comes in pages."""

    page: int = Field(1, ge=1, le=10_000_000, description="First page: 1.")
    page_size: int = Field(50, ge=1, le=500, description="Rows per page.")


class Pagination(BaseModel):
    """Which part of a list this is."""

    page: int
    page_size: int
    total: int = Field(description="Rows in all pages.")
    total_pages: int

    @classmethod
    def of(cls, page: int, page_size: int, total: int) -> Pagination:
        """The pagination of a list of so many rows."""
        return cls(page=page, page_size=page_size, total=total, total_pages=math.ceil(total / page_size))
