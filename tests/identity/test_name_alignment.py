from __future__ import annotations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from control_tower.identity.name_matching import AGREE, CONTRADICT, UNDECIDED, VERY, align_names, compare_names
from control_tower.identity.name_parts import read_name
from control_tower.identity.name_tokens import SAME_TOKEN_FROM, compare_words
from control_tower.identity.word_sounds import given_sound

HEARD = """
MAIKOL MICHAEL | DEYVID DAVID | YHEISON JASON | STIWEN STEVEN | YHOVANI GIOVANNI | JHERSON GERSON
EDWAR EDWARD | GILBER GILBERT | HAROL HAROLD | RICHARTH RICHARD | WUILIAM WILLIAM | GUILSON WILSON | VALTHER WALTER
FREDDIE FREDY | LESLEY LESLI | NATALY NATHALIE | YAQUELINE JACQUELINE | ESNEYDER SCHNEIDER | YEANETTE JANETH
JORDY YORDI | GEOVANY JOVANI | XIMENA JIMENA | ANYI ANGIE | KAROLAY CAROLAI | STEFANY ESTEPHANIE | YRENE IRENE
JHANPIERRE YANPIER | YHORDAN JORDAN | WASHINTON WASHINGTON | ELISABETH ELIZABET | BRAYHAN BRYAN | ZULAY SULAY
"""
SHORT = """
PEPITO JOSE | LUCHITO LUIS | PAQUITO FRANCISCO | CARLITOS CARLOS | JOSECITO JOSE | CARMENCITA CARMEN | LUPITA GUADALUPE
OLGUITA OLGA | SAMU SAMUEL | REBE REBECA | YOLI YOLANDA | FACU FACUNDO | MAURI MAURICIO | QUIKE ENRIQUE | LALO EDUARDO
"""
TWO = """
NORMAN YORMAN | KEYLA LEYLA | DEYVIS NEYVIS | EDWIN EDWAR | ELMER WILMER | NAYELI ANYELI | LUIS LUISA | CARLOS CARLA
DANIEL DANIELA | NOEL NOELIA | VICTOR VICTORIA | YAIRON LAIRON | JHOSMEL YOSMELA | YORDALIS YORMALIS | DAYANA DIANA
DENIS DENISSE | JUANITA JUAN | MARI MARIO | JOEL NOEL | JHON JHOAN
"""
SURNAMES = """
VALLEJO VALLEJOS | VANEGAS VENEGAS | VELEZ VELIZ | HUERTA HUERTAS | CUBA CUBAS | QUISPE KISPE | HUAMAN GUAMAN
CCAHUANA CAHUANA | TTITO TITO | QQUECHO QUECHO | ECHEVERRI ECHAVARRIA | BETANCUR BETANCOURT | ZEVALLOS CEBALLOS
"""


def word_pairs(text: str) -> list[list[str]]:
    return [pair.split() for pair in text.strip().replace("\n", "|").split("|")]


@pytest.mark.parametrize(("x", "y"), word_pairs(HEARD) + word_pairs(SHORT))
def test_a_given_name_as_heard_or_shortened_is_the_same_word(x: str, y: str) -> None:
    likeness = compare_words(x, y, "given")
    assert likeness.kind == "variant"
    assert likeness == compare_words(y, x, "given")
    assert compare_names(f"{x} TORRES ROJAS", f"{y} TORRES ROJAS").verdict == VERY


@pytest.mark.parametrize(("x", "y"), word_pairs(TWO))
def test_given_names_that_look_alike_are_two(x: str, y: str) -> None:
    assert compare_words(x, y, "given").similarity < SAME_TOKEN_FROM
    assert compare_names(f"{x} RODRIGUEZ PEREZ", f"{y} RODRIGUEZ PEREZ").verdict in (CONTRADICT, UNDECIDED)


@pytest.mark.parametrize(("x", "y"), word_pairs(SURNAMES))
def test_spellings_of_a_surname_are_one_word_and_not_equal(x: str, y: str) -> None:
    result = compare_names(f"JUAN CARLOS {x} ROJAS", f"JUAN CARLOS {y} ROJAS")
    assert result.verdict == VERY
    assert result.similarity < 1.0


@pytest.mark.parametrize("slip", ["CRALOS", "CALOS", "CAROLS", "CSRLOS"])
def test_a_slip_in_a_known_name_stays_the_same_word(slip: str) -> None:
    assert compare_words("CARLOS", slip, "given").kind == "typo"


def test_sounds() -> None:
    assert len({given_sound(word) for word in ("WILMER", "GUILMER", "HUILMER", "VILMER", "WUILMER")}) == 1
    assert len({given_sound(word) for word in ("JHONNY", "YONI", "JOHNNIE", "YHONY")}) == 1
    assert given_sound("DAYANA") != given_sound("DIANA")


def test_the_position_tells_the_part_of_an_unknown_word() -> None:
    _, parts = read_name("XUBERT CARLOS QUISPE MAMANI")
    assert parts == {"XUBERT": "given", "CARLOS": "given", "QUISPE": "surname", "MAMANI": "surname"}
    assert read_name("QUISPE MAMANI XUBERT")[1]["XUBERT"] == "given"
    assert read_name("JUAN CARLOS XUBERT")[1]["XUBERT"] == "surname"
    assert read_name("JUAN XUBERT QUISPE")[1]["XUBERT"] == ""
    assert read_name("XUBERT QUISPE")[1]["XUBERT"] == ""


def test_an_alignment_says_what_each_word_is() -> None:
    found = align_names("NORMAN QUISPE MAMNI", "QUISPE MAMANI YORMAN SALAS")
    assert {(word.word_a, word.word_b, word.kind, word.part) for word in found.matched} == {
        ("QUISPE", "QUISPE", "equal", "surname"),
        ("MAMNI", "MAMANI", "typo", "surname"),
    }
    assert [tuple(conflict) for conflict in found.conflicts] == [("NORMAN", "YORMAN", "given", 1.0)]
    assert (found.missing_a, found.missing_b) == ((), ("SALAS",))
    assert found.comparison.verdict == CONTRADICT


def test_an_initial_is_matched_with_its_word() -> None:
    found = align_names("JUAN C QUISPE MAMANI", "JUAN CARLOS QUISPE")
    assert ("C", "CARLOS", "initial", "given") in found.matched
    assert (found.conflicts, found.missing_a) == ((), ("MAMANI",))


def test_a_joined_word_is_matched_with_both() -> None:
    found = align_names("JUANCARLOS QUISPE", "JUAN CARLOS QUISPE MAMANI")
    assert ("JUANCARLOS", "JUAN CARLOS", "variant") in [word[:3] for word in found.matched]
    assert found.missing_b == ("MAMANI",)
    assert found.comparison.similarity < 1.0


def test_a_slight_conflict_leaves_it_open() -> None:
    assert compare_names("YORLAN QUISPE MAMANI", "YORMAN QUISPE MAMANI").verdict == UNDECIDED
    assert compare_names("YEISON YORLAN QUISPE MAMANI", "YEISON YORMAN QUISPE MAMANI").verdict == AGREE


WORDS = """
JUAN JUANA CARLOS JUANCARLOS LUIS LUISA PEPE JOSE J C QUISPE KISPE QUISPES MAMANI MAMNI ROSA SAN MARTIN SANMARTIN
NORMAN YORMAN YORLAN ROJAS
"""
UNLIKE = ["XWKF", "BUDDHFG", "OLEGARIO", "ZUBIETA"]
names = st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=5)


@given(a=names, b=names)
def test_each_word_is_in_one_place_and_sides_can_be_exchanged(a: list[str], b: list[str]) -> None:
    found, turned = align_names(" ".join(a), " ".join(b)), align_names(" ".join(b), " ".join(a))
    words_a = [part for word in found.matched for part in word.word_a.split()]
    words_b = [part for word in found.matched for part in word.word_b.split()]
    assert sorted(words_a + [word.word_a for word in found.conflicts] + list(found.missing_a)) == sorted(a)
    assert sorted(words_b + [word.word_b for word in found.conflicts] + list(found.missing_b)) == sorted(b)
    assert (found.missing_a, found.missing_b) == (turned.missing_b, turned.missing_a)
    assert [(x, y) for x, y, *_ in found.matched] == [(x, y) for y, x, *_ in turned.matched]
    assert all(0.0 < conflict.degree <= 1.0 for conflict in found.conflicts)


@given(a=names, b=names)
def test_only_the_same_words_are_wholly_similar(a: list[str], b: list[str]) -> None:
    result = compare_names(" ".join(a), " ".join(b))
    assert result == compare_names(" ".join(b), " ".join(a))
    assert 0.0 <= result.similarity <= 1.0
    assert (result.similarity == 1.0) == (sorted(a) == sorted(b))


distinct = st.lists(
    st.sampled_from([word for word in WORDS.split() if word not in ("JUANCARLOS", "SANMARTIN")]),
    min_size=1,
    max_size=5,
    unique=True,
)


@given(a=distinct, kept=st.integers(1, 5), extra=distinct, unlike=st.sampled_from(UNLIKE), data=st.data())
def test_an_unlike_word_never_raises_the_similarity_of_names_without_conflict(
    a: list[str], kept: int, extra: list[str], unlike: str, data: st.DataObject
) -> None:
    b = data.draw(st.permutations(a))[:kept] + ([word for word in extra if word not in a] if kept >= len(a) else [])
    before = align_names(" ".join(a), " ".join(b))
    assume(not before.conflicts)
    replaced = list(a)
    replaced[a.index(data.draw(st.sampled_from([word for word in a if word in b])))] = unlike
    assert compare_names(" ".join(replaced), " ".join(b)).similarity <= before.comparison.similarity
