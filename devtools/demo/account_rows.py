"""Rows of driver accounts, their trips and their payments."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from devtools.demo.arrivals import OWN
from devtools.demo.dataset import Dataset
from devtools.demo.noise import NameHabits, lettering, one_line, written_name
from devtools.demo.notation import LICENCE_PLACEHOLDERS
from devtools.demo.people import Person
from devtools.demo.rng import random_numbers_of, threshold
from devtools.demo.timeline import HISTORY_DAYS
from devtools.demo.trips import LOAD_SECONDS, milestones_reached, paid_at

Row = tuple[Any, ...]

DRIVER_COLUMNS = (
    "driver_id", "park_id", "phone", "license_number", "license_normalized_number", "full_name", "first_name",
    "middle_name", "last_name", "car_number", "car_normalized_number", "car_brand", "car_model", "hire_date",
    "created_at", "updated_at", "current_status",
)  # fmt: skip
TRIP_COLUMNS = ("driver_id", "date_file", "count_orders_completed", "sum_work_time_seconds", "created_at")
PAYMENT_COLUMNS = (
    "id", "date", "time", "scout_id", "driver", "trip_1", "trip_5", "trip_25", "created_at", "updated_at",
    "driver_id", "person_key",
)  # fmt: skip

# What the established programs left in the *_normalized_number columns: lower-case letters are lost.
ONLY_CAPITALS = str.maketrans("", "", "abcdefghijklmnopqrstuvwxyz -._\t")
_OTHER_PARKS = (1, 1, 1, 1, 1, 2, 2, 2, 3, 3, 4, 4, 5, 6)  # numbers of parks, the larger ones more often
NO_PLATES = [None, "", None, "SIN PLACA", "-", "S/P"]


class AccountRows:
    """Builds rows of driver accounts, their trips and their payments."""

    def __init__(self, dataset: Dataset) -> None:
        self._dataset = dataset
        rates = dataset.rates
        self._draw = random_numbers_of(dataset.seed, "accounts")
        self._payment_draw = random_numbers_of(dataset.seed, "payments")
        self._habits = NameHabits.of(
            drop_second_surname=rates.account_without_second_surname,
            drop_second_given=rates.account_without_second_given,
            typo=rates.account_typo,
            spelling=rates.account_typo / 2,
            initial=0.004,
            nickname=0.0,
            joined_particle=rates.joined_particle / 3,
            accents=rates.accents_written * 1.5,
            broken_encoding=rates.broken_encoding,
        )
        self._target = threshold(rates.target_park)
        self._draft = threshold(rates.licence_draft)
        self._no_hire = threshold(rates.hire_date_missing)
        self._same_park = threshold(rates.second_account_same_park)
        self._new_licence = threshold(rates.second_account_new_licence)
        self._new_phone = threshold(rates.second_account_new_phone)
        self._unpaid = threshold(rates.payment_missing)
        self._unearned = threshold(rates.payment_unearned)
        self._with_driver_id = threshold(rates.payment_with_driver_id)

    def _park(self, draw: int) -> int:
        """Number of the park of a person's first account; 0 is the target park."""
        return 0 if draw < self._target else _OTHER_PARKS[draw % len(_OTHER_PARKS)]

    def driver(self, account: int) -> Row:
        """The row of a driver account; columns ``DRIVER_COLUMNS``."""
        dataset = self._dataset
        person = dataset.people.person(dataset.person_of_account(account))
        d = self._draw(account)
        given, second_given, surname, second_surname = written_name(
            person, self._habits, dataset.lexicon.nicknames, d[0], d[1], d[2]
        )
        park = self._park(person.draws[26])
        hired = dataset.arrivals.hired(person)
        phone, licence, car = person.account_phone, person.licence, person.account_car
        is_second = account >= dataset.people_with_account
        if is_second:
            if d[16] >= self._same_park:
                park = (park + 1 + d[16] % 6) % 7
            if d[17] < self._new_licence:
                licence = f"{licence[:1]}{dataset.people.document(account + (1 << 22), foreign=False)}"
            elif d[18] < self._new_phone:
                phone = dataset.people.phone(person.number, 3)
            if d[19] & 3 == 0:
                car = person.lead_car
            hired = min(1_990, hired + 30 + d[20] % 500) if d[21] < 46_000 else 1 + d[20] % hired
        wear = d[3]
        shape = d[4]
        fold = d[5]
        case = 40_000 if shape < 39_000 else 0  # the target system writes Title Case, uploads capitals
        if shape & 31 == 0:
            case = 60_000
        letter = lettering
        first = letter(one_line(given, second_given), self._habits, fold, case)
        last = letter(one_line(surname, second_surname), self._habits, fold, case)
        middle: str | None = None
        full = f"{last} {first}" if wear < 48_000 else f"{first} {last}"
        if wear & 7 == 0 and second_given:
            first, middle = (
                letter(given, self._habits, fold, case),
                letter(second_given, self._habits, fold, case),
            )
        elif wear & 7 == 1 and second_surname:
            last, middle = (
                letter(surname, self._habits, fold, case),
                letter(second_surname, self._habits, fold, case),
            )
        elif wear & 7 == 2:
            middle = ""
        if d[6] < self._draft:
            written_licence: str | None = LICENCE_PLACEHOLDERS[d[7] % len(LICENCE_PLACEHOLDERS)].format(n=d[7])
        elif d[6] > 65_300:
            written_licence = None
        else:
            written_licence = dataset.notation.account_licence(licence, d[7])
        if d[8] < 1_300:
            plate = NO_PLATES[d[8] % 6]
            brand: str | None = None
            model: str | None = None
        else:
            plate = dataset.notation.account_plate(dataset.people.plate(car), d[8])
            brand, model = dataset.people.car_model(car)
            if d[9] & 15 == 0:
                brand, model = brand.upper(), model.upper()
        created = dataset.timeline.moment(hired, 28_800 + d[11] % 36_000)
        updated = dataset.timeline.moment(d[12] % hired, 3_600 + d[13]) if hired > 0 else created
        return (
            dataset.driver_id(account),
            dataset.parks[park],
            dataset.notation.account_phone(phone, d[10]),
            written_licence,
            written_licence.translate(ONLY_CAPITALS) if written_licence is not None else None,
            full,
            first,
            middle,
            last,
            plate,
            plate.translate(ONLY_CAPITALS) if plate is not None else None,
            brand,
            model,
            None if d[14] < self._no_hire else dataset.timeline.day(hired),
            created,
            updated,
            "fired" if d[15] < 7_000 else "not_working" if d[15] < 16_000 else "working",
        )

    def _standing(self, person: Person) -> tuple[int, bool]:
        """Days ago of the hire, and whether the driver was with us before the history began."""
        hired = self._dataset.arrivals.hired(person)
        return hired, hired >= HISTORY_DAYS and self._dataset.arrivals.contact(person.number) is None

    def trips(self, accounts: Iterable[int]) -> Iterator[Row]:
        """Rows of summary_daily of the accounts; second accounts do not drive (``TRIP_COLUMNS``)."""
        dataset = self._dataset
        for account in accounts:
            if account < dataset.people_with_account:
                person = dataset.people.person(account)
                hired, is_settled = self._standing(person)
                yield from dataset.trips.rows(dataset.driver_id(account), person, hired=hired, is_settled=is_settled)

    def payments(self, leads: Iterable[int]) -> Iterator[Row]:
        """Payments of the drivers among these leads, 15 days or more later (``PAYMENT_COLUMNS``)."""
        dataset = self._dataset
        for row in leads:
            kind, number, _ = dataset.arrivals.lead(row)
            lead, seconds = dataset.timeline.row_time(row, dataset.size.cabinet_leads)
            if kind is not OWN or lead < 15:
                continue
            d = self._payment_draw(row)
            person = dataset.people.person(number)
            hired, is_settled = self._standing(person)
            days = dataset.trips.days(person, hired=hired, is_settled=is_settled)
            flags = []
            for place, ago in enumerate(milestones_reached(days, lead=lead)):
                paid = ago is not None and d[place] >= self._unpaid
                flags.append(paid or d[3 + place] < self._unearned)
            if not any(flags):
                continue
            name = written_name(person, self._habits, dataset.lexicon.nicknames, d[6], d[7], d[8])
            paid_ago = max(1, lead - 15 - d[9] % 6)
            written = one_line(name[2], name[3], name[0], name[1]) if d[10] & 3 else one_line(*name)
            yield (
                row + 1,
                dataset.timeline.day(paid_ago),
                paid_at(seconds),
                dataset.arrivals.scout_of_lead(row, number),
                lettering(written, self._habits, d[11], 0 if d[10] & 1 else 40_000),
                *flags,
                dataset.timeline.moment(paid_ago - 1, LOAD_SECONDS),
                None,
                dataset.driver_id(number) if d[12] < self._with_driver_id else None,
                None,
            )
