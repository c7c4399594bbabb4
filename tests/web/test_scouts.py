"""The pages of scouts: what each brought, is due and was paid, what is worth a look; and the picker's suggestions."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from tests.web.browsing import BASE, Page

Fleet = psycopg.Connection[Any]


def suggested(client: TestClient, typed: str) -> list[int]:
    answer = client.get("/scouts/suggest", params={"q": typed})
    assert answer.status_code == 200, answer.text
    return [item["scout_id"] for item in answer.json()["items"]]


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("tito", 7),
        ("zorro tito", 7),  # in any order
        ("Zórro", 7),  # accents and case do not matter
        ("zo", 7),  # the beginning of a word
        ("sorro", 7),  # spelled otherwise
        ("zoro", 7),
        ("zroro", 7),  # two letters exchanged
        ("Cruz mara", 9),
        ("carla ortiz", 33),
        ("7", 7),
    ],
)
def test_a_scout_is_suggested_by_words_with_errors_in_any_order_and_by_number(
    viewer: TestClient, fleet: Fleet, typed: str, first: int
) -> None:
    assert suggested(viewer, typed)[0] == first


def test_who_fits_nothing_is_not_suggested_and_nothing_typed_suggests_all(viewer: TestClient, fleet: Fleet) -> None:
    assert suggested(viewer, "xyzzy") == []
    assert suggested(viewer, "tito xyzzy") == [], "every word must fit"
    assert suggested(viewer, "99") == []
    assert {7, 9} <= set(suggested(viewer, ""))
    assert viewer.get("/scouts/suggest", params={"q": "x" * 101}).status_code == 422


def test_a_scout_s_money_is_what_statements_hold_and_what_is_in_none(editor: TestClient, own_fleet: Fleet) -> None:
    # Scout 7: statement 1 of 110 is paid; statement 3 of 65 is not. Due: five milestones of 25, of which the one of
    # 2025-09-30 is before the first closed period (2025-10-01) and in no statement, and one is payable tomorrow:
    # 3 × 25 - 110 - 65 = -100, statements hold too much.
    own_fleet.execute("delete from canon.scout_payment_milestones")
    own_fleet.execute(
        "insert into canon.scout_payment_milestones (person_key, rule_id, scout_id, origin_tag, milestone_trips,"
        " driver_id, currency, amount, lead_date, achieved_date, payable_date)"
        " select gen_random_uuid(), 90 + n, 7, 'cabinet', 1, 'd', 'PEN', 25, '2025-09-01', '2025-09-02', day.payable"
        " from unnest(array[date '2025-09-30', '2025-10-01', '2025-12-01',"
        " (select today from canon.local_today), (select today + 1 from canon.local_today)])"
        " with ordinality as day (payable, n)"
    )
    scout = editor.get("/scouts/7").json()
    (money,) = scout["money"]
    assert money == {
        "currency": "PEN", "due_amount": -100.0, "unpaid_amount": 65.0, "paid_amount": 110.0, "statements": 2,
        "unpaid_statements": 1,
    }  # fmt: skip
    assert (scout["scout_name"], scout["open_conflicts"]) == ("Tito Zorro", 1)
    # in two currencies there are two rows, and nothing is added
    own_fleet.execute("update canon.scout_payment_milestones set currency = 'COP' where payable_date > '2025-11-01'")
    amounts = {row["currency"]: row["due_amount"] for row in editor.get("/scouts/7").json()["money"]}
    assert amounts == {"COP": 50.0, "PEN": 25.0 - 175.0}
    rows = [row for row in editor.get("/scouts").json()["items"] if row["scout_id"] == 7]
    assert [(row["currency"], row["due_amount"]) for row in rows] == [("COP", 50.0), ("PEN", -150.0)]


def test_the_share_in_doubt_counts_contested_and_undone_records(editor: TestClient, own_fleet: Fleet) -> None:
    from control_tower.decisions import resolve_unmatched_lead
    from control_tower.decisions.transaction import Author

    before = editor.get("/scouts/33").json()
    assert (before["records"], before["contested_records"], before["undone_records"]) == (1, 0, 0)
    assert before["doubt_share"] == 0
    own_fleet.execute(
        "insert into canon.identity_contested (source_table, source_pk, reason_code, candidates, since, run_id)"
        " values ('module_ct_scouting_daily', '3', 'NAME_CONTRADICTION', '[]', now(), 1)"
    )
    contested = editor.get("/scouts/33").json()
    assert (contested["contested_records"], contested["undone_records"], contested["doubt_share"]) == (1, 0, 1.0)
    (person,) = editor.get("/scouts/33/persons", params={"in_doubt": "true"}).json()["items"]
    assert person["is_in_doubt"] is True
    resolve_unmatched_lead("module_ct_scouting_daily", "3", driver_id="d1", reason="not her", author=Author("chief"))
    undone = editor.get("/scouts/33").json()
    assert (undone["contested_records"], undone["undone_records"]) == (0, 1)
    assert undone["median_doubt_share"] == 0


def test_the_list_is_filtered_by_beginnings_of_words_number_state_and_signals(editor: TestClient, fleet: Fleet) -> None:
    def listed(**query: str) -> list[int]:
        return [row["scout_id"] for row in editor.get("/scouts", params={"sort": "scout_id", **query}).json()["items"]]

    assert {7, 9, 33} <= set(listed())
    assert listed(q="nuñez or") == [33]
    assert listed(q="7") == [7]
    assert listed(q="xyzzy") == []
    assert listed(is_active="false") == [33]
    assert listed(signals_only="true") == [33]


def test_the_persons_of_a_scout_are_masked_for_who_may_not_see_names(
    editor: TestClient, viewer: TestClient, fleet: Fleet
) -> None:
    (person,) = editor.get("/scouts/33/persons").json()["items"]
    assert "NUNEZ" in person["name"].upper()
    (masked,) = viewer.get("/scouts/33/persons").json()["items"]
    assert masked["person_key"] == person["person_key"]
    assert "UNEZ" not in masked["name"].upper()
    csv = viewer.get("/scouts/33/persons.csv").text
    assert "UNEZ" not in csv.upper()


def test_a_signal_leads_to_its_rows(decider: TestClient, editor: TestClient, fleet: Fleet) -> None:
    page = Page(decider.get("/scouts/33?lang=en").text)
    links = [link["href"] for link in page.all("a") if "signal=" in link.get("href", "")]
    assert any("signal=SCOUT_IS_DRIVER" in link for link in links)
    assert "It may be a namesake." in page.text
    for accusation in ("fraud", "fake", "suspicious", "cheat"):
        assert accusation not in page.text.lower()
    rows = editor.get("/scouts/33/signals", params={"signal": "SCOUT_PHONE_IN_LEADS"}).json()["items"]
    assert [(row["source_table"], row["source_pk"]) for row in rows] == [("module_ct_scouting_daily", "3")]
    shown = decider.get("/scouts/33?signal=SCOUT_PHONE_IN_LEADS").text
    assert f'href="{BASE}/persons/{rows[0]["person_key"]}"' in shown


def test_a_number_that_nobody_has_is_no_page(decider: TestClient, editor: TestClient, fleet: Fleet) -> None:
    answer = editor.get("/scouts/99999")
    assert (answer.status_code, answer.json()["code"]) == (404, "NO_SUCH_SCOUT")
    assert decider.get("/scouts/99999").status_code == 404
    assert editor.get("/scouts/99999999999").status_code == 422
    assert editor.get("/scouts/nobody").status_code == 422


def test_every_scout_on_a_list_leads_to_the_scout_s_page(decider: TestClient, fleet: Fleet) -> None:
    for path in ("/scouts/conflicts", "/scouts/statements?period=2", "/scouts/liquidation", "/scouts"):
        links = {link["href"] for link in Page(decider.get(path).text).all("a") if "href" in link}
        assert [link for link in links if link.removeprefix(f"{BASE}/scouts/").isdigit()], path


@pytest.mark.parametrize(
    "path",
    ["/scouts/conflicts", "/scouts/backlog", "/scouts/liquidation", "/scouts/cobranza-yango",
     "/scouts/statements?period=2", "/review"],
)  # fmt: skip
def test_wherever_a_scout_is_asked_for_there_is_the_picker(decider: TestClient, fleet: Fleet, path: str) -> None:
    fields = [field for field in Page(decider.get(path).text).all("input") if field.get("name") == "scout_id"]
    assert fields
    assert {field.get("data-picker") for field in fields} == {"scout"}
