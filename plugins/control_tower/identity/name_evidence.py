"""What two names weigh, in bits: how much likelier they are written for one person than for two.

Frequent words prove little: QUISPE QUISPE is carried by thousands, so each word in common weighs log2(m / share of the
people who have it). The same is asked about relatives, who share surnames and seldom given names; the step that weighs
candidates needs both, because relatives also share phones and cars (ADR 24).

Source of the formula: I. P. Fellegi and A. B. Sunter, A Theory for Record Linkage (1969), with frequency-based weights.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from math import log2
from typing import Any, Final, NamedTuple

import psycopg

from control_tower.database import read_sql
from control_tower.identity.name_matching import Conflict, MatchedWord, NameAlignment, align_names
from control_tower.identity.name_tokens import name_part
from control_tower.identity.word_frequencies import shipped_share

MIN_SHARE: Final = 2.0**-12
"""No word counts as rarer, so that none proves more than 12 bits: what nobody else has may be an error made twice."""
MAX_VARIANT_BITS: Final = 6.0
"""No two spellings prove more."""
_TYPO_SHARE = 3e-4  # people who have some word within one typing error of a given one


class Level(NamedTuple):
    """How often a level of the comparison is found among records of one person, of others, and of a relative."""

    m: float
    u: float
    household: float


class NameBits(NamedTuple):
    """Weight of a pair of names if both are one person's, and if they are two relatives', each against strangers."""

    bits: float
    household_bits: float


@dataclass(frozen=True)
class NameWeights:
    """The weights of names in force, and how many people have each word."""

    levels: dict[str, Level]
    """By `canon.match_weights.level` of the comparison `name`."""
    people: int | None = None
    """The people among whom words were counted; None: the shipped shares hold."""
    words: dict[str, int] | None = None
    """People per word that at least two have."""

    def share(self, word: str) -> float:
        """Share of the people whose name has the word, above 0."""
        if self.words is None or not self.people:
            return shipped_share(word)
        return (self.words.get(word, 0) + 0.5) / self.people

    @cached_property
    def _equal(self) -> Callable[[str, bool], NameBits]:
        """The weight of a word that both names have, by whether it is a given name; kept, because words are few."""

        @cache
        def weight(word: str, is_given: bool) -> NameBits:
            level = self.levels["equal_given" if is_given else "equal"]
            share = max(self.share(word), MIN_SHARE)
            return NameBits(log2(level.m / share), log2(max(level.household, share) / share))

        return weight

    def weigh(self, alignment: NameAlignment) -> NameBits:
        """The weight of two aligned names; 0 for names without words."""
        bits = household = 0.0
        for _, part in self.parts(alignment):
            bits += part.bits
            household += part.household_bits
        return NameBits(bits, household)

    def parts(self, alignment: NameAlignment) -> Iterator[tuple[MatchedWord | Conflict | None, NameBits]]:
        """What each word adds to the weight; None stands for "no given name in common".

        A word weighs what it does only beside the others, because one of several words must be a given name. Of given
        names that differ where none is in common, one pair weighs what both together say: `other_given`.
        """
        given, other = _given_name(alignment), other_given_name(alignment)
        has_given = given is not None
        for word in alignment.matched:
            is_given = word.part == "given" or word is given
            has_given = has_given or is_given
            yield word, self._equal(word.word_a, is_given) if word.kind == "equal" else self._unequal(word)
        for conflict in alignment.conflicts:
            if conflict is other:
                level = self.levels["other_given"]
                against, shared = log2(level.m / level.u), log2(level.household / level.u)
                yield conflict, NameBits(conflict.degree * against, conflict.degree * shared)
                continue
            level = self.levels["conflict"]
            shared = 1.0 if conflict.part == "surname" else conflict.degree * log2(level.u / level.household)
            yield conflict, NameBits(conflict.degree * log2(level.m / level.u), -shared)
        if alignment.matched and not has_given and other is None:
            level = self.levels["no_given"]
            yield None, NameBits(log2(level.m / level.u), log2(level.household / level.u))

    def _unequal(self, word: MatchedWord) -> NameBits:
        level, share = self.levels[word.kind], max(self.share(word.word_a), self.share(word.word_b))
        if word.kind == "initial":
            return NameBits(log2(level.m / level.u), log2(level.household / level.u))
        if word.kind == "variant":
            bits = min(log2(level.m / min(level.u * share, 1.0)), MAX_VARIANT_BITS)
            return NameBits(bits, 0.0 if word.part == "given" else min(bits, log2(level.household / (level.u * share))))
        bits = log2(level.m / min(level.u * (_TYPO_SHARE + share), 1.0))
        return NameBits(bits, 0.0 if word.part == "given" else bits)

    def weigh_names(self, name_a: str, name_b: str) -> NameBits:
        """The weight of two normalised names."""
        return self.weigh(align_names(name_a, name_b))


def _given_name(alignment: NameAlignment) -> MatchedWord | None:
    """The first word in common of unknown part, where the given names are among such words or unknown.

    Not where one name has a given name that the other lacks or contradicts: then the words in common are surnames.
    """
    if any(word.part == "given" for word in alignment.matched):
        return None
    if any(conflict.part == "given" for conflict in alignment.conflicts):
        return None
    if any(name_part(word) == "given" for word in (*alignment.missing_a, *alignment.missing_b)):
        return None
    return next((word for word in alignment.matched if not word.part), None)


def other_given_name(alignment: NameAlignment) -> Conflict | None:
    """The given names that differ, where other words are in common and no given name is.

    Such names are a relative's, or those of one person who is called otherwise than the papers say first.
    """
    if not alignment.conflicts or not alignment.matched or _given_name(alignment):
        return None
    if any(word.part == "given" for word in alignment.matched):
        return None
    differing = [conflict for conflict in alignment.conflicts if conflict.part != "surname"]
    return max(differing, key=lambda conflict: (conflict.part == "given", conflict.degree), default=None)


def read_name_weights(connection: psycopg.Connection[Any]) -> NameWeights:
    """The weights in force in this database."""
    levels = {
        level: Level(m, u, household) for level, m, u, household in connection.execute(read_sql(NAME_LEVELS)).fetchall()
    }
    words = dict(connection.execute(read_sql(WORD_FREQUENCIES)).fetchall())
    (people,) = connection.execute("select people from canon.match_weight_bits").fetchone() or (None,)
    return NameWeights(levels, int(people) if people and words else None, words or None)


NAME_LEVELS: Final = "pipeline/3_match/name_levels.sql"
WORD_FREQUENCIES: Final = "pipeline/3_match/word_frequencies.sql"
