"""Compare two person names. A pure function of the two names.

Input is the output of `canon.normalise_name`: upper-case tokens without particles, given names or surnames first.
Tokens are paired one to one. Tokens unpaired on *both* sides in the same part of the name (given name against given
name) conflict; tokens unpaired on one side only were left out. So JUAN QUISPE may be JUAN CARLOS QUISPE MAMANI, but
LUIS QUISPE MAMANI is somebody else.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from rapidfuzz.distance import JaroWinkler

from control_tower.identity.name_tokens import SAME_TOKEN_FROM, name_part, token_similarity
from control_tower.identity.spanish_names import GIVEN_NAMES

Verdict = Literal["VERY", "AGREE", "UNDECIDED", "CONTRADICT"]

VERY: Final = "VERY"
AGREE: Final = "AGREE"
UNDECIDED: Final = "UNDECIDED"
CONTRADICT: Final = "CONTRADICT"
SIMILAR: Final[frozenset[Verdict]] = frozenset({VERY, AGREE})
"""Verdicts that support a plate match or join two accounts."""

AGREE_FROM: Final = 0.70
"""Similarity from which two names agree: two words in common and no conflict."""
VERY_FROM: Final = 0.88
"""Similarity from which two names are nearly identical, given VERY_WORDS_FROM words in common."""
VERY_WORDS_FROM: Final = 2.5
"""Words in common that nearly identical names need unless they are equal: JUAN QUISPE is a frequent name, so it is not
very similar to JUAN QUISPE MAMANI."""
CONTRADICT_FROM: Final = 0.75
"""Conflict, in words, from which two names belong to two persons."""
CONTRADICT_BELOW: Final = 0.5
"""Similarity below which any conflict means two persons: less than half of the names agrees. Measured on 90,000 links
by phone and licence: of 22 such pairs 7 were two persons, of 100 more similar pairs none."""

_INITIAL = 0.4  # support of a matching initial, in tokens
_WRONG_INITIAL = 0.5  # conflict of an initial that matches nothing
_JOINED_FROM = 0.93
_DIFFERENT_BELOW = 0.65  # two tokens less similar than this are certainly two words
_MISSING_COST = {"given": 0.08, "surname": 0.2, "": 0.14}
_CONFLICT_COST = 3.0


class NameComparison(NamedTuple):
    """Similarity from 0 (nothing in common) to 1 (the same words), lower with fewer words in common, and verdict."""

    similarity: float
    verdict: Verdict


_NO_EVIDENCE = NameComparison(0.0, UNDECIDED)


def compare_names(a: str, b: str) -> NameComparison:
    """Compare two names as `canon.normalise_name` writes them; symmetric.

    Returns:
        Similarity and verdict; 0 and UNDECIDED if a name has no words.
    """
    if a > b:
        a, b = b, a
    tokens_a = a.split()
    only_b = b.split()
    only_a = []
    shared = 0
    support = 0.0
    for token in tokens_a:
        if token in only_b:
            only_b.remove(token)
            shared += 1
            support += 1.0 if len(token) > 1 else _INITIAL
        else:
            only_a.append(token)
    if only_a and only_b:
        return _compare_unequal(tokens_a, b.split(), only_a, only_b, support)
    if not shared:
        return _NO_EVIDENCE
    return _classify(support, 0.0, _missing_cost(only_a or only_b))


def _classify(support: float, conflict: float, missing: float, *, has_odd_words: bool = False) -> NameComparison:
    """Turn support, conflict and missing words into similarity and verdict.

    Words in common, words in conflict, and the cost of words that one side left out. Odd words, on both sides and
    lacking on the other, exclude VERY.
    """
    if support <= 0.0:
        return NameComparison(0.0, CONTRADICT) if conflict >= CONTRADICT_FROM else _NO_EVIDENCE
    similarity = support / (support + _CONFLICT_COST * conflict + missing)
    if support < 2.0:
        similarity *= 0.2 + 0.4 * support
    if conflict >= CONTRADICT_FROM or (conflict and similarity < CONTRADICT_BELOW):
        return NameComparison(similarity, CONTRADICT)
    is_very = support >= VERY_WORDS_FROM and not has_odd_words
    if similarity >= VERY_FROM and (is_very or similarity == 1.0):
        return NameComparison(similarity, VERY)
    return NameComparison(similarity, AGREE if similarity >= AGREE_FROM else UNDECIDED)


def _compare_unequal(
    tokens_a: list[str], tokens_b: list[str], only_a: list[str], only_b: list[str], support: float
) -> NameComparison:
    """Pair similar tokens, then find conflicts among the rest."""
    pairs: list[tuple[str, str]] = []
    if len(only_a) > 1 or len(only_b) > 1:
        support += _pair_joined(only_a, only_b) + _pair_joined(only_b, only_a)
    likeness = [(token_similarity(x, y), x, y) for x in only_a for y in only_b]
    if len(likeness) > 1:
        likeness.sort(reverse=True)
    for similarity, x, y in likeness:
        if similarity < SAME_TOKEN_FROM:
            break
        if x in only_a and y in only_b:
            only_a.remove(x)
            only_b.remove(y)
            pairs.append((x, y))
            support += similarity

    conflict = 0.0
    if only_a and only_b:
        alignment = _Alignment(tokens_a, tokens_b, only_a, only_b, pairs)
        support += _pair_initials(only_a, only_b, alignment)
        for similarity, x, y in likeness:
            if x in only_a and y in only_b and alignment.conflicts(x, y):
                only_a.remove(x)
                only_b.remove(y)
                conflict += _conflict(similarity, x, y)
                if not support and conflict >= CONTRADICT_FROM:
                    return NameComparison(0.0, CONTRADICT)  # nothing in common; further words cannot change that
        if not conflict and _exceed_one_name(_without(tokens_a, only_a), only_a, only_b):
            conflict = 1.0
    return _classify(
        support, conflict, _missing_cost(only_a) + _missing_cost(only_b), has_odd_words=bool(only_a and only_b)
    )


def _exceed_one_name(paired: list[str], only_a: list[str], only_b: list[str]) -> bool:
    """Whether the words of both names together are too many for one person.

    Nobody has three surnames: JUAN ROJAS FLORES is not FLORES QUISPE JUAN. Everybody has a given name: if the paired
    words hold none, it is among the unpaired ones, and PEDRO conflicts with ROSA in any position, also with the unknown
    word YIESON, which is no known surname.
    """
    surnames_a, surnames_b = (any(name_part(token) == "surname" for token in only) for only in (only_a, only_b))
    if surnames_a and surnames_b and any(name_part(token) == "surname" for token in paired):
        return True
    if any(token in GIVEN_NAMES for token in paired):
        return False
    given_a, given_b = ([token for token in only if token in GIVEN_NAMES] for only in (only_a, only_b))
    if given_a and given_b:
        return True
    unknown = [token for token in (only_b if given_a else only_a) if len(token) > 1 and name_part(token) == ""]
    # a similar unknown word may be the given name, mistyped
    likeness = [token_similarity(given, token) for given in given_a or given_b for token in unknown]
    return bool(likeness) and max(likeness) < _DIFFERENT_BELOW


def _missing_cost(tokens: list[str]) -> float:
    """Cost of tokens that one side leaves out; a missing surname leaves more people possible than a given name."""
    return sum([_MISSING_COST[name_part(token)] for token in tokens])


def _conflict(similarity: float, x: str, y: str) -> float:
    """Degree to which two unpaired tokens are two words, 0 … 1."""
    if len(x) == 1 or len(y) == 1:
        return _WRONG_INITIAL
    return min(1.0, (1.0 - similarity) / (1.0 - _DIFFERENT_BELOW))


def _pair_joined(wholes: list[str], parts: list[str]) -> float:
    """Pair JUANCARLOS with JUAN and CARLOS; remove the paired tokens and return the support gained."""
    gained = 0.0
    if len(parts) < 2:
        return gained
    first_letters = {part[0] for part in parts}
    for whole in list(wholes):
        if len(whole) < 6 or whole[0] not in first_letters:
            continue
        beginnings = [part for part in parts if 1 < len(part) < len(whole) and part[0] == whole[0]]
        for x, y in ((x, y) for x in beginnings for y in parts if y is not x and len(y) > 1):
            if abs(len(whole) - len(x) - len(y)) <= 2 and JaroWinkler.similarity(whole, x + y) >= _JOINED_FROM:
                wholes.remove(whole)
                parts.remove(x)
                parts.remove(y)
                gained += 2.0
                break
    return gained


def _pair_initials(only_a: list[str], only_b: list[str], alignment: _Alignment) -> float:
    """Pair C with CARLOS; remove the paired tokens and return the support gained.

    Nothing is paired if that would hide a conflict: in JUANA J and JOSE, JUANA conflicts with JOSE.
    """
    if min(map(len, only_a)) > 1 and min(map(len, only_b)) > 1:
        return 0.0
    rest_a, rest_b = sorted(only_a), sorted(only_b)
    gained = 0.0
    for initials, words in ((rest_a, rest_b), (rest_b, rest_a)):
        for initial in [token for token in initials if len(token) == 1]:
            match = next((word for word in words if word[0] == initial), None)
            if match is not None:
                initials.remove(initial)
                words.remove(match)
                gained += _INITIAL
    taken_a, taken_b = _without(only_a, rest_a), _without(only_b, rest_b)
    if any(len(x) > 1 and len(y) > 1 and alignment.conflicts(x, y) for x in taken_a for y in rest_b):
        return 0.0
    if any(len(x) > 1 and len(y) > 1 and alignment.conflicts(x, y) for x in rest_a for y in taken_b):
        return 0.0
    only_a[:], only_b[:] = rest_a, rest_b
    return gained


class _Alignment:
    """Which unpaired tokens of two names are in the same part of the name.

    Two known given names are, and two known surnames. Otherwise the position decides (RAMON is both): surnames may come
    first or last, so each name is read as a circle, and the position of a token is the gap between two paired tokens.
    If the paired tokens are in a different circular order, or too few to define gaps, all unpaired tokens conflict,
    except a known given name with a known surname.
    """

    def __init__(
        self,
        tokens_a: list[str],
        tokens_b: list[str],
        only_a: list[str],
        only_b: list[str],
        pairs: list[tuple[str, str]],
    ) -> None:
        self._names = tokens_a, tokens_b
        self._unpaired = list(only_a), list(only_b)
        self._pairs = pairs
        self._gaps: tuple[dict[str, int], dict[str, int], int] | None = None

    def conflicts(self, x: str, y: str) -> bool:
        """Whether x of one name and y of the other are in the same part."""
        part_x, part_y = name_part(x), name_part(y)
        if part_x and part_x == part_y:
            return True
        if self._gaps is None:
            self._gaps = self._count_gaps()
        gaps_a, gaps_b, size = self._gaps
        if part_x and part_y and size < 2:
            return False
        return gaps_a.get(x, 0) == gaps_b.get(y, 0)

    def _count_gaps(self) -> tuple[dict[str, int], dict[str, int], int]:
        (tokens_a, tokens_b), (only_a, only_b) = self._names, self._unpaired
        partner = dict(self._pairs)
        paired_b = _without(tokens_b, only_b)
        paired_a = [token for token in _without(tokens_a, only_a) if partner.get(token, token) in paired_b]
        rotated = [partner.get(token, token) for token in paired_a]
        shift = next((at for at in range(len(rotated)) if rotated[at:] + rotated[:at] == paired_b), None)
        if shift is None:
            return {}, {}, 0
        return _gaps(tokens_a, paired_a, 0), _gaps(tokens_b, paired_b, shift), len(rotated)


def _without(tokens: list[str], unpaired: list[str]) -> list[str]:
    left = list(unpaired)
    paired = []
    for token in tokens:
        if token in left:
            left.remove(token)
        else:
            paired.append(token)
    return paired


def _gaps(tokens: list[str], paired: list[str], shift: int) -> dict[str, int]:
    """Gap of each token, numbered around the circle."""
    gaps: dict[str, int] = {}
    passed = 0
    for token in tokens:
        gaps[token] = (passed + shift) % len(paired) if paired else 0
        passed += token in paired
    return gaps
