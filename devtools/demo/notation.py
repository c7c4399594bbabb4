"""How phones, plates and licences are written: every notation that people and spreadsheets use."""

from __future__ import annotations

from devtools.demo.lexicon import Country, lookup_table
from devtools.demo.rates import Rates
from devtools.demo.rng import RandomNumbers, threshold

PHONE_PLACEHOLDERS = [
    "999999999", "000000000", "S/N", "-", "0", "900000000", "N/A", "987654321", "sin numero", "111111111",
    ".", "NULL",
]  # fmt: skip
PLATE_PLACEHOLDERS = [
    "AAA000",
    "AAA-000",
    "SIN PLACA",
    "S/P",
    "XXX000",
    "-",
    "000000",
    "aaa000",
    "AAA000",
    "AAA000",
]
LICENCE_PLACEHOLDERS = [
    "DRIVERDRAFT{n}",
    "DRIVERDRAFT{n}",
    "S/N",
    "000000000",
    "-",
    "EN TRAMITE",
    "pendiente",
    "0",
]

# p the whole number, a b c its groups, cc the calling code.
PHONE_NOTATIONS = [
    ("", 34), ("+{cc}{p}", 18), ("+{cc} {a} {b} {c}", 10), ("{cc}{p}", 9), ("{a} {b} {c}", 8),
    ("{a}-{b}-{c}", 4), ("+{cc} {p}", 4), ("00{cc}{p}", 2), ("+{cc}-{a}-{b}-{c}", 1.5),
    ("(+{cc}) {p}", 1.5), ("({cc}) {a} {b} {c}", 1),
    (" {p}", 1), ("{p} ", 1.5), ("{cc} {p}", 1), ("{a}.{b}.{c}", 0.7), ("cel {p}", 0.6), ("{p} (wsp)", 0.6),
    ("({a}) {b}-{c}", 0.6), ("00 {cc} {a}{b}{c}", 0.4), ("\u202a+{cc} {a} {b} {c}\u202c", 0.3),
    ("{p}.0", 0.3),
]  # fmt: skip
TWO_PHONES = [
    "{p} / {q}",
    "{p}/{q}",
    "{p} y {q}",
    "{p}, {q}",
    "{p}-{q}",
    "{p} {q}",
    "+{cc}{p} / +{cc}{q}",
    "{q2} / {p}",
]


class Notation:
    """Writes the numbers of one country the way people do."""

    def __init__(self, country: Country, calling_code: str, rates: Rates) -> None:
        self._cc = calling_code
        self._landline = "014567890" if country == "PE" else "6014567890"
        self._phones = lookup_table([text for text, _ in PHONE_NOTATIONS], [weight for _, weight in PHONE_NOTATIONS])
        self._no_phone = threshold(rates.phone_missing)
        self._phone_placeholder = threshold(rates.phone_missing + rates.phone_placeholder)
        with_errors = rates.phone_missing + rates.phone_placeholder + rates.phone_typo
        self._phone_typo = threshold(with_errors)
        self._two_phones = threshold(with_errors + rates.two_phones)
        self._plate_typo = threshold(rates.plate_typo)
        self._letter_o = threshold(rates.plate_letter_o)
        self._licence_typo = threshold(rates.licence_typo)

    def phone(self, number: str, other: str, event: int, notation: int) -> str | None:
        """A phone as leads and scouts write it: ``other`` is a second number that some add.

        Draw ``event`` decides about missing, placeholder, wrong digit, two numbers; ``notation`` on the rest.
        """
        if event < self._two_phones:
            if event < self._no_phone:
                return None if notation & 1 else ""
            if event < self._phone_placeholder:
                return PHONE_PLACEHOLDERS[notation % len(PHONE_PLACEHOLDERS)]
            if event >= self._phone_typo:
                template = TWO_PHONES[notation % len(TWO_PHONES)]
                return template.format(p=number, q=other, q2=self._landline, cc=self._cc)
            number = wrong_digit(number, notation)
        return self.noted(number, notation)

    def noted(self, number: str, notation: int) -> str:
        """A correct number in one of the notations."""
        template = self._phones[notation]
        if not template:
            return number
        return template.format(p=number, a=number[:3], b=number[3:6], c=number[6:], cc=self._cc)

    def account_phone(self, number: str, event: int) -> str | None:
        """A phone as the drivers' system keeps it: international nearly always; some accounts have none."""
        if event < self._no_phone >> 1:
            return None if event & 1 else ""
        if event < self._phone_placeholder >> 1:
            return PHONE_PLACEHOLDERS[event % len(PHONE_PLACEHOLDERS)]
        if event < 52_000:
            return f"+{self._cc}{number}"
        return number if event < 60_000 else self.noted(number, (event - 60_000) * 11)

    def plate(self, plate: str, d: RandomNumbers, at: int) -> str:
        """A plate as people write it; uses draws ``at`` and ``at + 1``."""
        how, spoil = d[at], d[at + 1]
        if spoil < self._plate_typo:
            place = spoil % len(plate)
            plate = plate[:place] + "B8S5K7"[spoil % 6] + plate[place + 1 :]
        if "0" in plate and spoil > 65_536 - self._letter_o:
            plate = plate.replace("0", "O")
        if how < 30_000:
            return plate
        if how < 46_000:
            return (
                f"{plate[:3]}-{plate[3:]}"
                if plate[2].isalpha() or not plate[2:].isdigit()
                else f"{plate[:2]}-{plate[2:]}"
            )
        if how < 51_000:
            return f"{plate[:3]} {plate[3:]}"
        if how < 58_000:
            return plate.lower()
        if how < 62_500:
            return f"{plate[:3]}-{plate[3:]}".lower()
        return f" {plate}" if how & 1 else f"{plate} "

    def account_plate(self, plate: str, event: int) -> str:
        """A plate as the drivers' system keeps it: clean mostly."""
        if event < 50_000:
            return plate
        if event < 62_000:
            return f"{plate[:3]}-{plate[3:]}"
        return plate.lower() if event < 64_000 else f"{plate[:3]} {plate[3:]}"

    def licence(self, licence: str, event: int, notation: int) -> str:
        """A licence as scouts write it: one wrong digit at times, lower case, dashes, spaces."""
        if event < self._licence_typo:
            licence = wrong_digit(licence, notation)
        if notation < 46_000:
            return licence
        if notation < 53_000:
            return licence.lower()
        if notation < 58_000:
            return (
                f"{licence[:1]}-{licence[1:]}"
                if licence[0].isalpha()
                else f"{licence[:-6]}.{licence[-6:-3]}.{licence[-3:]}"
            )
        if notation < 62_000:
            return f"{licence[:1]} {licence[1:]}" if licence[0].isalpha() else f" {licence}"
        return f"{licence} "

    def account_licence(self, licence: str, event: int) -> str:
        """A licence as the drivers' system keeps it: clean mostly."""
        if event < 62_000:
            return licence
        return (
            licence.lower() if event < 63_400 else f"{licence[:1]}-{licence[1:]}" if event < 64_800 else f" {licence}"
        )


def wrong_digit(number: str, draw: int) -> str:
    """The number with one digit (not the first) wrong, or the last one missing."""
    if draw % 4 == 0:
        return number[:-1]
    at = 1 + (draw >> 2) % (len(number) - 1)
    digit = str((ord(number[at]) - 48 + 1 + draw % 9) % 10)
    return number[:at] + digit + number[at + 1 :]
