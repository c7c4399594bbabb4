"""What human decisions say of each weight.

Humans see the records that the weights left open, so that shares among their decisions are not those of all records:
among what they confirm, phones that differ are common. What counts is how often they confirm a pair against how often
the weights expected it. Where they confirm pairs with a level twice as often as expected, its m is twice as large;
where they reject them half as often, its u is half as large.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import log2
from typing import Any, Final

from control_tower.weights.levels import Key, Weights

PSEUDO_DECISIONS: Final = 5.0
"""Decisions of each kind that are assumed to have come out as expected."""
ENOUGH_DECISIONS: Final = 30
"""Decisions from which a difference is worth a warning."""
WORTH_WARNING_BITS: Final = 1.0
"""Difference between both estimates from which it is."""


@dataclass
class Decided:
    """Pairs with a level that humans decided on; of names, their words are counted."""

    records: set[tuple[str, str]] = field(default_factory=set)
    """Records decided on, by source and key."""
    counted: float = 0.0
    confirmed: float = 0.0
    expected: float = 0.0
    """What the weights expected to be confirmed."""

    @property
    def decisions(self) -> int:
        """Decisions that the level rests on: one per record, however many candidates it had."""
        return len(self.records)

    def add(self, pair: Mapping[str, Any], times: float = 1.0) -> None:
        """Add a pair, as `weights/human_levels.sql` returns it, that has the level so many times."""
        self.records.add((pair["source_table"], pair["source_pk"]))
        self.counted += times
        self.confirmed += times * pair["is_confirmed"]
        self.expected += times * pair["probability"]

    def bits(self, estimated: float) -> float:
        """What the level weighs by these decisions, if its estimate was used to expect them."""
        m = (self.confirmed + PSEUDO_DECISIONS) / (self.expected + PSEUDO_DECISIONS)
        rejected, expected = self.counted - self.confirmed, self.counted - self.expected
        u = (rejected + PSEUDO_DECISIONS) / (expected + PSEUDO_DECISIONS)
        return estimated + log2(m) - log2(u)


def disagreements(weights: Weights, decided: Mapping[Key, Decided]) -> list[str]:
    """One sentence for each level on which many human decisions contradict the estimate, the largest difference first.

    Levels that are found together are contradicted together: of several, the first is the likeliest cause.
    """
    found = []
    for key, level in weights.items():
        human = decided.get(key)
        if human is None or human.decisions < ENOUGH_DECISIONS:
            continue
        bits = human.bits(level.bits)
        difference = abs(bits - level.bits)
        if difference > WORTH_WARNING_BITS:
            said = f"the data say {level.bits:+.2f} bits, {human.decisions} human decisions {bits:+.2f}"
            found.append((-difference, f"{' '.join(key)}: {said}."))
    return [sentence for _, sentence in sorted(found)]
