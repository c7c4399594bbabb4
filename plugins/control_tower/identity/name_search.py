"""Finding names by mistyped words: which words are like one that was typed, and how well a name fits what was typed.

Words are those of `canon.normalise_name`: letters A to Z alone. Likeness is that of the identity pipeline
(`compare_words`); a first sieve of C code keeps it from being computed for every word of a large fleet.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Final

from rapidfuzz import process
from rapidfuzz.distance import OSA

from control_tower.identity.name_tokens import SAME_TOKEN_FROM, compare_words
from control_tower.identity.spanish_names import GIVEN_NAMES, SURNAMES
from control_tower.identity.word_sounds import given_sound, sound

BEGINNING_LETTERS: Final = 3
"""Letters from which a typed word also finds the words that begin with it."""
_SIEVE: Final = 0.6
_MOST_ALIKE: Final = 40
"""Words that a typed word is widened by, at most: the likest."""


class Vocabulary:
    """The words that names of a fleet have, and which of them are like another."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take the words of the fleet; known names are added."""
        self._words = sorted(set(words) | GIVEN_NAMES | SURNAMES)
        self._by_sound: dict[str, list[str]] = defaultdict(list)
        for word in self._words:
            for heard in {sound(word), given_sound(word)}:
                self._by_sound[heard].append(word)

    def alike(self, word: str) -> list[str]:
        """Other words that count as the same, mistyped or spelled otherwise, the likest first."""
        near = process.extract(
            word, self._words, scorer=OSA.normalized_similarity, score_cutoff=_SIEVE, limit=4 * _MOST_ALIKE
        )
        candidates = {found for found, _, _ in near}
        for heard in {sound(word), given_sound(word)}:
            candidates.update(self._by_sound.get(heard, ()))
        likeness = {other: compare_words(word, other).similarity for other in candidates if other != word}
        alike = [other for other, similarity in likeness.items() if similarity >= SAME_TOKEN_FROM]
        return sorted(alike, key=lambda other: (-likeness[other], other))[:_MOST_ALIKE]


def exact_query(words: Sequence[str]) -> str:
    """The text search query for names that have all words."""
    return " & ".join(words)


def similar_query(words: Sequence[str], vocabulary: Vocabulary, *, with_beginnings: bool) -> str:
    """The text search query for names that have each word or one like it.

    Args:
        words: Words as typed.
        vocabulary: Where words that are like them are looked up.
        with_beginnings: Words that begin as a typed one, or with the first half of it, count as well: errors that no
            word of the vocabulary explains.
    """
    parts = []
    for word in words:
        choices = [word, *vocabulary.alike(word)]
        if with_beginnings and len(word) >= BEGINNING_LETTERS:
            choices.append(f"{word[: max(BEGINNING_LETTERS, (len(word) + 1) // 2)]}:*")
        parts.append(f"({' | '.join(choices)})")
    return " & ".join(parts)


def without_one(words: Sequence[str], vocabulary: Vocabulary) -> str | None:
    """The query for names that have all words but one; None: two words or less are too few for that."""
    if len(words) < 3:
        return None
    parts = [f"({' | '.join([word, *vocabulary.alike(word)])})" for word in words]
    return " | ".join(f"({' & '.join(parts[:left] + parts[left + 1 :])})" for left in range(len(parts)))


def fit(words: Sequence[str], name: str, *, may_lack: int = 0) -> float | None:
    """How well a name fits the typed words, 0 to 1: the mean of the likeness of each to its likest word.

    A word that begins as one was typed counts as `SAME_TOKEN_FROM`; one that is not there, as 0.

    Args:
        words: Words as typed.
        name: A normalised name.
        may_lack: So many words may be missing.

    Returns:
        1 only if all words are there as typed; None if more are missing.
    """
    of_name = name.split(" ")
    total, lacking = 0.0, 0
    for word in words:
        best = max((compare_words(word, other).similarity for other in of_name), default=0.0)
        if best < SAME_TOKEN_FROM:
            begins = len(word) >= BEGINNING_LETTERS and any(other.startswith(word) for other in of_name)
            best = SAME_TOKEN_FROM if begins else 0.0
            lacking += not begins
        total += best
    return None if lacking > may_lack else total / len(words)
