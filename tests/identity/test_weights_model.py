"""What SQL weighs, against a plain model of the same formula, on random people who share phones, plates and names."""

from __future__ import annotations

import random
from datetime import date, timedelta
from math import log2
from typing import Any

import psycopg
import pytest
from psycopg.rows import dict_row

from control_tower.identity.name_evidence import NameBits, NameWeights, read_name_weights
from tests.identity.sources import driver, lead, scouting
from tests.pipeline import ingest

Warehouse = psycopg.Connection[Any]
Row = dict[str, Any]
PEOPLE = 10_000
"""The least number that shares refer to."""
NAMES = ["Ana Torres Vega", "Ana Lucia Torres", "Pedro Torres Vega", "Jose Huaman Rojas", "Josse Huaman", "Rosa Quispe"]


def one_off(a: str, b: str) -> bool:
    """One character differs, or two neighbours changed places."""
    if len(a) != len(b) or a == b:
        return False
    at = [i for i in range(len(a)) if a[i] != b[i]]
    return len(at) == 1 or (len(at) == 2 and at[1] == at[0] + 1 and a[at[0]] == b[at[1]] and a[at[1]] == b[at[0]])


def level(a: str | None, b: str | None) -> str | None:
    """The level of two keys."""
    if a is None or b is None:
        return None
    return "equal" if a == b else "one_off" if one_off(a, b) else "differs"


class Model:
    """The formula of ADR 24, written down once more, one pair at a time."""

    def __init__(self, weights: dict[tuple[str, str], tuple[float, float, float | None]], names: NameWeights) -> None:
        self.weights, self.names = weights, names

    def bits(self, comparison: str, name: str | None, share: float = 1.0) -> float:
        """log2(m / (u x share)); 0 where there is nothing to compare."""
        if name is None:
            return 0.0
        m, u, _ = self.weights[comparison, name]
        return log2(m / (u * share))

    def relative_bits(self, comparison: str, share: float) -> float:
        """The same for a relative, of an equal value."""
        _, u, household = self.weights[comparison, "equal"]
        return log2((household or 0) / (u * share))

    def weigh(self, record: Row, account: Row, carriers: dict[str, int]) -> float:
        """The sum of the pair, prior and household included."""
        m_prior, _, relatives = self.weights["prior", "record"]
        total = log2(m_prior / PEOPLE)
        relative = 0.0
        phone = level(record["phone_norm"], account["phone_norm"])
        for key in ("phone", "license", "plate"):
            found = level(record[f"{key}_norm"], account[f"{key}_norm"])
            if key == "license" and found in ("one_off", "differs"):
                numbers = record["license_number"], account["license_number"]
                found = "number" if numbers[0] is not None and numbers[0] == numbers[1] else found
            shared = carriers[key] / PEOPLE if found in ("equal", "number") else 1.0
            both_differ = key == "plate" and found == "differs" and phone == "differs"
            total += self.bits(key, "differs_too" if both_differ else found, shared)
            if found == "equal" and key != "license":
                relative += self.relative_bits(key, shared)
        car = level(record["car_fingerprint"], account["car_fingerprint"])
        plate = level(record["plate_norm"], account["plate_norm"])
        if car and plate != "equal":
            same = "equal" if car == "equal" else "differs"
            total += self.bits("car", same + ("_other_plate" if plate else ""), 0.03 if same == "equal" else 1.0)
        if account["hire_date"]:
            days = (account["hire_date"] - record["event_date"]).days
            around = "close" if -30 <= days <= 7 else "near" if -90 <= days <= 30 else "far"
            total += self.bits("hired", around, {"close": 0.15, "near": 0.20, "far": 1.0}[around])
        if not record["name_norm"] or not account["full_name_norm"]:
            names = NameBits(self.bits("name", "missing"), 0.0)
        else:
            names = self.names.weigh_names(record["name_norm"], account["full_name_norm"])
        return total + names.bits - log2(1 + (relatives or 0) / PEOPLE * 2 ** (relative + names.household_bits))


@pytest.mark.parametrize("seed", range(4))
def test_weights_are_those_of_the_plain_model(warehouse: Warehouse, seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTROL_TOWER_HOT_VALUE_PEOPLE", "100")
    rng = random.Random(seed)
    phones = ["987654321", "987654312", "912345678", "955111222", None]
    licenses = ["Q12345678", "Q12345687", "12345678", "Q55667788", None]
    plates = ["ABC123", "ABC124", "XYZ987", None]
    models = ["Toyota Yaris", "Kia Rio", None]
    for number in range(25):
        brand, _, model = (rng.choice(models) or " ").partition(" ")
        driver(
            warehouse,
            f"d{number}",
            full_name=rng.choice([*NAMES, None]),
            phone=rng.choice(phones),
            license_number=rng.choice(licenses),
            car_number=rng.choice(plates),
            car_brand=brand or None,
            car_model=model or None,
            hire_date=rng.choice([None, date(2026, 10, 30) + timedelta(rng.randint(-100, 40))]),
        )
    for number in range(25):
        columns = {"park_phone": rng.choice(phones), "asset_plate_number": rng.choice(plates)}
        lead(warehouse, f"l{number}", rng.choice([*NAMES, None]), asset_model=rng.choice(models), **columns)
        scouting_columns = {"driver_phone": rng.choice(phones), "driver_license": rng.choice(licenses)}
        scouting(warehouse, number, rng.choice([*NAMES, None]), **scouting_columns)
    ingest()
    compare_with_model(warehouse)


def compare_with_model(warehouse: Warehouse) -> None:
    """Each weighed candidate has the bits and the probability of the model."""
    cursor = warehouse.cursor(row_factory=dict_row)
    weights = {
        (row["comparison"], row["level"]): (row["m"], row["u"], row["household"])
        for row in cursor.execute("select * from canon.shipped_match_weights")
    }
    model = Model(weights, read_name_weights(warehouse))
    accounts = {row["driver_id"]: row for row in cursor.execute("select * from canon.drivers_index")}
    records = {
        (row["source_table"], row["source_pk"]): row for row in cursor.execute("select * from canon.records_index")
    }
    by_record: dict[tuple[str, str], list[Row]] = {}
    for row in cursor.execute("select * from canon.weighed_candidates_this_run"):
        by_record.setdefault((row["source_table"], row["source_pk"]), []).append(row)
    assert sum(map(len, by_record.values())) > 50
    for key, candidates in by_record.items():
        record = records[key]
        carriers = {
            name: sum(row[f"{name}_level"] in ("equal", "number") for row in candidates)
            for name in ("phone", "license", "plate")
        }
        odds = {}
        for row in candidates:
            expected = model.weigh(record, accounts[row["driver_id"]], carriers)
            assert row["bits"] == pytest.approx(expected, abs=1e-3), (record, accounts[row["driver_id"]], row)
            odds[row["account_group"]] = 2.0**expected
        for row in candidates:
            expected = odds[row["account_group"]] / (0.4 + sum(odds.values()))
            assert row["probability"] == pytest.approx(expected, abs=1e-3)
