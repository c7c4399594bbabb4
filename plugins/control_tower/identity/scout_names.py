"""Search of scouts by a number or its beginning, or by words of the name, misspelled and in any order."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final
from unicodedata import normalize

from rapidfuzz.distance import OSA

from control_tower.identity.name_tokens import SAME_TOKEN_FROM, compare_words

_BEGINS = 0.95
_BEGINS_NEARLY: Final = 0.75
"""Likeness of a typed word to the beginning of a word from which it counts, for words of `_SLIP_LETTERS` and more."""
_SLIP_LETTERS = 4


_SAID_SCOUT = re.compile(r"^\s*(?:(?:el|la|los|las|al|del|the)\s+)?scouts?[\s:]+(?=\S)", re.IGNORECASE)


def without_scout_word(text: str) -> str:
    """What follows a leading "scout", "el scout" or "scouts:": a number or a name. Other texts stay as they are."""
    return _SAID_SCOUT.sub("", text, count=1)


def words_of(text: str) -> list[str]:
    """Upper-case words without accents or signs, digits kept."""
    bare = "".join(letter for letter in normalize("NFKD", text) if letter.isascii() or letter.isalnum())
    return re.findall(r"[A-Z0-9]+", bare.upper())


def name_fit(typed: Sequence[str], name: Sequence[str]) -> float | None:
    """How well typed words fit the words of a name, 0 to 1; None: one of them fits none.

    Words that are equal, begin as typed, are the same word spelled otherwise or mistyped, or nearly begin as typed.
    """
    total = 0.0
    for word in typed:
        best = max((_word_fit(word, other) for other in name), default=0.0)
        if not best:
            return None
        total += best
    return total / len(typed) if typed else None


def _word_fit(typed: str, word: str) -> float:
    if typed == word:
        return 1.0
    if word.startswith(typed):
        return _BEGINS
    if len(typed) < _SLIP_LETTERS or not word.isalpha() or not typed.isalpha():
        return 0.0
    likeness = compare_words(typed, word).similarity
    if likeness >= SAME_TOKEN_FROM:
        return min(likeness, _BEGINS)
    nearly = OSA.normalized_similarity(typed, word[: len(typed)])
    return nearly if nearly >= _BEGINS_NEARLY else 0.0
