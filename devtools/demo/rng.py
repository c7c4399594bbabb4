"""Chance that can be asked again: every draw is a hash of (seed, subject, number).

Nothing here has state, so any row of any table can be computed alone, in any order, any number of times, and
is the same on every machine and Python version. A sequential generator would have to remember a million
drivers to write the lead of one of them; and one hash of 32 draws is cheaper than a ``random.Random``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from hashlib import blake2b
from math import gcd

Draws = tuple[int, ...]
"""Thirty-two independent whole numbers, each uniform in 0 … 65535."""

_unpack = struct.Struct("<32H").unpack


def subject_key(seed: int, subject: str) -> bytes:
    """The hash key of one subject ("people", "trips", …) of the fleet with this seed."""
    return blake2b(f"{seed}/{subject}".encode(), digest_size=32).digest()


def draws_of(seed: int, subject: str) -> Callable[[int], Draws]:
    """A function that gives the 32 draws of number ``n`` (0 … 2**63) of a subject."""
    key = subject_key(seed, subject)

    def draw(n: int) -> Draws:
        return _unpack(blake2b(n.to_bytes(8, "little"), digest_size=64, key=key).digest())

    return draw


def hex_ids(seed: int, subject: str) -> Callable[[int], str]:
    """A function that gives number ``n`` of a subject an opaque identifier of 32 hexadecimal digits."""
    key = subject_key(seed, subject)

    def identify(n: int) -> str:
        return blake2b(n.to_bytes(8, "little"), digest_size=16, key=key).hexdigest()

    return identify


def chance(rate: float) -> int:
    """The threshold ``t`` for which ``draw < t`` happens with probability ``rate``."""
    return round(rate * 65536)


class Scatter:
    """A one-to-one scattering of 0 … size-1 over itself that can be undone.

    Two scatterings of one size are independent only if their ratios differ: with the same ratio one is the other, moved
    along by the difference of their offsets, and neighbouring slots of both hold the same numbers.
    """

    def __init__(self, size: int, *, offset: int, ratio: float = 0.6180339887) -> None:
        self.size = size
        self._offset = offset % size
        self._step = self._coprime_near(size * ratio) if size > 1 else 1
        self._undo = pow(self._step, -1, size) if size > 1 else 0

    def _coprime_near(self, wanted: float) -> int:
        step = max(1, int(wanted))
        while gcd(step, self.size) != 1:
            step += 1
        return step

    def forth(self, slot: int) -> int:
        """The number that stands in a slot; slots beyond ``size`` start again from the first."""
        return (slot * self._step + self._offset) % self.size

    def back(self, number: int) -> int:
        """The slot in which a number stands."""
        return (number - self._offset) * self._undo % self.size


class Deck:
    """Deals row numbers to kinds in exact shares, like one shuffled pack of 1,000 cards after another.

    Both ways: from a row to its kind and its rank within the kind, and from (kind, rank) back to the row. So
    "has this person a lead, and when" needs no memory.
    """

    SIZE = 1000

    def __init__(self, shares: dict[str, float], *, rest: str, seed: int) -> None:
        draw = draws_of(seed, "deck:" + ",".join(shares))
        order = sorted(range(self.SIZE), key=lambda card: (draw(card), card))
        counts = {kind: round(share * self.SIZE) for kind, share in shares.items()}
        counts[rest] = self.SIZE - sum(counts.values())
        self._count, self._start, self._row_of_card = counts, {}, [0] * self.SIZE
        self._kind_of_row = [rest] * self.SIZE
        self._place_of_row = [0] * self.SIZE
        start = 0
        for kind, count in counts.items():
            self._start[kind] = start
            for place in range(count):
                row = order[start + place]
                self._kind_of_row[row], self._place_of_row[row] = kind, place
                self._row_of_card[start + place] = row
            start += count

    def deal(self, row: int) -> tuple[str, int]:
        """Kind of a row and its rank among the rows of that kind (ranks have small gaps, never repeats)."""
        pack, row_in_pack = divmod(row, self.SIZE)
        kind = self._kind_of_row[row_in_pack]
        return kind, pack * self._count[kind] + self._place_of_row[row_in_pack]

    def row(self, kind: str, rank: int) -> int:
        """The row that has this rank within its kind."""
        pack, place = divmod(rank, self._count[kind])
        return pack * self.SIZE + self._row_of_card[self._start[kind] + place]

    def ranks(self, kind: str, rows: int) -> int:
        """An upper bound of the ranks of a kind among the first ``rows`` rows."""
        return -(-rows // self.SIZE) * self._count[kind]
