"""Random histories of a sheet (overwritten, reloaded, sorted, edited) against a plain model of its records."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from tests.identity import results, sources
from tests.pipeline import ingest

Warehouse = psycopg.Connection[Any]
SCOUTING = "module_ct_scouting_daily"
SHEETS, ROUNDS, PER_SHEET = 25, 6, 1000
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


@dataclass(frozen=True)
class Row:
    """What a row of a sheet says: a person by number, its phone (0: the driver's), a scout."""

    person: int
    phone: int
    scout: int | None

    @property
    def says(self) -> tuple[int, int]:
        """By what a record is recognised: all but the scout."""
        return self.person, self.phone


@dataclass
class Record:
    """A record as the model knows it: what it said last, where it stands (None: nowhere), its event's scout."""

    row: Row
    key: int | None
    driver: str | None = None
    scout: int | None = None

    def __post_init__(self) -> None:
        self.say(self.row)

    def say(self, row: Row) -> None:
        """Take over what the row says; with the driver's phone it is linked, and stays so.

        With another phone its link is in doubt, and no new scout counts.
        """
        self.row = row
        if self.driver is None and row.phone == 0:
            self.driver = f"d{row.person}"
        if self.driver is None or row.phone == 0:
            self.scout = row.scout


@dataclass
class Model:
    """The records of one sheet. A row is what its record said, moved, corrected, overwritten (held), or new."""

    records: list[Record] = field(default_factory=list)
    held: set[int] = field(default_factory=set)

    def read(self, sheet: dict[int, Row]) -> None:
        """Recognise the rows of a sheet, by the contract's words and one by one."""
        at = {record.key: record for record in self.records if record.key is not None}
        stays = {key for key, record in at.items() if key in sheet and sheet[key].says == record.row.says}
        lost = [record for record in self.records if record.key is None or record.key not in stays]
        moved = {}
        for key, row in sheet.items():
            if key not in stays:
                found = next((record for record in lost if record.row.says == row.says), None)
                if found is not None:
                    moved[key] = found
        self.held = set()
        for key, record in at.items():
            if key in moved and record not in moved.values():
                record.key = None  # its key belongs to another record now
        for key, record in moved.items():
            record.key = key
            record.say(sheet[key])
        at = {record.key: record for record in self.records if record.key is not None}
        for key in at.keys() - sheet.keys():
            at[key].key = None
        for key, row in sheet.items():
            if key not in at:
                self.records.append(Record(row, key))
            elif at[key].row.person != row.person and at[key].driver is not None:
                self.held.add(key)  # people of this test have neither a word of their names nor a phone in common
            else:
                at[key].say(row)


def name_of(person: int) -> str:
    """Two words that nobody else has."""
    first, second, third = (LETTERS[person // 26**place % 26] for place in range(3))
    return f"N{third}{second}{first}A T{third}{second}{first}O"


def phone_of(person: int, number: int) -> str:
    return f"9{(123_457 + 7_919 * person) % 1_000_000:06d}{number:02d}"


def change(sheet: dict[int, Row], rng: random.Random, base: int, people: list[int]) -> dict[int, Row]:
    """What somebody did to the sheet between two runs."""
    keys = sorted(sheet)
    match rng.choice(("overwrite", "renumber", "sort", "shift", "delete", "edit", "scout", "add", "empty", "nothing")):
        case "overwrite" if keys:
            sheet[rng.choice(keys)] = Row(people.pop(), 0, rng.randint(1, 9))
        case "renumber":
            start = base + rng.randint(100, 800)
            return {start + place: sheet[key] for place, key in enumerate(keys)}
        case "sort":
            return dict(zip(keys, rng.sample([sheet[key] for key in keys], len(keys)), strict=True))
        case "shift" if keys:
            return dict(zip(keys, [sheet[key] for key in keys[1:]], strict=False))
        case "delete" if keys:
            del sheet[rng.choice(keys)]
        case "edit" if keys:
            key = rng.choice(keys)
            sheet[key] = Row(sheet[key].person, rng.randint(1, 99), sheet[key].scout)
        case "scout" if keys:
            key = rng.choice(keys)
            sheet[key] = Row(sheet[key].person, sheet[key].phone, rng.randint(1, 9))
        case "add":
            sheet[base + rng.randint(900, 999)] = Row(people.pop(), 0, rng.randint(1, 9))
        case "empty":
            return {}
    return sheet


def write(warehouse: Warehouse, sheets: list[dict[int, Row]]) -> None:
    """Load all sheets as they are now; rows that say the same are left alone."""
    wanted = {key: row for sheet in sheets for key, row in sheet.items()}
    with warehouse.transaction():
        there = dict(
            warehouse.execute(f"select id, driver_phone || scout_id from public.{SCOUTING}".encode()).fetchall()
        )
        for key, row in wanted.items():
            if there.get(key) != f"{phone_of(row.person, row.phone)}{row.scout}":
                warehouse.execute(f"delete from public.{SCOUTING} where id = %s".encode(), [key])
                phone = phone_of(row.person, row.phone)
                sources.scouting(warehouse, key, name_of(row.person), driver_phone=phone, scout_id=row.scout)
        warehouse.execute(f"delete from public.{SCOUTING} where id <> all(%s)".encode(), [list(wanted)])


@pytest.mark.parametrize("seed", [1, 2])
def test_every_history_ends_with_the_records_of_the_model(warehouse: Warehouse, seed: int) -> None:
    rng = random.Random(seed)
    people = list(range(SHEETS * (4 + 2 * ROUNDS), 0, -1))
    for person in people:  # everybody is a driver, so that every record is linked and every overwriting is held
        sources.driver(warehouse, f"d{person}", full_name=name_of(person), phone=phone_of(person, 0))
    sheets = [
        {number * PER_SHEET + place: Row(people.pop(), 0, rng.randint(1, 9)) for place in range(1, 5)}
        for number in range(SHEETS)
    ]
    models = [Model() for _ in sheets]
    for round_number in range(ROUNDS):
        if round_number:
            for number, sheet in enumerate(sheets):
                changed = dict(sheet)
                for _ in range(rng.randint(1, 2)):
                    changed = change(changed, rng, number * PER_SHEET, people)
                sheets[number] = changed
        write(warehouse, sheets)
        ingest()
        for model, sheet in zip(models, sheets, strict=True):
            model.read(sheet)

        found = warehouse.execute(
            "select event.payload_json ->> 'driver_name', link.matched_driver_id, event.scout_id,"
            " case when event.source_pk not like '%%#%%' and record.gone_since is null"
            " then event.source_pk::integer end"
            " from observational.lead_events as event"
            " inner join canon.records_index as record using (source_table, source_pk)"
            " left join canon.identity_links as link using (source_table, source_pk)"
            " where event.source_table = %s",
            [SCOUTING],
        ).fetchall()
        expected = [
            (name_of(record.row.person), record.driver, record.scout, record.key)
            for model in models
            for record in model.records
        ]
        assert sorted(found, key=repr) == sorted(expected, key=repr), f"round {round_number}"
        replaced = {key for key, reason in results.contested(warehouse).items() if reason == "REPLACED_RECORD"}
        assert replaced == {(SCOUTING, str(key)) for model in models for key in model.held}
