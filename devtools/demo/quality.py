"""Precision and recall of the links, against the truth."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg.rows import class_row

from devtools.demo.sql_files import read_sql


@dataclass(frozen=True)
class SourceQuality:
    """Links that rules made for the records of one source, or of several."""

    source_table: str
    """Bare name; empty for several sources together."""
    records: int
    """Records, all of them."""
    linked: int
    """Those that a rule linked to a driver account."""
    right_links: int
    """Of those, the account is that of the record's human."""
    findable: int
    """Records whose human holds a driver account."""

    @property
    def wrong_links(self) -> int:
        """Links to another human's account."""
        return self.linked - self.right_links

    @property
    def precision(self) -> float:
        """Share of the links that are right, 0 … 1; 1 when there is none."""
        return self.right_links / self.linked if self.linked else 1.0

    @property
    def recall(self) -> float:
        """Share of the findable records that were found, 0 … 1; 1 when there is none."""
        return self.right_links / self.findable if self.findable else 1.0


@dataclass(frozen=True)
class WrongLink:
    """A link that the truth contradicts."""

    source_table: str
    source_pk: str
    match_rule: str
    match_score: int
    record_name: str | None
    """Normalised, as the other names; None: the record has none."""
    driver_name: str | None
    similarity: float | None
    """Of the two names, 0 … 1; None: there was nothing to compare."""
    matched_driver_id: str
    right_driver_id: str | None
    """An account of the record's human; None: that human has none."""


@dataclass(frozen=True)
class Missed:
    """Records whose driver exists and that were left unmatched for one reason."""

    reason_code: str
    records: int
    offered: int
    """Those of them for which the right driver is among the candidates that a human is shown."""


@dataclass(frozen=True)
class Quality:
    """The whole comparison."""

    sources: tuple[SourceQuality, ...]
    """One per source table."""
    wrong_links: tuple[WrongLink, ...]
    """All of them, the surest first."""
    missed: tuple[Missed, ...]
    """The most frequent reason first."""
    persons: int
    """Persons that have a link."""
    mixed_persons: int
    """Those that hold records or accounts of more than one human."""

    @property
    def total(self) -> SourceQuality:
        """All sources together."""
        return SourceQuality(
            "",
            sum(source.records for source in self.sources),
            sum(source.linked for source in self.sources),
            sum(source.right_links for source in self.sources),
            sum(source.findable for source in self.sources),
        )

    def of(self, source_table: str) -> SourceQuality:
        """One source.

        Raises:
            KeyError: nothing is known about it.
        """
        return {source.source_table: source for source in self.sources}[source_table]


def measure(connection: psycopg.Connection[Any]) -> Quality:
    """Compare the links with the truth that was loaded with the fleet (schema `demo`)."""
    with connection.cursor(row_factory=class_row(SourceQuality)) as cursor:
        sources = cursor.execute(read_sql("quality.sql")).fetchall()
    with connection.cursor(row_factory=class_row(WrongLink)) as wrong:
        wrong_links = wrong.execute(read_sql("wrong_links.sql")).fetchall()
    with connection.cursor(row_factory=class_row(Missed)) as left:
        missed = left.execute(read_sql("missed.sql")).fetchall()
    mixed, persons = connection.execute(read_sql("mixed_persons.sql")).fetchone() or (0, 0)
    return Quality(tuple(sources), tuple(wrong_links), tuple(missed), persons, mixed)
