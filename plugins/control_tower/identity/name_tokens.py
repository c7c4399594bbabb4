"""Compare two words of names: likely the same word, mistyped or spelled otherwise, or two words."""

from __future__ import annotations

from functools import lru_cache
from itertools import combinations
from typing import Final, Literal, NamedTuple

from rapidfuzz.distance import OSA, JaroWinkler

from control_tower.identity.given_name_forms import HEARD, SHORT_FORMS, TWO_NAMES
from control_tower.identity.spanish_names import GIVEN_NAMES, SURNAME_SPELLINGS, SURNAMES
from control_tower.identity.word_sounds import given_sound, sound

SAME_TOKEN_FROM: Final = 0.85
"""Similarity from which two words count as one; below it they are two."""

Part = Literal["given", "surname", ""]
LikenessKind = Literal["equal", "variant", "typo", ""]

_SAME_SOUND = 0.97
_SPELLING = 0.93
_SHORT_FORM = 0.92
_TYPO = 0.91
_TYPO_BEHIND = 0.86  # at least, for a word cut short or with more than one wrong letter
_PERHAPS_TYPO = 0.79  # one wrong letter that no finger slip explains
_DISTANT = 0.6  # at most, for given names with several letters unlike
_OTHER_BEGINNING = 0.72  # a known name but for its first letter, which is rarely mistyped
_PERHAPS_FROM = 0.6  # Jaro-Winkler similarity; words less similar are two
_TWO_NAMES = 0.5  # at most, for two names: MARIANO and MARIANA differ in one letter
_JOINED_PARTICLES = frozenset({"LA", "LAS", "LOS", "EL", "DE", "DEL", "DELA"})  # LAROSA is ROSA
_TYPO_LETTERS = 5  # a slip in a shorter word makes another word
_BEGINNING_LETTERS = 3
_VOWELS = frozenset("AEIOU")

_ROWS = ("QWERTYUIOP", "ASDFGHJKL", "ZXCVBNM")
_NEIGHBOURS = frozenset(
    frozenset((row[at], beside[to]))
    for number, row in enumerate(_ROWS)
    for at in range(len(row))
    for beside, to in (
        [(row, at + 1)]
        if number == len(_ROWS) - 1
        else [(row, at + 1), (_ROWS[number + 1], at), (_ROWS[number + 1], at - 1)]
    )
    if 0 <= to < len(beside)
)


_ONE_SOUND = frozenset(map(frozenset, ("EI", "OU", "GJ", "CK")))
"""Letters that are often written for one another: Quechua has no E and no O beside I and U."""


class WordLikeness(NamedTuple):
    """Similarity from 0 to 1, and what two words are to each other; kind is '' for two words.

    1 for equal words only; from SAME_TOKEN_FROM on for one word that was spelled otherwise or mistyped.
    """

    similarity: float
    kind: LikenessKind


_EQUAL = WordLikeness(1.0, "equal")
_INITIAL = WordLikeness(0.0, "")
_SOUNDS_SAME = WordLikeness(_SAME_SOUND, "variant")
_SPELLED_OTHERWISE = WordLikeness(_SPELLING, "variant")
_SHORTENED = WordLikeness(_SHORT_FORM, "variant")
_MISTYPED = WordLikeness(_TYPO, "typo")

_HEARD_AS = {given_sound(word): given_sound(words[0]) for words in HEARD for word in reversed(words)}


_SHORT = frozenset(
    (given_sound(short), _HEARD_AS.get(given_sound(full), given_sound(full))) for short, full in SHORT_FORMS
)
_SHORT_KEYS = frozenset(short for short, _ in _SHORT)
_PET_NAMES = frozenset(short for short, _ in SHORT_FORMS)
_KNOWN = GIVEN_NAMES | SURNAMES | _PET_NAMES
_SEQUENCES = frozenset(
    padded[at : at + 3] for word in GIVEN_NAMES for padded in (f" {word} ",) for at in range(len(padded) - 2)
)
"""Three letters, or two at an end, that known given names have in a row."""
_SPELLED_WORDS = frozenset(word for words in SURNAME_SPELLINGS for word in words)
_SPELLED = frozenset(pair for words in SURNAME_SPELLINGS for pair in map(frozenset, combinations(words, 2)))


@lru_cache(maxsize=1 << 16)
def name_part(token: str) -> Part:
    """'given', 'surname', or '' if the token is both or unknown."""
    is_given, is_surname = token in GIVEN_NAMES or token in _PET_NAMES, token in SURNAMES
    if is_given == is_surname:
        return ""
    return "given" if is_given else "surname"


class _Word(NamedTuple):
    """What is known of a word alone, so that comparing two words is quick."""

    part: Part
    is_known: bool
    heard: str
    given_sound: str
    sound: str
    is_pet_name: bool
    bases: frozenset[str]


@lru_cache(maxsize=1 << 16)
def _look_up(word: str) -> _Word:
    part = name_part(word)
    # a word is compared by the sound of the part that it can be
    heard = "" if part == "surname" else given_sound(word)
    return _Word(
        part=part,
        is_known=word in _KNOWN,
        heard=_HEARD_AS.get(heard, heard),
        given_sound=heard,
        sound="" if part == "given" else sound(word),
        is_pet_name=heard in _SHORT_KEYS,
        bases=frozenset() if part == "surname" else _bases(word),
    )


@lru_cache(maxsize=1 << 18)
def compare_words(x: str, y: str, part: Part = "") -> WordLikeness:
    """Compare two words; symmetric.

    Args:
        x: A word.
        y: A word.
        part: Which part of the name words are that no list knows, where their position tells. For given names a first
            letter that sounds otherwise makes two names (YORMAN, NORMAN), and so does a changed letter that changes the
            sound of two unknown names; unknown surnames are rarely a letter apart.

    Returns:
        An initial has similarity 0 to every other word; initials are paired separately.
    """
    if x == y:
        return _EQUAL
    if len(x) == 1 or len(y) == 1:
        return _INITIAL
    if len(x) > len(y):
        x, y = y, x
    word_x, word_y = _look_up(x), _look_up(y)
    part = word_x.part or word_y.part or part
    variant = _variant(x, y, word_x, word_y, part)
    if variant:
        return variant
    similarity = JaroWinkler.similarity(x, y)
    if word_x.is_known and word_y.is_known:
        return WordLikeness(min(similarity, _TWO_NAMES), "")
    if part != "surname" and _are_two_genders(x, y):
        return WordLikeness(min(similarity, _TWO_NAMES), "")
    return _mistyped(x, y, part, similarity)


def _variant(short: str, long: str, x: _Word, y: _Word, part: Part) -> WordLikeness | None:
    """Likeness of two spellings or forms of one word, if they are."""
    if part != "surname" and not (x.part and y.part and x.part != y.part):
        if x.heard == y.heard:
            return None if frozenset((short, long)) in TWO_NAMES else _SOUNDS_SAME
        if _is_short_form(short, x, long, y) or _is_short_form(long, y, short, x):
            return _SHORTENED
    if x.part != "given" and y.part != "given":
        if x.sound == y.sound:
            return _SOUNDS_SAME
        if short in _SPELLED_WORDS and frozenset((short, long)) in _SPELLED:
            return _SPELLED_OTHERWISE
        # VALLEJO and VALLEJOS, CUBA and CUBAS
        if len(short) >= _BEGINNING_LETTERS + 1 and (x.sound + "S" == y.sound or y.sound + "S" == x.sound):
            return _SPELLED_OTHERWISE
    if long.endswith(short):
        rest = long[: -len(short)]
        if rest in _JOINED_PARTICLES:
            return _SOUNDS_SAME
    elif long.startswith(short):
        rest = long[len(short) :]
    else:
        return None
    if rest in GIVEN_NAMES and len(short) > 2 and not y.is_known:
        return _SHORTENED  # JUANCARLOS is JUAN
    return None


@lru_cache(maxsize=1 << 16)
def _bases(word: str) -> frozenset[str]:
    """Sounds of the words that a diminutive may be made of: PEPITO of PEPE, CARLITOS of CARLOS, OLGUITA of OLGA."""
    bare = word.removesuffix("S")
    if len(word) < 5 or not bare.endswith(("ITO", "ITA")):
        return frozenset()
    stem, vowel, plural = bare[:-3], bare[-1], word[len(bare) :]
    stems = [stem]
    if stem.endswith(("C", "S", "Z")):
        stems.append(stem[:-1])  # JOSECITO
    if stem.endswith("QU"):
        stems = [stem[:-2] + "C", stem[:-2] + "K"]
    elif stem.endswith("GU"):
        stems = [stem[:-1]]
    endings = ["O" + plural, "E", ""] if vowel == "O" else ["A", "E", ""]
    words = [stem + ending for stem in stems for ending in endings]
    if vowel == "A" and stem + "A" in GIVEN_NAMES:
        words = [stem + "A"]  # JUANITA is no JUAN
    return frozenset(given_sound(word) for word in words if len(word) > 1)


def _is_short_form(short: str, x: _Word, full: str, y: _Word) -> bool:
    """Whether one given name is a pet name, a diminutive or the beginning of the other one, which must be known."""
    if x.is_pet_name and (x.given_sound, y.heard) in _SHORT:
        return True
    for base in x.bases:
        if base == y.given_sound or (base, y.heard) in _SHORT:
            return True
    if len(full) <= len(short) or len(short) < _BEGINNING_LETTERS or short[0] != full[0]:
        return False
    if x.is_known or x.is_pet_name or len(full) < _TYPO_LETTERS or full not in GIVEN_NAMES:
        return False
    key, whole = x.given_sound, y.given_sound
    if len(full) - len(short) >= 2 and whole.startswith(key):
        return short[-1] in _VOWELS or len(short) <= 4  # SAMU, REBE, GUS
    # YOLI, PATTY: the first syllable and I
    return key[-1] == "I" and len(key) >= _BEGINNING_LETTERS and whole.startswith(key[:-1])


def _are_two_genders(short: str, long: str) -> bool:
    """Whether the words are the male and female form of one name: DANIEL and DANIELA, NOEL and NOELIA."""
    if short in SURNAMES or long in SURNAMES:
        return False
    if short[:-1] == long[:-1] and {short[-1], long[-1]} == {"A", "O"}:
        return True
    if short[-1] == "A":
        return long == short[:-1] + "OS"
    return short[-1] not in _VOWELS and long in (short + "A", short + "IA", short + "INA")


def _reads_like_a_name(word: str) -> bool:
    """Whether all sequences of letters are such as given names have: YORLAN, not YEIERSON."""
    padded = f" {word} "
    return all(padded[at : at + 3] in _SEQUENCES for at in range(len(padded) - 2))


def _mistyped(short: str, long: str, part: Part, similarity: float) -> WordLikeness:
    """Likeness of two words of which at most one is a known name: a slip of the pen, or two words."""
    if similarity < _PERHAPS_FROM:
        return WordLikeness(similarity, "")
    distance = OSA.distance(short, long, score_cutoff=2)
    if part == "given":
        return _mistyped_given_name(short, long, similarity, distance)
    if distance == 1:
        is_one = len(long) >= _TYPO_LETTERS or (len(short) == len(long) and (short in _KNOWN or long in _KNOWN))
        return _MISTYPED if is_one else WordLikeness(_PERHAPS_TYPO, "")
    if len(long) - len(short) >= 3 and short in _KNOWN:
        return WordLikeness(min(similarity, _PERHAPS_TYPO), "")  # QUISPE is a name of its own, not QUISPIRIMA cut short
    is_cut = len(short) >= _TYPO_LETTERS and long.startswith(short)
    if is_cut or (distance == 2 and len(short) >= 6 and similarity >= SAME_TOKEN_FROM):
        return WordLikeness(max(_TYPO_BEHIND, min(similarity, _TYPO)), "typo")
    return WordLikeness(min(similarity, _PERHAPS_TYPO), "")


def _mistyped_given_name(short: str, long: str, similarity: float, distance: int) -> WordLikeness:
    """As `_mistyped`; many given names are one letter apart, and no list has all."""
    known = [word for word in (short, long) if word in _KNOWN]
    if distance > 1:
        return WordLikeness(min(similarity, _PERHAPS_TYPO if known and distance == 2 else _DISTANT), "")
    changed = [at for at in range(len(short)) if short[at] != long[at]] if len(short) == len(long) else []
    is_long = len(long) >= _TYPO_LETTERS
    replaced = frozenset((short[changed[0]], long[changed[0]])) if len(changed) == 1 else None
    if known and replaced in _ONE_SOUND and len(short) >= _TYPO_LETTERS - 1:
        return _MISTYPED
    if short[0] != long[0] and given_sound(short)[0] != given_sound(long)[0]:
        if not (known and is_long):
            return WordLikeness(min(similarity, _TWO_NAMES), "")
        if len(changed) == 1:
            return WordLikeness(_OTHER_BEGINNING, "")
        # letters turned: DEWIN; the first one left out: IGUEL
        return _MISTYPED if changed else WordLikeness(_PERHAPS_TYPO, "")
    if not is_long:
        is_one = bool(known) and len(changed) > 1 and not (_reads_like_a_name(short) and _reads_like_a_name(long))
        return _MISTYPED if is_one else WordLikeness(_PERHAPS_TYPO, "")
    if len(changed) != 1:
        return _MISTYPED
    is_slip = replaced in _NEIGHBOURS
    if (is_slip and known) or not all(word in _KNOWN or _reads_like_a_name(word) for word in (short, long)):
        return _MISTYPED
    return WordLikeness(_PERHAPS_TYPO if is_slip or known else _TWO_NAMES, "")
