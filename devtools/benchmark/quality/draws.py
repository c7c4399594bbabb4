"""Random draws of the made fleets: frequencies by rank, numbers that never repeat, rates that vary with the seed."""

from __future__ import annotations

import random
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from itertools import accumulate
from math import gcd
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

SWAY = 0.1
"""Rates lie within this share of what their class announces: no two fleets of the field are alike."""


class Draws(random.Random):
    """A generator for one purpose; its text seed gives the same numbers on every machine."""

    def happens(self, rate: float) -> bool:
        """True in this share of the calls."""
        return self.random() < rate

    def one(self, values: Sequence[T]) -> T:
        """Any of the values, each as likely."""
        return values[int(self.random() * len(values))]


class Ranked(Generic[T]):
    """Values, commonest first, whose frequencies follow a law of Zipf and Mandelbrot: 1 / (rank + offset) ** exponent.

    Counts of given names and surnames follow it in all countries; the offset flattens the top, where no surname of
    Peru or Colombia exceeds a few percent.
    """

    def __init__(self, values: Sequence[T], *, exponent: float, offset: float = 0.0) -> None:
        self._values = tuple(dict.fromkeys(values))
        self._until = list(accumulate((rank + offset) ** -exponent for rank in range(1, len(self._values) + 1)))

    def draw(self, draws: random.Random) -> T:
        """One of the values."""
        return self._values[bisect_left(self._until, draws.random() * self._until[-1])]


def numbers(draws: random.Random, space: int) -> Iterator[int]:
    """Numbers below `space` in an order that looks random; none comes twice before all have come.

    With independent draws a fleet of a million would hold thousands of phones in common that no rate announces.
    """
    step = int(space * draws.uniform(0.55, 0.68)) | 1
    while gcd(step, space) != 1:
        step += 2
    number = draws.randrange(space)
    while True:
        number = (number + step) % space
        yield number


def swayed(rates: type[R], seed: int) -> R:
    """The rates of a dataclass whose fields are numbers with defaults, each changed a little by the seed."""
    draws = Draws(f"{seed}/{rates.__name__}")
    announced: dict[str, float] = asdict(rates())  # type: ignore[call-overload]
    return rates(**{name: rate * draws.uniform(1 - SWAY, 1 + SWAY) for name, rate in announced.items()})
