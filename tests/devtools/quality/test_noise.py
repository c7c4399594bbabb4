"""The draws and slips of which made fleets consist."""

from __future__ import annotations

from collections import Counter
from itertools import islice

import pytest

from devtools.benchmark.quality.draws import Draws, Ranked, numbers
from devtools.benchmark.quality.humans import Plates, car_models
from devtools.benchmark.quality.slips import confused, misdialled, misheard, mistyped, without_accents

TRIES = 300


def test_numbers_come_all_before_one_comes_again() -> None:
    assert sorted(islice(numbers(Draws("a"), 1_000), 1_000)) == list(range(1_000))
    plates = list(islice(Plates(Draws("a"), ("ABC", "0123456789")), 30))
    assert len(set(plates)) == 30
    assert {plate[0] for plate in plates} == set("ABC")


def test_frequencies_follow_the_rank() -> None:
    ranked, draws = Ranked("abcd", exponent=1.0), Draws("a")
    counted = Counter(ranked.draw(draws) for _ in range(10_000))
    whole = 1 + 1 / 2 + 1 / 3 + 1 / 4
    for rank, letter in enumerate("abcd", 1):
        assert counted[letter] / 10_000 == pytest.approx(1 / rank / whole, abs=0.02)


def test_the_first_models_have_the_share_that_was_asked_for() -> None:
    draws = Draws("a")
    cars = car_models("\n".join(f"Brand {number}" for number in range(20)), first_share=0.7, first=5)
    drawn = Counter(cars.draw(draws)[1] for _ in range(10_000))
    assert sum(drawn[str(number)] for number in range(5)) / 10_000 == pytest.approx(0.7, abs=0.02)


def test_a_wrong_number_is_nearly_the_right_one() -> None:
    draws = Draws("a")
    wrong = [misdialled("987654321", draws, turned=0.5) for _ in range(TRIES)]
    assert "987654321" not in wrong
    assert {number[0] for number in wrong} == {"9"}
    assert {len(number) for number in wrong} == {8, 9, 10}
    turned = [number for number in wrong if sorted(number) == sorted("987654321")]
    assert 0.4 < len(turned) / TRIES < 0.6


def test_names_are_spoiled_by_one_slip() -> None:
    draws = Draws("a")
    assert {abs(len(mistyped("Quispe", draws)) - 6) for _ in range(TRIES)} == {0, 1}
    assert mistyped("Li", draws) == "Li"
    assert {misheard("Vásquez", draws) for _ in range(TRIES)} >= {"Básquez", "Vásques", "Vázquez"}
    assert misheard("Ado", draws) == "Ado"


def test_look_alikes_and_accents() -> None:
    draws = Draws("a")
    assert {confused("AO1230", draws) for _ in range(TRIES)} == {"A01230", "AO123O", "AOI230"}
    assert confused("ABC", draws) == "ABC"
    assert without_accents("Núñez", keep_enye=True) == "Nuñez"
    assert without_accents("NÚÑEZ", keep_enye=False) == "NUNEZ"
