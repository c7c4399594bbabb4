"""The names, cars and cities of a country as weighted tables, from which identities are drawn.

A word list is ordered by frequency, commonest first; weights fall like ``1 / (rank + 4) ** 0.75``, which
gives the commonest Peruvian surname a little over 2 % of the people. A tail of rarer surnames is built from
roots and endings, because the real tail is far longer than any list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal, TypeVar

Country = Literal["PE", "CO"]
Entry = TypeVar("Entry")

TABLE_SIZE = 65536
"""Entries of a lookup table: one per value of a 16-bit draw."""


@dataclass(frozen=True)
class Lexicon:
    """The words of one country. Every ``*_table`` has 65,536 entries, to be indexed by a 16-bit draw."""

    country: Country
    calling_code: str
    surnames: Sequence[str]
    men: Sequence[str]
    men_second: Sequence[str]
    women: Sequence[str]
    women_second: Sequence[str]
    cars: Sequence[tuple[str, str]]
    colors: Sequence[str]
    cities: Sequence[tuple[str, str]]
    nicknames: dict[str, str]


def words(text: str) -> list[str]:
    """Split a word list; an underscore stands for a space inside a word (``De_la_Cruz``)."""
    return [word.replace("_", " ") for word in text.split()]


def falling_weights(count: int, *, exponent: float = 0.75, offset: int = 4) -> list[float]:
    """Zipf-like weights for ``count`` words that are ordered by frequency."""
    return [1.0 / (rank + offset) ** exponent for rank in range(1, count + 1)]


def lookup_table(entries: Sequence[Entry], weights: Iterable[float]) -> list[Entry]:
    """Expand weighted entries to a table that a 16-bit draw indexes: one list access per draw."""
    shares = list(weights)
    scale = TABLE_SIZE / sum(shares)
    table: list[Entry] = []
    reached = 0.0
    for entry, share in zip(entries, shares, strict=True):
        reached += share * scale
        table.extend([entry] * (round(reached) - len(table)))
    return table


def surname_table(common: str, compound: str, roots: str, endings: str, *, tail: float, particles: float) -> list[str]:
    """Surnames in order of frequency, a share of compound ones (De la Cruz), and a tail of rare ones."""
    listed, long_names = words(common), words(compound)
    rare = [root + ending for root in words(roots) for ending in words(endings)]
    head = falling_weights(len(listed))
    weights = (
        [weight * (1 - tail - particles) / sum(head) for weight in head]
        + [particles / len(long_names)] * len(long_names)
        + [tail / len(rare)] * len(rare)
    )
    return lookup_table(listed + long_names + rare, weights)


def word_table(text: str) -> list[str]:
    """A lookup table of a plain word list that is ordered by frequency."""
    listed = words(text)
    return lookup_table(listed, falling_weights(len(listed)))


def car_table(text: str) -> list[tuple[str, str]]:
    """A lookup table of cars; one ``Brand|Model`` a line, commonest first."""
    listed = [(brand, model) for brand, model in (line.strip().split("|") for line in text.strip().splitlines())]
    return lookup_table(listed, falling_weights(len(listed), exponent=0.9))
