"""A list as CSV (RFC 4180): streamed, complete or visibly truncated, every value quoted.

Text that a spreadsheet would take for a formula is preceded by an apostrophe, as OWASP advises ("CSV injection"):
names come from forms that strangers fill in.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import AsyncIterator, Generator, Iterator, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from fastapi.responses import StreamingResponse
from starlette.concurrency import iterate_in_threadpool

from control_tower.web.listing import Listing
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import note_access
from control_tower.web.pool import connection_pools

FORMULA = re.compile(r"[\s\0\ufeff\u200b-\u200f\u2060]*(?:[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]|[\t\r\n])")
"""How text begins that a spreadsheet takes for a formula: behind blanks and invisible characters, with an ASCII or a
full-width sign (a spreadsheet in Japanese or Chinese reads ＝ as =), or with a tab or a line break."""
CHUNK_ROWS = 500


def csv_of(
    listing: Listing[Any], current_user: CurrentUser, filters: Mapping[str, Any], order: str | None = None
) -> StreamingResponse:
    """The whole list as an attachment.

    The first rows are fetched before the answer begins, so that a database error is an error answer and no file. A
    later failure breaks the connection off, so that no client takes a part for the whole.
    """
    if listing.personal:
        note_access(current_user, "export", subject=listing.name)
    chunks = _chunks(listing, current_user, filters, order)
    first = next(chunks)

    async def body() -> AsyncIterator[bytes]:
        try:
            yield first
            async for chunk in iterate_in_threadpool(chunks):
                yield chunk
        finally:
            chunks.close()  # also when the client has gone: the session and its cursor end here

    return StreamingResponse(
        body(),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{listing.name}.csv"'},
    )


def _chunks(
    listing: Listing[Any], current_user: CurrentUser, filters: Mapping[str, Any], order: str | None
) -> Generator[bytes]:
    with connection_pools().exporting() as connection:
        yield from lines(listing.columns(), listing.export(connection, current_user, filters, order))


def lines(columns: list[str], rows: Iterator[dict[str, Any]]) -> Iterator[bytes]:
    """The file in pieces of `CHUNK_ROWS` rows, the header in the first."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL)
    writer.writerow(columns)
    for number, row in enumerate(rows, 1):
        writer.writerow([cell(row[column]) for column in columns])
        if number % CHUNK_ROWS == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def cell(value: Any) -> str:
    """A value as text: empty for NULL, ISO 8601 for times, seconds for intervals, JSON for what has parts."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return str(value)
    if isinstance(value, timedelta):
        return str(value.total_seconds())
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, default=str)
    text = str(value)
    return f"'{text}" if FORMULA.match(text) else text
