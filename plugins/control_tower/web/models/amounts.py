"""How numbers and spans of time of the database are written in JSON."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Annotated, Any

from pydantic import PlainSerializer, WithJsonSchema

Amount = Annotated[Decimal, PlainSerializer(float, return_type=float, when_used="json")]
"""A numeric column (money, per cent) as a JSON number: front ends calculate with it."""

Seconds = Annotated[timedelta, PlainSerializer(lambda span: span.total_seconds(), return_type=float, when_used="json")]
"""An interval column as seconds."""

LocalTime = Annotated[
    datetime, WithJsonSchema({"type": "string", "description": "ISO 8601 without a zone: local time."})
]
"""A timestamp column without a time zone; `date-time` of JSON schema would demand one (RFC 3339)."""

Json = dict[str, Any] | list[Any] | str | float | bool | None
"""A json column, whatever a program has put there."""
