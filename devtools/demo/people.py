"""The people: names, documents, phones, cars and relatives, each a function of the person's number.

People 0 … drivers-1 have driver accounts; the others never became drivers. Phones, documents and plates are permuted
one-to-one, so two people share one only for a reason that ``Rates`` names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from devtools.demo.lexicon import Lexicon
from devtools.demo.rates import Rates
from devtools.demo.rng import RandomNumbers, random_numbers_of, threshold

LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
ALPHANUMERIC = "ABCDEFGHJKLMNPQRSTUVWXYZ0123456789"  # no I and O: authorities avoid them
PHONES_PER_PERSON = 4
CARS_PER_PERSON = 2


class Person(NamedTuple):
    """One human being, as the documents have it."""

    number: int
    given: str
    second_given: str
    surname: str
    second_surname: str
    document: str
    licence: str
    city: str
    lead_phone: str
    """National number in use when the person was a lead."""
    account_phone: str
    """National number of the driver account."""
    other_phone: str
    """A second number of the person, written besides the first one by some."""
    lead_car: int
    account_car: int
    """Numbers of the cars, for ``People.plate`` and ``People.car_model``."""
    draws: RandomNumbers


class People:
    """All people of the demo: drivers, strangers, and how they are related.

    Args:
        lexicon: The country's names, cars and cities.
        rates: The proportions.
        seed: Whole number; another seed, other people.
        drivers: People 0 … drivers-1 have driver accounts.
        settled: Gives, for any number, a driver who has been with us for long (whose phone others inherit).
    """

    def __init__(
        self, lexicon: Lexicon, rates: Rates, *, seed: int, drivers: int, settled: Callable[[int], int]
    ) -> None:
        self._lexicon = lexicon
        self._drivers = drivers
        self._settled = settled
        self._draw = random_numbers_of(seed, "people")
        self._peru = lexicon.country == "PE"
        self._rented_cars = max(1, round(drivers * rates.rented_car / rates.drivers_per_rented_car))
        self._women = threshold(rates.women)
        self._foreign = threshold(rates.foreigners)
        self._second_given = threshold(rates.second_given_name)
        self._single = threshold(rates.single_surname)
        # A driver pair counts for both: of two neighbours only the odd one carries the relation.
        self._relatives = threshold(rates.relatives)
        self._shared = threshold(rates.shared_family_phone / rates.relatives)
        self._recycled = threshold(rates.recycled_phone)
        self._changed_phone = threshold(rates.changed_phone)
        both = rates.changed_car_given_changed_phone
        rest = (rates.changed_car - rates.changed_phone * both) / (1 - rates.changed_phone)
        self._changed_car_too = threshold(both)
        self._changed_car = threshold(max(0.0, rest))
        self._shared_car = threshold(rates.shared_car)
        self._rented = threshold(rates.shared_car + rates.rented_car)

    def person(self, number: int) -> Person:
        """The person with this number (0 or above)."""
        d = self._draw(number)
        lexicon = self._lexicon
        if d[0] < self._women:
            given, second = lexicon.women[d[1]], lexicon.women_second[d[2]]
        else:
            given, second = lexicon.men[d[1]], lexicon.men_second[d[2]]
        if d[3] >= self._second_given or second == given:
            second = ""
        surname, second_surname = lexicon.surnames[d[4]], lexicon.surnames[d[5]]
        foreign = d[6] < self._foreign
        if d[6] - self._foreign < self._single and not foreign:
            second_surname = ""
        city, letter = lexicon.cities[d[7]]
        document = self.document(number, foreign=foreign)
        account_phone = self.phone(number, 0)
        lead_phone = account_phone
        account_car = self._car(number, d)
        lead_car = account_car
        if d[8] < self._changed_phone:
            lead_phone = self.phone(number, 1)
            if d[9] < self._changed_car_too:
                lead_car = number * CARS_PER_PERSON + 1
        elif d[9] < self._changed_car:
            lead_car = number * CARS_PER_PERSON + 1
        if d[10] < self._relatives and (relative := self._relative(number, d)) is not None:
            kinship = d[11] % 100
            if kinship < 82:  # siblings (55), father and son of one name (2), parent and child (25)
                surname = relative.surname
                if kinship < 55:
                    second_surname = relative.second_surname
                if 55 <= kinship < 57:
                    given = relative.given
                elif given in (relative.given, relative.second_given):
                    given = lexicon.men[d[14]]  # parents do not name two children alike
            else:  # a couple: one phone, no name in common
                given, second = lexicon.women[d[1]], ""
            if d[12] < self._shared:
                lead_phone = relative.account_phone
                if d[13] & 1:
                    account_phone = lead_phone
        elif number >= self._drivers and d[11] < self._recycled:
            lead_phone = self.person(self._settled(d[13] * 65536 + d[14])).account_phone
        licence = document if not self._peru else letter + document
        return Person(
            number, given, second, surname, second_surname, document, licence, city,
            lead_phone, account_phone, self.phone(number, 2), lead_car, account_car, d,
        )  # fmt: skip

    def _relative(self, number: int, d: RandomNumbers) -> Person | None:
        """The driver to whom this person is related: the even neighbour; for a stranger any even driver."""
        if number < self._drivers:
            return self.person(number - 1) if number & 1 else None
        return self.person((d[13] * 65536 + d[14]) % self._drivers & ~1)

    def _car(self, number: int, d: RandomNumbers) -> int:
        if d[15] >= self._rented:
            return number * CARS_PER_PERSON
        if d[15] < self._shared_car:
            return (number ^ 1) * CARS_PER_PERSON
        # Rented cars are numbered from far above all people's own ones.
        return _RENTED + (d[16] * 65536 + d[17]) % self._rented_cars

    def document(self, number: int, *, foreign: bool) -> str:
        """Number of the identity document: 8 digits in Peru, 8 or 10 in Colombia; foreigners' have 9."""
        if not self._peru:
            x = (number * 7_368_787 + 11_400_007) % 150_000_000
            return str(200_000_000 + x) if foreign else str(_colombian_document(x))
        x = (number * 7_368_787 + 5_400_007) % 23_000_000
        if foreign:
            return f"{x:09d}"
        if x < 8_000_000:  # born between 1978 and 1994
            return str(40_000_000 + x)
        if x < 15_000_000:  # younger
            return str(62_000_000 + x)
        if x < 20_000_000:  # older, Lima
            return f"{x - 9_000_000:08d}"
        return str(x + 1_000_000)  # older, provinces

    def phone(self, number: int, which: int) -> str:
        """National mobile number ``which`` (0 … 3) of a person."""
        x = (number * PHONES_PER_PERSON + which) * 61_803_399 + 12_345_678
        if self._peru:
            return str(900_000_000 + x % 100_000_000)
        x %= 200_000_000
        prefix, line = divmod(x, 10_000_000)
        return f"{_COLOMBIAN_PREFIXES[prefix]}{line:07d}"

    def plate(self, car: int) -> str:
        """Plate of a car, upper case, no dash: ABC123 (Peru also A1B234, and AB1234 before 2010)."""
        x = (car if car < _RENTED else car - _RENTED + 29_000_000) * 7_368_787 + 1_234_567
        if not self._peru:
            x %= 15_600_000
            block, digits = divmod(x, 1000)
            return f"{LETTERS[block // 676 % 26]}{LETTERS[block // 26 % 26]}{LETTERS[block % 26]}{digits:03d}"
        if x & 63 == 0 and car < _RENTED:
            y = car * 1_234_577 % 6_760_000
            return f"{LETTERS[y // 260_000]}{LETTERS[y // 10_000 % 26]}{y % 10_000:04d}"
        x %= 26 * 34 * 24 * 999
        block, digits = divmod(x, 999)
        first, rest = divmod(block, 34 * 24)
        return f"{LETTERS[first]}{ALPHANUMERIC[rest // 24]}{ALPHANUMERIC[rest % 24]}{digits + 1:03d}"

    def car_model(self, car: int) -> tuple[str, str]:
        """Brand and model of a car."""
        return self._lexicon.cars[car * 40_503 + 977 & 0xFFFF]

    def car_color(self, car: int) -> str:
        """Colour of a car."""
        return self._lexicon.colors[car * 2_654_435_761 >> 8 & 7]


_RENTED = 1 << 40
_COLOMBIAN_PREFIXES = [
    "300", "301", "302", "303", "304", "305", "310", "311", "312", "313",
    "314", "315", "316", "317", "318", "319", "320", "321", "350", "351",
]  # fmt: skip


def _colombian_document(x: int) -> int:
    if x < 110_000_000:  # issued since 2003: ten digits
        return 1_000_000_000 + x
    return 40_000_000 + x - 110_000_000 if x < 130_000_000 else 70_000_000 + x - 130_000_000
