"""The people of a made fleet, and what they share with each other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from devtools.benchmark.quality.draws import Draws, Ranked, numbers


@dataclass(slots=True)
class Human:
    """One person, with what the drivers' system knows and what the person gives today."""

    number: int
    given: str
    second_given: str
    surname: str
    second_surname: str
    document: str
    licence: str
    phone: str
    """The one that the person gives to scouts and on forms."""
    account_phone: str
    plate: str
    account_plate: str
    car: tuple[str, str]
    hired: int = 0
    """Day of the hire, counted from the fleet's first day; of strangers, the day around which they turn up."""

    def use_phone(self, phone: str) -> None:
        """From now on the number is the person's everywhere."""
        self.phone = self.account_phone = phone

    def use_car(self, other: Human) -> None:
        """From now on the person drives the car of another, everywhere."""
        self.plate, self.account_plate, self.car = other.plate, other.plate, other.car


class Kinship(NamedTuple):
    """What relatives have in common; each number is a share of the pairs of relatives."""

    brothers: float
    """Pairs that have the surnames in common; parents with children and couples share the rest."""
    couples: float
    same_given: float
    """Of parents and children: the child has the parent's first given name."""
    same_both_given: float
    """Of those: the second given name, too."""
    one_phone: float
    one_car: float


def relate(human: Human, other: Human, kinship: Kinship, draws: Draws) -> None:
    """Make a human a relative of another: brother or sister, child, or partner."""
    kind = draws.random()
    factor = 1.0
    if kind < kinship.brothers:
        human.surname, human.second_surname = other.surname, other.second_surname
        if human.given == other.given:  # parents use a given name again, with another one after it
            human.second_given = human.second_given if human.second_given != other.second_given else "Junior"
    elif kind < 1 - kinship.couples:
        human.surname = other.surname
        if draws.happens(kinship.same_given):
            human.given = other.given
            if draws.happens(kinship.same_both_given):
                human.second_given = other.second_given
    else:
        factor = 2.5  # couples live on one phone and one car far more often than brothers do
    if draws.happens(kinship.one_phone * factor):
        human.use_phone(other.phone)
    if draws.happens(kinship.one_car * factor):
        human.use_car(other)


class Plates:
    """Plates of one shape, none twice; a shape has one alphabet per place."""

    def __init__(self, draws: Draws, shape: tuple[str, ...]) -> None:
        space = 1
        for alphabet in shape:
            space *= len(alphabet)
        self._shape, self._numbers = shape, numbers(draws, space)

    def __next__(self) -> str:
        number = next(self._numbers)
        signs = []
        for alphabet in reversed(self._shape):
            number, place = divmod(number, len(alphabet))
            signs.append(alphabet[place])
        return "".join(reversed(signs))

    def __iter__(self) -> Iterator[str]:
        return self


def car_models(text: str, *, first_share: float, first: int) -> Ranked[tuple[str, str]]:
    """Cars from lines "brand model", commonest first: the first ones together have the given share.

    The exponent that yields the share is found by halving: the share grows with it.
    """
    cars = [(brand, model) for brand, _, model in (line.partition(" ") for line in text.strip().splitlines())]
    low, high = 0.0, 6.0
    for _ in range(40):
        exponent = (low + high) / 2
        weights = [rank**-exponent for rank in range(1, len(cars) + 1)]
        low, high = (exponent, high) if sum(weights[:first]) < first_share * sum(weights) else (low, exponent)
    return Ranked(cars, exponent=low)
