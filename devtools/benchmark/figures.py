"""Figures: what was measured, beside what it is compared with and the bar that it should meet."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby
from statistics import median
from typing import Any


@dataclass(frozen=True)
class Figure:
    """One figure, measured once or several times."""

    group: str
    """What it belongs to, such as the size of the fleet."""
    name: str
    values: tuple[float, ...]
    unit: str = "s"
    bases: tuple[float, ...] = ()
    """What each value is divided by, measured in the same run."""
    base: str = ""
    """The name of the base."""
    bar: float | None = None
    """What the ratio should be at most; or at least, if `is_least`."""
    is_least: bool = False

    @property
    def value(self) -> float:
        """The median."""
        return median(self.values)

    @property
    def ratio(self) -> float | None:
        """Median of the ratios to the base; None: there is none."""
        if not self.bases:
            return None
        return median(value / base for value, base in zip(self.values, self.bases, strict=True))

    @property
    def share_of_bar(self) -> float | None:
        """1 exactly on the bar, less when it is met; None: there is no bar."""
        if self.ratio is None or self.bar is None:
            return None
        return self.bar / self.ratio if self.is_least else self.ratio / self.bar

    @property
    def is_met(self) -> bool | None:
        """Whether the bar is met; None: there is none."""
        return None if self.share_of_bar is None else self.share_of_bar <= 1


def table(figures: Iterable[Figure]) -> str:
    """The figures as text: value, range, ratio and bar, below the name of each group."""
    lines: list[str] = []
    for group, members in groupby(figures, key=lambda figure: figure.group):
        lines += ["", group, *map(_line, members)]
    return "\n".join(lines[1:])


def amount(value: float, unit: str) -> str:
    """A value with its unit, as many decimals as it is precise."""
    digits = 0 if unit not in ("s", "") or value >= 100 else 2
    return f"{value:,.{digits}f} {unit}".rstrip()


def _line(figure: Figure) -> str:
    ratio = ""
    if figure.ratio is not None:
        ratio = f"{figure.ratio:8.3f} × {figure.base}"
        if figure.bar is not None:
            sign = "≥" if figure.is_least else "≤"
            ratio += f", bar {sign} {figure.bar:g}: {'met' if figure.is_met else 'NOT MET'}"
    several = f" ({min(figure.values):,.2f} … {max(figure.values):,.2f})" if len(figure.values) > 1 else ""
    return f"  {figure.name:<44}{amount(figure.value, figure.unit):>12}{several:<20} {ratio}".rstrip()


def as_json(figures: Sequence[Figure], about: dict[str, Any]) -> dict[str, Any]:
    """Everything that was measured, as values that `json.dump` takes."""
    rows = [
        {**asdict(figure), "value": figure.value, "ratio": figure.ratio, "is_met": figure.is_met} for figure in figures
    ]
    return {**about, "figures": rows}
