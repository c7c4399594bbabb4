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

    `nothing` is for a day without a figure, `short_day` writes a day below the axis. `summary` is the chart in one
    sentence, with {first}, {last}, {least}, {greatest}, {latest}, {known}, {days}.
    """

    figure: Callable[[float | None], str]
    day: Callable[[date], str]
    short_day: Callable[[date], str]
    nothing: str
    summary: str


@dataclass(frozen=True)
class Mark:
    """A dot or date at `at` per cent of the width, `y` pixels from above; or a tick at `at` pixels from above."""

    at: float
    y: float = 0.0
    text: str = ""


@dataclass(frozen=True)
class Slot:
    """A day, a gap of several days, or a bar: `x` and `width` are per cent of the width, `y` and `height` pixels."""

    x: float
    width: float
    text: str = ""
    y: float = 0.0
    height: float = 0.0


@dataclass(frozen=True)
class Chart:
    """What `parts.chart` of the templates draws.

    `latest_day` is empty when the latest figure is that of the last day. `lines` are the points of each unbroken
    stretch in a box of 100 by `height`; `dots` are days between two gaps and the last one. `band` is where each day was
    expected.
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
    band: list[Slot]
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
    dated: int = 7,
    expected: Sequence[tuple[float, float] | None] = (),
) -> Chart:
    """A chart of days, the oldest first, from zero to `top` or a round figure above the greatest value.

    Every `dated`th slot, from the last one back, has its date below the axis; a slot may be a month as well. A dashed
    line is drawn at each of `limits`, which the scale names. `expected` is the least and the usual value of each slot;
    None where too little is known.
    """
    known = [(day, value) for day, value in series if value is not None]
    highest = max([0.0, *(value for _, value in known), *(usual for _, usual in filter(None, expected))])
    ticks = [0.0, *limits, top] if top is not None else round_ticks(highest)
    width = 100 / max(len(series), 1)

    def height(value: float) -> float:
        return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * min(value / ticks[-1], 1.0), 1)

    def text_of(value: float | None) -> str:
        return notation.nothing if value is None else notation.figure(value)

    def slot(number: float, width_in_days: float, text: str = "", y: float = 0.0, height: float = 0.0) -> Slot:
        return Slot(round(number * width, 2), round(width_in_days * width, 2), text, y, height)

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
        days=[slot(n, 1, f"{notation.day(day)}: {text_of(value)}") for n, day, value in places],
        gaps=[slot(run[0][0], len(run)) for is_gap, run in runs if is_gap],
        lines=[" ".join(f"{x},{y}" for x, y in part) for part in stretches if len(part) > 1 and kind == "line"],
        dots=[Mark(x, y) for x, y in dict.fromkeys(alone + newest)] if kind == "line" else [],
        bars=[
            slot(n + 0.15, 0.7, y=height(value), height=round(HEIGHT - EDGE - height(value), 1))
            for n, _, value in places
            if value is not None and kind == "bars"
        ],
        band=[
            slot(n, 1, y=height(part[1]), height=round(max(height(part[0]) - height(part[1]), 1.0), 1))
            for n, part in enumerate(expected)
            if part is not None
        ],
        scale=[Mark(height(tick), text=notation.figure(tick)) for tick in ticks],
        limits=[height(limit) for limit in limits],
        dates=[Mark(round((n + 0.5) * width, 2), text=notation.short_day(day)) for n, day, _ in places[::-dated]],
        table=[(notation.day(day), text_of(value)) for day, value in reversed(series)],
    )


@dataclass(frozen=True)
class Spark:
    """A line of a table cell without axes: bars of the last days in a box of 100 by 20, and the same in words."""

    bars: list[Slot]
    text: str


def spark(values: Sequence[float | None], text: str) -> Spark:
    """A small picture of some values, the oldest first; one that is missing or zero is a thin mark at the bottom."""
    highest = max([1.0, *(value for value in values if value is not None)])
    width = 100 / max(len(values), 1)
    return Spark(
        [
            Slot(round(n * width, 2), round(width * 0.8, 2), y=round(20 - tall, 1), height=tall)
            for n, value in enumerate(values)
            for tall in (round(max(18 * (value or 0.0) / highest, 1.0), 1),)
        ],
        text,
    )


def round_ticks(highest: float) -> list[float]:
    """Zero, and one or two whole steps of 1, 2 or 5 times a power of ten up to at least `highest`."""
    if highest <= 1:
        return [0.0, 1.0]
    power = 10.0 ** math.floor(math.log10(highest / 2))
    step = max(1.0, next(factor * power for factor in (1, 2, 5, 10) if factor * power * 2 >= highest))
    return [0.0, step, 2 * step]


def differences(series: Series) -> list[tuple[date, float | None]]:
    """How much more than on the day before; a gap where either day is one, never below zero."""
    return [
        (when, None if before is None or after is None else max(after - before, 0.0))
        for (_, before), (when, after) in pairwise(series)
    ]


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
