"""Whether stated probabilities are true: per band of probability, how many of the judgements were right."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import exp, lgamma, log, log1p
from typing import NamedTuple

BOUNDS = (0.0, 0.1, 0.3, 0.5, 0.7, 0.9, 0.97, 0.99, 0.999, 1.0)
"""Limits of the bands; a band holds its lower limit, the last one holds both."""
CENTRAL = 0.99
"""Share of the binomial distribution in whose middle a right count counts as consistent."""


class Judged(NamedTuple):
    """A judgement with its probability: a link, or the first candidate of a record that was left to a human."""

    is_link: bool
    probability: float
    is_right: bool


@dataclass(frozen=True)
class Band:
    """The judgements whose probability lies in a band."""

    low: float
    high: float
    links: int
    first_candidates: int
    mean_probability: float
    right: int

    @property
    def count(self) -> int:
        """Links and first candidates together."""
        return self.links + self.first_candidates

    @property
    def share_right(self) -> float:
        """Share of them that is right, 0 … 1."""
        return self.right / self.count

    @property
    def is_consistent(self) -> bool:
        """Whether so many can be right if the probabilities are true: see `lies_within`."""
        return lies_within(self.right, self.count, self.mean_probability)


def calibrate(judged: Iterable[Judged]) -> tuple[Band, ...]:
    """The bands that hold any judgement, lowest first.

    Raises:
        ValueError: a probability is not one.
    """
    links, candidates, right = ([0] * len(BOUNDS) for _ in range(3))
    sums = [0.0] * len(BOUNDS)
    for is_link, probability, is_right in judged:
        if not 0 <= probability <= 1:
            raise ValueError(f"{probability} is no probability")
        band = min(bisect_right(BOUNDS, probability), len(BOUNDS) - 1) - 1
        (links if is_link else candidates)[band] += 1
        right[band] += is_right
        sums[band] += probability
    return tuple(
        Band(low, high, links[band], candidates[band], sums[band] / (links[band] + candidates[band]), right[band])
        for band, (low, high) in enumerate(pairwise(BOUNDS))
        if links[band] + candidates[band]
    )


def consistent_bands(bands: Sequence[Band]) -> int:
    """How many of the bands are consistent."""
    return sum(band.is_consistent for band in bands)


def lies_within(right: int, count: int, probability: float) -> bool:
    """Whether a right count lies in the central 99 % of the binomial distribution of `count` draws.

    Exact: neither tail that begins with the count, and includes it, has less than 0.5 %. Probabilities within a band
    differ, which makes the true distribution a little narrower than the binomial one around their mean: the test errs
    on the side of the probabilities.
    """
    if probability in (0.0, 1.0):
        return right == count * probability
    upwards = right > count * probability
    odds = probability / (1 - probability)
    term = exp(
        lgamma(count + 1)
        - lgamma(right + 1)
        - lgamma(count - right + 1)
        + right * log(probability)
        + (count - right) * log1p(-probability)
    )
    tail, at = term, right
    # From the count outwards each term is smaller than the one before it, and soon too small to matter.
    while term > tail * 1e-12 and 0 <= (at + 1 if upwards else at - 1) <= count:
        if upwards:
            term *= (count - at) / (at + 1) * odds
            at += 1
        else:
            term *= at / (count - at + 1) / odds
            at -= 1
        tail += term
    return tail >= (1 - CENTRAL) / 2
