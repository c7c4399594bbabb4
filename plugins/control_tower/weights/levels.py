"""How often each level of a comparison is found among records of one person, of others and of relatives.

`maximise` is the maximisation step of an EM estimate: it turns expected counts into weights. Source of the method:
A. P. Dempster, N. M. Laird and D. B. Rubin, Maximum Likelihood from Incomplete Data via the EM Algorithm (1977), as
W. E. Winkler applied it to record linkage (1988).

A share is never what was counted alone: counts of the shipped share are added, so that a small fleet changes little and
nothing becomes certain. Keys that are equal by chance are counted among all records (frequency), never among random
pairs, which hold true pairs where nearly every driver has a lead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import exp2, log2
from typing import Any, Final, NamedTuple

from control_tower.identity.name_matching import NameAlignment

PSEUDO_RECORDS: Final = 1000.0
"""Records whose levels are assumed to be shared out as shipped: a fleet of so many matches moves half of the way."""
PSEUDO_WORDS: Final = 3 * PSEUDO_RECORDS
"""The same in words of names."""
LARGEST_STEP_BITS: Final = 1.0
"""A weight changes by no more in one iteration."""
FARTHEST_BITS: Final = 3.0
"""No share differs by more from what is shipped: what never happened among 20,000 records may happen tomorrow."""
HOUSEHOLD_BITS: Final = 2.0
"""The same for shares of relatives, who are only inferred."""

Key = tuple[str, str]
"""(comparison, level)"""

PRIOR: Final[Key] = ("prior", "record")
COUNTED: Final[Key] = ("name", "other_given")
"""Counted with the frequencies among names that are surely one person's, where nothing needs to be inferred."""

ALTERNATIVES: Final[tuple[tuple[str, tuple[str, ...]], ...]] = (
    ("driver", ("equal", "differs")),
    ("phone", ("equal", "one_off", "differs")),
    ("license", ("equal", "number", "one_off", "differs")),
    ("plate", ("equal", "one_off", "differs")),
    ("car", ("equal", "differs")),
    ("car", ("equal_other_plate", "differs_other_plate")),
    ("hired", ("close", "near", "far")),
    ("park", ("target", "other")),
)
"""Levels of which a candidate has exactly one, if the comparison says anything."""

EQUAL_BY_CHANCE: Final[tuple[Key, ...]] = (
    ("driver", "equal"),
    ("phone", "equal"),
    ("license", "equal"),
    ("license", "number"),
    ("plate", "equal"),
)
"""Levels whose u is the share of other people's records that carry the value of some driver."""

RELATIVES_SHARE: Final = ("phone", "plate")
"""Keys that relatives have in common."""


class Level(NamedTuple):
    """Share of a level among records of one person (m), of others (u) and of a relative; None: not weighed."""

    m: float
    u: float
    household: float | None = None

    @property
    def bits(self) -> float:
        """What the level weighs, before the frequency of its value."""
        return log2(self.m / self.u)


Weights = Mapping[Key, Level]


@dataclass
class WordCounts:
    """Words of aligned names by kind and part, each counted as often as its pair of names is expected."""

    by_kind: dict[str, float] = field(default_factory=dict)
    """Of all parts; `conflict` by its degree."""
    by_kind_and_part: dict[tuple[str, str], float] = field(default_factory=dict)

    def add(self, alignment: NameAlignment, times: float) -> None:
        """Count the words of two aligned names."""
        words: list[tuple[str, str, float]] = [(word.kind, word.part, 1.0) for word in alignment.matched]
        words += [("conflict", conflict.part, conflict.degree) for conflict in alignment.conflicts]
        for kind, part, degree in words:
            self.by_kind[kind] = self.by_kind.get(kind, 0.0) + times * degree
            self.by_kind_and_part[kind, part] = self.by_kind_and_part.get((kind, part), 0.0) + times * degree

    def share(self, kind: str, shipped: float, part: str | None = None) -> float:
        """Share of the words that are of a kind, of all words or of those of one part."""
        if part is None:
            counts: Mapping[Any, float] = self.by_kind
            wanted = counts.get(kind, 0.0)
        else:
            counts = {found: count for (found, of), count in self.by_kind_and_part.items() if of == part}
            wanted = counts.get(kind, 0.0)
        return _shrunk(wanted, sum(counts.values()), shipped, PSEUDO_WORDS)


@dataclass(frozen=True)
class Expected:
    """What the expectation step counted, as canon.weighed_levels and canon.weighed_names define it."""

    same: Mapping[Key, float]
    relative: Mapping[Key, float]
    strangers: Mapping[Key, float]
    records: Mapping[str, float]
    """Records that have a key (`phone_equal` …) or any (`any_key`), with expected persons and relatives."""
    same_words: WordCounts
    stranger_words: WordCounts
    relative_words: WordCounts


def maximise(current: Weights, shipped: Weights, expected: Expected) -> dict[Key, Level]:
    """The weights that make what was expected likeliest, shrunk towards the shipped ones.

    Levels without an estimate of their own keep the shipped value: how often two numbers are one slip apart by chance
    is known analytically, and what is frequent is counted by count_frequencies.
    """
    found = dict(shipped)
    for comparison, levels in ALTERNATIVES:
        _share_out(found, shipped, expected, comparison, levels)
    for key in EQUAL_BY_CHANCE:
        records = expected.records["_".join(key)]
        u = _shrunk(expected.strangers.get(key, 0.0), records, shipped[key].u, PSEUDO_RECORDS)
        found[key] = found[key]._replace(u=u)
    for comparison in ("driver", "phone", "license", "plate"):
        equal, differs = (comparison, "equal"), (comparison, "differs")
        u = min(shipped[differs].u * (1 - found[equal].u) / (1 - shipped[equal].u), 1.0)
        # a key that differs never speaks for a person
        found[differs] = found[differs]._replace(u=u, m=min(found[differs].m, u))
    _names(found, shipped, expected)
    _prior(found, shipped, expected)
    bounded = {key: _bounded(level, current[key], shipped[key]) for key, level in found.items()}
    return {**bounded, COUNTED: current[COUNTED]}


def largest_change(before: Weights, after: Weights) -> float:
    """The largest change of a share, in bits."""
    return max(
        abs(log2(new / old))
        for key, level in after.items()
        for new, old in zip(level, before[key], strict=True)
        if new is not None and old is not None
    )


def weights_of(rows: Iterable[Mapping[str, Any]], prefix: str = "") -> dict[Key, Level]:
    """The weights in rows of `weights/levels.sql`: those in force, or with the prefix `shipped_` the shipped ones."""
    return {
        (row["comparison"], row["level"]): Level(*(row[prefix + name] for name in ("m", "u", "household")))
        for row in rows
    }


def as_json(weights: Weights, shipped: Weights) -> dict[str, dict[str, dict[str, float]]]:
    """The weights that are not shipped, as `canon.weights_versions.weights` holds them."""
    document: dict[str, dict[str, dict[str, float]]] = {}
    for (comparison, name), level in weights.items():
        if level != shipped[comparison, name] and (comparison, name) != COUNTED:
            document.setdefault(comparison, {})[name] = {
                share: value for share, value in level._asdict().items() if value is not None
            }
    return document


def _share_out(
    found: dict[Key, Level], shipped: Weights, expected: Expected, comparison: str, levels: tuple[str, ...]
) -> None:
    keys = [(comparison, level) for level in levels]
    same, relatives = (sum(counts.get(key, 0.0) for key in keys) for counts in (expected.same, expected.relative))
    for key in keys:
        level = shipped[key]
        found[key] = level._replace(m=_shrunk(expected.same.get(key, 0.0), same, level.m, PSEUDO_RECORDS))
        if comparison in RELATIVES_SHARE and level.household is not None:
            share = _shrunk(expected.relative.get(key, 0.0), relatives, level.household, PSEUDO_RECORDS)
            found[key] = found[key]._replace(household=share)


def _names(found: dict[Key, Level], shipped: Weights, expected: Expected) -> None:
    for kind in ("equal", "variant", "typo", "initial", "conflict"):
        key = ("name", kind)
        found[key] = found[key]._replace(m=expected.same_words.share(kind, shipped[key].m))
    equal, initial, conflict = ("name", "equal"), ("name", "initial"), ("name", "conflict")
    given = ("name", "equal_given")
    found[given] = found[given]._replace(m=found[equal].m)
    # Strangers' words are initials as often as everybody's: what an initial that fits proves does not depend on it.
    written = found[initial].m / shipped[initial].m
    found[initial] = found[initial]._replace(
        u=shipped[initial].u * written, household=(shipped[initial].household or 0.0) * written
    )
    found[conflict] = found[conflict]._replace(
        u=expected.stranger_words.share("conflict", shipped[conflict].u),
        household=expected.relative_words.share("conflict", shipped[conflict].household or 0.0, "given"),
    )
    found[equal] = found[equal]._replace(
        household=expected.relative_words.share("equal", shipped[equal].household or 0.0, "surname")
    )


def _prior(found: dict[Key, Level], shipped: Weights, expected: Expected) -> None:
    records = expected.records["any_key"]
    m = _shrunk(expected.records["same"], records, shipped[PRIOR].m, PSEUDO_RECORDS)
    unseen = 1.0
    for comparison in RELATIVES_SHARE:
        unseen *= 1 - (found[comparison, "equal"].household or 0.0)
    # only relatives who share a key are found
    relatives = expected.records["relative"] / (1 - unseen)
    household = _shrunk(relatives, records, shipped[PRIOR].household or 0.0, PSEUDO_RECORDS)
    found[PRIOR] = Level(m, 1 - m, household)


def _shrunk(counted: float, total: float, shipped: float, pseudo: float) -> float:
    return (counted + pseudo * shipped) / (total + pseudo)


def _bounded(found: Level, current: Level, shipped: Level) -> Level:
    return Level(
        _step(found.m, current.m, shipped.m, FARTHEST_BITS),
        _step(found.u, current.u, shipped.u, FARTHEST_BITS),
        None
        if found.household is None or current.household is None or shipped.household is None
        else _step(found.household, current.household, shipped.household, HOUSEHOLD_BITS),
    )


def _step(found: float, current: float, shipped: float, farthest: float) -> float:
    """A share one iteration later: six digits, since sums of floats depend on their order, what is kept does not."""
    share = _near(_near(found, shipped, farthest), current, LARGEST_STEP_BITS)
    return float(f"{share:.6g}")


def _near(value: float, centre: float, bits: float) -> float:
    factor = exp2(bits)
    return min(max(value, centre / factor), centre * factor)
