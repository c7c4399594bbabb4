"""Small charts as numbers for inline SVG, drawn by the server: no library, and a table behind each.

A day is a slot of the same width, whatever is drawn in it. A day without a figure is a gap: the line ends before it and
begins again after it, and its slot is hatched. A single day between two gaps is a dot. Quantities begin at zero.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby, pairwise
from typing import Literal

HEIGHT = 112.0
EDGE = 6.0
"""Space above and below, so that a line at the edge is drawn whole."""

Series = Sequence[tuple[date, float | None]]


@dataclass(frozen=True)
class Notation:
    """How figures and days are written.

    Attributes:
        figure: Writes a figure.
        day: Writes a day in full.
        short_day: Writes a day below the axis.
        nothing: Stands for a day without a figure.
        summary: The chart in one sentence, with {first}, {last}, {least}, {greatest}, {latest}, {known}, {days}.
    """

    figure: Callable[[float | None], str]
    day: Callable[[date], str]
    short_day: Callable[[date], str]
    nothing: str
    summary: str


@dataclass(frozen=True)
class Mark:
    """A thing that stands at a place: a dot, a tick of the scale or a date below it.

    Attributes:
        at: Where: per cent of the width, or pixels from above for ticks of the scale.
        y: Pixels from above; 0 where only one place matters.
        text: What is written there; may be empty.
    """

    at: float
    y: float = 0.0
    text: str = ""


@dataclass(frozen=True)
class Slot:
    """A stretch of the width: a day with what is said of it, a bar, or a gap of several days.

    Attributes:
        x: Where it begins, in per cent.
        width: How wide it is, in per cent.
        text: The day and its figure.
        y: Where a bar ends, in pixels from above.
        height: Height of a bar in pixels.
    """

    x: float
    width: float
    text: str = ""
    y: float = 0.0
    height: float = 0.0


@dataclass(frozen=True)
class Chart:
    """What `parts.chart` of the templates draws.

    Attributes:
        title: What is shown.
        latest: The last figure there is.
        latest_day: Its day, when that is not the last day.
        summary: The chart in one sentence, for who does not see it.
        days: Every day, to point at.
        gaps: Stretches without a figure.
        lines: Points of each unbroken stretch, in a box of 100 by `height`.
        dots: Days between two gaps, and the last one.
        bars: Bars, if it is a bar chart.
        scale: Heights with what they stand for.
        limits: Heights of limits.
        dates: Days below the axis.
        table: Every day with its figure, the newest first.
    """

    title: str
    latest: str
    latest_day: str
    summary: str
    days: list[Slot]
    gaps: list[Slot]
    lines: list[str]
    dots: list[Mark]
    bars: list[Slot]
    scale: list[Mark]
    limits: list[float]
    dates: list[Mark]
    table: list[tuple[str, str]]
    height: float = HEIGHT


def chart(
    title: str,
    series: Series,
    notation: Notation,
    *,
    kind: Literal["line", "bars"] = "line",
    top: float | None = None,
    limits: Sequence[float] = (),
) -> Chart:
    """A chart from zero to at least its greatest value.

    Args:
        title: What is shown.
        series: Days, the oldest first, with their figures; None where there is none.
        notation: How figures and days are written.
        kind: A line, or bars.
        top: Upper end of the scale; by default a round figure.
        limits: Figures at which a dashed line is drawn; the scale names them.
    """
    known = [(day, value) for day, value in series if value is not None]
    ticks = [0.0, *limits, top] if top is not None else round_ticks(max([0.0, *(value for _, value in known)]))
    width = 100 / max(len(series), 1)

    def height(value: float) -> float:
        return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * min(value / ticks[-1], 1.0), 1)

    def text_of(value: float | None) -> str:
        return notation.nothing if value is None else notation.figure(value)

    places = [(number, day, value) for number, (day, value) in enumerate(series)]
    runs = [(is_gap, list(run)) for is_gap, run in groupby(places, key=lambda place: place[2] is None)]
    stretches = [
        [(round((number + 0.5) * width, 2), height(value)) for number, _, value in run if value is not None]
        for is_gap, run in runs
        if not is_gap
    ]
    alone = [stretch[0] for stretch in stretches if len(stretch) == 1]
    newest = [stretches[-1][-1]] if stretches else []
    return Chart(
        title=title,
        latest=text_of(known[-1][1]) if known else "–",
        latest_day=notation.day(known[-1][0]) if known and known[-1][0] != series[-1][0] else "",
        summary=_summary(series, notation),
        days=[
            Slot(round(n * width, 2), round(width, 2), f"{notation.day(day)}: {text_of(value)}")
            for n, day, value in places
        ],
        gaps=[Slot(round(run[0][0] * width, 2), round(len(run) * width, 2)) for is_gap, run in runs if is_gap],
        lines=[" ".join(f"{x},{y}" for x, y in part) for part in stretches if len(part) > 1 and kind == "line"],
        dots=[Mark(x, y) for x, y in dict.fromkeys(alone + newest)] if kind == "line" else [],
        bars=[
            Slot(
                round((n + 0.15) * width, 2),
                round(0.7 * width, 2),
                y=height(value),
                height=round(HEIGHT - EDGE - height(value), 1),
            )
            for n, _, value in places
            if value is not None and kind == "bars"
        ],
        scale=[Mark(height(tick), text=notation.figure(tick)) for tick in ticks],
        limits=[height(limit) for limit in limits],
        dates=[Mark(round((n + 0.5) * width, 2), text=notation.short_day(day)) for n, day, _ in places[::-7]],
        table=[(notation.day(day), text_of(value)) for day, value in reversed(series)],
    )


def round_ticks(highest: float) -> list[float]:
    """Zero, and one or two whole steps of 1, 2 or 5 times a power of ten up to at least `highest`."""
    if highest <= 1:
        return [0.0, 1.0]
    power = 10.0 ** math.floor(math.log10(highest / 2))
    step = next(factor * power for factor in (1, 2, 5, 10) if factor * power * 2 >= highest)
    step = max(step, 1.0)
    return [0.0, step, 2 * step]


def differences(series: Series) -> list[tuple[date, float | None]]:
    """How much more than on the day before; a gap where either day is one, never below zero."""
    found: list[tuple[date, float | None]] = []
    for (_, before), (when, after) in pairwise(series):
        found.append((when, None if before is None or after is None else max(after - before, 0.0)))
    return found


def _summary(series: Series, notation: Notation) -> str:
    known = [value for _, value in series if value is not None]
    if not known:
        return notation.nothing
    return notation.summary.format(
        first=notation.day(series[0][0]),
        last=notation.day(series[-1][0]),
        least=notation.figure(min(known)),
        greatest=notation.figure(max(known)),
        latest=notation.figure(known[-1]),
        known=len(known),
        days=len(series),
    )
