"""Compare two words of names: likely the same word, mistyped or spelled otherwise, or two words."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA, JaroWinkler

from control_tower.identity.spanish_names import GIVEN_NAMES, SHORT_FORMS, SURNAMES

SAME_TOKEN_FROM: Final = 0.85
"""Jaro-Winkler similarity from which two tokens count as one word."""

_SAME_SOUND = 0.97
_SHORT_FORM = 0.92
_TWO_NAMES = 0.5  # at most, for two known names: MARIANO and MARIANA differ in one letter
_LONGER_NAME = 0.8
_NO_SPELLING_BELOW = 0.5  # two spellings of one word are never less similar
_JOINED_PARTICLES = frozenset({"LA", "LAS", "LOS", "EL", "DE", "DEL", "DELA"})  # LAROSA is ROSA


@lru_cache(maxsize=1 << 16)
def name_part(token: str) -> str:
    """'given', 'surname', or '' if the token is both or unknown."""
    is_given, is_surname = token in GIVEN_NAMES, token in SURNAMES
    if is_given == is_surname:
        return ""
    return "given" if is_given else "surname"


@lru_cache(maxsize=1 << 18)
def token_similarity(x: str, y: str) -> float:
    """Similarity of two tokens, 0 … 1; from SAME_TOKEN_FROM on they count as one word.

    An initial has similarity 0 to every other token; initials are paired separately.
    """
    if x == y:
        return 1.0
    if len(x) == 1 or len(y) == 1:
        return 0.0
    if (x, y) in SHORT_FORMS or (y, x) in SHORT_FORMS:
        return _SHORT_FORM
    short, long = (x, y) if len(x) <= len(y) else (y, x)
    if long.endswith(short) and long[: -len(short)] in _JOINED_PARTICLES:
        return _SAME_SOUND
    similarity = JaroWinkler.similarity(x, y)
    if similarity < _NO_SPELLING_BELOW:
        return similarity
    if sound(x) == sound(y):
        return _SAME_SOUND
    if _are_two_names(x, y):
        return min(similarity, _TWO_NAMES)
    rest = long.removeprefix(short) if long.startswith(short) else long.removesuffix(short)
    if rest != long and rest in GIVEN_NAMES:
        return _SHORT_FORM  # JUANCARLOS is JUAN
    if len(long) - len(short) >= 3 and (short in GIVEN_NAMES or short in SURNAMES):
        return min(similarity, _LONGER_NAME)  # QUISPE is a name of its own, not QUISPIRIMA cut short
    if similarity < SAME_TOKEN_FROM and len(short) >= 4 and OSA.distance(x, y, score_cutoff=1) <= 1:
        return SAME_TOKEN_FROM
    return similarity


def _are_two_names(x: str, y: str) -> bool:
    """Whether both are common names, or the male and female form of one name."""
    if (x in GIVEN_NAMES or x in SURNAMES) and (y in GIVEN_NAMES or y in SURNAMES):
        return True
    return x[:-1] == y[:-1] and {x[-1], y[-1]} == {"A", "O"} and x not in SURNAMES and y not in SURNAMES


_SPELLINGS = {
    "CHR": "KR", "CH": "1", "SH": "1", "PH": "F", "HUA": "WA", "HUE": "WE", "GUA": "WA", "QU": "K",
    "CE": "SE", "CI": "SI", "GE": "JE", "GI": "JI", "GUE": "GE", "GUI": "GI", "LL": "Y", "H": "", "V": "B",
    "Z": "S", "C": "K", "Y": "I", "NB": "MB", "NP": "MP", "X": "S",
}  # fmt: skip
"""Spelling and sound, replaced in this order."""


@lru_cache(maxsize=1 << 16)
def sound(token: str) -> str:
    """Phonetic key for Spanish: B and V, S and Z, LL and Y are equal, H is silent, double letters are one."""
    if token[0] == "Y" and token[1:2] in ("A", "E", "O", "U", "H"):
        token = "J" + token[1:]
    key = token
    for spelling, letter in _SPELLINGS.items():
        if spelling in key:
            key = key.replace(spelling, letter)
    return "".join(letter for at, letter in enumerate(key) if at == 0 or letter != key[at - 1])
