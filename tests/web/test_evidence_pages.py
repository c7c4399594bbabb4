"""Evidence on the pages: how sure, why, why not the other one, and the likeliest record first."""

from __future__ import annotations

import json
import re
from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.i18n.catalogue import Language
from control_tower.web.models.identity import Calibration
from control_tower.web.pages.calibration import reliability
from control_tower.web.pages.waterfall import Weigher, parts_of
from control_tower.web.queries import identity
from tests.web.browsing import Page
from tests.web.test_lists import parsed
from tests.web.test_waterfall import JOSE, LUIS, NAMES

LEADS = "module_ct_cabinet_leads"


@pytest.fixture
def weighed(own_fleet: psycopg.Connection[Any]) -> psycopg.Connection[Any]:
    """A fleet in which l8 waits with two candidates, l7 is likelier, and l3 was linked before somebody else."""
    own_fleet.execute(
        "update canon.identity_unmatched set candidates_preview = %s, match_probability = 0.42,"
        " reason_code = 'MULTIPLE_CANDIDATES' where source_pk = 'l8' and status = 'OPEN'",
        [json.dumps([{**LUIS, "probability": 0.42, "driver_id": "d1", "rule": "R1_PHONE_EXACT", "names": "AGREE",
                      "similarity": 0.93}, {**JOSE, "driver_id": "d4", "rule": "R3_PLATE_EXACT_NAME_SIMILAR",
                      "names": "CONTRADICT", "similarity": 0.25}])],
    )  # fmt: skip
    own_fleet.execute(
        "update canon.identity_unmatched set match_probability = 0.97, reason_code = 'WEAK_MATCH_ONLY',"
        " candidates_preview = %s where source_pk = 'l7' and status = 'OPEN'",
        [json.dumps([{"driver_id": "d3", "rule": "R1_PHONE_EXACT", "probability": 0.97,
                      "weights": [{"part": "phone", "level": "equal", "people": 1, "bits": 18.1}]}])],
    )  # fmt: skip
    own_fleet.execute("update canon.records_index set name_norm = 'QUISPE MAMANI LUIS ALBERTO' where source_pk = 'l8'")
    own_fleet.execute(
        "update canon.identity_links set match_probability = 0.999996, evidence = %s where source_pk = 'l3'",
        [json.dumps({"rule": "R1_PHONE_EXACT", **LUIS, "record_name": "LUIS QUISPE", "runner_up": JOSE})],
    )
    return own_fleet


def record(browser: TestClient, key: str, **headers: str) -> str:
    answer = browser.get(f"/unmatched/record?source_table={LEADS}&source_pk={key}", headers=headers)
    assert answer.status_code == 200, answer.text[:500]
    return answer.text


def test_the_queue_begins_with_the_likeliest_and_says_how_sure_it_is(
    reader: TestClient, editor: TestClient, weighed: psycopg.Connection[Any]
) -> None:
    text = reader.get("/unmatched").text
    assert text.index("Muy probable (97.00\xa0%)") < text.index("Dudoso (42.0\xa0%)")
    head = re.search(r'<th scope="col" aria-sort="descending"><a href="([^"]*)">Candidato más probable', text)
    assert head is not None
    turned = reader.get(f"http://testserver{head[1]}".replace("&amp;", "&")).text
    assert turned.index("Dudoso") < turned.index("Muy probable")
    listed = editor.get("/unmatched").json()["items"]
    likely = [row["match_probability"] for row in listed]
    assert {0.97, 0.42} < set(likely), "beside those that the pipeline weighed"
    assert likely == sorted(likely, reverse=True)
    exported = parsed(editor.get("/unmatched.csv").text, identity.UNMATCHED.columns())
    assert [float(row["match_probability"]) for row in exported] == likely
    newest = editor.get("/unmatched", params={"sort": "created_at"}).json()["items"]
    assert [row["created_at"] for row in newest] == sorted((row["created_at"] for row in newest), reverse=True)


def test_each_candidate_shows_what_its_probability_is_made_of(
    decider: TestClient, weighed: psycopg.Connection[Any]
) -> None:
    text = record(decider, "l8", **{"Accept-Language": "es"})
    shown = Page(text).text
    assert len([table for table in Page(text).all("table") if table.get("class") == "waterfall"]) == 2
    for part in ("mismo teléfono, lo tienen 2 personas", "podrían ser familiares", "QUISPE (1 de cada", "+18.6", "Suma",
                 "Comparado con QUISPE MAMANI JOSE CARLOS", "nombre claramente distinto: −1.5 (aquí +18.6)",
                 "El más probable: dudoso (42.0\xa0%); el siguiente: poco probable"):  # fmt: skip
        assert part in shown, part
    assert "/100" not in shown
    for bar in Page(text).all("rect"):
        assert all(0 <= float(bar[side].rstrip("%")) <= 100 for side in ("x", "width") if side in bar), bar


def test_a_viewer_sees_the_points_and_no_word_of_a_name(reader: TestClient, weighed: psycopg.Connection[Any]) -> None:
    (person,) = weighed.execute("select person_key from canon.identity_links where source_pk = 'l3'").fetchone() or ()
    for text in (record(reader, "l8"), reader.get(f"/persons/{person}").text):
        assert "mismo teléfono, lo tienen 2 personas" in text
        assert "QUISPE" not in text
        assert "MAMANI" not in text


def test_a_record_without_a_name_has_a_page_that_says_what_is_missing(
    reader: TestClient, weighed: psycopg.Connection[Any]
) -> None:
    said = "Coincide: teléfono. No es suficiente: al registro le falta el nombre."
    assert said in record(reader, "l7")
    assert said in reader.get("/unmatched").text


def test_a_person_shows_how_sure_each_link_is_and_why_some_have_no_probability(
    decider: TestClient, weighed: psycopg.Connection[Any]
) -> None:
    row = weighed.execute("select person_key from canon.identity_links where source_pk = 'l3'").fetchone()
    assert row is not None
    text = Page(decider.get(f"/persons/{row[0]}?lang=es").text).text
    assert "Qué tan seguro: casi seguro (>\xa099.99\xa0%)" in text
    assert "Comparado con QUISPE MAMANI JOSE CARLOS: poco probable (<\xa00.01\xa0%)" in text
    assert "Las palabras se pesan como hoy" in text, "the names count four words, the record has two"
    assert "la cuenta es de esta persona por el registro que lleva a ella" in text
    weighed.execute(
        "update canon.identity_links set match_rule = 'MANUAL', match_probability = null where source_pk = 'l3'"
    )
    text = decider.get(f"/persons/{row[0]}?lang=es").text
    assert "Lo decidió una persona: no hay probabilidad ni suma." in text
    assert "Qué tan seguro" not in text


def test_a_contested_record_shows_what_speaks_for_whom(decider: TestClient, weighed: psycopg.Connection[Any]) -> None:
    weighed.execute(
        "update canon.identity_contested set candidates = %s where source_pk = 'l1'",
        [json.dumps([{**JOSE, "driver_id": "d4", "rule": "R1_PHONE_EXACT"}])],
    )
    text = Page(decider.get("/unmatched/contested?lang=es").text).text
    assert "QUISPE MAMANI JOSE CARLOS · poco probable (<\xa00.01\xa0%)" in text
    assert "nombre claramente distinto" in text
    assert "poco probable" in record(decider, "l1", **{"Accept-Language": "es"})


@pytest.mark.parametrize("candidate", [{}, {"driver_id": "d1"}, {"driver_id": "d1", "weights": "x", "names": None}])
def test_a_candidate_that_was_not_compared_has_a_page(
    reader: TestClient, weighed: psycopg.Connection[Any], candidate: dict[str, Any]
) -> None:
    weighed.execute(
        "update canon.identity_unmatched set candidates_preview = %s where source_pk = 'l8'", [json.dumps([candidate])]
    )
    assert "Los candidatos no tienen probabilidad: no se pesaron uno por uno." in record(reader, "l8")


def band(rule: str, begin: float, end: float, links: int, decided: int, chosen: int, said: float | None) -> Calibration:
    return Calibration(
        match_rule=rule, probability_from=begin, probability_to=end, links_made=links, links_contested_now=1,
        links_undone_by_humans=0, links_mean_probability=0.5, decided_by_humans=decided,
        decided_for_first_candidate=chosen, decided_mean_probability=said,
    )  # fmt: skip


FOUND = [
    band("R1_PHONE_EXACT", 0.9, 0.97, 5, 8, 8, 0.96),
    band("R5_LICENSE_NUMBER", 0.9, 0.97, 2, 2, 1, 0.91),
    band("R1_PHONE_EXACT", 0.999, 1, 1_200, 0, 0, None),
]


def test_a_band_of_all_rules_shows_what_was_said_and_what_was_confirmed() -> None:
    drawn = reliability(FOUND, "en")
    assert [one.name for one in drawn.bands] == ["<50", "50–90", "90–97", "97–99", "99–99.9", "≥99.9"]
    assert (drawn.decided, drawn.links) == (10, 1_207)
    known = [one for one in drawn.bands if one.said is not None]
    assert [one.text for one in known] == ["90–97%: said 95.0%, confirmed 90.0% (9 of 10)"]
    assert known[0].row == ("7", "2", "0", "10", "9")
    assert known[0].said == pytest.approx(drawn.scale[2].at + 5, abs=0.2), "0.95 of a hundred pixels from below"
    assert known[0].confirmed == pytest.approx(drawn.scale[2].at + 10, abs=0.2)
    assert drawn.bands[0].text == "<50%: no decision yet"
    assert drawn.bands[-1].row[0] == "1,200"


def test_the_page_says_that_nobody_has_decided_yet_and_shows_what_was_decided(
    reader: TestClient, fleet: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    text = reader.get("/unmatched").text
    assert "Todavía no hay decisiones humanas" in text
    assert "Cuántas veces se eligió" in text
    monkeypatch.setattr(identity, "calibration", lambda _: FOUND)
    text = reader.get("/unmatched").text
    assert "Todavía no hay decisiones humanas" not in text
    assert "90–97 %: se dijo 95.0\xa0%, se confirmó 90.0\xa0% (9 de 10)" in text


@pytest.mark.parametrize("language", ["es", "en"])
def test_what_the_pipeline_writes_adds_up_and_has_words_for_every_part(
    fleet: psycopg.Connection[Any], language: Language
) -> None:
    weigher = Weigher(language, 0.6, NAMES)
    found = fleet.execute(
        "select evidence, match_probability from canon.identity_links where match_probability is not null"
    ).fetchall()
    assert len(found) >= 5
    for evidence, probability in found:
        drawn = weigher.waterfall({**evidence, "probability": probability}, evidence.get("record_name"))
        assert drawn is not None
        assert drawn.probability
        assert weigher.points(sum(part["bits"] for part in evidence["weights"])) == drawn.total.points
        for part in parts_of(evidence):
            code = part.name if part.level is None else f"{part.name}.{part.level}"
            assert weigher.text(part) not in (code, part.name), code
