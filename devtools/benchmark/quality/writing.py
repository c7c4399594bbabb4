"""How made fleets write a name, a phone, a plate: a `Hand` is one kind of writer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

from devtools.benchmark.quality.draws import Draws
from devtools.benchmark.quality.humans import Human
from devtools.benchmark.quality.slips import misheard, mistyped, without_accents


class WrittenName(NamedTuple):
    """The two fields of a form."""

    given: str
    surnames: str


@dataclass(frozen=True)
class Hand:
    """How a kind of writer writes names; the numbers are shares of what it writes."""

    two_words: float
    """One given name and one surname are all that is written."""
    calls_second: float
    """Of those: the given name is the second one, by which the person is called."""
    no_second_given: float
    """The second given name is left out (of the names that are not cut to two words)."""
    no_second_surname: float
    """The second surname is left out (of the same)."""
    slip: float
    """A keyboard slip in one of the words."""
    by_ear: float
    """A word is written as it sounds."""
    accents: float
    """Accents are written."""
    capitals: float
    small_letters: float
    swapped: float
    """Surnames stand where given names belong."""

    def write(self, human: Human, draws: Draws) -> WrittenName:
        """The name of a human as this hand writes it, each time anew."""
        if draws.happens(self.two_words):
            called = human.second_given and draws.happens(self.calls_second)
            words = [human.second_given if called else human.given, "", human.surname, ""]
        else:
            words = [human.given, human.second_given, human.surname, human.second_surname]
            if draws.happens(self.no_second_given):
                words[1] = ""
            if draws.happens(self.no_second_surname):
                words[3] = ""
        for share, spoil in ((self.slip, mistyped), (self.by_ear, misheard)):
            if draws.happens(share):
                place = draws.one([place for place, word in enumerate(words) if word])
                words[place] = spoil(words[place], draws)
        accents, enye, case = draws.happens(self.accents), draws.happens(0.5), draws.random()
        if not accents:
            words = [without_accents(word, keep_enye=enye) for word in words]
        if case < self.capitals:
            words = [word.upper() for word in words]
        elif case < self.capitals + self.small_letters:
            words = [word.lower() for word in words]
        given, surnames = " ".join(filter(None, words[:2])), " ".join(filter(None, words[2:]))
        return WrittenName(surnames, given) if draws.happens(self.swapped) else WrittenName(given, surnames)


def phone_forms(calling_code: str) -> tuple[str, ...]:
    """Forms of a phone, commonest first: {p} is the number, {a}, {b} and {c} are its groups."""
    return (
        "{p}",
        f"+{calling_code}{{p}}",
        f"{calling_code}{{p}}",
        "{a} {b} {c}",
        f"+{calling_code} {{a}} {{b}} {{c}}",
        "{a}-{b}-{c}",
        f"00{calling_code}{{p}}",
        "{a}{b} {c}",
        "{p} whatsapp",
    )


def in_form(phone: str, form: str) -> str:
    """A phone in one of the forms of `phone_forms`."""
    return form.format(p=phone, a=phone[:3], b=phone[3:6], c=phone[6:])


def written_plate(plate: str, draws: Draws, *, clean: float) -> str:
    """A plate as it is written: as it is in the share `clean`, else with a dash, a space, or in small letters."""
    if draws.happens(clean):
        return plate
    match draws.randrange(4):
        case 0 | 1:
            return f"{plate[:3]}-{plate[3:]}"
        case 2:
            return f"{plate[:3]} {plate[3:]}"
        case _:
            return plate.lower()
