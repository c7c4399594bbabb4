"""Why a probability is what it is: each part of the evidence with its points, as a waterfall, and their sum.

A point is a bit: one more makes it twice as likely that record and person belong together, one less half as likely. The
parts are those of `canon.weights_json`; the words of two names are weighed again when the page is made, because the
evidence keeps their sum alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import accumulate
from math import floor, log10
from typing import Any

from control_tower.i18n.catalogue import Language
from control_tower.i18n.formats import Formats
from control_tower.identity.name_evidence import NameWeights
from control_tower.identity.name_matching import Conflict, align_names
from control_tower.masking import HIDDEN
from control_tower.web.explain import Explainer, is_number

MOST_DIFFERENCES = 3
"""Parts that tell why it is not the other candidate."""

_NAMES = ("driver_name", "driver_id", "person_key")
_FIRST = "prior"
"""The part that the sum begins with: how few of all people one is."""
_NOTICED = 0.5  # points by which two candidates differ in a part
_RECOUNTED = 0.5  # points by which words weigh something else today than when the record was decided
_SHOWN = 0.05  # points from which a figure of one decimal is not zero
_THINNEST = 0.6  # per cent of the width, so that a bar of almost nothing is seen


@dataclass(frozen=True)
class Row:
    """A part: its points with their sign, and its bar from `x` per cent of the width on.

    `is_detail`: a word of a name, which counts within the row above it and has no bar.
    """

    text: str
    points: str
    is_gain: bool
    x: float = 0.0
    width: float = 0.0
    is_detail: bool = False


@dataclass(frozen=True)
class Waterfall:
    """What `parts.waterfall` of the templates draws.

    `zero` is where zero points lie, in per cent of the width. `total` is the sum. `is_recounted`: the words weigh
    something else today. `rival` is whom the sum was compared with: name, probability, and in what they differ most.
    """

    rows: list[Row]
    total: Row
    zero: float
    probability: str
    is_recounted: bool = False
    rival: Rival | None = None


@dataclass(frozen=True)
class Rival:
    """Another candidate, and the parts in which it differs most: its own words, its points, and those here."""

    name: str
    probability: str
    differences: list[str]


class Weigher:
    """Draws the evidence about records and candidates in one language.

    Args:
        language: Of the reader.
        share_with_driver: Share of the records whose person is among the drivers (`canon.match_weight_bits`).
        names: The weights of words; None: the reader may not see names, and words are left out.
    """

    def __init__(self, language: Language, share_with_driver: float, names: NameWeights | None) -> None:
        self._formats = Formats(language)
        self._texts = self._formats.texts
        self._explain = Explainer(language)
        self._share_with_driver = share_with_driver
        self._names = names

    def waterfall(self, weighed: Any, record_name: str | None = None, rival: Any = None) -> Waterfall | None:
        """The waterfall of a link's evidence or of a candidate.

        Args:
            weighed: JSON with `weights`, `probability` and `driver_name`, of whatever origin.
            record_name: The normalised name of the record.
            rival: The candidate to compare it with, JSON as `weighed`.

        Returns:
            None if it was never weighed.
        """
        parts = parts_of(weighed)
        if not parts:
            return None
        sums = [0.0, *accumulate(part.bits for part in parts)]
        least, most = min(sums), max(sums)
        scale = 100 / ((most - least) or 1.0)

        def bar(begin: float, end: float) -> tuple[float, float]:
            x = (min(begin, end) - least) * scale
            width = max(abs(end - begin) * scale, _THINNEST)
            return round(min(x, 100 - width), 2), round(width, 2)

        rows, is_recounted = [], False
        for part, begin, end in zip(parts, sums, sums[1:], strict=False):
            x, width = bar(begin, end)
            rows.append(Row(self.text(part), self.points(part.bits), part.bits >= 0, x, width))
            if part.name == "name":
                words, now = self._words(record_name, weighed.get("driver_name"))
                rows += words
                is_recounted = bool(words) and abs(now - part.bits) > _RECOUNTED
        total = sums[-1]
        x, width = bar(0.0, total)
        return Waterfall(
            rows=rows,
            total=Row("", self.points(total), total >= 0, x, width),
            zero=round(-least * scale, 2),
            probability=self._explain.probability(weighed.get("probability")),
            is_recounted=is_recounted,
            rival=self._rival(parts, rival),
        )

    def points(self, bits: float) -> str:
        """Points with their sign."""
        shown = self._formats.number(abs(bits), 1)
        if not shown.strip("0.,"):
            return shown
        return f"{'+' if bits > 0 else chr(0x2212)}{shown}"

    def text(self, part: Part) -> str:
        """A part as operators say it: `same phone, 2 people have it`."""
        if part.name == _FIRST:
            people = round_figures(self._share_with_driver * 2**-part.bits)
            text = self._texts.name("evidence", _FIRST)
            return text.format(n=self._formats.number(people))
        code = f"{part.name}.{part.level}" if part.level else part.name
        if part.people == 1 and (alone := self._texts.find("evidence", f"{code}.alone")):
            return alone
        if part.people is not None and (carried := self._texts.find("evidence", f"{code}.carried")):
            return carried.format(n=self._formats.number(part.people))
        return self._texts.find("evidence", code) or self._texts.name("evidence", part.name)

    def _words(self, record_name: Any, driver_name: Any) -> tuple[list[Row], float]:
        """The words of two names with what each weighs, and their sum."""
        if self._names is None or not (isinstance(record_name, str) and isinstance(driver_name, str)):
            return [], 0.0
        weights, found = self._names, []
        for word, (bits, _) in weights.parts(align_names(*sorted((record_name, driver_name)))):
            if word is None:
                text = self._texts.gettext("no given name in common")
            elif isinstance(word, Conflict):
                text = f"{word.word_a} ≠ {word.word_b}"
            elif word.kind == "equal":
                one_in = round_figures(1 / max(weights.share(word.word_a), weights.share(word.word_b)))
                text = self._texts.gettext("{word} (1 in {n})").format(word=word.word_a, n=self._formats.number(one_in))
            else:
                text = f"{word.word_a} ≈ {word.word_b}"
            found.append((text, bits))
        rows = [Row(text, self.points(bits), bits >= 0, is_detail=True) for text, bits in found]
        return rows, sum(bits for _, bits in found)

    def _rival(self, here: list[Part], rival: Any) -> Rival | None:
        there = parts_of(rival)
        if not there:
            return None
        ours = {part.name: part for part in here}
        theirs = {part.name: part for part in there}
        apart = {
            name: (theirs[name].bits if name in theirs else 0.0) - (ours[name].bits if name in ours else 0.0)
            for name in {**ours, **theirs}
        }
        most = sorted((name for name in apart if abs(apart[name]) >= _NOTICED), key=lambda name: -abs(apart[name]))
        return Rival(
            next((str(rival[key]) for key in _NAMES if rival.get(key) not in (None, "", HIDDEN)), ""),
            self._explain.probability(rival.get("probability")),
            [self._difference(name, ours.get(name), theirs.get(name)) for name in most[:MOST_DIFFERENCES]],
        )

    def _difference(self, name: str, ours: Part | None, theirs: Part | None) -> str:
        points_here = self.points(ours.bits if ours else 0.0)
        if theirs is None:
            title = self._texts.name("evidence.part", name)
            return self._texts.gettext("{part}: nothing to compare (here {here})").format(part=title, here=points_here)
        return self._texts.gettext("{part}: {points} (here {here})").format(
            part=self.text(theirs), points=self.points(theirs.bits), here=points_here
        )


@dataclass(frozen=True)
class Part:
    """A part of the sum, as `canon.weights_json` writes it."""

    name: str
    level: str | None
    people: int | None
    bits: float


def parts_of(weighed: Any) -> list[Part]:
    """The parts of a link's evidence or a candidate; how few of all people one is comes first, relatives last."""
    weights = weighed.get("weights") if isinstance(weighed, Mapping) else None
    if not isinstance(weights, list):
        return []
    parts = [
        Part(
            str(part["part"]),
            str(part["level"]) if part.get("level") is not None else None,
            int(part["people"]) if is_number(part.get("people")) else None,
            float(part["bits"]),
        )
        for part in weights
        if isinstance(part, Mapping) and "part" in part and is_number(part.get("bits"))
    ]
    parts = [part for part in parts if part.name != "household" or abs(part.bits) >= _SHOWN]
    return sorted(parts, key=lambda part: (part.name != _FIRST, part.name == "household"))


def round_figures(value: float) -> int:
    """A count to two figures, at least 1: what it was computed from is rounded, too."""
    if value < 100:
        return max(1, round(value))
    return int(round(value, 1 - floor(log10(value))))
