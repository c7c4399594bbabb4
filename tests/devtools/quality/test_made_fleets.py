"""The fleets of the scoreboard: deterministic, with a complete truth, and as untidy as they announce."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from devtools.benchmark.quality.andean import AndeanRates, build_andean
from devtools.benchmark.quality.coastal import CoastalRates, build_coastal
from devtools.benchmark.quality.coastal_names import COMMON_MODELS, COMMON_MODELS_SHARE
from devtools.benchmark.quality.draws import SWAY, swayed
from devtools.benchmark.quality.febrl import build_febrl, records
from devtools.benchmark.quality.fleet import ACCOUNTS, LEADS, SCOUTING, MadeFleet, made_size
from devtools.demo.fleet import SOURCE_COLUMNS

SIZE = made_size(8_000)
Build = Callable[[int], MadeFleet]
BUILDS: dict[str, Build] = {
    "coastal": lambda seed: build_coastal(SIZE, seed=seed),
    "andean": lambda seed: build_andean(SIZE, seed=seed),
    "febrl": lambda _: build_febrl(),
}


@pytest.fixture(scope="module")
def coastal() -> MadeFleet:
    return BUILDS["coastal"](1)


@pytest.fixture(scope="module")
def andean() -> MadeFleet:
    return BUILDS["andean"](1)


def content(fleet: MadeFleet) -> list[object]:
    return [
        *(list(fleet.rows(table)) for table in SOURCE_COLUMNS),
        list(fleet.truth_records()),
        list(fleet.truth_drivers()),
        list(fleet.truth_scouts()),
    ]


def dicts(fleet: MadeFleet, table: str) -> Iterator[dict[str, Any]]:
    return (dict(zip(SOURCE_COLUMNS[table], row, strict=True)) for row in fleet.rows(table))


def humans(fleet: MadeFleet, table: str) -> list[int | None]:
    """Whose row each record of a table is, in the order of its rows."""
    return [human for source, _, human in fleet.truth_records() if source == table]


def digits(phone: str | None, count: int) -> str:
    return re.sub(r"\D", "", phone or "")[-count:]


def share(values: Iterator[bool]) -> float:
    counted = Counter(values)
    return counted[True] / counted.total()


@pytest.mark.parametrize("name", BUILDS)
def test_the_same_seed_gives_the_same_rows(name: str) -> None:
    build = BUILDS[name]
    first = build(3)
    assert content(first) == content(first) == content(build(3))


@pytest.mark.parametrize("name", ["coastal", "andean"])
def test_another_seed_gives_other_people_and_slightly_other_rates(name: str) -> None:
    build = BUILDS[name]
    assert set(build(3).truth_drivers()).isdisjoint(build(4).truth_drivers())
    rates = CoastalRates if name == "coastal" else AndeanRates
    assert swayed(rates, 3) != swayed(rates, 4)
    assert abs(swayed(rates, 3).strangers / rates.strangers - 1) <= SWAY


@pytest.mark.parametrize("name", BUILDS)
def test_the_truth_names_every_account_and_every_record_once(name: str) -> None:
    fleet = BUILDS[name](1)
    accounts = [account for account, _ in fleet.truth_drivers()]
    assert accounts == [row["driver_id"] for row in dicts(fleet, ACCOUNTS)]
    keys = Counter((table, key) for table, key, _ in fleet.truth_records())
    assert set(keys.values()) == {1}
    wanted = {(LEADS, str(row["external_id"] or row["id"])) for row in dicts(fleet, LEADS)}
    assert set(keys) == wanted | {(SCOUTING, str(row["id"])) for row in dicts(fleet, SCOUTING)}
    assert {table for table in SOURCE_COLUMNS if list(fleet.rows(table))} == {ACCOUNTS, LEADS, SCOUTING}
    assert len(set(accounts)) == len(accounts) == fleet.size().drivers


@pytest.mark.parametrize(("name", "rates"), [("coastal", CoastalRates), ("andean", AndeanRates)])
def test_strangers_and_missing_values_are_as_frequent_as_announced(
    name: str, rates: type[CoastalRates | AndeanRates], request: pytest.FixtureRequest
) -> None:
    fleet, wanted = request.getfixturevalue(name), swayed(rates, 1)
    drivers = {human for _, human in fleet.truth_drivers()}
    for table in (LEADS, SCOUTING):
        strangers = share(human not in drivers for human in humans(fleet, table))
        assert strangers == pytest.approx(wanted.strangers, abs=0.035)
    no_licence = share(not re.search(r"\d{3}", row["driver_license"] or "") for row in dicts(fleet, SCOUTING))
    assert no_licence == pytest.approx(wanted.no_licence, abs=0.03)
    no_phone = share(len(set(digits(row["park_phone"], 9))) < 3 for row in dicts(fleet, LEADS))
    assert no_phone == pytest.approx(wanted.no_phone, abs=0.008)
    no_car = share(not re.search(r"[1-9]", row["asset_plate_number"] or "") for row in dicts(fleet, LEADS))
    assert no_car == pytest.approx(wanted.no_car, abs=0.03)


@pytest.mark.parametrize(("name", "rates", "length"), [("coastal", CoastalRates, 9), ("andean", AndeanRates, 10)])
def test_phones_change_as_announced(
    name: str, rates: type[CoastalRates | AndeanRates], length: int, request: pytest.FixtureRequest
) -> None:
    fleet, wanted = request.getfixturevalue(name), swayed(rates, 1)
    phones: dict[int, set[str]] = {}
    for (_, human), row in zip(fleet.truth_drivers(), dicts(fleet, ACCOUNTS), strict=True):
        phones.setdefault(human, set()).add(digits(row["phone"], length))
    common = Counter(digits(row["park_phone"], length) for row in dicts(fleet, LEADS))
    other = share(
        digits(row["park_phone"], length) not in phones[human]
        for human, row in zip(humans(fleet, LEADS), dicts(fleet, LEADS), strict=True)
        if human in phones and common[digits(row["park_phone"], length)] < 3  # no shop, no call centre, no placeholder
    )
    shops = wanted.shop * (1 - wanted.shop_on_account) if isinstance(wanted, AndeanRates) else 0
    wrong = wanted.wrong_phone if isinstance(wanted, CoastalRates) else wanted.turned_phone
    assert other == pytest.approx(wanted.changed_phone + wrong + shops + wanted.no_phone, abs=0.025)


def test_a_coastal_fleet_moved_within_days(coastal: MadeFleet) -> None:
    hired = {row["hire_date"] for row in dicts(coastal, ACCOUNTS)}
    assert len(hired) <= 3
    created = [row["lead_created_at"].date() for row in dicts(coastal, LEADS)]
    assert min(created) < min(hired) < max(hired) < max(created)
    assert created == sorted(created)


def test_a_coastal_fleet_has_few_models_and_short_names(coastal: MadeFleet) -> None:
    models = Counter(row["car_model"] for row in dicts(coastal, ACCOUNTS))
    common = sum(count for _, count in models.most_common(COMMON_MODELS)) / SIZE.drivers
    assert common == pytest.approx(COMMON_MODELS_SHARE, abs=0.03)
    words = share(f"{row['first_name']} {row['last_name']}".count(" ") == 1 for row in dicts(coastal, LEADS))
    wanted = swayed(CoastalRates, 1)
    assert wanted.two_words - 0.03 < words < wanted.two_words + 0.12  # some people have no second names to leave out
    bare = share(
        row["driver_license"].strip().isdigit()
        for row in dicts(coastal, SCOUTING)
        if re.search(r"\d{3}", row["driver_license"] or "")
    )
    foreign = swayed(CoastalRates, 1).foreigners
    assert bare == pytest.approx(wanted.bare_document + foreign, abs=0.03)
    parks = Counter(human for _, human in coastal.truth_drivers())
    assert share(count == 2 for count in parks.values()) == pytest.approx(wanted.second_account, abs=0.01)


def test_families_share_names_and_phones(coastal: MadeFleet) -> None:
    """More people have both surnames in common than chance would bring together, and some of them the phone."""
    rows = {human: row for (_, human), row in zip(coastal.truth_drivers(), dicts(coastal, ACCOUNTS), strict=True)}
    pairs = [
        (rows[human], rows[human + step]) for human in rows for step in (1, 2, 3) if human + step in rows
    ]  # relatives come shortly after each other
    brothers = [(a, b) for a, b in pairs if a["last_name"].lower() == b["last_name"].lower() and " " in a["last_name"]]
    assert 0.02 < len(brothers) / len(rows) < 0.08
    assert 0 < sum(a["phone"] == b["phone"] for a, b in brothers) < len(brothers) / 3


def test_an_andean_fleet_grew_in_bursts_over_two_years(andean: MadeFleet) -> None:
    hired = Counter(row["hire_date"] for row in dicts(andean, ACCOUNTS))
    assert (max(hired) - min(hired)).days > 700
    busiest = sum(count for _, count in hired.most_common(50))
    assert 0.5 < busiest / SIZE.drivers < 0.7


def test_an_andean_fleet_has_common_phones_and_repeated_leads(andean: MadeFleet) -> None:
    wanted = swayed(AndeanRates, 1)
    phones = Counter(
        digits(row["park_phone"], 10) for row in dicts(andean, LEADS) if digits(row["park_phone"], 10)[1:] != "0" * 9
    )
    assert phones.most_common(1)[0][1] / SIZE.cabinet_leads == pytest.approx(wanted.call_centre, abs=0.01)
    accounts = Counter(digits(row["phone"], 10) for row in dicts(andean, ACCOUNTS) if row["phone"])
    assert 3 <= max(accounts.values()) <= 10
    repeated = 1 - len(set(humans(andean, LEADS))) / SIZE.cabinet_leads
    assert repeated == pytest.approx(wanted.repeated, abs=0.02)
    again = Counter(human for _, human in andean.truth_drivers())
    assert sum(count - 1 for count in again.values()) / SIZE.drivers == pytest.approx(wanted.duplicates, abs=0.005)
    assert {2, 3} <= set(again.values())


def test_febrl_keeps_its_people_and_what_is_missing() -> None:
    fleet = build_febrl()
    size = fleet.size()
    assert (size.drivers, size.cabinet_leads, size.scouting_rows) == (5_000, 5_000, 5_000)
    for table, column, data_set in ((ACCOUNTS, "phone", "a"), (LEADS, "park_phone", "b")):
        written = [row[column] for row in dicts(fleet, table)]
        born = [record["date_of_birth"] or None for record in records(data_set)]
        assert [phone and phone.removeprefix("9") for phone in written] == born
        assert {len(phone) for phone in written if phone} == {9}
    assert sum(row["driver_name"] is None for row in dicts(fleet, SCOUTING)) < 50
    assert sum(row["first_name"] is None for row in dicts(fleet, LEADS)) == 234
    assert dict(fleet.truth_drivers())["rec-17-org"] == 17
    assert (LEADS, "rec-17-dup-0", 17) in set(fleet.truth_records())
    assert list(build_febrl(20).truth_drivers())[-1] == ("rec-19-org", 19)


def test_a_row_with_an_unknown_column_is_refused() -> None:
    with pytest.raises(KeyError, match="colour"):
        MadeFleet("park").add(LEADS, 1, {"colour": "red"})
