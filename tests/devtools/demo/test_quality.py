"""How good the links are on a fleet as untidy as the field."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import psycopg
import pytest

from devtools.demo.fleet import FleetSize, build_fleet
from devtools.demo.load import load_fleet
from devtools.demo.quality import measure
from tests.pipeline import ingest


def test_links_are_right_and_hardly_any_driver_is_missed(
    warehouse: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch, figure: Callable[[str], None]
):
    fleet = build_fleet(FleetSize(6_000, cabinet_leads=4_000), seed=7, as_of=date(2026, 3, 15), country="PE")
    load_fleet(warehouse, fleet, report=lambda _: None)
    monkeypatch.setenv("CONTROL_TOWER_TARGET_PARK_ID", fleet.target_park_id)
    ingest()

    quality = measure(warehouse)

    for source in (*quality.sources, quality.total):
        figure(
            f"{source.source_table or 'together':26} linked {source.linked:5,}  wrong {source.wrong_links}"
            f"  precision {source.precision:.4f}  recall {source.recall:.4f}"
        )
    leads, everything = quality.of("module_ct_cabinet_leads"), quality.total
    assert leads.records == 4_000
    assert leads.findable > 2_000
    assert leads.precision >= 0.9995
    assert leads.recall >= 0.94
    assert everything.precision >= 0.9995
    assert everything.recall >= 0.94
    assert everything.wrong_links == len(quality.wrong_links) <= 1
    assert quality.mixed_persons <= 1
    assert sum(reason.records for reason in quality.missed) + everything.right_links == everything.findable


def test_a_wrong_link_is_found_and_named(warehouse: psycopg.Connection[Any]):
    load_fleet(warehouse, build_fleet(FleetSize(300), seed=7, country="PE"), report=lambda _: None)
    ingest()
    before = measure(warehouse)
    (lead, wrong_driver), *_ = warehouse.execute(
        "select link.source_pk, (select min(driver.driver_id) from demo.truth_drivers as driver"
        "  join demo.truth_drivers as own on own.driver_id = link.matched_driver_id"
        "  where driver.human_id <> own.human_id)"
        " from canon.identity_links as link where link.source_table = 'module_ct_cabinet_leads'"
        " order by link.source_pk limit 1"
    ).fetchall()
    warehouse.execute(
        "update canon.identity_links set matched_driver_id = %s where source_pk = %s", [wrong_driver, lead]
    )

    after = measure(warehouse)

    assert before.wrong_links == ()
    assert [(link.source_pk, link.matched_driver_id) for link in after.wrong_links] == [(lead, wrong_driver)]
    assert after.wrong_links[0].right_driver_id not in (None, wrong_driver)
    assert after.total.precision < 1
    assert after.total.recall < before.total.recall
