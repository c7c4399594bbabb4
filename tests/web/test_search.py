"""The search of everything: it guesses what was typed, says why each was found, and keeps to what one may see."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.i18n.catalogue import codes
from control_tower.web.models.search import Kind
from tests.web.browsing import PERSON_1, Page
from tests.web.test_persons_api import looks, person_of

Fleet = psycopg.Connection[Any]


def found(client: TestClient, value: str) -> dict[str, Any]:
    answer = client.post("/search", json={"value": value})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def reasons(items: list[dict[str, Any]]) -> list[tuple[str, str | None, float | None]]:
    return [(reason["kind"], reason["value"], reason["similarity"]) for item in items for reason in item["found_by"]]


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        ("+51 966 555-444", ("phone", "966555444", None)),
        ("555444", ("phone_end", "555444", None)),
        ("5444", ("phone_end", "5444", None)),
        ("… 5444", ("phone_end", "5444", None)),
        ("q-51239876", ("license", "Q51239876", None)),
        ("51239876", ("document", "51239876", None)),
        ("d1", ("driver_id", "d1", None)),
        ("ana torres", ("name", "ANA LUCIA TORRES VEGA", 1.0)),
        ("Bega tores, ana", ("name_similar", "ANA LUCIA TORRES VEGA", 0.96)),
    ],
)
def test_what_was_typed_is_guessed_and_each_person_says_why(
    editor: TestClient, fleet: Fleet, value: str, reason: tuple[str, str, float | None]
) -> None:
    persons = found(editor, value)["persons"]["items"]
    (person,) = [one for one in persons if one["person_key"] == person_of(fleet, "d1", "drivers")]
    assert (reason[0], reason[1]) in [(kind, text) for kind, text, _ in reasons([person])]
    (similarity,) = [alike for kind, text, alike in reasons([person]) if (kind, text) == reason[:2]]
    assert similarity == (None if reason[2] is None else pytest.approx(reason[2], abs=0.03))


def test_three_digits_are_no_part_of_a_phone_and_four_are(editor: TestClient, fleet: Fleet) -> None:
    assert "phone_end" not in [kind for kind, *_ in reasons(found(editor, "444")["persons"]["items"])]
    assert "phone_end" in [kind for kind, *_ in reasons(found(editor, "5444")["persons"]["items"])]
    # only the end counts: 9665 is how the number begins
    assert found(editor, "9665")["persons"]["items"] == []


def test_a_plate_and_the_number_of_a_source_s_row_lead_to_the_person(editor: TestClient, fleet: Fleet) -> None:
    (person,) = found(editor, "ABC 123")["persons"]["items"]
    assert person["person_key"] == person_of(fleet, "l2")
    assert ("plate", "ABC123", None) in reasons([person])
    (person,) = found(editor, "l3")["persons"]["items"]
    assert person["person_key"] == person_of(fleet, "l3")
    assert reasons([person]) == [("external_id", "l3", None)]
    assert "module_ct_cabinet_leads l3" in person["found_in"]


def test_the_key_of_a_person_and_of_one_merged_into_it_lead_to_it(editor: TestClient, fleet: Fleet) -> None:
    (person,) = found(editor, PERSON_1)["persons"]["items"]
    assert (person["person_key"], reasons([person])) == (PERSON_1, [("person_key", PERSON_1, None)])
    row = fleet.execute("select person_key::text, survivor_key::text from ops.v_merged_persons").fetchone()
    assert row is not None
    (person,) = found(editor, row[0])["persons"]["items"]
    assert person["person_key"] == row[1]


def test_records_without_a_person_are_found_as_well(editor: TestClient, fleet: Fleet) -> None:
    everything = found(editor, "987654321")
    (record,) = everything["records"]["items"]
    assert (record["source_pk"], record["reason_code"]) == ("l6", "NAME_CONTRADICTION")
    assert reasons([record]) == [("phone", "987654321", None)]
    assert everything["persons"]["items"] != []


@pytest.mark.parametrize(("typed", "kind"), [("zorro tito", "scout_name"), ("Soro", "scout_name"), ("7", "scout_id")])
def test_a_scout_is_found_by_name_and_number(editor: TestClient, fleet: Fleet, typed: str, kind: str) -> None:
    (scout,) = [one for one in found(editor, typed)["scouts"] if one["scout_id"] == 7]
    assert (scout["scout_name"], scout["found_by"][0]["kind"]) == ("Tito Zorro", kind)


@pytest.mark.parametrize("before", ["scout ", "Scouts ", "el scout ", "the scout: ", "scout #"])
def test_a_scout_is_found_with_the_word_before_the_number_or_name(
    editor: TestClient, decider: TestClient, fleet: Fleet, before: str
) -> None:
    assert found(editor, f"{before}7") == found(editor, "7")
    assert [scout["scout_id"] for scout in found(editor, f"{before}7")["scouts"]] == [7]
    for typed in ("Tito", "sorro tito"):
        assert [scout["scout_id"] for scout in found(editor, before + typed)["scouts"]] == [7]
        items = editor.get("/scouts/suggest", params={"q": before + typed}).json()["items"]
        assert items[0]["scout_id"] == 7
    rows = editor.get("/scouts", params={"q": f"{before}tito".replace("#", "")}).json()["items"]
    assert {row["scout_id"] for row in rows} == {7}
    for language in ("es", "en"):
        page = Page(decider.post(f"/search?lang={language}", json={"value": f"{before}tito", "by": "any"}).text)
        assert page.all("a")[0]["href"] == "/control-tower/scouts/7", "scouts were asked for and come first"


def test_the_word_scout_alone_is_searched_for_as_it_is(editor: TestClient, fleet: Fleet) -> None:
    assert found(editor, "scout")["scouts"] == []
    assert found(editor, "scouter tito")["scouts"] == []


def test_a_number_is_a_run_a_statement_and_a_scout(editor: TestClient, fleet: Fleet) -> None:
    everything = found(editor, "#3")
    assert [run["run_id"] for run in everything["runs"]] == [3]
    (statement,) = everything["statements"]
    assert (statement["statement_id"], statement["amount"], statement["currency"]) == (3, 65.0, "PEN")
    assert everything["scouts"] == []
    assert [scout["scout_id"] for scout in found(editor, "33")["scouts"]] == [33]
    assert found(editor, "99999")["runs"] == found(editor, "99999")["statements"] == []


def test_a_payment_is_found_by_its_key(editor: TestClient, own_fleet: Fleet) -> None:
    key = "0123456789abcdef0123456789abcdef"
    own_fleet.execute("update canon.payments_without_claim set payment_key = %s where payment_key = 'payment1'", [key])
    (payment,) = found(editor, key.upper())["payments"]
    assert (payment["payment_key"], payment["has_claim"], payment["driver_id"]) == (key, False, "d1")
    own_fleet.execute(
        "update canon.partner_claims set payment_key = %s where driver_id = 'd3' and milestone_value = 5", [key]
    )
    kinds = [(payment["driver_id"], payment["has_claim"]) for payment in found(editor, key)["payments"]]
    assert sorted(kinds) == [("d1", False), ("d3", True)]


def test_who_sees_no_personal_data_searches_by_keys_alone_and_is_told_so(
    viewer: TestClient, editor: TestClient, fleet: Fleet
) -> None:
    for personal in ("966555444", "5444", "Q51239876", "ABC123", "ana torres"):
        everything = found(viewer, personal)
        assert everything["is_limited"] is True
        assert everything["persons"]["items"] == everything["records"]["items"] == [], personal
    (person,) = found(viewer, "d1")["persons"]["items"]
    assert "TORRES" not in str(person)
    assert [scout["scout_id"] for scout in found(viewer, "tito zorro")["scouts"]] == [7]
    assert found(editor, "d1")["is_limited"] is False


def test_a_search_is_on_record_without_what_was_searched_for(editor: TestClient, fleet: Fleet) -> None:
    before = looks(fleet)
    found(editor, "966555444")
    assert looks(fleet)[len(before) :] == [("search", None, "any", True, "editor")]


def test_who_may_not_read_the_attribution_finds_no_scouts_and_no_statements(
    editor: TestClient, fleet: Fleet, monkeypatch: pytest.MonkeyPatch
) -> None:
    from control_tower.web.permissions import CurrentUser

    monkeypatch.setattr(CurrentUser, "may", lambda _self, _method, dag_id: dag_id == "identity_ingestion")
    everything = found(editor, "7")
    assert everything["scouts"] == everything["statements"] == everything["payments"] == []
    assert [run["run_id"] for run in found(editor, "1")["runs"]] == [1]


def test_of_three_words_one_may_be_wrong_altogether(editor: TestClient, fleet: Fleet) -> None:
    (person, *_) = found(editor, "ana xyzzy torres")["persons"]["items"]
    assert person["person_key"] == person_of(fleet, "d1", "drivers")
    ((kind, _, similarity),) = [one for one in reasons([person]) if one[0] == "name_similar"]
    # two of three words are there: (1 + 1 + 0) / 3
    assert (kind, similarity) == ("name_similar", 0.67)
    assert found(editor, "ana xyzzy")["persons"]["items"] == [], "of two words both must be there"


def test_the_box_is_on_every_page_and_its_answer_is_grouped_by_kind_with_why(decider: TestClient, fleet: Fleet) -> None:
    for path in ("/health", "/scouts/conflicts", f"/persons/{PERSON_1}"):
        page = Page(decider.get(path).text)
        (box,) = [form for form in page.all("form") if form.get("id") == "search-box"]
        assert box["method"] == "post", "what is searched for is never in an address"
    answer = decider.post("/search", json={"value": "Tores Ana", "by": "any"})
    assert "similar name 0.9" in answer.text
    assert "<html" not in answer.text
    spanish = decider.post("/search?lang=es", json={"value": "5444"}).text
    assert "el teléfono termina en 5444" in spanish
    links = Page(decider.post("/search", json={"value": "2"}).text).all("a")
    (run,) = [link for link in links if "/runs/" in link["href"]]
    assert run["href"] == "/control-tower/runs/2"
    assert "data-airflow" not in run, "the page of ours, which says what the run changed"
    record = decider.post("/unmatched/search?lang=es", json={"value": "987654321"}).text
    assert "mismo teléfono 987654321" in record


@pytest.mark.parametrize("language", ["es", "en"])
def test_every_kind_of_reason_has_words(language: Any) -> None:
    assert codes(language)["found_by"].keys() == set(Kind.__args__)  # type: ignore[attr-defined]
