"""A probability explained: every part in words, bars that join, a sum that is the sum, and no certainty."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest

from control_tower.database import read_sql
from control_tower.i18n.catalogue import Language
from control_tower.identity.name_evidence import Level, NameWeights
from control_tower.identity.name_matching import Verdict
from control_tower.web.explain import Explainer
from control_tower.web.pages.waterfall import Part, Waterfall, Weigher, round_figures
from tests.i18n.catalogues import codes

SHIPPED = re.findall(
    r"\('([a-z]+)', '([a-z_]+)', ([0-9.]+)(?:::float8)?, ([0-9.]+)(?:::float8)?, ([0-9.]+|null)",
    read_sql("views/identity/shipped_match_weights.sql"),
)
"""Comparison, level, m, u and household of the shipped weights."""

NAMES = NameWeights(
    {
        level: Level(float(m), float(u), float(household))
        for comparison, level, m, u, household in SHIPPED
        if comparison == "name"
    }
)

LUIS: dict[str, Any] = {
    "driver_name": "QUISPE MAMANI LUIS ALBERTO",
    "probability": 0.999996,
    "weights": [
        {"part": "phone", "level": "equal", "people": 2, "bits": 19.0},
        {"part": "plate", "level": "differs", "bits": -3.25},
        {"part": "name", "level": "AGREE", "bits": 18.65},
        {"part": "household", "bits": -8.0},
        {"part": "prior", "bits": -16.61},
    ],
}
JOSE: dict[str, Any] = {
    "driver_name": "QUISPE MAMANI JOSE CARLOS",
    "probability": 0.000004,
    "weights": [
        {"part": "phone", "level": "equal", "people": 2, "bits": 19.0},
        {"part": "name", "level": "CONTRADICT", "bits": -1.46},
        {"part": "household", "bits": -7.9},
        {"part": "prior", "bits": -16.61},
    ],
}


def drawn(weighed: Any, language: Language = "es", names: NameWeights | None = None, **more: Any) -> Waterfall:
    waterfall = Weigher(language, 0.6, names).waterfall(weighed, **more)
    assert waterfall is not None
    return waterfall


def test_every_part_is_said_as_operators_say_it_with_its_points_and_the_sum() -> None:
    shown = drawn(LUIS)
    assert [(row.text, row.points) for row in shown.rows] == [
        ("se empieza por una de unas 60,000 personas", "−16.6"),
        ("mismo teléfono, lo tienen 2 personas", "+19.0"),
        ("placa distinta", "−3.2"),
        ("nombre parecido", "+18.6"),
        ("podrían ser familiares", "−8.0"),
    ]
    assert (shown.total.points, shown.probability) == ("+9.8", "casi seguro (>\xa099.99\xa0%)")
    english = drawn(LUIS, "en")
    assert [row.text for row in english.rows] == [
        "it begins with one of about 60,000 people", "same phone, 2 people have it", "another plate", "similar name",
        "they could be relatives",
    ]  # fmt: skip
    assert english.probability == "almost certain (>\xa099.99%)"


def test_each_bar_begins_where_the_one_before_it_ends_and_the_sum_begins_at_zero() -> None:
    shown = drawn(LUIS)
    at = shown.zero
    for row in shown.rows:
        begin, end = (row.x, row.x + row.width) if row.is_gain else (row.x + row.width, row.x)
        assert begin == pytest.approx(at, abs=0.02)
        assert 0 <= row.x <= row.x + row.width <= 100.01
        at = end
    assert at == pytest.approx(shown.total.x + shown.total.width, abs=0.02)
    assert shown.total.x == shown.zero


def test_a_value_that_nobody_else_has_is_said_to_be_one() -> None:
    weigher = Weigher("es", 0.6, None)
    assert weigher.text(Part("license", "equal", 1, 20.0)) == "misma licencia, nadie más la tiene"
    assert weigher.text(Part("license", "equal", 1_500, 9.0)) == "misma licencia, la tienen 1,500 personas"
    assert weigher.text(Part("license", "equal", None, 20.0)) == "misma licencia"
    assert weigher.text(Part("phone", "shared", None, 0.0)) == "mismo teléfono, pero lo tiene demasiada gente"
    assert weigher.text(Part("shoe_size", "equal", None, 1.0)) == "shoe_size", "a part that this program does not know"


def test_the_words_of_a_name_count_by_how_many_people_have_them() -> None:
    shown = drawn(LUIS, names=NAMES, record_name="LUIS ALBERTO QUISPE MAMANI")
    words = {row.text: row.points for row in shown.rows if row.is_detail}
    assert words["QUISPE (1 de cada 23)"] == "+4.4"
    assert set(words) == {
        "LUIS (1 de cada 19)", "ALBERTO (1 de cada 31)", "QUISPE (1 de cada 23)", "MAMANI (1 de cada 38)",
    }  # fmt: skip
    assert not shown.is_recounted, "they add up to what the name counted"
    assert [row.text for row in shown.rows if not row.is_detail] == [row.text for row in drawn(LUIS).rows]
    assert shown.total == drawn(LUIS).total, "they count within their row"
    assert drawn(LUIS, names=NAMES, record_name="LUIS QUISPE").is_recounted, "the record has another name today"


def test_words_that_contradict_each_other_stand_side_by_side() -> None:
    shown = drawn(JOSE, names=NAMES, record_name="LUIS ALBERTO QUISPE MAMANI")
    against = [row for row in shown.rows if row.is_detail and not row.is_gain]
    assert against
    assert all(row.points.startswith("−") for row in against)
    assert all(" ≠ " in row.text for row in against)


def test_the_words_add_up_to_what_the_names_weigh_and_no_given_name_counts_once() -> None:
    for driver_name, text in (
        ("QUISPE MAMANI JOSE CARLOS", None),  # they differ, which says it
        ("QUISPE MAMANI", "ningún nombre de pila en común"),
        ("QUISPE MAMANI LUIS", None),
    ):
        bits = NAMES.weigh_names("LUIS ALBERTO QUISPE MAMANI", driver_name).bits
        weighed = {**LUIS, "driver_name": driver_name, "weights": [{"part": "name", "level": "AGREE", "bits": bits}]}
        shown = drawn(weighed, names=NAMES, record_name="LUIS ALBERTO QUISPE MAMANI")
        assert not shown.is_recounted, driver_name
        assert [row.text for row in shown.rows if "nombre de pila" in row.text] == ([text] if text else [])


def test_who_may_not_see_names_sees_no_words_of_them() -> None:
    shown = drawn(
        LUIS, record_name="LUIS ALBERTO QUISPE MAMANI", rival={**JOSE, "driver_name": "•••", "driver_id": "d2"}
    )
    assert not [row for row in shown.rows if row.is_detail]
    assert shown.rival is not None
    assert shown.rival.name == "d2"


def test_the_other_candidate_is_compared_where_it_differs_most() -> None:
    rival = drawn(LUIS, rival=JOSE).rival
    assert rival is not None
    assert (rival.name, rival.probability) == ("QUISPE MAMANI JOSE CARLOS", "poco probable (<\xa00.01\xa0%)")
    assert rival.differences == [
        "nombre claramente distinto: −1.5 (aquí +18.6)",
        "placa: nada que comparar (aquí −3.2)",
    ]
    assert drawn(LUIS).rival is None


@pytest.mark.parametrize(
    "weighed",
    [None, [], "x", {}, {"weights": None}, {"weights": "•••"}, {"weights": [None, 3, {"part": "phone"}]},
     {"weights": [{"part": "phone", "bits": "19"}, {"part": "phone", "bits": True}]}],
)  # fmt: skip
def test_what_was_never_weighed_is_not_drawn(weighed: Any) -> None:
    assert Weigher("es", 0.6, NAMES).waterfall(weighed, "ANA", weighed) is None


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (1.0, "almost certain (>\xa099.99%)"),
        (0.9999999, "almost certain (>\xa099.99%)"),
        (0.9999, "almost certain (99.99%)"),
        (0.99, "almost certain (99.00%)"),
        (0.98999, "very likely (98.99%)"),
        (0.8999, "likely (89.9%)"),
        (0.5, "likely (50.0%)"),
        (0.4999, "doubtful (49.9%)"),
        (0.0999, "unlikely (9.9%)"),
        (0.0012, "unlikely (0.12%)"),
        (0.00001, "unlikely (<\xa00.01%)"),
        (0, "unlikely (<\xa00.01%)"),
        (None, ""),
        ("0.9", ""),
        (True, ""),
    ],
)
def test_a_probability_is_never_all_or_nothing_and_word_and_figure_agree(value: Any, said: str) -> None:
    assert Explainer("en").probability(value) == said


@pytest.mark.parametrize(("value", "shown"), [(0.2, 1), (23.8, 24), (99.6, 100), (59_874, 60_000), (1_240, 1_200)])
def test_counts_that_were_reckoned_back_have_two_figures(value: float, shown: int) -> None:
    assert round_figures(value) == shown


def test_every_level_of_every_comparison_has_words() -> None:
    wanted = {f"{part}.{level}" for part, level, *_ in SHIPPED if part not in ("name", "prior")}
    wanted.remove("plate.differs_too")  # a weight of its own, but said as any plate that differs
    wanted |= {f"{part}.shared" for part in ("phone", "license", "plate")}
    wanted |= {f"name.{verdict}" for verdict in get_args(Verdict)} | {"prior", "household"}
    assert len(wanted) > 25
    assert wanted <= codes("evidence").keys()
    parts = set(re.findall(r'"part": "([a-z]+)"', read_sql("functions/weights_json.sql")))
    assert parts == codes("evidence.part").keys()


PHONE = {"part": "phone", "level": "equal", "people": 1, "bits": 18.1}
SECOND = "Quien coincide en teléfono (candidato 2)"
NOT_ENOUGH = (
    f"{SECOND} tiene un nombre claramente distinto, y el más probable es muy probable (95.0\xa0%), lo que no es"
    " suficiente."
)
BY_NAME_ALONE = (
    "El más probable es muy probable (95.0\xa0%), pero solo por el nombre, y todavía no se contó qué tan frecuentes"
    " son los nombres."
)


@pytest.mark.parametrize(
    ("reason", "candidates", "name", "said"),
    [
        ("WEAK_MATCH_ONLY", [{"probability": 0.6, "weights": [PHONE]}], None,
         "Coincide: teléfono. No es suficiente: al registro le falta el nombre."),
        ("WEAK_MATCH_ONLY", [{"probability": 0.6, "weights": [PHONE]}], "ANA",
         "No es suficiente: al candidato le falta el nombre."),
        ("WEAK_MATCH_ONLY", [{"probability": 0.97, "names": "AGREE", "weights": [PHONE]}], "ANA",
         "No es suficiente: el más probable es muy probable (97.00\xa0%)."),
        ("NAME_CONTRADICTION", [{"probability": 0.2, "names": "CONTRADICT", "weights": [PHONE]}], "ANA",
         "Quien coincide en teléfono tiene un nombre claramente distinto."),
        ("NAME_CONTRADICTION", [{"probability": 0.4, "names": "AGREE"},
                                {"probability": 0.2, "names": "CONTRADICT", "weights": [PHONE]}], "ANA",
         f"{SECOND} tiene un nombre claramente distinto, y el más probable tiene muy poco en común con el registro."),
        ("NO_CANDIDATES", [{"probability": 0.03}], "ANA",
         "Alguien tiene algo en común con él, pero muy poco: el más probable es poco probable (3.0\xa0%)."),
        ("NO_CANDIDATES", [{"probability": 0.95, "names": "VERY"}], "ANA", BY_NAME_ALONE),
        ("NAME_CONTRADICTION", [{"probability": 0.95, "names": "VERY"},
                                {"probability": 0.01, "names": "CONTRADICT", "weights": [PHONE]}], "ANA", NOT_ENOUGH),
        ("MULTIPLE_CANDIDATES", [{"probability": 0.6}, {"probability": 0.4}], "ANA",
         "El más probable: probable (60.0\xa0%); el siguiente: dudoso (40.0\xa0%)."),
        ("NO_CANDIDATES", [], "ANA", ""),
        ("NAME_CONTRADICTION", [{"rule": "R1_PHONE_EXACT", "score": 95}], "ANA", ""),
        ("WEAK_MATCH_ONLY", None, None, ""),
    ],
)  # fmt: skip
def test_a_reason_says_what_the_candidates_show(reason: str, candidates: Any, name: str | None, said: str) -> None:
    assert Explainer("es").reason(reason, candidates, name) == said
