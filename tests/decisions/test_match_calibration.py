"""Whether probabilities keep their word: what counts as right, as undone, and as said by a human."""

from __future__ import annotations

import json
from typing import Any

import psycopg
import pytest

from control_tower.decisions import Author, resolve_unmatched_lead
from tests.identity.sources import driver, lead
from tests.pipeline import ingest

LEADS = "module_ct_cabinet_leads"
ROSA = Author("rosa")
PEOPLE = {"d1": "Ana Lucia Torres Vega", "d2": "Eva Maria Rios Salas", "d3": "Bruno Salas Lara"}

Warehouse = psycopg.Connection[Any]


@pytest.fixture
def linked(warehouse: Warehouse) -> Warehouse:
    """Leads l1 and l2 are linked to d1 and d2, each said to be 0.995 likely; l3 and l4 wait, probably for d3 (0.93)."""
    for number, (account, name) in enumerate(PEOPLE.items(), 1):
        phone = f"98734612{number}"
        driver(warehouse, account, full_name=name, phone=phone)
        lead(warehouse, f"l{number}", name, park_phone=phone if number < 3 else "911222333")
    lead(warehouse, "l4", "Otra Persona", park_phone="911222444")
    ingest()
    warehouse.execute(
        "update canon.identity_links set match_probability = 0.995, match_rule = 'R1_PHONE_EXACT'"
        " where source_table like '%leads'"
    )
    waits(warehouse, "l3")
    waits(warehouse, "l4")
    return warehouse


def waits(warehouse: Warehouse, key: str) -> None:
    """The lead waits for a human, probably for d3."""
    warehouse.execute("delete from canon.identity_links where source_pk = %s", [key])
    warehouse.execute(
        "insert into canon.identity_unmatched"
        " (source_table, source_pk, snapshot_date, reason_code, status, candidates_preview, match_probability)"
        " values (%s, %s, now(), 'WEAK_MATCH_ONLY', 'OPEN', %s, 0.93) on conflict (source_table, source_pk)"
        " do update set status = 'OPEN', candidates_preview = excluded.candidates_preview, match_probability = 0.93",
        [LEADS, key, json.dumps([{"driver_id": "d3", "rule": "R5_LICENSE_NUMBER", "probability": 0.93}])],
    )


def calibration(warehouse: Warehouse) -> dict[tuple[str, float], tuple[int, ...]]:
    """Links made, contested and undone, records decided, and those for the first candidate; per rule and band."""
    found = warehouse.execute(
        "select match_rule, probability_from, links_made, links_contested_now, links_undone_by_humans,"
        " decided_by_humans, decided_for_first_candidate from ops.v_match_calibration"
    )
    return {(row[0], row[1]): row[2:] for row in found}


PHONE, LICENCE = ("R1_PHONE_EXACT", 0.99), ("R5_LICENSE_NUMBER", 0.9)


def test_links_are_counted_in_their_band_with_what_speaks_against_them(linked: Warehouse) -> None:
    assert calibration(linked) == {PHONE: (2, 0, 0, 0, 0)}
    for key, reason in (("l1", "OTHER_PERSON"), ("l2", "REPLACED_RECORD")):
        linked.execute(
            "insert into canon.identity_contested (source_table, source_pk, reason_code, candidates, since, run_id)"
            " values (%s, %s, %s, '[]', now(), 1)",
            [LEADS, key, reason],
        )
    assert calibration(linked) == {PHONE: (2, 1, 0, 0, 0)}, "an overwritten row says nothing about its link"


@pytest.mark.parametrize(
    ("probability", "band"), [(0.0, 0), (0.4999, 0), (0.5, 0.5), (0.97, 0.97), (0.999, 0.999), (1, 0.999)]
)
def test_a_band_includes_where_it_begins_and_the_last_one_certainty(
    linked: Warehouse, probability: float, band: float
) -> None:
    linked.execute("update canon.identity_links set match_probability = %s where source_pk = 'l1'", [probability])
    assert calibration(linked)["R1_PHONE_EXACT", band] == (1, 0, 0, 0, 0)


def test_a_link_is_undone_while_a_human_says_somebody_else_or_nobody(linked: Warehouse) -> None:
    moved = resolve_unmatched_lead(LEADS, "l1", driver_id="d2", reason="hers", author=ROSA, replace_link=True)
    resolve_unmatched_lead(LEADS, "l2", ignore=True, reason="a test", author=ROSA, replace_link=True)
    assert calibration(linked) == {PHONE: (2, 0, 2, 0, 0)}
    resolve_unmatched_lead(LEADS, "l1", undo_decision=moved.id, reason="no, not hers", author=ROSA)
    assert calibration(linked) == {PHONE: (2, 0, 1, 0, 0)}, "the link stands again, with its probability"
    (kept,) = (
        linked.execute("select match_probability from canon.identity_links where source_pk = 'l1'").fetchone() or ()
    )
    assert kept == 0.995


def test_a_link_that_a_human_confirms_is_made_and_not_undone_and_has_no_probability_of_its_own(
    linked: Warehouse,
) -> None:
    resolve_unmatched_lead(LEADS, "l1", driver_id="d1", reason="called her", author=ROSA, replace_link=True)
    assert calibration(linked) == {PHONE: (2, 0, 0, 0, 0)}
    row = linked.execute(
        "select match_rule, match_probability from canon.identity_links where source_pk = 'l1'"
    ).fetchone()
    assert row == ("MANUAL", None)


def test_a_human_who_decides_agrees_with_the_first_candidate_or_does_not(linked: Warehouse) -> None:
    resolve_unmatched_lead(LEADS, "l3", driver_id="d3", reason="called him", author=ROSA)
    assert calibration(linked)[LICENCE] == (0, 0, 0, 1, 1)
    other = resolve_unmatched_lead(LEADS, "l4", ignore=True, reason="nobody", author=ROSA)
    assert calibration(linked)[LICENCE] == (0, 0, 0, 2, 1)
    resolve_unmatched_lead(LEADS, "l4", driver_id="d3", reason="him after all", author=ROSA)
    assert calibration(linked)[LICENCE] == (0, 0, 0, 2, 2), "of two decisions the one that stands counts"
    last = linked.execute("select max(id) from ops.human_decisions").fetchone() or (0,)
    resolve_unmatched_lead(LEADS, "l4", undo_decision=last[0], reason="no", author=ROSA)
    assert calibration(linked)[LICENCE] == (0, 0, 0, 2, 1)
    assert other.id < last[0]
    row = linked.execute(
        "select decided_mean_probability, links_mean_probability from ops.v_match_calibration where match_rule = %s",
        [LICENCE[0]],
    ).fetchone()
    assert row == (pytest.approx(0.93), None)


def test_who_chooses_the_person_of_the_first_candidate_agrees_with_it(linked: Warehouse) -> None:
    resolve_unmatched_lead(LEADS, "l3", driver_id="d3", reason="called him", author=ROSA)
    (person,) = (
        linked.execute("select person_key::text from canon.identity_links where source_pk = 'd3'").fetchone() or ()
    )
    resolve_unmatched_lead(LEADS, "l4", person_key=person, reason="his, too", author=ROSA)
    assert calibration(linked)[LICENCE] == (0, 0, 0, 2, 2)


def test_a_contested_link_counts_as_a_link_and_by_its_first_candidate(linked: Warehouse) -> None:
    linked.execute(
        "insert into canon.identity_contested (source_table, source_pk, reason_code, candidates, since, run_id)"
        " values (%s, 'l1', 'OTHER_PERSON', %s, now(), 1)",
        [LEADS, json.dumps([{"driver_id": "d2", "rule": "R5_LICENSE_NUMBER", "probability": 0.9}])],
    )
    resolve_unmatched_lead(LEADS, "l1", driver_id="d2", reason="hers", author=ROSA)
    assert calibration(linked) == {PHONE: (2, 0, 1, 0, 0), LICENCE: (0, 0, 0, 1, 1)}
