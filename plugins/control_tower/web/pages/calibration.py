"""Whether probabilities keep their word, as a picture: what was said of first candidates, and what humans confirmed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

from control_tower.i18n.catalogue import Language
from control_tower.i18n.formats import Formats
from control_tower.web.models.identity import Calibration
from control_tower.web.pages.charts import EDGE, HEIGHT, Mark

BANDS = (0.0, 0.5, 0.9, 0.97, 0.99, 0.999, 1.0)
"""Where the bands of `ops.v_match_calibration` begin, and the end of the last."""


@dataclass(frozen=True)
class Band:
    """A band of probability: its slot in per cent of the width, and how high it lies what was said and confirmed.

    `said` and `confirmed` are pixels from above, None where no human decided; `text` tells both. `row` is the band in
    the table: links made, contested, undone, records decided, and those for the first candidate.
    """

    name: str
    x: float
    width: float
    said: float | None
    confirmed: float | None
    text: str
    row: tuple[str, ...]


@dataclass(frozen=True)
class Reliability:
    """What `parts.reliability` of the templates draws; `decided` counts the decisions that it rests on."""

    bands: list[Band]
    scale: list[Mark]
    decided: int
    links: int
    height: float = HEIGHT


def reliability(found: Iterable[Calibration], language: Language) -> Reliability:
    """The picture of all rules together, band by band."""
    rows = list(found)
    formats = Formats(language)
    _ = formats.texts.gettext
    width = 100 / (len(BANDS) - 1)
    bands = []
    for number, (begin, end) in enumerate(pairwise(BANDS)):
        here = [row for row in rows if row.probability_from == begin]
        counts = [
            sum(row.links_made for row in here),
            sum(row.links_contested_now for row in here),
            sum(row.links_undone_by_humans for row in here),
            sum(row.decided_by_humans for row in here),
            sum(row.decided_for_first_candidate for row in here),
        ]
        decided, chosen = counts[-2:]
        said = confirmed = None
        name = _name(formats, begin, end)
        text = _("{band}%: no decision yet").format(band=name)
        if decided:
            weighted = sum((row.decided_mean_probability or 0.0) * row.decided_by_humans for row in here)
            said, confirmed = weighted / decided, chosen / decided
            text = _("{band}%: said {said}, confirmed {confirmed} ({chosen} of {decided})").format(
                band=name,
                said=formats.probability(said),
                confirmed=formats.percent(100 * confirmed),
                chosen=formats.number(chosen),
                decided=formats.number(decided),
            )
        bands.append(
            Band(
                name,
                round(number * width, 2),
                round(width, 2),
                None if said is None else _height(said),
                None if confirmed is None else _height(confirmed),
                text,
                tuple(map(formats.number, counts)),
            )
        )
    return Reliability(
        bands=bands,
        scale=[Mark(_height(share), text=formats.percent(100 * share, 0)) for share in (0.0, 0.5, 1.0)],
        decided=sum(row.decided_by_humans for row in rows),
        links=sum(row.links_made for row in rows),
    )


def _height(share: float) -> float:
    return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * share, 1)


def _name(formats: Formats, begin: float, end: float) -> str:
    """A band in per cent, short enough for a phone: `<50`, `90–97`, `≥99.9`."""
    low, high = (formats.number(100 * share, 1 if share == BANDS[-2] else 0) for share in (begin, end))
    return f"<{high}" if begin == BANDS[0] else f"≥{low}" if end == BANDS[-1] else f"{low}–{high}"
