"""What a source of records gets by its entry and its view alone. Run by `test_another_source.py` with the plugin."""

from __future__ import annotations

from tests.identity import sources
from tests.pipeline import ingest
from tests.web.another_source.referrals import TABLE
from tests.web.browsing import HTML


def test_referrals_are_ingested_listed_filtered_and_watched(warehouse, editor, decider) -> None:
    sources.driver(warehouse, "d1", full_name="Rosa Quispe Mamani", phone="+51987654321")
    warehouse.execute(
        f"insert into public.{TABLE} (id, friend_name, friend_phone, referred_on) values"
        " (1, 'ROSA QUISPE', '987 654 321', '2026-10-30'), (2, 'JUAN PEREZ', '912 345 678', '2026-10-30')"
    )

    ingest()

    links = "select source_pk, match_rule::text from ops.v_identity_links where source_table = %s"
    assert warehouse.execute(links, [TABLE]).fetchall() == [("1", "R1_PHONE_EXACT")]
    events = "select source_pk from ops.v_lead_events where source_table = %s order by 1"
    assert warehouse.execute(events, [TABLE]).fetchall() == [("1",), ("2",)]

    answer = editor.get("/unmatched", params={"source_table": TABLE})
    assert [item["source_pk"] for item in answer.json()["items"]] == ["2"]
    assert editor.get("/unmatched", params={"source_table": "module_ct_nothing"}).status_code == 422

    page = decider.get("/unmatched", params={"source_table": TABLE}, headers=HTML)
    assert page.status_code == 200
    assert f'source_table={TABLE}" aria-current="true"' in page.text
    assert "JUAN PEREZ" in page.text

    health = "select health_status from ops.v_data_health_status where source_name = %s"
    assert warehouse.execute(health, [TABLE]).fetchone() is not None
    assert TABLE in {source["source_name"] for source in editor.get("/health/sources").json()["items"]}
