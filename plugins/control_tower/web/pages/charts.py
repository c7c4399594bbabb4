"""Small charts as numbers for inline SVG, drawn by the server: no script, no library, and a table behind each.

A day without a figure is a gap: the line ends before it and begins again after it. A single day between two gaps is a
dot. Quantities begin at zero.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Literal

WIDTH, HEIGHT = 600.0, 112.0
EDGE = 4.0
"""Space above and below, so that a line at the edge is drawn whole."""

Point = tuple[float, float]
Series = Sequence[tuple[date, float | None]]


@dataclass(frozen=True)
class Dot:
    """A day between two gaps."""

    x: float
    y: float
    label: str


@dataclass(frozen=True)
class Bar:
    """A day of a bar chart."""

    x: float
    y: float
    width: float
    height: float
    label: str


@dataclass(frozen=True)
class Chart:
    """What `line_chart` of the templates draws.

    Attributes:
        title: What is shown.
        latest: The last figure there is.
        summary: First, last, least and greatest in words, for who does not see it.
        points: How many days have a figure.
        lines: Points of each unbroken stretch.
        dots: Days between two gaps.
        bars: Bars, if it is a bar chart.
        grid: Heights of the grid lines.
        limits: Heights of limits.
        range: Least and greatest of the scale.
        first: The first day.
        last: The last day.
        table: Every day with its figure, in words.
    """

    title: str
    latest: str
    summary: str
    points: int
    lines: list[str]
    dots: list[Dot]
    bars: list[Bar]
    grid: list[float]
    limits: list[float]
    range: str
    first: str
    last: str
    table: list[tuple[str, str]]
    width: float = WIDTH
    height: float = HEIGHT


def chart(
    title: str,
    series: Series,
    *,
    said: Callable[[float | None], str],
    day: Callable[[date], str],
    kind: Literal["line", "bars"] = "line",
    top: float | None = None,
    limits: Sequence[float] = (),
) -> Chart:
    """A chart from zero to its greatest value.

    Args:
        title: What is shown.
        series: Days, the oldest first, with their figures; None where there is none.
        said: Writes a figure.
        day: Writes a day.
        kind: A line, or bars.
        top: Upper end of the scale; by default the greatest figure.
        limits: Figures at which a dashed line is drawn.
    """
    known = [value for _, value in series if value is not None]
    highest = top or max([*known, 1.0])
    step = WIDTH / max(len(series) - 1, 1)

    def height(value: float) -> float:
        return round(HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * min(value / highest, 1.0), 1)

    stretches = _stretches([(round(place * step, 1), value) for place, (_, value) in enumerate(series)])
    lines = [" ".join(f"{x},{height(y)}" for x, y in part) for part in stretches if len(part) > 1]
    names = {round(place * step, 1): when for place, (when, _) in enumerate(series)}
    dots = [Dot(x, height(y), f"{day(names[x])}: {said(y)}") for part in stretches if len(part) == 1 for x, y in part]
    width = WIDTH / max(len(series), 1)
    bars = [
        Bar(
            round(place * width + width * 0.12, 1),
            height(value),
            round(width * 0.76, 1),
            round(HEIGHT - EDGE - height(value), 1),
            f"{day(when)}: {said(value)}",
        )
        for place, (when, value) in enumerate(series)
        if value is not None
    ]
    return Chart(
        title=title,
        latest=said(known[-1]) if known else "–",
        summary=f"{said(known[0])} → {said(known[-1])} ({said(min(known))} – {said(max(known))})" if known else "–",
        points=len(known),
        lines=lines if kind == "line" else [],
        dots=dots if kind == "line" else [],
        bars=bars if kind == "bars" else [],
        grid=[height(0), height(highest / 2), height(highest)],
        limits=[height(limit) for limit in limits if limit <= highest],
        range=f"0 – {said(highest)}",
        first=day(series[0][0]) if series else "",
        last=day(series[-1][0]) if series else "",
        table=[(day(when), said(value)) for when, value in reversed(series)],
    )


def differences(series: Series) -> list[tuple[date, float | None]]:
    """How much more than on the day before; a gap where either day is one, never below zero."""
    found: list[tuple[date, float | None]] = []
    for (_, before), (when, after) in pairwise(series):
        found.append((when, None if before is None or after is None else max(after - before, 0.0)))
    return found


def _stretches(points: Sequence[tuple[float, float | None]]) -> list[list[Point]]:
    """The points, broken where a figure is missing."""
    parts: list[list[Point]] = [[]]
    for x, y in points:
        if y is None:
            parts.append([])
        else:
            parts[-1].append((x, y))
    return [part for part in parts if part]
