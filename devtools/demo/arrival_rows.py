"""Rows of cabinet leads, scouting, migrations and scouts."""

from __future__ import annotations

from typing import Any

from devtools.demo.arrivals import MALFORMED, OWN
from devtools.demo.dataset import Dataset
from devtools.demo.malformed import LEAD_FAULTS, SCOUTING_FAULTS, fault_of, with_fault
from devtools.demo.noise import NameHabits, lettering, one_line, written_name
from devtools.demo.notation import LICENCE_PLACEHOLDERS, PLATE_PLACEHOLDERS
from devtools.demo.people import Person
from devtools.demo.rng import RandomNumbers, random_numbers_of, threshold
from devtools.demo.timeline import HISTORY_DAYS
from devtools.demo.trips import LOAD_SECONDS

Row = tuple[Any, ...]

LEAD_COLUMNS = (
    "id", "external_id", "activation_city", "active_1", "active_5", "active_10", "active_15", "active_25",
    "active_50", "active_100", "asset_color", "asset_model", "asset_plate_number", "last_name", "first_name",
    "middle_name", "last_active_date", "lead_created_at", "park_name", "park_phone", "status", "tariff",
    "target_city", "created_at",
)  # fmt: skip
SCOUTING_COLUMNS = (
    "id", "scout_id", "driver_name", "driver_phone", "driver_license", "registration_date",
    "acquisition_method", "created_at", "updated_at",
)  # fmt: skip
MIGRATION_COLUMNS = (
    "id", "driver_id", "driver_name", "scout_id", "scout_name", "hire_date", "created_at", "updated_at",
)  # fmt: skip
SCOUT_COLUMNS = ("id", "scout_id", "name", "raw_name", "is_active", "created_at", "updated_at")
SCOUT_DRIVER_COLUMNS = ("id", "scout_id", "driver_id", "created_at", "updated_at")

METHODS = ["cabinet", "Cabinet", "CABINET", "fleet", "referido", "volante", "redes sociales", None]
_ACTIVE_STEPS = (1, 5, 10, 15, 25, 50, 100)


class ArrivalRows:
    """Builds rows of cabinet leads, scouting, migrations and scouts."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        rates = dataset.rates
        shared = {
            "typo": rates.lead_typo,
            "spelling": rates.lead_spelling,
            "initial": rates.initial,
            "nickname": rates.nickname,
            "joined_particle": rates.joined_particle,
            "accents": rates.accents_written,
            "broken_encoding": rates.broken_encoding,
        }
        self._lead_habits = NameHabits.of(
            drop_second_surname=rates.lead_without_second_surname,
            drop_second_given=rates.lead_without_second_given,
            **shared,
        )
        self._scouting_habits = NameHabits.of(
            drop_second_surname=rates.scouting_without_second_surname,
            drop_second_given=rates.scouting_without_second_given,
            **shared,
        )
        self._nameless = threshold(rates.nameless)
        self._swapped = threshold(rates.names_swapped)
        self._call_centre = threshold(rates.call_centre_phone)
        self._call_centres = max(2, dataset.size.cabinet_leads // 4_000)
        self._no_plate = threshold(rates.plate_missing)
        self._plate_placeholder = threshold(rates.plate_missing + rates.plate_placeholder)
        self._no_external_id = threshold(rates.lead_without_external_id)
        self._late = threshold(rates.late_upload)
        self._no_licence = threshold(rates.licence_missing)
        self._bare_document = threshold(rates.licence_missing + rates.licence_is_document)
        self._odd_licence = threshold(rates.licence_missing + rates.licence_is_document + 0.015)
        self._no_driver_id = threshold(rates.migration_without_driver_id)
        self._unknown_driver_id = threshold(rates.migration_without_driver_id + rates.migration_unknown_driver_id)
        self._scout_draw = random_numbers_of(dataset.seed, "scouts")

    def external_id(self, row: int, draws: RandomNumbers) -> str | None:
        """External id of a cabinet lead; a few have none."""
        return None if draws[27] < self._no_external_id else self._dataset.external_id(row)

    def lead_key(self, row: int) -> tuple[str, int | None]:
        """source_pk and person of a cabinet lead; no person when the row identifies none."""
        kind, person, draws = self._dataset.arrivals.lead(row)
        external = self.external_id(row, draws)
        if kind is MALFORMED:
            is_nobody, changes = fault_of(row, LEAD_FAULTS)
            external = changes.get("external_id", external)
            return external or str(row + 1), None if is_nobody else person
        return external or str(row + 1), person

    def lead(self, row: int) -> Row:
        """A cabinet lead; columns ``LEAD_COLUMNS``."""
        dataset = self._dataset
        kind, number, d = dataset.arrivals.lead(row)
        person = dataset.people.person(number)
        ago, seconds = dataset.timeline.row_time(row, dataset.size.cabinet_leads)
        first, middle, last = self._lead_names(person, d)
        if d[5] < self._call_centre:
            phone: str | None = dataset.notation.noted(
                dataset.people.phone((1 << 22) + d[6] % self._call_centres, 0), d[7]
            )
        else:
            phone = dataset.notation.phone(person.lead_phone, person.other_phone, d[6], d[7])
        brand, model = dataset.people.car_model(person.lead_car)
        if d[8] < self._no_plate:
            plate: str | None = None if d[8] & 1 else ""
        elif d[8] < self._plate_placeholder:
            plate = PLATE_PLACEHOLDERS[d[8] % len(PLATE_PLACEHOLDERS)]
        else:
            plate = dataset.notation.plate(dataset.people.plate(person.lead_car), d, 9)
        car: str | None = f"{brand} {model}" if d[11] < 51_000 else model if d[11] < 62_000 else None
        if car is not None and d[11] & 3 == 0:
            car = car.upper()
        total, last_ago = self._driven(person) if kind is OWN else (0, None)
        uploaded = ago - 1 - (1 + d[12] % 7 if d[13] < self._late else 0)
        values = (
            row + 1,
            self.external_id(row, d),
            person.city,
            *(total >= step for step in _ACTIVE_STEPS),
            dataset.people.car_color(person.lead_car),
            car,
            plate,
            last,
            first,
            middle,
            None if last_ago is None else dataset.timeline.day(last_ago),
            dataset.timeline.moment(ago, seconds + d[29] % 3_500),
            f"Parque {person.city}" if d[14] < 50_000 else None,
            phone,
            "active" if total else "registered" if d[15] < 40_000 else "in_progress",
            "econom" if d[15] & 3 else "comfort",
            person.city if d[14] & 15 else "Lima" if dataset.country == "PE" else "Bogotá",
            dataset.timeline.moment(max(0, uploaded), LOAD_SECONDS),
        )
        if kind is MALFORMED:
            return with_fault(values, LEAD_COLUMNS, fault_of(row, LEAD_FAULTS))
        return values

    def _driven(self, person: Person) -> tuple[int, int | None]:
        """Trips of a new driver so far, and days ago of the last one."""
        dataset = self._dataset
        hired = dataset.arrivals.hired(person)
        days = dataset.trips.days(person, hired=hired, is_settled=False)
        return sum(day.trips for day in days), days[-1].ago if days else None

    def _lead_names(self, person: Person, d: RandomNumbers) -> tuple[str | None, str | None, str | None]:
        """first_name, middle_name, last_name as the form or its filler distributes them."""
        habits = self._lead_habits
        given, second_given, surname, second_surname = written_name(
            person, habits, self._dataset.lexicon.nicknames, d[0], d[1], d[2]
        )
        way, case, fold = d[3], d[4], d[16]
        if d[17] < self._nameless:
            return (None, None, None) if way & 1 else ("", "", "")
        nothing = None if way & 2 else ""
        middle: str | None = nothing
        if way < 30_000:
            first, last = given, one_line(surname, second_surname)
            middle = second_given or nothing
        elif way < 46_000:
            first, last = one_line(given, second_given), one_line(surname, second_surname)
        elif way < 55_000:
            first, middle, last = given, second_surname or nothing, surname
        else:
            first, middle, last = one_line(given, second_given), second_surname or nothing, surname
        if d[18] < self._swapped:
            first, last = last, first
        return (
            lettering(first, habits, fold, case),
            lettering(middle, habits, fold, case) if middle else middle,
            lettering(last, habits, fold, case),
        )

    def scouting_key(self, row: int) -> tuple[str, int | None]:
        """source_pk and person of a scouting row; no person when the row identifies none."""
        arrival = self._dataset.arrivals.scouting(row)
        is_nobody = arrival.kind is MALFORMED and fault_of(row, SCOUTING_FAULTS).is_nobody
        return str(row + 1), None if is_nobody else arrival.person

    def scouting(self, row: int) -> Row:
        """A scouting row; columns ``SCOUTING_COLUMNS``."""
        dataset = self._dataset
        kind, number, scout, d = dataset.arrivals.scouting(row)
        person = dataset.people.person(number)
        ago, seconds = dataset.timeline.row_time(row, dataset.size.scouting_rows)
        given, second_given, surname, second_surname = written_name(
            person, self._scouting_habits, dataset.lexicon.nicknames, d[0], d[1], d[2]
        )
        if d[3] < 40_000:
            name = one_line(given, second_given, surname, second_surname)
        elif d[3] < 64_000:
            name = one_line(surname, second_surname, given, second_given)
        else:
            name = f"{one_line(surname, second_surname)}, {one_line(given, second_given)}"
        name = "" if d[17] < self._nameless else lettering(name, self._scouting_habits, d[16], d[4])
        if d[8] < self._no_licence:
            licence: str | None = None if d[8] & 1 else ""
        elif d[8] < self._bare_document:
            licence = person.document
        elif d[8] < self._odd_licence:
            licence = LICENCE_PLACEHOLDERS[d[9] % len(LICENCE_PLACEHOLDERS)].format(n=d[9])
        else:
            licence = dataset.notation.licence(person.licence, d[9], d[10])
        uploaded = max(0, ago - 1 - (1 + d[12] % 7 if d[13] < self._late else 0))
        values = (
            row + 1,
            scout,
            name,
            dataset.notation.phone(person.lead_phone, person.other_phone, d[6], d[7]),
            licence,
            dataset.timeline.day(ago),
            METHODS[min(7, d[11] * 13 >> 16)] if d[11] < 40_000 else "cabinet",
            dataset.timeline.moment(uploaded, LOAD_SECONDS + seconds % 60),
            None,
        )
        if kind is MALFORMED:
            return with_fault(values, SCOUTING_COLUMNS, fault_of(row, SCOUTING_FAULTS))
        return values

    def scouting_claim(self, row: int) -> tuple[int, int] | None:
        """(person, scout) of a scouting row that really claims somebody."""
        arrival = self._dataset.arrivals.scouting(row)
        if arrival.kind is MALFORMED:
            is_nobody, changes = fault_of(row, SCOUTING_FAULTS)
            if is_nobody or "scout_id" in changes:
                return None
        return None if arrival.scout is None else (arrival.person, arrival.scout)

    def migration(self, row: int) -> Row:
        """A migration; columns ``MIGRATION_COLUMNS``."""
        dataset = self._dataset
        number, scout, d = dataset.arrivals.migration(row)
        person = dataset.people.person(number)
        name = written_name(person, self._scouting_habits, dataset.lexicon.nicknames, d[0], d[1], d[2])
        hired = dataset.arrivals.hired(person)
        if d[5] < self._no_driver_id:
            driver_id: str | None = None
        elif d[5] < self._unknown_driver_id:
            driver_id = dataset.driver_id((1 << 40) + row)
        else:
            driver_id = dataset.driver_id(number)
        return (
            row + 1,
            driver_id,
            lettering(one_line(name[2], name[3], name[0], name[1]), self._scouting_habits, d[3], d[4]),
            scout,
            self.scout_name(scout).upper() if scout is not None and d[6] & 3 else None,
            None if d[7] < 600 else dataset.timeline.day(hired),
            dataset.timeline.moment(max(0, min(HISTORY_DAYS, hired) - 1), LOAD_SECONDS),
            None,
        )

    def scout_name(self, scout: int) -> str:
        """Full name of a scout."""
        lexicon, d = self._dataset.lexicon, self._scout_draw(scout)
        given = lexicon.women[d[0]] if d[1] & 1 else lexicon.men[d[0]]
        return f"{given} {lexicon.surnames[d[2]]} {lexicon.surnames[d[3]]}"

    def scout(self, number: int) -> Row:
        """The row of scout ``number`` (0 based) in the list of scouts; columns ``SCOUT_COLUMNS``."""
        scout, timeline = number + 1, self._dataset.timeline
        d = self._scout_draw(scout)
        name = self.scout_name(scout)
        raw = f"{name.upper()} " if d[4] & 1 else f"{name.split()[0]} {name.split()[1][:1]}. {self._city(d[5])}"
        since = timeline.moment(130 + d[6] % 700, 36_000 + d[7] % 20_000)
        return (scout, scout, name, raw, d[8] > 9_000, since, timeline.moment(d[9] % 100, 40_000))

    def _city(self, draw: int) -> str:
        return self._dataset.lexicon.cities[draw][0]

    def scout_driver(self, row: int) -> Row | None:
        """The driver whom a scouting row brought, if it brought one; columns ``SCOUT_DRIVER_COLUMNS``."""
        dataset = self._dataset
        arrival = dataset.arrivals.scouting(row)
        if arrival.kind is not OWN or arrival.scout is None:
            return None
        ago, _ = dataset.timeline.row_time(row, dataset.size.scouting_rows)
        loaded = dataset.timeline.moment(ago - 1, LOAD_SECONDS)
        return (row + 1, arrival.scout, dataset.driver_id(arrival.person), loaded, loaded)
