"""The pages as browsers get them: in which language, how much is shown, and what stands when things fail."""

from __future__ import annotations

import re
import uuid
from typing import Any
from urllib.parse import parse_qs, urlsplit

import psycopg
import pytest
from starlette.testclient import TestClient

from control_tower.i18n.catalogue import Language
from control_tower.settings import get_settings
from control_tower.web import listing
from control_tower.web.navigation import MENU, menu
from tests.attribution import datasets
from tests.i18n.catalogues import codes
from tests.web.browsing import BASE, LISTS, PERSON_1, Page, single_pages
from tests.web.conftest import API


@pytest.mark.parametrize("lang", ["es", "en"])
def test_every_page_opens_for_a_reader_and_a_decider_in_both_languages(
    reader: TestClient, decider: TestClient, fleet: psycopg.Connection[Any], lang: str
) -> None:
    for path in (*LISTS, *single_pages(fleet)):
        for browser in (reader, decider):
            answer = browser.get(path, headers={"Accept-Language": lang})
            assert answer.status_code == 200, f"{path}: {answer.text[:500]}"
            assert answer.headers["content-type"] == "text/html; charset=utf-8"
            assert answer.headers["content-language"] == lang
            assert f'<html lang="{lang}">' in answer.text
            assert len(Page(answer.text).all("h1")) == 1, path


def test_every_page_opens_on_a_database_without_a_row(reader: TestClient) -> None:
    for path in LISTS:
        answer = reader.get(path)
        assert answer.status_code == 200, f"{path}: {answer.text[:500]}"
    assert "Todavía no hay datos" in reader.get("/scouts/conflicts").text
    assert "Todavía no ha corrido" in reader.get("/scouts/attribution-health").text


def test_a_filter_that_nothing_passes_says_so_and_leads_back(
    reader: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    answer = reader.get("/scouts/liquidation?scout_id=999999")
    assert "Nadie pasa estos filtros" in answer.text
    assert f'href="{BASE}/scouts/liquidation"' in answer.text


def test_every_form_and_export_leads_to_a_route_that_exists(
    decider: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    for path in (*LISTS, *single_pages(own_fleet)):
        page = Page(decider.get(path).text)
        for form in page.all("form"):
            if form.get("method") == "post":
                answer = decider.post(urlsplit(form["action"])._replace(scheme="http", netloc="testserver").geturl())
                assert answer.status_code in (200, 202, 204, 409, 422, 423), (
                    f"{path}: {form['action']}: {answer.status_code}"
                )
        for link in page.all("a"):
            if "download" in link:
                answer = decider.get(f"http://testserver{link['href']}")
                assert answer.status_code == 200, link["href"]
                assert answer.headers["content-type"].startswith("text/csv")


def test_the_exports_ask_for_what_the_page_shows(decider: TestClient, fleet: psycopg.Connection[Any]) -> None:
    query = "payment_status=UNPAID&milestone=5&only_with_debt=true&sort=-expected_amount"
    page = Page(decider.get(f"/scouts/cobranza-yango?{query}&page_size=25&lang=en").text)
    (link, *_) = (link["href"] for link in page.all("a") if "download" in link)
    asked = parse_qs(urlsplit(link).query)
    assert asked == {
        "payment_status": ["UNPAID"], "milestone": ["5"], "only_with_debt": ["True"], "sort": ["-expected_amount"],
    }  # fmt: skip
    rows = decider.get(f"http://testserver{link}").text.splitlines()[1:]
    listed = decider.get(f"http://testserver{API}/yango/cabinet/collection-with-scout?{query}").json()
    assert len(rows) == listed["pagination"]["total"] > 0


def test_a_page_of_a_list_has_25_rows_unless_its_address_says_otherwise(
    reader: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    for query, marked in (("", ["25"]), ("?page_size=", ["25"]), ("?page_size=50", ["50"]), ("?page_size=2", [])):
        text = reader.get(f"/unmatched{query}").text
        assert re.findall(r'aria-current="true">(\d+)</a>', text) == marked, query
    assert reader.get("/api/v1/unmatched").json()["pagination"]["page_size"] == 50, "the API has its own measure"


@pytest.mark.parametrize(
    ("page", "list_of_api"),
    [
        ("/unmatched", "/unmatched"),
        ("/unmatched?reason_code=NO_CANDIDATES", "/unmatched?reason_code=NO_CANDIDATES"),
        ("/unmatched?source_table=module_ct_cabinet_leads", "/unmatched?source_table=module_ct_cabinet_leads"),
        ("/unmatched?status=IGNORED", "/unmatched?status=IGNORED"),
        ("/scouts/cobranza-yango", "/yango/cabinet/collection-with-scout"),
        ("/scouts/cobranza-yango?milestone=5", "/yango/cabinet/collection-with-scout?milestone=5"),
        ("/scouts/liquidation", "/scouts/liquidation/base"),
        ("/scouts/liquidation?payment_status=BLOCKED", "/scouts/liquidation/base?payment_status=BLOCKED"),
        ("/scouts/conflicts", "/scouts/attribution/conflicts"),
        ("/scouts/backlog?category=A", "/scouts/attribution/backlog?category=A"),
    ],
)
def test_a_page_counts_as_many_rows_as_the_api(
    reader: TestClient, fleet: psycopg.Connection[Any], page: str, list_of_api: str
) -> None:
    total = reader.get(f"/api/v1{list_of_api}").json()["pagination"]["total"]
    for size in (1, 200):
        text = reader.get(f"{page}{'&' if '?' in page else '?'}page_size={size}").text
        shown = re.search(r"(?:de|of) <strong>(\d+)</strong>", text)
        assert (int(shown[1]) if shown else 0) == total, size


def test_the_switch_chooses_a_language_for_good(reader: TestClient) -> None:
    page = Page(reader.get("/scouts/backlog?category=A").text)
    (english,) = (link["href"] for link in page.all("a") if link.get("hreflang") == "en")
    assert parse_qs(urlsplit(english).query) == {"category": ["A"], "lang": ["en"]}
    answer = reader.get(f"http://testserver{english}")
    assert 'lang="en"' in answer.text
    cookie = answer.headers["set-cookie"]
    assert "control_tower_language=en" in cookie
    assert f"Path={BASE}" in cookie
    assert "HttpOnly" in cookie
    assert 'lang="en"' in reader.get("/health", headers={"Cookie": "control_tower_language=en"}).text
    assert 'lang="es"' in reader.get("/health", headers={"Cookie": "control_tower_language=xx"}).text


def test_a_database_that_is_down_is_a_page_that_says_what_is_still_true(
    reader: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_CONTROL_TOWER", "postgres://nobody@127.0.0.1:1/nothing")
    for path in LISTS:
        answer = reader.get(path)
        if path in ("/persons", "/rehearsals"):  # a form, and what Airflow keeps
            assert answer.status_code == 200, path
            continue
        assert answer.status_code == 503, path
        assert answer.headers["retry-after"] == "5"
        assert "La base de datos no responde; los procesos y los datos no han cambiado por ello." in answer.text
        assert re.search(r"error_id <code>[0-9a-f]{12}</code>", answer.text)
        assert "127.0.0.1" not in answer.text


@pytest.mark.parametrize(
    ("path", "status", "said"),
    [
        ("/nothing-here", 404, "Esta dirección no existe."),
        (f"/persons/{uuid.UUID(int=1)}", 404, "No hay ninguna persona con esta clave"),
        ("/persons/no-key", 422, "La petición no se puede usar así"),
        ("/scouts/backlog?category=Z", 422, "query.category"),
        ("/scouts/backlog?page_size=0", 422, "query.page_size"),
        ("/scouts/backlog?unheard=of", 422, "query.unheard"),
        (
            "/unmatched/record?source_table=module_ct_migrations&source_pk=none",
            404,
            "No se ha ingerido ningún registro",
        ),
    ],
)
def test_what_cannot_be_shown_is_a_page_that_says_why(reader: TestClient, path: str, status: int, said: str) -> None:
    answer = reader.get(path)
    assert answer.status_code == status
    assert said in answer.text
    assert "error_id" in answer.text


def test_a_failure_nobody_expected_is_a_page_that_tells_nothing_of_it(
    reader: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    from control_tower.web.queries import attribution

    def broken(*_: Any) -> None:
        raise RuntimeError("the secret of 912345678")

    monkeypatch.setattr(attribution, "metrics", broken)
    answer = reader.get("/scouts/backlog")
    assert answer.status_code == 500
    assert "Algo falló en el servidor" in answer.text
    assert "912345678" not in answer.text


def test_empty_fields_of_a_form_are_no_filters(reader: TestClient, fleet: psycopg.Connection[Any]) -> None:
    assert reader.get("/scouts/liquidation?scout_id=&payment_status=&milestone=&origin_tag=").status_code == 200


def test_the_menu_leads_to_pages_that_exist_under_icons_that_exist(reader: TestClient) -> None:
    assert [entry.path for entry in MENU] == list(LISTS[:-1])
    for entry in menu():
        for key in ("href", "icon", "icon_dark_mode"):
            assert reader.get(f"http://testserver/{entry[key]}").status_code == 200, entry[key]


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_menu_speaks_the_language_of_the_setting(monkeypatch: pytest.MonkeyPatch, language: Language) -> None:
    monkeypatch.setenv("CONTROL_TOWER_LANGUAGE", language)
    get_settings.cache_clear()
    assert {entry["name"] for entry in menu()} == set(codes("menu", language).values())


def test_every_control_of_a_page_has_a_name(decider: TestClient, fleet: psycopg.Connection[Any]) -> None:
    for path in (*LISTS, *single_pages(fleet)):
        text = decider.get(path).text
        page = Page(text)
        labelled = {label.get("for") for label in page.all("label")}
        for tag in ("input", "select", "textarea"):
            for control in page.all(tag):
                if control.get("type") in ("hidden", "radio", "checkbox"):
                    continue  # radios and boxes stand inside their labels
                assert control.get("id") in labelled or control.get("aria-label"), f"{path}: {control}"
        identifiers = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
        assert len(identifiers) == len(set(identifiers)), path


def test_a_conflict_shows_every_claim_of_each_scout(decider: TestClient, own_fleet: psycopg.Connection[Any]) -> None:
    datasets.event(own_fleet, uuid.UUID(PERSON_1), datasets.SCOUTING, 9)
    text = decider.get(f"/scouts/conflicts/{PERSON_1}").text
    for scout in (7, 9):
        assert f'href="/control-tower/scouts/{scout}"' in text
    assert "Tito Zorro" in text


@pytest.mark.parametrize("path", ["/scouts/liquidation", "/scouts/backlog", "/scouts/conflicts"])
def test_persons_of_a_list_are_named_to_who_may_see_names(
    reader: TestClient, decider: TestClient, own_fleet: psycopg.Connection[Any], path: str
) -> None:
    own_fleet.execute("update canon.identity_registry set primary_full_name = 'TORRES VEGA ANA'")
    assert ">TORRES VEGA ANA</a>" in decider.get(path).text
    masked = reader.get(path).text
    assert "TORRES" not in masked
    assert ">T••• V••• A•••</a>" in masked
    own_fleet.execute("update canon.identity_registry set primary_full_name = null")
    assert ">Sin nombre</a>" in reader.get(path).text


def test_claims_of_two_currencies_are_never_added(
    reader: TestClient, own_fleet: psycopg.Connection[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    # Three claims remain: 25 PEN and 35 PEN that are owed (60), and 20,000 COP.
    own_fleet.execute("delete from canon.partner_claims where ctid <> all(array(select ctid from canon.partner_claims"
                      " order by driver_id, milestone_value limit 3))")  # fmt: skip
    claims = own_fleet.execute("select ctid, person_key from canon.partner_claims").fetchall()
    for (address, _), amount, currency in zip(claims, (25, 35, 20_000), ("PEN", "PEN", "COP"), strict=True):
        own_fleet.execute(
            "update canon.partner_claims set expected_amount = %s, currency = %s, person_key = %s, driver_id = 'd1',"
            " milestone_value = %s, yango_payment_status = 'UNPAID' where ctid = %s",
            [amount, currency, claims[2][1], {25: 1, 35: 5}.get(amount, 1), address],
        )
    for country in ("PE", "CO"):
        monkeypatch.setenv("CONTROL_TOWER_COUNTRY", country)
        get_settings.cache_clear()
        listing.ttl_cache.clear()
        for path in ("/scouts/cobranza-yango", f"/persons/{claims[2][1]}"):
            text = reader.get(path).text
            assert re.search(r"S/\xa060[.,]00|PEN\xa060[.,]00", text), f"{path} {country}"
            assert re.search(r"\xa020[.,]000\b", text), f"{path} {country}"
            assert not re.search(r"20[.,]0[26]\d", text), f"{path} {country}"
    listed = reader.get("/api/v1/yango/cabinet/collection-with-scout?page_size=1").json()
    assert listed["pagination"]["total"] == 3
    exported = reader.get("/api/v1/yango/cabinet/collection-with-scout.csv").text.splitlines()
    assert exported[0].endswith(';"Moneda";"Cuentas de conductor posibles";"Claves de los pagos"')
    assert sum('"COP"' in line for line in exported) == 1


def test_what_was_paid_without_a_claim_is_told_with_what_took_the_claim_away(
    reader: TestClient, decider: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    # two payments of 35 PEN; the third was taken back
    text = reader.get("/scouts/cobranza-yango").text
    assert "Yango pagó 2 hitos que hoy no tienen cobro y que nadie explicó:" in text
    assert "S/\xa070.00" in text
    assert text.count("un lead con fecha más antigua movió sus 14 días") == 5
    assert "Ana Torres" not in text
    assert ">Ana Torres</a>" in decider.get("/scouts/cobranza-yango").text


def test_a_page_without_changes_says_what_would_be_there(reader: TestClient) -> None:
    text = reader.get("/scouts/cobranza-yango").text
    assert "Cada pago tiene su cobro" in text
    assert "Ningún cobro ha cambiado" in text
    assert "que hoy no tiene" not in text


def test_a_payment_that_fits_several_accounts_shows_them_at_the_claim(
    reader: TestClient, own_fleet: psycopg.Connection[Any]
) -> None:
    own_fleet.execute(
        "update canon.partner_claims set yango_payment_status = 'UNPAID', identity_status = 'ambiguous',"
        " candidate_driver_ids = array['account-a', 'account-b']"
    )
    text = reader.get("/scouts/cobranza-yango").text
    assert "hay un pago por nombre que puede ser de cualquiera de:" in text
    assert "account-a" in text
    assert "account-b" in text
    row = reader.get("/api/v1/yango/cabinet/collection-with-scout").json()["items"][0]
    assert (row["identity_status"], row["candidate_driver_ids"]) == ("ambiguous", ["account-a", "account-b"])


def test_figures_that_are_remembered_are_told_with_their_moment(
    reader: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    listing.ttl_cache.clear()
    text = reader.get("/scouts/attribution-health").text
    assert re.search(r'id="age"[^>]*>\s*Visto: \d+ \w{3}\.? \d{4}, \d\d:\d\d', text)


def test_an_overwritten_row_shows_both_contents_and_whose_it_may_be(
    decider: TestClient, fleet: psycopg.Connection[Any]
) -> None:
    row = fleet.execute(
        "select source_table, source_pk, person_key::text from ops.v_identity_contested"
        " where reason_code = 'REPLACED_RECORD'"
    ).fetchone()
    assert row is not None
    table, key, person = row
    listed = decider.get("/unmatched/contested?reason_code=REPLACED_RECORD&lang=es").text
    assert "La fila dice otra persona" in listed
    text = decider.get(f"/unmatched/record?source_table={table}&source_pk={key}&lang=es").text
    for part in ("ELMER ZAPATA CANO", "OTRA PERSONA", "911000777", f"scout {key}", person, "Lo que la fila dice ahora"):
        assert part in text
