"""The query of a page: that of the API's list behind it, as a browser's form sends it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field, model_validator

from control_tower.web.language import Language

ROWS = 50
"""Rows of a page, unless another number is asked for."""


class Spoken(BaseModel):
    """What every page takes besides its filters: a language; and fields of a form that were left empty."""

    lang: Language | None = Field(None, exclude=True)

    @model_validator(mode="before")
    @classmethod
    def _without_empty_fields(cls, data: Any) -> Any:
        """A form sends every field; an empty one is no filter."""
        return {name: value for name, value in data.items() if value != ""} if isinstance(data, dict) else data
