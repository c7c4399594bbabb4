"""Counter-based random numbers: each is a hash of (seed, subject, number).

There is no state, so any row of any table can be computed alone, in any order and repeatedly, and is the same on every
machine and Python version. A sequential generator would have to keep a million drivers in memory to write the lead of
one of them; and one hash of 32 numbers is cheaper than a ``random.Random``.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from hashlib import blake2b
from math import gcd

RandomNumbers = tuple[int, ...]
"""Thirty-two independent whole numbers, each uniform in 0 … 65535."""

_unpack = struct.Struct("<32H").unpack


def subject_key(seed: int, subject: str) -> bytes:
    """The hash key of one subject ("people", "trips", …) of the fleet with this seed."""
    return blake2b(f"{seed}/{subject}".encode(), digest_size=32).digest()


def random_numbers_of(seed: int, subject: str) -> Callable[[int], RandomNumbers]:
    """A function that gives the 32 draws of number ``n`` (0 … 2**63) of a subject."""
    key = subject_key(seed, subject)

    def draw(n: int) -> RandomNumbers:
        return _unpack(blake2b(n.to_bytes(8, "little"), digest_size=64, key=key).digest())

    return draw


def hex_ids(seed: int, subject: str) -> Callable[[int], str]:
    """A function that gives number ``n`` of a subject an opaque identifier of 32 hexadecimal digits."""
    key = subject_key(seed, subject)

    def identify(n: int) -> str:
        return blake2b(n.to_bytes(8, "little"), digest_size=16, key=key).hexdigest()

    return identify


def threshold(rate: float) -> int:
    """The threshold ``t`` for which ``draw < t`` happens with probability ``rate``."""
    return round(rate * 65536)


class Permutation:
    """An invertible permutation of 0 … size-1.

    Two permutations of one size are independent only if their ratios differ: with the same ratio one is the other,
    shifted by the difference of their offsets, and neighbouring slots of both hold the same numbers.
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

    def forward(self, slot: int) -> int:
        """The number in a slot; slots beyond ``size`` start again from the first."""
        return (slot * self._step + self._offset) % self.size

    def inverse(self, number: int) -> int:
        """The slot that holds a number."""
        return (number - self._offset) * self._undo % self.size


class KindShares:
    """Assigns row numbers to kinds in exact shares: each block of 1,000 rows is one and the same shuffle.

    It is computed in both directions: from a row to its kind and its rank within the kind, and from (kind, rank) to the
    row. So whether a person has a lead, and when, needs no lookup table.
    """

    BLOCK = 1000

    def __init__(self, shares: dict[str, float], *, rest: str, seed: int) -> None:
        draw = random_numbers_of(seed, "deck:" + ",".join(shares))
        order = sorted(range(self.BLOCK), key=lambda row: (draw(row), row))
        counts = {kind: round(share * self.BLOCK) for kind, share in shares.items()}
        counts[rest] = self.BLOCK - sum(counts.values())
        self._count, self._start, self._row_of_place = counts, {}, [0] * self.BLOCK
        self._kind_of_row = [rest] * self.BLOCK
        self._place_of_row = [0] * self.BLOCK
        start = 0
        for kind, count in counts.items():
            self._start[kind] = start
            for place in range(count):
                row = order[start + place]
                self._kind_of_row[row], self._place_of_row[row] = kind, place
                self._row_of_place[start + place] = row
            start += count

    def kind_and_rank(self, row: int) -> tuple[str, int]:
        """Kind of a row and its rank among the rows of that kind; ranks have small gaps, and none repeats."""
        block, offset = divmod(row, self.BLOCK)
        kind = self._kind_of_row[offset]
        return kind, block * self._count[kind] + self._place_of_row[offset]

    def row(self, kind: str, rank: int) -> int:
        """The row that has this rank within its kind."""
        block, place = divmod(rank, self._count[kind])
        return block * self.BLOCK + self._row_of_place[self._start[kind] + place]

    def rank_limit(self, kind: str, rows: int) -> int:
        """An upper bound of the ranks of a kind among the first ``rows`` rows."""
        return -(-rows // self.BLOCK) * self._count[kind]
