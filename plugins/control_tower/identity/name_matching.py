"""Are two written names the same person's? Pure: the answer depends on nothing but the two names.

Names come as `canon.normalise_name` leaves them: upper-case tokens without particles, given names first or
surnames first. Tokens are paired one to one. What then stands unpaired on *both* sides and plays the same
part (given name against given name) is a conflict; what stands unpaired on one side only was left out by
somebody. So JUAN QUISPE may be JUAN CARLOS QUISPE MAMANI, and LUIS QUISPE MAMANI is his brother.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Final, Literal, NamedTuple

from rapidfuzz.distance import OSA, JaroWinkler

from control_tower.identity.spanish_names import GIVEN_NAMES, SHORT_FORMS, SURNAMES

Verdict = Literal["VERY", "AGREE", "UNDECIDED", "CONTRADICT"]

VERY: Final = "VERY"
AGREE: Final = "AGREE"
UNDECIDED: Final = "UNDECIDED"
CONTRADICT: Final = "CONTRADICT"
SIMILAR: Final[frozenset[Verdict]] = frozenset({VERY, AGREE})
"""Verdicts that support a plate match or the merging of two accounts."""

SAME_TOKEN_FROM: Final = 0.85
"""Two tokens count as one word, mistyped, from this Jaro-Winkler similarity on."""
AGREE_FROM: Final = 0.70
"""Similarity from which two names support each other: two words in common, and none against."""
VERY_FROM: Final = 0.88
"""Similarity from which two names are nearly identical, given enough words (VERY_WORDS_FROM)."""
VERY_WORDS_FROM: Final = 2.5
"""Words in common that nearly identical names need, unless they are the same to the letter: many are called
JUAN QUISPE, so JUAN QUISPE is not very similar to JUAN QUISPE MAMANI."""
CONTRADICT_FROM: Final = 0.75
"""Conflict (words that contradict each other) from which two names are two persons'."""
CONTRADICT_BELOW: Final = 0.5
"""Similarity below which any conflict makes two names two persons': less than half of them agrees. Seen on 90,000
links by phone and licence: of 22 such pairs 7 were two persons, of 100 less unlike pairs none."""

_INITIAL = 0.4  # what a matching initial is worth, in tokens
_WRONG_INITIAL = 0.5  # what an initial that matches nothing weighs as a conflict
_ALIKE = 0.97  # spelled differently, sounds the same
_SHORT_FORM = 0.92
_LIKELY_OTHER = 0.5  # MARIANO and MARIANA: one letter apart, and yet two names
_JOINED_FROM = 0.93
_LONGER = 0.8
_UNLIKE = 0.5  # no spelling of one word differs that much from another
_JOINED_PARTICLES = frozenset({"LA", "LAS", "LOS", "EL", "DE", "DEL", "DELA"})  # LAROSA is ROSA
_DIFFERENT_BELOW = 0.65  # two tokens less similar than this have nothing to do with each other
_MISSING_COST = {"given": 0.08, "surname": 0.2, "": 0.14}
_CONFLICT_COST = 3.0


class NameComparison(NamedTuple):
    """How two names relate.

    Attributes:
        similarity: 0 (nothing in common) … 1 (the same words); fewer words in common count less.
        verdict: VERY, AGREE, UNDECIDED or CONTRADICT (clearly two persons).
    """

    similarity: float
    verdict: Verdict


_NOTHING = NameComparison(0.0, UNDECIDED)


def compare_names(a: str, b: str) -> NameComparison:
    """Compare two normalised names; symmetric.

    Args:
        a: Output of `canon.normalise_name`: upper-case tokens separated by one space.
        b: Likewise.

    Returns:
        Similarity and verdict. A name without words says nothing: 0 and UNDECIDED.
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
        return _compare_rest(tokens_a, b.split(), only_a, only_b, support)
    if not shared:
        return _NOTHING
    return _judge(support, 0.0, _left_out(only_a or only_b))


def _judge(support: float, conflict: float, missing: float, *, has_odd_words: bool = False) -> NameComparison:
    """Weigh words in common, words against each other, and words that one side left out.

    Args:
        support: Words in common.
        conflict: Words against each other.
        missing: What it costs that words are left out.
        has_odd_words: Both sides have words that the other lacks: never nearly identical.
    """
    if support <= 0.0:
        return NameComparison(0.0, CONTRADICT) if conflict >= CONTRADICT_FROM else _NOTHING
    similarity = support / (support + _CONFLICT_COST * conflict + missing)
    if support < 2.0:
        similarity *= 0.2 + 0.4 * support
    if conflict >= CONTRADICT_FROM or (conflict and similarity < CONTRADICT_BELOW):
        return NameComparison(similarity, CONTRADICT)
    is_very = support >= VERY_WORDS_FROM and not has_odd_words
    if similarity >= VERY_FROM and (is_very or similarity == 1.0):
        return NameComparison(similarity, VERY)
    return NameComparison(similarity, AGREE if similarity >= AGREE_FROM else UNDECIDED)


def _compare_rest(
    tokens_a: list[str], tokens_b: list[str], only_a: list[str], only_b: list[str], support: float
) -> NameComparison:
    """Pair what is not equal to the letter, then look for conflicts in what remains."""
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
        stand = _Stand(tokens_a, tokens_b, only_a, only_b, pairs)
        support += _pair_initials(only_a, only_b, stand)
        for similarity, x, y in likeness:
            if x in only_a and y in only_b and stand.against(x, y):
                only_a.remove(x)
                only_b.remove(y)
                conflict += _conflict(similarity, x, y)
                if not support and conflict >= CONTRADICT_FROM:
                    return NameComparison(0.0, CONTRADICT)  # strangers; no more words change that
        if not conflict and _are_too_many(_without(tokens_a, only_a), only_a, only_b):
            conflict = 1.0
    return _judge(support, conflict, _left_out(only_a) + _left_out(only_b), has_odd_words=bool(only_a and only_b))


def _are_too_many(paired: list[str], only_a: list[str], only_b: list[str]) -> bool:
    """Whether no one person can bear the words of both names together.

    Nobody has three surnames: JUAN ROJAS FLORES is not FLORES QUISPE JUAN. And everybody has a given name: where
    the words in common hold none, it is among what is left, and PEDRO stands against ROSA wherever they stand,
    also against YIESON, which is no name we know but no surname either.
    """
    surnames_a, surnames_b = (any(_part(token) == "surname" for token in only) for only in (only_a, only_b))
    if surnames_a and surnames_b and any(_part(token) == "surname" for token in paired):
        return True
    if any(token in GIVEN_NAMES for token in paired):
        return False
    given_a, given_b = ([token for token in only if token in GIVEN_NAMES] for only in (only_a, only_b))
    if given_a and given_b:
        return True
    unknown = [token for token in (only_b if given_a else only_a) if len(token) > 1 and _part(token) == ""]
    # what resembles the name may be it, mistyped
    likeness = [token_similarity(given, token) for given in given_a or given_b for token in unknown]
    return bool(likeness) and max(likeness) < _DIFFERENT_BELOW


def _left_out(tokens: list[str]) -> float:
    """What it costs that one side leaves these out; a missing surname hides more people than a given name."""
    return sum([_MISSING_COST[_part(token)] for token in tokens])


def _conflict(similarity: float, x: str, y: str) -> float:
    """How clearly two unpaired tokens are two words: 0 … 1."""
    if len(x) == 1 or len(y) == 1:
        return _WRONG_INITIAL
    return min(1.0, (1.0 - similarity) / (1.0 - _DIFFERENT_BELOW))


def _pair_joined(wholes: list[str], parts: list[str]) -> float:
    """Pair JUANCARLOS with JUAN and CARLOS; removes what it pairs and returns the words gained."""
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


def _pair_initials(only_a: list[str], only_b: list[str], stand: _Stand) -> float:
    """Pair C with CARLOS; removes what it pairs and returns the words gained.

    Not where it would hide a conflict: JUANA J and JOSE are not paired by the J, because JUANA stands
    against JOSE.
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
    if any(len(x) > 1 and len(y) > 1 and stand.against(x, y) for x in taken_a for y in rest_b):
        return 0.0
    if any(len(x) > 1 and len(y) > 1 and stand.against(x, y) for x in rest_a for y in taken_b):
        return 0.0
    only_a[:], only_b[:] = rest_a, rest_b
    return gained


@lru_cache(maxsize=1 << 16)
def _part(token: str) -> str:
    """'given', 'surname', or '' for a word that is both or unknown."""
    is_given, is_surname = token in GIVEN_NAMES, token in SURNAMES
    if is_given == is_surname:
        return ""
    return "given" if is_given else "surname"


class _Stand:
    """Which unpaired tokens of two names stand against each other.

    Those that are both known as given names, or both as surnames, do. Otherwise the place decides (RAMON is a
    surname, and a given name): surnames may come first or last, so a name is read as a circle that begins
    anywhere, and a place is a gap between two paired tokens. Where these do not follow each other alike in
    both circles, or are too few to make a gap, all stand against each other but for words known to play
    different parts.
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

    def against(self, x: str, y: str) -> bool:
        """Whether x of the one name and y of the other play the same part."""
        part_x, part_y = _part(x), _part(y)
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
        twin = dict(self._pairs)
        paired_b = _without(tokens_b, only_b)
        paired_a = [token for token in _without(tokens_a, only_a) if twin.get(token, token) in paired_b]
        turned = [twin.get(token, token) for token in paired_a]
        shift = next((at for at in range(len(turned)) if turned[at:] + turned[:at] == paired_b), None)
        if shift is None:
            return {}, {}, 0
        return _gaps(tokens_a, paired_a, 0), _gaps(tokens_b, paired_b, shift), len(turned)


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
    """Gap of each token, counted around the circle."""
    gaps: dict[str, int] = {}
    passed = 0
    for token in tokens:
        gaps[token] = (passed + shift) % len(paired) if paired else 0
        passed += token in paired
    return gaps


@lru_cache(maxsize=1 << 18)
def token_similarity(x: str, y: str) -> float:
    """Similarity of two tokens, 0 … 1; from SAME_TOKEN_FROM on they count as one word.

    An initial is similar to nothing here: initials are paired last, with what is left.
    """
    if x == y:
        return 1.0
    if len(x) == 1 or len(y) == 1:
        return 0.0
    if (x, y) in SHORT_FORMS or (y, x) in SHORT_FORMS:
        return _SHORT_FORM
    short, long = (x, y) if len(x) <= len(y) else (y, x)
    if long.endswith(short) and long[: -len(short)] in _JOINED_PARTICLES:
        return _ALIKE
    similarity = JaroWinkler.similarity(x, y)
    if similarity < _UNLIKE:
        return similarity
    if sound(x) == sound(y):
        return _ALIKE
    if _are_two_names(x, y):
        return min(similarity, _LIKELY_OTHER)
    rest = long.removeprefix(short) if long.startswith(short) else long.removesuffix(short)
    if rest != long and rest in GIVEN_NAMES:
        return _SHORT_FORM  # JUANCARLOS is JUAN
    if len(long) - len(short) >= 3 and (short in GIVEN_NAMES or short in SURNAMES):
        return min(similarity, _LONGER)  # QUISPE is whole: it is not QUISPIRIMA cut short
    if similarity < SAME_TOKEN_FROM and len(short) >= 4 and OSA.distance(x, y, score_cutoff=1) <= 1:
        return SAME_TOKEN_FROM
    return similarity


def _are_two_names(x: str, y: str) -> bool:
    """Two common names, or a man's and a woman's form of one, however alike they look."""
    if (x in GIVEN_NAMES or x in SURNAMES) and (y in GIVEN_NAMES or y in SURNAMES):
        return True
    return x[:-1] == y[:-1] and {x[-1], y[-1]} == {"A", "O"} and x not in SURNAMES and y not in SURNAMES


_SPELLINGS = {
    "CHR": "KR", "CH": "1", "SH": "1", "PH": "F", "HUA": "WA", "HUE": "WE", "GUA": "WA", "QU": "K",
    "CE": "SE", "CI": "SI", "GE": "JE", "GI": "JI", "GUE": "GE", "GUI": "GI", "LL": "Y", "H": "", "V": "B",
    "Z": "S", "C": "K", "Y": "I", "NB": "MB", "NP": "MP", "X": "S",
}  # fmt: skip
"""Written, heard; replaced in this order."""


@lru_cache(maxsize=1 << 16)
def sound(token: str) -> str:
    """How a Spanish ear hears the token: B and V, S and Z, LL and Y, a silent H, double letters are one."""
    if token[0] == "Y" and token[1:2] in ("A", "E", "O", "U", "H"):
        token = "J" + token[1:]
    heard = token
    for spelling, letter in _SPELLINGS.items():
        if spelling in heard:
            heard = heard.replace(spelling, letter)
    return "".join(letter for at, letter in enumerate(heard) if at == 0 or letter != heard[at - 1])
