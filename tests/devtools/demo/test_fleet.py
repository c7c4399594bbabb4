"""The demo fleet is the same every time, and as untidy as it says. No database is needed."""

from __future__ import annotations

import hashlib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta, tzinfo

import pytest

from devtools.demo import fleet as fleets
from devtools.demo.fleet import SOURCE_COLUMNS, Fleet, FleetSize, build_fleet
from devtools.demo.rates import Rates

AS_OF = date(2026, 3, 15)
SIZE = FleetSize(drivers=6000)
TRUTHS = ("truth_records", "truth_drivers", "truth_scouts")


def fleet_of(country: str = "PE", seed: int = 7, size: FleetSize = SIZE) -> Fleet:
    return build_fleet(size, seed=seed, as_of=AS_OF, country=country)  # type: ignore[arg-type]


def fingerprint(rows: Iterable[object]) -> str:
    digest = hashlib.sha256()
    for row in rows:
        digest.update(repr(row).encode())
    return digest.hexdigest()


def columns_of(fleet: Fleet, table: str, *columns: str) -> list[tuple]:
    places = [SOURCE_COLUMNS[table].index(column) for column in columns]
    return [tuple(row[place] for place in places) for row in fleet.rows(table)]


def share(part: int, whole: int) -> float:
    return part / whole


@pytest.fixture(scope="module")
def fleet() -> Fleet:
    return fleet_of()


@pytest.fixture(scope="module")
def driver_of_account(fleet: Fleet) -> dict[str, int]:
    return dict(fleet.truth_drivers())


def test_equal_arguments_give_equal_rows():
    small = FleetSize(drivers=600)
    for table in SOURCE_COLUMNS:
        assert fingerprint(fleet_of(size=small).rows(table)) == fingerprint(fleet_of(size=small).rows(table)), table


def test_rows_stay_the_same_from_version_to_version():
    """Whoever changes this on purpose changes every recorded demo result: say so in the commit."""
    small = FleetSize(drivers=60)
    everything = [fleet_of(size=small).rows(table) for table in SOURCE_COLUMNS]
    assert fingerprint(row for rows in everything for row in rows)[:16] == "ac67024a4aec40b2"


def test_another_seed_gives_other_people():
    ours = {row[0] for row in columns_of(fleet_of(seed=1, size=FleetSize(600)), "drivers", "driver_id")}
    theirs = {row[0] for row in columns_of(fleet_of(seed=2, size=FleetSize(600)), "drivers", "driver_id")}
    assert not ours & theirs


def test_sizes_follow_from_the_number_of_drivers_and_are_exact(fleet: Fleet):
    assert (SIZE.cabinet_leads, SIZE.scouting_rows, SIZE.migrations) == (4000, 2000, 300)
    assert sum(1 for _ in fleet.drivers()) == 6000
    assert sum(1 for _ in fleet.cabinet_leads()) == 4000
    assert sum(1 for _ in fleet.scouting()) == 2000
    assert sum(1 for _ in fleet.migrations()) == 300


@pytest.mark.parametrize("bad", [{"drivers": 5}, {"drivers": 100, "cabinet_leads": -7}, {"trip_days": 99}])
def test_impossible_sizes_are_refused(bad: dict[str, int]):
    with pytest.raises(ValueError, match=r"must not|at least"):
        FleetSize(**bad)


def test_a_tiny_fleet_and_one_with_more_leads_than_drivers_can_be_read():
    for size in (
        FleetSize(20),
        FleetSize(20, cabinet_leads=3000, scouting_rows=0),
        FleetSize(30, cabinet_leads=0),
    ):
        tiny = fleet_of(size=size)
        for table in SOURCE_COLUMNS:
            list(tiny.rows(table))
        assert len(list(tiny.truth_records())) == size.cabinet_leads + size.scouting_rows + size.migrations


def test_rows_have_one_value_per_column(fleet: Fleet):
    for table, columns in SOURCE_COLUMNS.items():
        assert {len(row) for row in fleet.rows(table)} == {len(columns)}, table


def test_no_value_holds_what_postgresql_cannot_store(fleet: Fleet):
    for table in SOURCE_COLUMNS:
        for row in fleet.rows(table):
            for value in row:
                if isinstance(value, str):
                    assert "\x00" not in value
                    value.encode()  # no lone surrogates


def test_every_source_row_has_exactly_one_truth(fleet: Fleet):
    truth = [(table, pk) for table, pk, _ in fleet.truth_records()]
    assert len(truth) == len(set(truth))
    leads = [
        external or str(number)
        for number, external in columns_of(fleet, "module_ct_cabinet_leads", "id", "external_id")
    ]
    assert {pk for table, pk in truth if table == "module_ct_cabinet_leads"} == set(leads)
    scouting = {str(number) for (number,) in columns_of(fleet, "module_ct_scouting_daily", "id")}
    assert {pk for table, pk in truth if table == "module_ct_scouting_daily"} == scouting


def test_every_account_belongs_to_one_person_and_some_persons_have_two(driver_of_account: dict[str, int]):
    accounts = Counter(driver_of_account.values())
    assert len(driver_of_account) == SIZE.drivers
    assert set(accounts.values()) == {1, 2}
    assert share(sum(n == 2 for n in accounts.values()), SIZE.drivers) == pytest.approx(Rates.second_account, abs=0.005)


def test_a_third_of_the_leads_are_strangers(fleet: Fleet, driver_of_account: dict[str, int]):
    drivers = set(driver_of_account.values())
    humans = [human for table, _, human in fleet.truth_records() if table == "module_ct_cabinet_leads"]
    assert 0.30 < share(sum(human not in drivers for human in humans), len(humans)) < 0.40
    assert 0 < sum(human is None for human in humans) < 0.01 * len(humans)


def test_the_target_park_holds_about_half_of_the_drivers(fleet: Fleet):
    parks = Counter(park for (park,) in columns_of(fleet, "drivers", "park_id"))
    assert 0.44 < share(parks[fleet.target_park_id], SIZE.drivers) < 0.55
    assert len(parks) == 7


def digits(phone: str | None, length: int) -> str | None:
    """The last digits of the first number in a field."""
    found = re.findall(r"\d", re.split(r"[/,y]", phone or "")[0])
    return "".join(found[-length:]) if len(found) >= length else None


def plain(plate: str | None) -> str:
    return re.sub("[^A-Z0-9]", "", (plate or "").upper())


@pytest.mark.parametrize(("country", "length"), [("PE", 9), ("CO", 10)])
def test_most_leads_of_drivers_share_phone_or_plate_with_the_account_and_a_few_share_neither(country: str, length: int):
    fleet = fleet_of(country)
    human_of = dict(fleet.truth_drivers())
    phones, plates = defaultdict(set), defaultdict(set)
    for driver_id, phone, plate in columns_of(fleet, "drivers", "driver_id", "phone", "car_number"):
        phones[human_of[driver_id]].add(digits(phone, length))
        plates[human_of[driver_id]].add(plain(plate))
    leads = columns_of(fleet, "module_ct_cabinet_leads", "park_phone", "asset_plate_number")
    same = Counter()
    for (phone, plate), (_, _, human) in zip(leads, fleet.truth_records(), strict=False):
        if human in phones:
            has_phone = digits(phone, length) in phones[human] - {None}
            has_plate = plain(plate) in plates[human] - {""}
            same["phone" if has_phone else "plate" if has_plate else "neither"] += 1
    whole = same.total()
    assert share(same["phone"], whole) > 0.80
    assert 0.06 < share(same["plate"], whole) < 0.16
    assert 0.02 < share(same["neither"], whole) < 0.07


def test_one_person_in_forty_has_two_scouts(fleet: Fleet):
    scouts = defaultdict(set)
    for human, scout in fleet.truth_scouts():
        scouts[human].add(scout)
    assert 0.015 < share(sum(len(claims) > 1 for claims in scouts.values()), len(scouts)) < 0.035


def test_second_scouts_mostly_come_within_a_week(fleet: Fleet):
    days = defaultdict(dict)
    truth = [human for table, _, human in fleet.truth_records() if table == "module_ct_scouting_daily"]
    rows = columns_of(fleet, "module_ct_scouting_daily", "registration_date", "scout_id")
    for human, (day, scout) in zip(truth, rows, strict=True):
        if human is not None and scout is not None and day is not None:
            days[human].setdefault(scout, day)
    gaps = [max(found.values()) - min(found.values()) for found in days.values() if len(found) > 1]
    within = sum(gap <= timedelta(days=7) for gap in gaps)
    assert 0.5 < share(within, len(gaps)) < 0.9


def test_hires_follow_leads_mostly_within_twenty_days_and_some_come_first(
    fleet: Fleet, driver_of_account: dict[str, int]
):
    hired = {}
    for driver_id, day in columns_of(fleet, "drivers", "driver_id", "hire_date"):
        if day is not None:
            hired.setdefault(driver_of_account[driver_id], day)
    created = columns_of(fleet, "module_ct_cabinet_leads", "lead_created_at")
    gaps = [
        (hired[human] - moment.date()).days
        for (moment,), (_, _, human) in zip(created, fleet.truth_records(), strict=False)
        if human in hired and moment is not None and 2000 < moment.year < 2100
    ]
    assert share(sum(0 <= gap <= 20 for gap in gaps), len(gaps)) > 0.85
    assert 0.02 < share(sum(gap < 0 for gap in gaps), len(gaps)) < 0.10


def test_nothing_but_malformed_rows_lies_after_the_day_before_as_of(fleet: Fleet):
    late = [m for (m,) in columns_of(fleet, "module_ct_cabinet_leads", "lead_created_at") if m and m.date() >= AS_OF]
    assert all(moment.year == 2202 for moment in late)
    days = [d for (d,) in columns_of(fleet, "module_ct_scouting_daily", "registration_date") if d]
    assert max(days) == AS_OF - timedelta(days=1)
    assert min(days) == AS_OF - timedelta(days=120)


def test_phones_come_in_every_notation(fleet: Fleet):
    phones = [phone or "" for (phone,) in columns_of(fleet, "module_ct_cabinet_leads", "park_phone")]
    shapes = {re.sub(r"\d", "9", phone) for phone in phones}
    assert {
        "999999999", "+99999999999", "+99 999 999 999", "99999999999", "999 999 999", "999-999-999",
        "9999999999999", "(+99) 999999999", "999999999 / 999999999", "999999999 y 999999999",
        "999999999, 999999999", "999999999/999999999", " 999999999", "cel 999999999",
    } <= shapes  # fmt: skip
    assert {"000000000", "999999999", "S/N", "-", "0", ""} <= set(phones)


def test_plates_and_licences_come_as_people_write_them(fleet: Fleet):
    plates = [plate for (plate,) in columns_of(fleet, "module_ct_cabinet_leads", "asset_plate_number") if plate]
    assert any(re.fullmatch(r"[A-Z0-9]{3}-\d{3}", plate) for plate in plates)
    assert any(re.fullmatch(r"[a-z0-9]{6}", plate) for plate in plates)
    assert any(re.search(r"\d[O]\d|O\d\d$|\dO$", plate) for plate in plates)
    assert plates.count("AAA000") > 3
    licences = [licence for (licence,) in columns_of(fleet, "module_ct_scouting_daily", "driver_license") if licence]
    assert any(re.fullmatch(r"[A-Z]-\d{8}", licence) for licence in licences)
    assert any(re.fullmatch(r"[a-z]\d{8}", licence) for licence in licences)
    accounts = [licence or "" for (licence,) in columns_of(fleet, "drivers", "license_number")]
    assert any(licence.startswith("DRIVERDRAFT") for licence in accounts)


def test_some_phones_are_hot_and_some_are_a_family_s(fleet: Fleet, driver_of_account: dict[str, int]):
    people = defaultdict(set)
    phones = columns_of(fleet, "module_ct_cabinet_leads", "park_phone")
    for (phone,), (_, _, human) in zip(phones, fleet.truth_records(), strict=False):
        if human is not None and (number := digits(phone, 9)) and len(set(number)) > 1:
            people[number].add(human)
    assert max(map(len, people.values())) > 5, "a call centre's phone"
    accounts = defaultdict(set)
    for driver_id, phone in columns_of(fleet, "drivers", "driver_id", "phone"):
        accounts[digits(phone, 9)].add(driver_of_account[driver_id])
    assert sum(len(holders) == 2 for holders in accounts.values()) > SIZE.drivers / 200


def test_some_strangers_carry_a_driver_s_old_phone(fleet: Fleet, driver_of_account: dict[str, int]):
    drivers = set(driver_of_account.values())
    held = {digits(phone, 9) for (phone,) in columns_of(fleet, "drivers", "phone")}
    strangers = [
        digits(phone, 9)
        for (phone,), (_, _, human) in zip(
            columns_of(fleet, "module_ct_cabinet_leads", "park_phone"), fleet.truth_records(), strict=False
        )
        if human is not None and human not in drivers
    ]
    assert 0.01 < share(sum(phone in held for phone in strangers if phone), len(strangers)) < 0.06


def test_names_are_written_in_many_ways(fleet: Fleet):
    names = [name or "" for (name,) in columns_of(fleet, "module_ct_scouting_daily", "driver_name")]
    assert any(name.isupper() for name in names)
    assert any(name.islower() for name in names)
    assert any(name.istitle() for name in names)
    assert any(re.search("[áéíóúÁÉÍÓÚ]", name) for name in names)
    assert any("," in name for name in names)
    assert any("DE LA CRUZ" in name.upper() for name in names)
    assert any("DELACRUZ" in name.upper() for name in names)
    assert any(re.search(r" [A-Z]\.?( |$)", name) for name in names), "initials"
    assert sum(not name for name in names) > 0
    assert {len(name.split()) for name in names} >= {2, 3, 4}


def test_the_commonest_surname_is_as_common_as_in_the_register(fleet: Fleet):
    surnames = Counter(fleet.dataset.people.person(number).surname for number in range(6000))
    name, count = surnames.most_common(1)[0]
    assert name == "Quispe"
    assert 0.015 < share(count, 6000) < 0.035
    assert len(surnames) > 400


def test_relatives_share_surnames(fleet: Fleet):
    pairs = [(fleet.dataset.people.person(n), fleet.dataset.people.person(n + 1)) for n in range(0, 5000, 2)]
    siblings = sum((a.surname, a.second_surname) == (b.surname, b.second_surname) for a, b in pairs)
    assert 0.04 < share(siblings, len(pairs)) < 0.13


def test_rows_that_no_form_should_let_through_are_there(fleet: Fleet):
    leads = columns_of(fleet, "module_ct_cabinet_leads", "first_name", "last_name", "park_phone", "lead_created_at")
    text = [" ".join(filter(None, (first, last))) for first, last, _, _ in leads]
    assert any(moment is None for *_, moment in leads)
    assert any(len(words) > 10_000 for words in text)
    assert any("🚕" in words for words in text)
    assert any("\x07" in words for words in text)
    assert any("DROP TABLE" in words for words in text)
    scouting = columns_of(fleet, "module_ct_scouting_daily", "driver_name", "driver_phone", "driver_license")
    assert any(row == (None, None, None) for row in scouting)


def test_a_fleet_of_today_has_come_before_now(monkeypatch: pytest.MonkeyPatch):
    """Also right after midnight, hours before the loads of the day."""

    class JustAfterMidnight(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:
            return datetime(2026, 3, 15, 0, 8, tzinfo=tz)

    monkeypatch.setattr(fleets, "datetime", JustAfterMidnight)
    young = build_fleet(FleetSize(600), country="PE")
    assert young.dataset.as_of == AS_OF
    moments = [
        value
        for table in ("drivers", "module_ct_cabinet_leads", "module_ct_scouting_daily", "summary_daily")
        for row in young.rows(table)
        for value in row
        if isinstance(value, datetime)
    ]
    assert max(moments).isoformat() == "2026-03-15T00:08:00"


def test_trip_dates_are_mostly_day_month_year_with_other_forms_and_rubbish(fleet: Fleet):
    written = Counter(re.sub(r"\d", "9", day or "") for (day,) in columns_of(fleet, "summary_daily", "date_file"))
    assert share(written["99-99-9999"], written.total()) > 0.9
    assert written["9999-99-99"] > 0
    days = {day for (day,) in columns_of(fleet, "summary_daily", "date_file")}
    assert {"31-02-2026", "", "N/A", None} <= days


def test_normalised_columns_have_lost_lower_case_letters_as_the_established_programs_lose_them(fleet: Fleet):
    pairs = columns_of(fleet, "drivers", "license_number", "license_normalized_number")
    lower = [(raw, kept) for raw, kept in pairs if raw and re.fullmatch(r"[a-z]\d{8}", raw)]
    assert lower
    assert all(kept == raw[1:] for raw, kept in lower)


def test_milestones_are_paid_in_order_of_trips_with_few_exceptions(fleet: Fleet):
    flags = columns_of(fleet, "module_ct_cabinet_payments", "trip_1", "trip_5", "trip_25")
    assert len(flags) > 300
    first, fifth, last = (sum(column) for column in zip(*flags, strict=True))
    assert first > fifth > last > 0


def test_some_migrations_name_no_driver_or_one_that_nobody_knows(fleet: Fleet, driver_of_account: dict[str, int]):
    ids = [driver_id for (driver_id,) in columns_of(fleet, "module_ct_migrations", "driver_id")]
    assert any(driver_id is None for driver_id in ids)
    assert any(driver_id is not None and driver_id not in driver_of_account for driver_id in ids)
    assert share(sum(driver_id in driver_of_account for driver_id in ids), len(ids)) > 0.93


def test_external_ids_are_unique_where_they_are_not_missing(fleet: Fleet):
    external = [value for (value,) in columns_of(fleet, "module_ct_cabinet_leads", "external_id")]
    given = [value for value in external if value is not None]
    assert len(given) == len(set(given))
    assert 0 < external.count(None) < 0.05 * len(external)
