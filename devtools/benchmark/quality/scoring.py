"""Figures of one data set after a run: what was linked, what of it is right, and whether its probabilities are true."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from devtools.benchmark.quality.calibration import Band, Judged, calibrate
from devtools.demo import quality
from devtools.demo.quality import Missed, SourceQuality

SQL = Path(__file__).with_name("sql")
PROBABILITY = ("ops", "v_identity_links", "match_probability")
"""Column in which links state their probability; older databases do not have it."""
SCORED = ("module_ct_cabinet_leads", "module_ct_scouting_daily")
"""Sources that count for a data set as a whole: migrations name their account themselves."""


@dataclass(frozen=True)
class Score:
    """Figures of one source, or of several together."""

    quality: SourceQuality
    first_shown: int
    """Records without a link whose right driver is the candidate that a human is shown first."""
    wrong_per_rule: Mapping[str, int]
    """Links that the truth contradicts, the rule with most of them first."""
    bands: tuple[Band, ...]
    """Calibration of links and first candidates together; empty if no probability is stated."""
    link_bands: tuple[Band, ...]
    """Calibration of the links alone."""
    candidate_bands: tuple[Band, ...]
    """Calibration of the first candidates alone."""

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall, 0 … 1."""
        precision, recall = self.quality.precision, self.quality.recall
        return 2 * precision * recall / (precision + recall) if precision + recall else 0.0

    @property
    def recall_first(self) -> float:
        """Share of the findable records that were linked rightly or show the right driver first; 1 without any."""
        found = self.quality.right_links + self.first_shown
        return found / self.quality.findable if self.quality.findable else 1.0


@dataclass(frozen=True)
class SetScore:
    """Figures of one data set."""

    sources: Mapping[str, Score]
    """By source table."""
    total: Score
    """Cabinet leads and scouting rows together."""
    persons: int
    mixed_persons: int
    """Persons that hold records or accounts of more than one human."""
    missed: tuple[Missed, ...]
    """Per reason, the most frequent first."""


def score(connection: psycopg.Connection[Any]) -> SetScore:
    """Compare links, candidates and probabilities with the truth that was loaded with the fleet."""
    measured = quality.measure(connection)
    judged = judgements(connection)
    wrong = [(link.source_table, link.match_rule) for link in measured.wrong_links]

    def of(sources: Iterable[SourceQuality]) -> Score:
        chosen = list(sources)
        tables = {source.source_table for source in chosen}
        name = chosen[0].source_table if len(chosen) == 1 else ""
        figures = SourceQuality(
            name,
            sum(source.records for source in chosen),
            sum(source.linked for source in chosen),
            sum(source.right_links for source in chosen),
            sum(source.findable for source in chosen),
        )
        rules = Counter(rule for table, rule in wrong if table in tables)
        return make_score(
            figures, dict(rules.most_common()), [row for table in tables for row in judged.get(table, ())]
        )

    return SetScore(
        {source.source_table: of([source]) for source in measured.sources},
        of(source for source in measured.sources if source.source_table in SCORED),
        measured.persons,
        measured.mixed_persons,
        measured.missed,
    )


def make_score(
    figures: SourceQuality, wrong_per_rule: Mapping[str, int], judged: list[tuple[bool, float | None, bool]]
) -> Score:
    """The figures of a source from its counts and its judgements.

    Args:
        figures: Records, links, right links.
        wrong_per_rule: Wrong links per rule.
        judged: Links and first candidates: whether it is a link, its probability if it states one, whether it is right.
    """
    stated = [
        Judged(is_link, probability, is_right) for is_link, probability, is_right in judged if probability is not None
    ]
    return Score(
        figures,
        sum(is_right for is_link, _, is_right in judged if not is_link),
        wrong_per_rule,
        calibrate(stated),
        calibrate(row for row in stated if row.is_link),
        calibrate(row for row in stated if not row.is_link),
    )


def judgements(connection: psycopg.Connection[Any]) -> dict[str, list[tuple[bool, float | None, bool]]]:
    """Links with a probability, and all first candidates, by source table."""
    found: dict[str, list[tuple[bool, float | None, bool]]] = {}
    has_probability = connection.execute(
        "select 1 from information_schema.columns where (table_schema, table_name, column_name) = (%s, %s, %s)",
        PROBABILITY,
    ).fetchone()
    for file in (*(["link_probabilities.sql"] if has_probability else []), "first_candidates.sql"):
        with connection.cursor() as cursor:
            for table, *judgement in cursor.stream((SQL / file).read_bytes()):
                is_link, probability, is_right = judgement
                found.setdefault(table, []).append((is_link, probability, is_right))
    return found
