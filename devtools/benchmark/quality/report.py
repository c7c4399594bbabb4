"""The scoreboard as a table of plain text, and everything that was measured as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from devtools.benchmark.quality.calibration import Band, consistent_bands
from devtools.benchmark.quality.fleet import LEADS, SCOUTING
from devtools.benchmark.quality.scoring import Score, SetScore

HEAD = """\
                                                   recall of
data set       records    linked wrong  precis.  leads scout.     F1 first bands"""
LEGEND = """\
Leads and scouting rows; migrations, which name their account, do not count.
first: share of the findable records that are linked rightly, or whose right
driver is the candidate that a human is shown first. bands: bands of probability
whose right links and first candidates are as many as it says, of all; -: none."""


@dataclass(frozen=True)
class Measured:
    """One data set that was run and scored."""

    name: str
    drivers: int
    """Driver accounts."""
    seconds: float
    """Of the run of ingestion."""
    score: SetScore


def table(measured: Sequence[Measured]) -> str:
    """One row per data set, and its wrong links by rule and its bands that are off; at most 80 columns wide."""
    lines = [line for one in measured for line in (_line(one), *_details(one.score.total))]
    return "\n".join([HEAD, *lines, "", LEGEND])


def _details(total: Score) -> list[str]:
    wrong = ", ".join(f"{rule} {links}" for rule, links in total.wrong_per_rule.items())
    off = [
        f"  band {band.low:g} to {band.high:g}: says {band.mean_probability:.4f},"
        f" {band.share_right:.4f} of {band.count:,} right"
        for band in total.bands
        if not band.is_consistent
    ]
    return [*([f"  wrong by {wrong}"] if wrong else []), *off]


def _line(one: Measured) -> str:
    total = one.score.total
    leads, scouting = (_recall(one.score, source) for source in (LEADS, SCOUTING))
    bands = f"{consistent_bands(total.bands)}/{len(total.bands)}" if total.bands else "-"
    figures = total.quality
    return (
        f"{one.name:<12}{figures.records:>10,}{figures.linked:>10,}{figures.wrong_links:>6,}{figures.precision:>9.5f}"
        f"{leads:>7}{scouting:>7}{total.f1:>7.3f}{total.recall_first:>6.3f}{bands:>6}"
    )


def _recall(score: SetScore, source: str) -> str:
    return f"{score.sources[source].quality.recall:.3f}" if source in score.sources else "-"


def as_json(measured: Sequence[Measured], *, seed: int) -> dict[str, Any]:
    """Everything that was measured, as values that `json.dump` takes."""
    return {"seed": seed, "sets": [_set_as_json(one) for one in measured]}


def _set_as_json(one: Measured) -> dict[str, Any]:
    score = one.score
    return {
        "name": one.name,
        "drivers": one.drivers,
        "seconds": round(one.seconds, 2),
        "persons": score.persons,
        "mixed_persons": score.mixed_persons,
        "missed": [asdict(reason) for reason in score.missed],
        "total": _score_as_json(score.total),
        "sources": {source: _score_as_json(figures) for source, figures in score.sources.items()},
    }


def _score_as_json(score: Score) -> dict[str, Any]:
    figures = score.quality
    return {
        "records": figures.records,
        "findable": figures.findable,
        "linked": figures.linked,
        "right": figures.right_links,
        "wrong": figures.wrong_links,
        "precision": figures.precision,
        "recall": figures.recall,
        "f1": score.f1,
        "first_shown": score.first_shown,
        "recall_first": score.recall_first,
        "wrong_per_rule": dict(score.wrong_per_rule),
        "calibration": {
            "together": list(map(_band_as_json, score.bands)),
            "links": list(map(_band_as_json, score.link_bands)),
            "first_candidates": list(map(_band_as_json, score.candidate_bands)),
        },
    }


def _band_as_json(band: Band) -> dict[str, Any]:
    return {**asdict(band), "share_right": band.share_right, "is_consistent": band.is_consistent}
