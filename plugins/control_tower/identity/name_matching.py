"""Compare two person names. A pure function of the two names.

Input is the output of `canon.normalise_name`: upper-case tokens without particles, given names or surnames first.
Tokens are paired one to one. Tokens unpaired on *both* sides in the same part of the name (given name against given
name) conflict; tokens unpaired on one side only were left out. So JUAN QUISPE may be JUAN CARLOS QUISPE MAMANI, but
LUIS QUISPE MAMANI is somebody else.

`align_names` says which words met and which speak against each other; `compare_names` is its conclusion.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal, NamedTuple

from rapidfuzz.distance import OSA

from control_tower.identity.name_parts import NameWords, Positions, read_name, without
from control_tower.identity.name_tokens import SAME_TOKEN_FROM, LikenessKind, Part, compare_words, name_part
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
"""Similarity below which any conflict but a slight one means two persons: less than half of the names agrees. Measured
on 90,000 links by phone and licence: of 22 such pairs 7 were two persons, of 100 more similar pairs none."""

_INITIAL = 0.4  # support of a matching initial, in tokens
_INITIAL_DOUBT = 0.1  # what an initial leaves open, in tokens
_WRONG_INITIAL = 0.5  # conflict of an initial that matches nothing
_DIFFERENT_BELOW = 0.65  # two tokens less similar than this are certainly two words
_SLIGHT_CONFLICT = 0.31  # two words that are probably one, mistyped
_JOINED = 0.97  # likeness of JUANCARLOS to JUAN CARLOS, per word
_MISSING_COST = 0.14
_WORDS_FOR_FULL = 2.0  # fewer words in common count less
_CONFLICT_COST = 3.0


MatchKind = Literal["equal", "variant", "typo", "initial"]


class NameComparison(NamedTuple):
    """Similarity and verdict of two names.

    `similarity` is 1 if the names are the same words in any order, 0 if they have no word in common, and otherwise
    S / (S + D + 3 C + 0.14 M), times 0.2 + 0.4 S if S is below 2. S is the sum of the likenesses of paired words (1 for
    an equal word, 0.85 to 0.97 for a spelling, a short form or a slip, 0.4 for an initial, also an equal one; a joined
    word counts as two); D is what the likenesses of unequal pairs lack to 1 (0.1 for an initial); C is the sum of the
    degrees of the conflicts; M is the number of words that one name has and the other leaves out.

    It is symmetric. Where two names have no conflict and no joined word, it never rises when a word that both have is
    replaced in one of them by a word unlike all others; where they conflict it may, if the conflict went with the word.
    """

    similarity: float
    verdict: Verdict


class MatchedWord(NamedTuple):
    """A word of each name, which are one. For a joined word (JUANCARLOS) the other side has two, separated by a space.

    `kind` is 'equal'; 'variant' of sound, spelling, short form or joined; 'typo'; or 'initial', which is one side's
    or both's only letter. `part` is '' where neither the lists of names nor the position tell it.
    """

    word_a: str
    word_b: str
    kind: MatchKind
    part: Part


class Conflict(NamedTuple):
    """Two words in the same part of the names that are not one; degree 1: certainly two, near 0: hardly."""

    word_a: str
    word_b: str
    part: Part
    degree: float


class NameAlignment(NamedTuple):
    """How the words of two names meet. Each word is in one of these, in the order of `matched`, `conflicts`, missing.

    `missing_a` has the words of the first name that the second one leaves out; `missing_b` the reverse.
    """

    matched: tuple[MatchedWord, ...]
    conflicts: tuple[Conflict, ...]
    missing_a: tuple[str, ...]
    missing_b: tuple[str, ...]
    comparison: NameComparison


_NO_EVIDENCE = NameComparison(0.0, UNDECIDED)


def compare_names(a: str, b: str) -> NameComparison:
    """Compare two names as `canon.normalise_name` writes them; symmetric.

    Returns:
        Similarity and verdict; 0 and UNDECIDED if a name has no words.
    """
    return (align_names(a, b) if a <= b else align_names(b, a)).comparison


def align_names(a: str, b: str) -> NameAlignment:
    """Pair the words of two names as `canon.normalise_name` writes them.

    Returns:
        What the words of `a` and `b` are to each other, and the comparison that follows from it; the same with its
        sides exchanged if the names are.
    """
    if a > b:
        matched, conflicts, missing_b, missing_a, comparison = align_names(b, a)
        return NameAlignment(
            tuple(
                [word if word[2] == "equal" else MatchedWord(word[1], word[0], word[2], word[3]) for word in matched]
            ),
            conflicts and tuple([Conflict(y, x, part, degree) for x, y, part, degree in conflicts]),
            missing_a,
            missing_b,
            comparison,
        )
    name_a, name_b = read_name(a), read_name(b)
    tokens_a, parts_a = name_a
    tokens_b, parts_b = name_b
    only_a = []
    only_b = list(tokens_b)
    matched_words = []
    support = 0.0
    for token in tokens_a:
        if token in only_b:
            only_b.remove(token)
            support += 1.0 if len(token) > 1 else _INITIAL
            matched_words.append(_equal_word(token, parts_a[token] or parts_b[token]))
        else:
            only_a.append(token)
    if only_a and only_b:
        return _Pairing(name_a, name_b, only_a, only_b, matched_words, support).finish()
    if not matched_words:
        comparison = _NO_EVIDENCE
    elif only_a or only_b:
        comparison = _classify(support, 0.0, 0.0, len(only_a) + len(only_b))
    else:
        comparison = _compare_equal(support)
    return NameAlignment(tuple(matched_words), (), tuple(only_a), tuple(only_b), comparison)


@lru_cache(maxsize=1 << 16)
def _equal_word(word: str, part: Part) -> MatchedWord:
    return MatchedWord(word, word, "equal" if len(word) > 1 else "initial", part)


def _compare_equal(support: float) -> NameComparison:
    """The same words: as similar as can be, but JUAN proves nothing, and JUAN C little."""
    return NameComparison(1.0, _classify(support, 0.0, 0.0, 0).verdict)


def _classify(
    support: float, doubt: float, conflict: float, missing: int, *, has_odd_words: bool = False
) -> NameComparison:
    """Turn support, doubt, conflict and missing words into similarity and verdict.

    Words in common, what unequal pairs lack, words in conflict, and the number of words that one side left out. Odd
    words, on both sides and lacking on the other, exclude VERY.
    """
    if support <= 0.0:
        return NameComparison(0.0, CONTRADICT) if conflict >= CONTRADICT_FROM else _NO_EVIDENCE
    similarity = support / (support + doubt + _CONFLICT_COST * conflict + _MISSING_COST * missing)
    if support < _WORDS_FOR_FULL:
        similarity *= 0.2 + 0.4 * support
    if conflict >= CONTRADICT_FROM or (conflict > _SLIGHT_CONFLICT and similarity < CONTRADICT_BELOW):
        return NameComparison(similarity, CONTRADICT)
    is_very = support >= VERY_WORDS_FROM and not has_odd_words
    if similarity >= VERY_FROM and (is_very or similarity == 1.0):
        return NameComparison(similarity, VERY)
    return NameComparison(similarity, AGREE if similarity >= AGREE_FROM else UNDECIDED)


class _Pairing:
    """The words of two names that have unequal words on both sides, while they are paired."""

    def __init__(
        self,
        a: NameWords,
        b: NameWords,
        only_a: list[str],
        only_b: list[str],
        matched: list[MatchedWord],
        support: float,
    ) -> None:
        self._tokens_a, self._parts_a = a
        self._tokens_b, self._parts_b = b
        self._only_a, self._only_b = only_a, only_b
        self._matched = matched
        self._conflicts: list[Conflict] = []
        self._support = support
        self._doubt = 0.0

    def finish(self) -> NameAlignment:
        """Pair similar tokens, then find conflicts among the rest."""
        only_a, only_b = self._only_a, self._only_b
        if len(only_a) > 1 or len(only_b) > 1:
            for whole, first, second in _pair_joined(only_a, only_b):
                self._match(whole, f"{first} {second}", 2 * _JOINED, 2 * (1 - _JOINED), "variant")
            for whole, first, second in _pair_joined(only_b, only_a):
                self._match(f"{first} {second}", whole, 2 * _JOINED, 2 * (1 - _JOINED), "variant")
        listed_b = [(y, name_part(y)) for y in only_b]
        likeness = []
        for x in only_a:
            part_x = name_part(x)
            for y, part_y in listed_b:
                part = "" if part_x or part_y else self._part(x, y)
                similarity, kind = compare_words(x, y, part)
                likeness.append((similarity, x, y, kind, bool(part_x) and part_x == part_y))
        if len(likeness) > 1:
            likeness.sort(reverse=True)
        pairs: list[tuple[str, str]] = []
        for similarity, x, y, kind, _ in likeness:
            if similarity < SAME_TOKEN_FROM:
                break
            if x in only_a and y in only_b:
                only_a.remove(x)
                only_b.remove(y)
                pairs.append((x, y))
                self._matched.append(MatchedWord(x, y, "typo" if kind == "typo" else "variant", self._part(x, y)))
                self._support += similarity
                self._doubt += 1.0 - similarity
        if only_a and only_b:
            self._find_conflicts(likeness, pairs)
        conflict = sum([found.degree for found in self._conflicts])
        comparison = _classify(
            self._support,
            self._doubt,
            conflict,
            len(only_a) + len(only_b),
            has_odd_words=bool(only_a and only_b),
        )
        return NameAlignment(tuple(self._matched), tuple(self._conflicts), tuple(only_a), tuple(only_b), comparison)

    def _part(self, x: str, y: str) -> Part:
        part_x, part_y = self._parts_a.get(x, ""), self._parts_b.get(y, "")
        if part_x == part_y or not part_y:
            return part_x
        return "" if part_x else part_y

    def _match(self, x: str, y: str, support: float, doubt: float, kind: MatchKind) -> None:
        part = self._part(x.split(maxsplit=1)[0], y.split(maxsplit=1)[0])
        self._matched.append(MatchedWord(x, y, kind, part))
        self._support += support
        self._doubt += doubt

    def _find_conflicts(
        self, likeness: list[tuple[float, str, str, LikenessKind, bool]], pairs: list[tuple[str, str]]
    ) -> None:
        only_a, only_b = self._only_a, self._only_b
        alignment = Positions(self._tokens_a, self._tokens_b, only_a, only_b, pairs)
        for x, y in _pair_initials(only_a, only_b, alignment):
            self._match(x, y, _INITIAL, _INITIAL_DOUBT, "initial")
        for similarity, x, y, _, has_same_part in likeness:
            if x in only_a and y in only_b and (has_same_part or alignment.conflicts(x, y)):
                only_a.remove(x)
                only_b.remove(y)
                self._conflicts.append(Conflict(x, y, self._part(x, y), _conflict(similarity, x, y)))
        if only_a and only_b and not self._conflicts:
            exceeding = _exceed_one_name(without(self._tokens_a, only_a), only_a, only_b)
            if exceeding is not None:
                x, y = exceeding
                only_a.remove(x)
                only_b.remove(y)
                self._conflicts.append(Conflict(x, y, self._part(x, y), 1.0))


def _exceed_one_name(paired: list[str], only_a: list[str], only_b: list[str]) -> tuple[str, str] | None:
    """Two words, one of each name, that are too many for one person.

    Nobody has three surnames: JUAN ROJAS FLORES is not FLORES QUISPE JUAN. Everybody has a given name: if the paired
    words hold none, it is among the unpaired ones, and PEDRO conflicts with ROSA in any position, also with the unknown
    word YIESON, which is no known surname.
    """
    surnames_a, surnames_b = ([token for token in only if name_part(token) == "surname"] for only in (only_a, only_b))
    if surnames_a and surnames_b and any(name_part(token) == "surname" for token in paired):
        return surnames_a[0], surnames_b[0]
    if any(token in GIVEN_NAMES for token in paired):
        return None
    given_a, given_b = ([token for token in only if token in GIVEN_NAMES] for only in (only_a, only_b))
    if given_a and given_b:
        return given_a[0], given_b[0]
    known, others = (given_a, only_b) if given_a else (given_b, only_a)
    unknown = [token for token in others if len(token) > 1 and name_part(token) == ""]
    # a similar unknown word may be the given name, mistyped
    likeness = [(compare_words(given, token, "given").similarity, given, token) for given in known for token in unknown]
    if not likeness or max(likeness)[0] >= _DIFFERENT_BELOW:
        return None
    _, given, token = max(likeness)
    return (given, token) if given_a else (token, given)


def _conflict(similarity: float, x: str, y: str) -> float:
    """Degree to which two unpaired tokens are two words, 0 … 1."""
    if len(x) == 1 or len(y) == 1:
        return _WRONG_INITIAL
    return min(1.0, (SAME_TOKEN_FROM - similarity) / (SAME_TOKEN_FROM - _DIFFERENT_BELOW))


def _pair_joined(wholes: list[str], parts: list[str]) -> list[tuple[str, str, str]]:
    """Pair JUANCARLOS with JUAN and CARLOS; remove the paired tokens and return them."""
    gained: list[tuple[str, str, str]] = []
    if len(parts) < 2:
        return gained
    first_letters = {part[0] for part in parts}
    for whole in list(wholes):
        if len(whole) < 6 or whole[0] not in first_letters:
            continue
        beginnings = [part for part in parts if 1 < len(part) < len(whole) and part[0] == whole[0]]
        for x, y in ((x, y) for x in beginnings for y in parts if y is not x and len(y) > 1):
            if abs(len(whole) - len(x) - len(y)) <= 1 and OSA.distance(whole, x + y, score_cutoff=1) <= 1:
                wholes.remove(whole)
                parts.remove(x)
                parts.remove(y)
                gained.append((whole, x, y))
                break
    return gained


def _pair_initials(only_a: list[str], only_b: list[str], alignment: Positions) -> list[tuple[str, str]]:
    """Pair C with CARLOS; remove the paired tokens and return them, those of the first name first.

    Nothing is paired if that would hide a conflict: in JUANA J and JOSE, JUANA conflicts with JOSE.
    """
    if min(map(len, only_a)) > 1 and min(map(len, only_b)) > 1:
        return []
    rest_a, rest_b = sorted(only_a), sorted(only_b)
    gained: list[tuple[str, str]] = []
    for initials, words in ((rest_a, rest_b), (rest_b, rest_a)):
        for initial in [token for token in initials if len(token) == 1]:
            match = next((word for word in words if word[0] == initial), None)
            if match is not None:
                initials.remove(initial)
                words.remove(match)
                gained.append((initial, match) if initials is rest_a else (match, initial))
    taken_a, taken_b = without(only_a, rest_a), without(only_b, rest_b)
    if any(len(x) > 1 and len(y) > 1 and alignment.conflicts(x, y) for x in taken_a for y in rest_b):
        return []
    if any(len(x) > 1 and len(y) > 1 and alignment.conflicts(x, y) for x in rest_a for y in taken_b):
        return []
    only_a[:], only_b[:] = rest_a, rest_b
    return gained
