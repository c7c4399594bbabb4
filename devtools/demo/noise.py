"""Errors and habits in how people write names, as source tables show them.

Every function takes the 16-bit random numbers that decide, so that the same row always gets the same error.
"""

from __future__ import annotations

from typing import NamedTuple

from devtools.demo.people import Person
from devtools.demo.rng import threshold

WITHOUT_ACCENTS = str.maketrans("ÁÉÍÓÚÜáéíóúü", "AEIOUUaeiouu")
WITHOUT_ENYE = str.maketrans("Ññ", "Nn")
NEIGHBOURS = dict(zip("qwertyuiopasdfghjklzxcvbnm", "wqreutyoiosapdgfjhkxzvcnbn", strict=True))
SOUNDS_ALIKE = [
    ("v", "b"), ("z", "s"), ("y", "i"), ("h", ""), ("ll", "y"), ("b", "v"), ("s", "z"), ("i", "y"),
    ("c", "s"), ("qui", "ki"), ("j", "g"), ("gu", "w"),
]  # fmt: skip


class NameHabits(NamedTuple):
    """How a kind of writer changes names: thresholds on 16-bit random numbers.

    ``typo`` to ``nickname`` are decided by one draw and therefore added up.
    """

    drop_second_surname: int
    drop_second_given: int
    typo: int
    spelling: int
    initial: int
    nickname: int
    joined_particle: int
    accents: int
    broken_encoding: int

    @classmethod
    def of(
        cls, *, drop_second_surname: float, drop_second_given: float, typo: float, spelling: float,
        initial: float, nickname: float, joined_particle: float, accents: float, broken_encoding: float,
    ) -> NameHabits:  # fmt: skip
        """Habits from rates 0 … 1."""
        return cls(
            threshold(drop_second_surname), threshold(drop_second_given), threshold(typo), threshold(typo + spelling),
            threshold(typo + spelling + initial), threshold(typo + spelling + initial + nickname),
            threshold(joined_particle), threshold(accents), threshold(broken_encoding),
        )  # fmt: skip


def mistype(word: str, draw: int) -> str:
    """The word with a typing error: letters swapped, dropped, doubled or hit beside; short words stay."""
    if len(word) < 4:
        return word
    at = (draw >> 2) % (len(word) - 2) + 1
    match draw & 3:
        case 0:
            return word[:at] + word[at + 1] + word[at] + word[at + 2 :]
        case 1:
            return word[:at] + word[at + 1 :]
        case 2:
            return word[:at] + word[at] + word[at:]
        case _:
            return word[:at] + NEIGHBOURS.get(word[at].lower(), "a") + word[at + 1 :]


def spell_phonetically(word: str, draw: int) -> str:
    """The word in another spelling of the same sound; unchanged when there is none."""
    lower = word.lower()
    for step in range(len(SOUNDS_ALIKE)):
        sound, other = SOUNDS_ALIKE[(draw + step) % len(SOUNDS_ALIKE)]
        at = lower.find(sound)
        if at >= 0:
            return (lower[:at] + other + lower[at + len(sound) :]).title()
    return word


def written_name(
    person: Person, habits: NameHabits, nicknames: dict[str, str], drops: int, slips: int, choice: int
) -> tuple[str, str, str, str]:
    """Given name, second given name, surname, second surname as somebody writes them; missing ones are empty.

    Args:
        person: Who it is.
        habits: How this kind of writer writes.
        nicknames: Pet names of the country.
        drops: Draw that decides which parts are left out.
        slips: Draw that decides whether and how a part is spoiled.
        choice: Draw that chooses the part and the place in it.
    """
    given, second_given, surname, second_surname = (
        person.given,
        person.second_given,
        person.surname,
        person.second_surname,
    )
    if drops < habits.drop_second_surname:
        second_surname = ""
    # The same number, scrambled: independent enough, and one random number less.
    if (drops * 40_503 & 0xFFFF) < habits.drop_second_given:
        second_given = ""
    if slips < habits.nickname:
        part = choice & 3
        if slips < habits.spelling:
            spoil = mistype if slips < habits.typo else spell_phonetically
            if part == 0:
                given = spoil(given, choice >> 2)
            elif part == 1 and second_surname:
                second_surname = spoil(second_surname, choice >> 2)
            else:
                surname = spoil(surname, choice >> 2)
        elif slips < habits.initial:
            dot = "." if choice & 4 else ""
            if second_surname and part < 3:
                second_surname = second_surname[0] + dot
            elif second_given:
                second_given = second_given[0] + dot
        else:
            given = nicknames.get(given, given)
    if " " in surname and (choice * 25_173 & 0xFFFF) < habits.joined_particle:
        surname = surname.replace(" ", "")
    if " " in second_surname and (choice * 25_173 & 0xFFFF) < habits.joined_particle:
        second_surname = second_surname.replace(" ", "")
    return given, second_given, surname, second_surname


def lettering(text: str, habits: NameHabits, draw: int, case: int) -> str:
    """The text in somebody's lettering.

    Args:
        text: A name with its accents, in title case.
        habits: Decides accents and broken encodings.
        draw: Draw for accents, ñ and encoding.
        case: Draw for the case: about half capitals, a third title case, the rest lower case.
    """
    if case < 34_000:
        text = text.upper()
    elif case > 57_000:
        text = text.lower()
    if draw >= habits.accents and not text.isascii():
        text = text.translate(WITHOUT_ACCENTS)
        if draw & 1:
            text = text.translate(WITHOUT_ENYE)
    elif draw < habits.broken_encoding:
        text = text.encode().decode("cp1252", "replace")
    return text


def one_line(*parts: str) -> str:
    """The parts that are not empty, joined by spaces."""
    return " ".join(filter(None, parts))
