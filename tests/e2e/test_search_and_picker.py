"""A person at the keyboard: searches from any page, goes through what was found and back, and picks a scout by name."""

from __future__ import annotations

from collections.abc import Callable

import psycopg
import pytest
from playwright.sync_api import expect

from tests.e2e.conftest import PHONE, Site, Tab


def test_a_search_by_the_keyboard_leads_to_the_person_and_back_to_the_search(
    tab: Callable[..., Tab], site: Site
) -> None:
    opened = tab(locale="es-PE")
    page = opened.page
    page.goto(f"{site.url}/control-tower/health")
    box = page.locator("#search-value")
    page.keyboard.press("/")
    expect(box).to_be_focused()
    page.keyboard.type("Tores ana")
    page.keyboard.press("Enter")
    hits = page.locator("#search-found [data-hit]")
    expect(hits.first).to_contain_text("nombre parecido 0.9", timeout=30_000)
    assert "ores" not in page.url, "what is searched for is never in an address"
    page.keyboard.press("ArrowDown")
    expect(hits.first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/control-tower/persons/**")
    expect(page.locator("h1")).to_contain_text("TORRES")
    page.go_back()
    page.wait_for_url("**/control-tower/health")
    expect(page.locator("#search-value")).to_have_value("Tores ana")
    expect(page.locator("#search-found [data-hit]").first).to_contain_text("nombre parecido", timeout=30_000)
    page.locator("#search-value").focus()
    page.keyboard.press("Escape")
    expect(page.locator("#search-found")).to_be_hidden()
    page.reload()
    expect(page.locator("#search-found")).to_be_hidden()
    # typing a slash into a field is typing a slash
    page.locator("#search-value").focus()
    page.keyboard.type("1/2")
    expect(page.locator("#search-value")).to_have_value("1/2")
    assert opened.complaints == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_phone_the_box_is_behind_its_button(tab: Callable[..., Tab], site: Site, theme: str) -> None:
    opened = tab(locale="es-PE", theme=theme, viewport=PHONE)
    page = opened.page
    page.goto(f"{site.url}/control-tower/scouts")
    expect(page.locator("#search-value")).to_be_hidden()
    page.get_by_role("button", name="Buscar en todo").click()
    expect(page.locator("#search-value")).to_be_focused()
    page.keyboard.type("zorro")
    page.keyboard.press("Enter")
    expect(page.locator("#search-found [data-hit]").first).to_contain_text("Tito Zorro", timeout=30_000)
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    opened.shoot(f"search-phone-{theme}")
    page.get_by_role("button", name="Cerrar").click()
    expect(page.locator("#search-found")).to_be_hidden()
    assert opened.complaints == []


def test_a_scout_is_picked_by_name_and_the_number_is_sent(tab: Callable[..., Tab], site: Site) -> None:
    opened = tab()
    page = opened.page
    page.goto(f"{site.url}/control-tower/scouts/conflicts")
    picker = page.get_by_role("combobox", name="Scout")
    picker.focus()
    page.keyboard.type("sorro tito")
    option = page.get_by_role("option", name="Tito Zorro 7")
    expect(option).to_be_visible()
    expect(picker).to_have_attribute("aria-expanded", "true")
    page.keyboard.press("ArrowDown")
    expect(option).to_have_attribute("aria-selected", "true")
    assert picker.get_attribute("aria-activedescendant") == option.get_attribute("id")
    page.keyboard.press("Enter")
    expect(picker).to_have_value("Tito Zorro · 7")
    expect(page.get_by_role("listbox")).to_be_hidden()
    page.keyboard.press("Enter")
    page.wait_for_url("**/scouts/conflicts?scout_id=7*")
    expect(page.get_by_role("combobox", name="Scout")).to_have_value("Tito Zorro · 7")

    # a name that names one scout alone needs no choosing; one that names none is not sent
    picker = page.get_by_role("combobox", name="Scout")
    picker.fill("mara cruz")
    page.keyboard.press("Enter")
    page.wait_for_url("**/scouts/conflicts?scout_id=9*")
    picker = page.get_by_role("combobox", name="Scout")
    picker.fill("xyzzy")
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    assert "scout_id=9" in page.url
    assert picker.evaluate("field => field.validationMessage") == "Choose a scout from the list, or write the number."
    picker.fill("7")
    page.keyboard.press("Enter")
    page.wait_for_url("**/scouts/conflicts?scout_id=7*")
    assert opened.complaints == []


def test_another_scout_is_named_in_a_decision(
    tab: Callable[..., Tab], site: Site, warehouse_of_site: psycopg.Connection[object]
) -> None:
    warehouse_of_site.execute(
        "insert into public.module_ct_scouts_list (scout_id, raw_name, is_active) values (12, 'Berta Luján', true)"
    )
    opened = tab(locale="en-US")
    page = opened.page
    page.goto(f"{site.url}/control-tower/review?kind=CONFLICT")
    first = page.locator(".case").get_attribute("data-key")
    page.keyboard.press("n")  # the next case comes without loading the page
    page.wait_for_function("key => document.querySelector('.case')?.dataset.key !== key", arg=first)
    key = page.locator(".case").get_attribute("data-key")
    radio, other = page.locator("#other-scout_id"), page.get_by_role("combobox", name="The other scout")
    other.focus()
    page.keyboard.press("Tab")
    expect(radio).not_to_be_checked()  # passing through the field takes no choice away
    page.locator("#reason").fill("She wrote the form")

    other.fill("xyzzy")
    expect(radio).to_be_checked()
    page.keyboard.press("Enter")
    page.wait_for_function("field => field.validationMessage !== ''", arg=other.element_handle())
    assert page.locator(".case").get_attribute("data-key") == key, "a name that is nobody's is not sent"

    other.fill("luhan")
    page.get_by_role("option", name="Berta Luján").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    expect(other).to_have_value("Berta Luján · 12")
    with page.expect_request("**/review/decisions") as asked:
        page.keyboard.press("Enter")
    sent = asked.value.post_data_json
    (decision,) = sent["decisions"]
    assert (decision["case_key"], decision["choice"], sent["reason"]) == (key, {"scout_id": 12}, "She wrote the form")
    expect(page.locator("#notices .notice").first).to_contain_text("Another scout Berta Luján · 12")
    assert opened.complaints == []


def test_the_review_is_filtered_by_a_scout_s_name(tab: Callable[..., Tab], site: Site) -> None:
    opened = tab(locale="es-PE")
    page = opened.page
    page.goto(f"{site.url}/control-tower/review?min_days=1")
    picker = page.get_by_role("combobox", name="Scout")
    picker.fill("sorro tito")
    page.get_by_role("option", name="Tito Zorro").wait_for()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    page.wait_for_url("**/review?**scout_id=7**")
    expect(page.get_by_role("combobox", name="Scout")).to_have_value("Tito Zorro · 7")
    assert opened.complaints == []
