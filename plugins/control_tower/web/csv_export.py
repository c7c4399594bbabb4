"""A list as CSV (RFC 4180) for a spreadsheet: streamed, complete or visibly truncated, every value quoted.

It is for people: it begins with the mark by which Excel knows UTF-8, its heads are in the reader's words, a name stands
beside each key, and times are local. Programs read JSON.

Text that a spreadsheet would take for a formula is preceded by an apostrophe, as OWASP advises ("CSV injection"):
names come from forms that strangers fill in.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import AsyncIterator, Generator, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import islice
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

import psycopg
from babel.numbers import get_decimal_symbol
from fastapi import Request
from fastapi.responses import StreamingResponse
from pydantic import Field
from starlette.concurrency import iterate_in_threadpool

from control_tower.i18n.catalogue import Language, catalogue
from control_tower.settings import get_settings
from control_tower.web.language import language_of
from control_tower.web.listing import Listing
from control_tower.web.params import ListQuery
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import note_access
from control_tower.web.pool import connection_pools
from control_tower.web.queries import pages

FORMULA = re.compile(r"[\s\0\ufeff\u200b-\u200f\u2060]*(?:[=+\-@\uff1d\uff0b\uff0d\uff20\u2212]|[\t\r\n])")
"""How text begins that a spreadsheet takes for a formula: behind blanks and invisible characters, with an ASCII or a
full-width sign (a spreadsheet in Japanese or Chinese reads ＝ as =), or with a tab or a line break."""
CHUNK_ROWS = 500
BYTE_ORDER_MARK = "\ufeff"

Separator = Literal["comma", "semicolon", "tab"]
SEPARATORS: dict[Separator, str] = {"comma": ",", "semicolon": ";", "tab": "\t"}

NAMES_BESIDE = {
    "scout_id": "scout_name",
    "ledger_scout_id": "ledger_scout_name",
    "scout_ids": "scout_names",
    "person_key": "person_name",
}
"""Columns that are keys, and the column with the name that stands beside each, where the list has none of its own."""


class ExportQuery(ListQuery):
    """How a list is written as CSV."""

    separator: Separator | None = Field(
        None, description="Between values; by default a semicolon in Spanish, as Excel expects there, else a comma."
    )


@dataclass(frozen=True)
class Notation:
    """How values are written.

    Attributes:
        separator: Between values.
        decimal: The decimal sign.
        zone: Of times; None: as they come, in ISO 8601.
        yes: A true value.
        no: A false one.
    """

    separator: str = ","
    decimal: str = "."
    zone: ZoneInfo | None = None
    yes: str = "true"
    no: str = "false"

    @classmethod
    def of(cls, language: Language, separator: Separator | None = None) -> Notation:
        """The notation of a reader; the decimal sign is that of the country, as on the pages."""
        settings, _ = get_settings(), catalogue(language).gettext
        between = SEPARATORS[separator or ("semicolon" if language == "es" else "comma")]
        sign = get_decimal_symbol(f"es_{settings.country}" if language == "es" else "en")
        return cls(between, sign, ZoneInfo(settings.timezone), _("yes"), _("no"))


def csv_of(
    request: Request,
    listing: Listing[Any],
    current_user: CurrentUser,
    filters: Mapping[str, Any],
    query: ExportQuery,
) -> StreamingResponse:
    """The whole list as an attachment.

    The first rows are fetched before the answer begins, so that a database error is an error answer and no file. A
    later failure breaks the connection off, so that no client takes a part for the whole.
    """
    if listing.personal or "person_key" in listing.columns():
        note_access(current_user, "export", subject=listing.name)
    language = language_of(request)
    chunks = _chunks(listing, current_user, filters, query, language)
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
        headers={
            "Content-Disposition": f'attachment; filename="{listing.name}.csv"',
            "Content-Language": language,
            "Vary": "Accept-Language, Cookie",
        },
    )


def columns_with_names(columns: Iterable[str]) -> list[str]:
    """The columns of a file: those of the list, and after each key the name that it stands for."""
    known = list(columns)
    return [
        written
        for column in known
        for written in (column, NAMES_BESIDE.get(column))
        if written is not None and (written == column or written not in known)
    ]


def _chunks(
    listing: Listing[Any],
    current_user: CurrentUser,
    filters: Mapping[str, Any],
    query: ExportQuery,
    language: Language,
) -> Generator[bytes]:
    with connection_pools().exporting() as connection:
        rows = listing.export(connection, current_user, filters, query.sort)
        named = _with_names(connection, current_user, rows)
        columns = columns_with_names(listing.columns())
        yield from lines(columns, named, Notation.of(language, query.separator), heads(columns, listing, language))


def heads(columns: Iterable[str], listing: Listing[Any] | None, language: Language) -> list[str]:
    """The heads of the columns in the reader's words; those of times name the zone."""
    texts, zone = catalogue(language), get_settings().timezone
    fields = listing.row.model_fields if listing is not None else {}
    return [
        f"{texts.name('csv.column', column)} ({zone})"
        if column in fields and "datetime.datetime" in str(fields[column].annotation)
        else texts.name("csv.column", column)
        for column in columns
    ]


def _with_names(
    connection: psycopg.Connection[dict[str, Any]], current_user: CurrentUser, rows: Iterator[dict[str, Any]]
) -> Iterator[dict[str, Any]]:
    """The rows with the names of their scouts and persons, as the user may see them."""
    while chunk := list(islice(rows, CHUNK_ROWS)):
        scout_ids = [row.get(column) for row in chunk for column in ("scout_id", "ledger_scout_id")]
        scout_ids += [scout_id for row in chunk for scout_id in row.get("scout_ids") or ()]
        person_keys: list[UUID | None] = [row.get("person_key") for row in chunk]
        scouts, persons = pages.names(connection, current_user, scout_ids, person_keys)
        for row in chunk:
            names: dict[str, Any] = {}
            for column in NAMES_BESIDE.keys() & row.keys():
                value = row[column]
                if column == "scout_ids":
                    names["scout_names"] = [scouts.get(one, str(one)) for one in value or ()]
                else:
                    names[NAMES_BESIDE[column]] = (persons if column == "person_key" else scouts).get(value)
            yield {**names, **row}


def lines(
    columns: list[str],
    rows: Iterator[dict[str, Any]],
    notation: Notation = Notation(),
    titles: list[str] | None = None,
) -> Iterator[bytes]:
    """The file in pieces of `CHUNK_ROWS` rows, the header in the first; without titles it has the names of columns."""
    buffer = io.StringIO()
    buffer.write(BYTE_ORDER_MARK)
    writer = csv.writer(buffer, quoting=csv.QUOTE_ALL, delimiter=notation.separator)
    writer.writerow(titles or columns)
    for number, row in enumerate(rows, 1):
        writer.writerow([cell(row[column], notation) for column in columns])
        if number % CHUNK_ROWS == 0:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def cell(value: Any, notation: Notation = Notation()) -> str:
    """A value as text: empty for NULL, local times, seconds for intervals, parts one after the other."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return notation.yes if value else notation.no
    if isinstance(value, datetime):
        return _moment(value, notation)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int | float | Decimal):
        return str(value).replace(".", notation.decimal)
    if isinstance(value, timedelta):
        return str(value.total_seconds()).replace(".", notation.decimal)
    text = _flat(value, notation) if isinstance(value, list | dict) else str(value)
    return f"'{text}" if FORMULA.match(text) else text


def _moment(value: datetime, notation: Notation) -> str:
    """A time to the second: local, as spreadsheets read it; its zone is named by the head of the column."""
    if notation.zone is None:
        return value.isoformat()
    local = value.astimezone(notation.zone) if value.tzinfo else value
    return f"{local:%Y-%m-%d %H:%M:%S}"


def _flat(value: Any, notation: Notation) -> str:
    """A value with parts as one line: `phone: 987654321; name: Ana`."""
    if isinstance(value, dict):
        return "; ".join(f"{name}: {_flat(part, notation)}" for name, part in value.items())
    if isinstance(value, list):
        return (" | " if any(isinstance(part, dict) for part in value) else ", ").join(
            _flat(part, notation) for part in value
        )
    if isinstance(value, str):
        return value
    return cell(value, notation)
