"""What a rehearsal found: totals, the first examples, and every difference; names are masked."""

from __future__ import annotations

import base64
import json
import logging
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final, Literal
from uuid import UUID

import psycopg
from psycopg.rows import dict_row

from control_tower.database import fetch_one, fetch_rows, read_sql
from control_tower.masking import masked

log = logging.getLogger(__name__)

Kind = Literal["first_run", "upgrade", "settings"]
"""What was rehearsed: preparing an established or empty database and its first run, preparing one of an earlier version
and its next run, or a run on a prepared one that evaluates every record, usually with other settings."""

MOST_ROWS: Final = 100_000
"""Differences that are listed, what humans decide about first; the totals count all of them."""
EXAMPLES: Final = 5
"""Examples of each subject and kind."""
MOST_SCOUTS: Final = 200
"""Rows of the lists of scouts."""

ALL_DIFFERENCES: Final = "all_differences"
"""XCom key of the differences; Airflow also keeps each entry of the report under its own name."""

NAMES: Final = ("name", "driver_name")
"""Columns of differences that identify a person."""


@dataclass(frozen=True)
class Rehearsal:
    """How the database would differ afterwards.

    Attributes:
        kind: What was rehearsed.
        changes: The settings that differ, each with its value before and after.
        objects: One row per kind of object: kind, before, created, changed, dropped, left_alone.
        differences: Counts of differences: subject (link, ledger, claim, payment), kind, source_table of links, number.
        records: Links by source and rule, contested records and unmatched ones by reason, before and after.
        scouts: From which scout to which how many persons would go.
        money: Claims and payments by currency and status: number and amount, before and after.
        scout_money: What each scout is due, before and after, where it differs.
        examples: The first differences of each subject and kind.
        rows: How many differences are listed, at most `MOST_ROWS`.
        packed: The listed differences, one JSON object a line, compressed: there may be many.
    """

    kind: Kind
    changes: Mapping[str, Any]
    objects: Sequence[dict[str, Any]]
    differences: Sequence[dict[str, Any]]
    records: Sequence[dict[str, Any]]
    scouts: Sequence[dict[str, Any]]
    money: Sequence[dict[str, Any]]
    scout_money: Sequence[dict[str, Any]]
    examples: Sequence[dict[str, Any]]
    rows: int
    packed: bytes
    notes: Sequence[str]
    seconds: Mapping[str, float]

    def summary(self) -> dict[str, Any]:
        """The rehearsal as plain values, without the differences; amounts are texts with two decimals."""
        return {name: _plain(value) for name, value in vars(self).items() if name != "packed"}

    def all_differences(self) -> dict[str, str]:
        """The listed differences as a value that Airflow keeps; `unpacked_rows` reads them."""
        return {"zlib_json_lines": base64.b64encode(self.packed).decode()}


def unpacked_rows(packed: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """The differences of `Rehearsal.all_differences`.

    Raises:
        ValueError: it is something else.
    """
    try:
        lines = zlib.decompress(base64.b64decode(packed["zlib_json_lines"], validate=True)).splitlines()
    except (KeyError, TypeError, zlib.error) as error:
        raise ValueError("no differences of a rehearsal") from error
    return map(json.loads, lines)


def read_report(
    connection: psycopg.Connection[Any],
    *,
    kind: Kind,
    changes: Mapping[str, Any],
    notes: Sequence[str],
    seconds: Mapping[str, float],
) -> Rehearsal:
    """Read the report from the temporary tables of the rehearsal."""
    (found,) = fetch_one(connection, "select count(*) from pg_temp.rehearsed_differences")
    cut = [f"Of {found:,} differences the first {MOST_ROWS:,} are listed; the totals count all."]
    scouts = {"most_rows": MOST_SCOUTS}
    examples, rows, packed = _differences(connection)
    return Rehearsal(
        kind=kind,
        changes=changes,
        objects=fetch_rows(connection, "rehearsal/object_totals.sql"),
        differences=fetch_rows(connection, "rehearsal/difference_totals.sql"),
        records=fetch_rows(connection, "rehearsal/rule_totals.sql"),
        scouts=fetch_rows(connection, "rehearsal/scout_totals.sql", scouts),
        money=fetch_rows(connection, "rehearsal/money_totals.sql"),
        scout_money=fetch_rows(connection, "rehearsal/scout_money.sql", scouts),
        examples=examples,
        rows=rows,
        packed=packed,
        notes=[*notes, *(cut if found > MOST_ROWS else [])],
        seconds=seconds,
    )


def _differences(connection: psycopg.Connection[Any]) -> tuple[list[dict[str, Any]], int, bytes]:
    """The first differences of each kind, how many are listed, and these, packed."""
    packer = zlib.compressobj()
    packed = bytearray()
    examples: list[dict[str, Any]] = []
    seen: Counter[tuple[str, str]] = Counter()
    with connection.cursor(row_factory=dict_row) as cursor:
        for row in cursor.execute(read_sql("rehearsal/differences.sql"), {"most_rows": MOST_ROWS}):
            row.update((name, masked(row[name], "name")) for name in NAMES)
            packed += packer.compress(json.dumps(_plain(row), ensure_ascii=False).encode() + b"\n")
            kind = row["subject"], row["kind"]
            seen[kind] += 1
            if seen[kind] <= EXAMPLES:
                examples.append(row)
    packed += packer.flush()
    return examples, seen.total(), bytes(packed)


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _plain(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(part) for part in value]
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return str(value) if isinstance(value, UUID) else value


def logged(rehearsal: Rehearsal) -> Rehearsal:
    """Log the totals and the examples."""
    log.info("Rehearsal of %s: nothing was written.", rehearsal.kind.replace("_", " "))
    for name, change in rehearsal.changes.items():
        log.info("%s: %s -> %s", name, change["before"], change["after"])
    _log_table("objects", rehearsal.objects, "kind", ("before", "created", "changed", "dropped", "left_alone"))
    for row in rehearsal.differences:
        place = f" in {row['source_table']}" if row["source_table"] else ""
        log.info("%s %s%s: %s", row["subject"], row["kind"], place, f"{row['differences']:,}")
    for row in rehearsal.money:
        log.info(
            "%ss %s: %s -> %s %s (%s -> %s)",
            row["subject"],
            row["status"],
            f"{row['amount_before']:,.2f}",
            f"{row['amount_after']:,.2f}",
            row["currency"] or "(no currency: nothing is measured)",
            f"{row['before']:,}",
            f"{row['after']:,}",
        )
    for row in rehearsal.examples:
        if row["subject"] != "object":
            log.info("%s", _sentence(row))
    return rehearsal


def _log_table(title: str, rows: Iterable[Mapping[str, Any]], name: str, columns: Sequence[str]) -> None:
    for row in rows:
        log.info("%s %-18s %s", title, row[name], ", ".join(f"{row[column]:,} {column}" for column in columns))


def _sentence(row: Mapping[str, Any]) -> str:
    """One difference in a line, for the log."""
    what = [row["source_table"], row["source_pk"], row["driver_id"], row["milestone"], row["name"]]
    change = [f"{row['before'] or '-'} -> {row['after'] or '-'}"]
    if row["scout_before"] is not None or row["scout_after"] is not None:
        change.append(f"scout {row['scout_before'] or '-'} -> {row['scout_after'] or '-'}")
    if row["currency"] is not None:
        change.append(f"{row['amount_before'] or 0} -> {row['amount_after'] or 0} {row['currency']}")
    if row["reason"]:
        change.append(str(row["reason"]))
    named = " ".join(str(part) for part in what if part is not None)
    return f"{row['subject']} {row['kind']}: {named or row['person_before'] or 'a new person'}: {', '.join(change)}"
