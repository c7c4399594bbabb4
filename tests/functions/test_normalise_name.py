from __future__ import annotations

from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Connection = psycopg.Connection[tuple[Any, ...]]

NAMES = {
    "Juan Carlos Quispe Mamani": "JUAN CARLOS QUISPE MAMANI",
    "  juan   carlos\tQUISPE  ": "JUAN CARLOS QUISPE",
    "QUISPE MAMANI, Juan Carlos": "QUISPE MAMANI JUAN CARLOS",
    "José Ángel Núñez Ñahui": "JOSE ANGEL NUNEZ NAHUI",
    "jose\u0301 nun\u0303ez": "JOSE NUNEZ",
    "Müller Gonçalves João": "MULLER GONCALVES JOAO",
    "MuÃ±oz PeÃ±a JosÃ©": "MUNOZ PENA JOSE",
    "PE�A ROJAS": "PENA ROJAS",
    "MU?OZ GARC?A JOS?": "MUNOZ GARCIA JOSE",
    "Ra?l Mu¿oz Nu~ez": "RAL MUNOZ NUNEZ",
    "MU¤OZ PE¤A": "MUNOZ PENA",
    "#AHUI MU#OZ": "NAHUI MUNOZ",
    "Mu&ntilde;oz Pe&NTILDE;A Jos&eacute;&nbsp;Luis": "MUNOZ PENA JOSE LUIS",
    "Mu&#241;oz Pe&#xF1;a &amp;Aacute;ngel": "MUNOZ PENA ANGEL",
    "&#0;&#99999999;&#xD800;Ana Gil": "ANA GIL",
    r"Mu\u00f1oz Ca\xf1ada \ud83d\ude97": "MUNOZ CANADA",
    "Nu00fau00f1ez": "NUNEZ",
    "J0SE QU1SPE M4M4N1 0RTIZ R05A": "JOSE QUISPE MAMAN ORTIZ ROSA",
    "ЈUАN QUISРЕ Μаmаni": "JUAN QUISPE MAMANI",
    "Анна Смирнова": None,
    "JUAN\u200bQUISPE\u200bMAMANI": "JUAN QUISPE MAMANI",
    "Ju\u200ban Qui\u00adspe": "JUAN QUISPE",
    "JUAN\u00a0QUISPE": "JUAN QUISPE",
    "Carlos Pérez - Moto": "CARLOS PEREZ",
    "Carlos Pérez (yango) 2": "CARLOS PEREZ",
    "PÉREZ – CARLOS": "PEREZ CARLOS",
    "Carlos Pérez Jr.": "CARLOS PEREZ",
    "Carlos Pérez II": "CARLOS PEREZ",
    "Ana Rojas viuda de Torres": "ANA ROJAS TORRES",
    "Ana Rojas Vda. de Torres": "ANA ROJAS TORRES",
    "Montesdeoca Ana": "MONTES OCA ANA",
    "Ana Montes de Oca": "ANA MONTES OCA",
    "Ponce Deleon": "PONCE LEON",
    "MARIADELCARMEN JUANDEDIOS": "MARIA CARMEN JUAN DIOS",
    "Sanmartín Luis": "SANMARTIN LUIS",
    "SANTA MARIA ANA": "SANTAMARIA ANA",
    "Santamaría Ana": "SANTAMARIA ANA",
    "Santa Quispe Sánchez": "SANTA QUISPE SANCHEZ",
    "José de la Cruz": "JOSE CRUZ",
    "JOSE DELACRUZ": "JOSE CRUZ",
    "JOSE DELA CRUZ": "JOSE CRUZ",
    "María del Carmen de los Ríos y Soto": "MARIA CARMEN RIOS SOTO",
    "MARIA DELOSRIOS": "MARIA RIOS",
    "ROSA DELAGUILA": "ROSA AGUILA",
    "ROSA DEL AGUILA": "ROSA AGUILA",
    "DELGADO DELIA": "DELGADO DELIA",
    "San Martín Luis": "SANMARTIN LUIS",
    "Sr. Luis Rojas": "LUIS ROJAS",
    "D'Angelo O\u2019Brien": "DANGELO OBRIEN",
    "García-López Ana": "GARCIA LOPEZ ANA",
    "J.C. Quispe": "J C QUISPE",
    "JUAN QUISPE 2": "JUAN QUISPE",
    "Juan🚗Quispe👍🏽": "JUAN QUISPE",
    "Juan\x01\x1fQuispe": "JUAN QUISPE",
    "Ｊｕａｎ Quispe": "JUAN QUISPE",
    "Nina Test": None,
    "Ana Testa": "ANA TESTA",
    "TEST": None,
    "prueba": None,
    "Conductor Prueba": None,
    "SIN NOMBRE": None,
    "S/N": None,
    "N/A": None,
    "NN": None,
    "N N": None,
    "XXX": None,
    "Driver Draft": None,
    "DRIVERDRAFT12": None,
    "Conductor": None,
    "J C": None,
    "de la": None,
    "-": None,
    "12345": None,
    "李小龙": None,
    "": None,
    "x" * 10_000: None,
    "ab" * 5_000: "AB" * 15,
    "A" * 30 + "B": None,
    "B" + "A" * 30: "B" + "A" * 29,
    "JUAN " + "Q" * 40: "JUAN " + "Q" * 30,
    "Ana Bo " * 1_500: " ".join(["ANA", "BO"] * 5),
    "😀" * 3_000: None,
}


def normalise(warehouse: Connection, values: list[str]) -> dict[str, str | None]:
    rows = warehouse.execute("select raw, canon.normalise_name(raw) from unnest(%s::text[]) as raw", [values])
    return dict(rows.fetchall())


def test_a_name_is_plain_upper_case_words_without_particles(warehouse: Connection) -> None:
    assert normalise(warehouse, list(NAMES)) == NAMES


def misread(name: str, encoding: str, times: int) -> str:
    """UTF-8 read in another encoding; bytes that it lacks are read as Latin-1."""
    for _ in range(times):
        read = [bytes([byte]).decode(encoding, errors="ignore") or chr(byte) for byte in name.encode()]
        name = "".join(read)
    return name


def test_utf_8_read_in_another_encoding_is_repaired(warehouse: Connection) -> None:
    names = [
        "José Núñez Peña García",
        "ÁNGEL ÉDER MARTÍNEZ MUÑOZ LÓPEZ RAÚL",
        "Güell AGÜERO María",
        "Óscar Íñigo Úrsula",
    ]
    readings = [("latin-1", 1), ("latin-1", 2), ("latin-1", 3), ("cp1252", 1), ("cp1252", 2), ("cp1252", 3)]
    for name in names:
        wrong = [misread(name, *reading) for reading in readings]
        wrong += [form for text in wrong for form in (text.lower(), text.upper())]
        wrong += [misread(name, encoding, 1) for encoding in ("cp850", "mac_roman")]
        assert set(normalise(warehouse, wrong).values()) == set(normalise(warehouse, [name]).values())


def test_null_stays_null(warehouse: Connection) -> None:
    assert warehouse.execute("select canon.normalise_name(null)").fetchone() == (None,)


anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
PIECES = "DE LA DEL DELA DELOS Y E José ÑAHUI Cruz DELACRUZ DELADELACRUZ . , ' TE ST 🚗 A X SAN SANTA TA II - MOTO"
namish = st.lists(st.sampled_from(PIECES.split())).flatmap(
    lambda words: st.sampled_from([" ", "", "-", "  "]).map(lambda gap: gap.join(words))
)


@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=anything | namish | st.text("DELAOSYTN RJ", max_size=60))
def test_it_never_fails_and_repeating_it_changes_nothing(warehouse: Connection, raw: str) -> None:
    once = normalise(warehouse, [raw])[raw]
    if once is not None:
        words = once.split(" ")
        assert len(words) <= 10
        assert all(0 < len(word) <= 30 and word.isascii() and word.isalpha() and word.isupper() for word in words)
        assert normalise(warehouse, [once]) == {once: once}


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    words=st.lists(st.sampled_from(["JUAN", "ROSA", "QUISPE", "HUAMAN", "NUNEZ", "PENA"]), min_size=2, max_size=4),
    gap=st.sampled_from([" ", "  ", ", ", ". ", "\t", " de la ", " DEL ", " y ", "🚗", "\u00a0", "\u200b"]),
)
def test_notation_does_not_matter(warehouse: Connection, words: list[str], gap: str) -> None:
    plain = " ".join(words)
    accented = gap.join(words).replace("NUN", "ÑUÑ").replace("A", "Á").replace("ÑU", "NU")
    written = [plain, plain.title(), gap.join(words), gap.join(words).lower(), f" {plain}.", accented]
    written += [plain.replace("UNE", "U#E"), plain.replace("O", "\u041e"), accented.replace("Ñ", "&Ntilde;")]
    expected = set(normalise(warehouse, [plain]).values())
    assert set(normalise(warehouse, written).values()) == expected
