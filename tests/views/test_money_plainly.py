"""Random people: every money view tells the same as plain definitions in Python.

What is drawn: events of both origins with and without scouts, a ledger, several accounts, some in quarantine, days
loaded more than once in several notations, rules in two currencies and several windows.
"""

from __future__ import annotations

import random
import uuid
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest

from control_tower.payments.read_models import derive_scout_payments
from tests.views.conftest import LEAD, Fleet

ORIGINS = ("cabinet", "fleet_migration")
NOTATIONS = ("%d-%m-%Y", "%Y-%m-%d", " %d-%m-%Y\u00a0")
PEOPLE = 60


@dataclass
class Rule:
    payee: str
    id: int
    origin: str
    trips: int
    window: int
    currency: str
    amount: int
    start: date
    end: date | None

    def covers(self, day: date) -> bool:
        return self.start <= day and (self.end is None or day <= self.end)


@dataclass
class Someone:
    key: uuid.UUID
    accounts: list[str]
    quarantined: set[str] = field(default_factory=set)
    events: list[tuple[str, date, int | None]] = field(default_factory=list)
    ledger: tuple[int | None, str, str] | None = None
    loads: list[tuple[str, date, int]] = field(default_factory=list)
    """Account, day and trips, in the order in which they were loaded."""

    def scout(self) -> int | None:
        scouts = {scout for _, _, scout in self.events if scout is not None}
        if self.ledger:
            scout, rule, status = self.ledger
            if status == "conflict":
                return None
            if scout is not None or rule == "MANUAL":
                return scout
        return scouts.pop() if len(scouts) == 1 else None

    def leads(self) -> dict[str, date]:
        found: dict[str, date] = {}
        for origin, day, _ in self.events:
            found[origin] = min(day, found.get(origin, day))
        return found

    def deciding_origin(self) -> str:
        leads = self.leads()
        claimed = {origin for origin, _, scout in self.events if scout is not None} or set(leads)
        return min(claimed, key=lambda origin: (leads[origin], ORIGINS.index(origin)))

    def counting_days(self) -> dict[tuple[str, date], int]:
        newest: dict[tuple[str, date], int] = {}
        for account, day, trips in self.loads:
            if account not in self.quarantined:
                newest[account, day] = trips
        return newest

    def reached(self, lead: date, trips: int, window: int) -> date | None:
        total = 0
        per_day: dict[date, int] = defaultdict(int)
        for (_, day), count in self.counting_days().items():
            per_day[day] += count
        for day in sorted(per_day):
            if lead <= day < lead + timedelta(window):
                total += per_day[day]
                if total >= trips:
                    return day
        return None

    def is_measured(self) -> bool:
        return not set(self.accounts) <= self.quarantined


def in_force(rules: list[Rule], payee: str, origin: str, day: date) -> list[Rule]:
    """Of each milestone and currency the rule that began last, then the higher id."""
    latest: dict[tuple[int, str], Rule] = {}
    for rule in rules:
        if (rule.payee, rule.origin) == (payee, origin) and rule.covers(day):
            key = (rule.trips, rule.currency)
            if key not in latest or (latest[key].start, latest[key].id) < (rule.start, rule.id):
                latest[key] = rule
    return list(latest.values())


def draw_rules(fleet: Fleet, dice: random.Random) -> list[Rule]:
    rules: list[Rule] = []
    for payee in ("scout", "partner"):
        fleet.run(f"delete from ops.{payee}_payment_rules")
        used = set()
        for number in range(1, 15):
            rule = Rule(
                payee, number, dice.choice(ORIGINS), dice.choice((1, 5, 25, 7)),
                14 if payee == "partner" else dice.choice((7, 14, 30, 3)), dice.choice(("PEN", "PEN", "COP")),
                dice.randint(1, 99), LEAD + timedelta(dice.randint(-9, 6)), None,
            )  # fmt: skip
            if dice.random() < 0.4:
                rule.end = rule.start + timedelta(dice.randint(0, 9))
            unique = (rule.origin, rule.window, rule.trips, rule.start)
            if unique in used:
                continue
            used.add(unique)
            rules.append(rule)
            fleet.run(
                f"insert into ops.{payee}_payment_rules (id, origin_tag, window_days, milestone_trips, amount, "
                "currency, valid_from, valid_to) values (%s, %s, %s, %s, %s, %s, %s, %s)",
                rule.id, rule.origin, rule.window, rule.trips, rule.amount, rule.currency, rule.start, rule.end,
            )  # fmt: skip
    return rules


def draw_someone(fleet: Fleet, dice: random.Random, number: int) -> Someone:
    accounts = [f"D{number}{letter}" for letter in "abc"[: dice.choice((1, 1, 2, 3))]]
    someone = Someone(fleet.person(*accounts), accounts)
    scouts = dice.choice(([None], [7], [7, None], [7, None], [7, 8, None]))
    for _ in range(dice.randint(1, 4)):
        origin, day, scout = dice.choice(ORIGINS), LEAD + timedelta(dice.randint(0, 5)), dice.choice(scouts)
        someone.events.append((origin, day, scout))
        fleet.event(someone.key, day, origin=origin, scout=scout)
    if dice.random() < 0.5:
        ledger = dice.choice(
            [(7, "A", "assigned"), (9, "MANUAL", "assigned"), (None, "MANUAL", "assigned"), (None, "U", "unassigned"),
             (8, "A", "conflict"), (None, "A", "conflict")]
        )  # fmt: skip
        someone.ledger = ledger
        fleet.ledger(someone.key, ledger[0], rule=ledger[1], status=ledger[2])
    for account in accounts:
        if dice.random() < 0.25:
            someone.quarantined.add(account)
            fleet.run(
                "insert into canon.driver_orphan_quarantine (driver_id, detected_reason) values (%s, "
                "'manual_detection')",
                account,
            )
        for _ in range(dice.randint(0, 6)):
            day, trips = LEAD + timedelta(dice.randint(-2, 20)), dice.choice((0, 1, 2, 6, 30))
            for version in range(dice.choice((1, 1, 1, 2, 3))):
                someone.loads.append((account, day, trips + version))
                fleet.raw_trips(account, day.strftime(dice.choice(NOTATIONS)), trips + version)
    return someone


def expected_calculation(people: list[Someone], rules: list[Rule]) -> set[tuple[Any, ...]]:
    found = set()
    for someone in people:
        for origin, lead in someone.leads().items() if someone.is_measured() else ():
            for payee in ("scout", "partner"):
                for rule in in_force(rules, payee, origin, lead):
                    day = someone.reached(lead, rule.trips, rule.window)
                    is_payable = day is not None and (
                        payee == "partner" or (someone.scout() is not None and origin == someone.deciding_origin())
                    )
                    found.add((someone.key, origin, payee, rule.id, rule.currency, rule.amount, lead, day, is_payable))
    return found


@pytest.mark.parametrize("seed", range(3))
def test_every_money_view_tells_the_same_as_plain_definitions(fleet: Fleet, seed: int) -> None:
    dice = random.Random(seed)
    rules = draw_rules(fleet, dice)
    people = [draw_someone(fleet, dice, number) for number in range(PEOPLE)]
    by_key = {someone.key: someone for someone in people}

    calculation = expected_calculation(people, rules)
    shown = {
        (r["person_key"], r["origin_tag"], r["rule_scope"], r["rule_id"], r["currency"], int(r["amount"]),
         r["lead_date"], r["achieved_date"], r["is_payable"])
        for r in fleet.read("ops.v_payment_calculation", "rule_id")
    }  # fmt: skip
    assert shown == calculation
    assert fleet.read("ops.v_money_differences", "person_key") == []

    due: dict[tuple[uuid.UUID, str], int] = defaultdict(int)
    milestones = set()
    for key, origin, payee, rule_id, currency, amount, lead, day, is_payable in calculation:
        if payee == "scout" and is_payable:
            due[key, currency] += amount
            milestones.add((key, rule_id, by_key[key].scout(), origin, currency, amount, lead, day))

    base = fleet.read("ops.v_scout_payment_base", "person_key", "currency")
    assert len({(row["person_key"], row["currency"]) for row in base}) == len(base)
    assert {(row["person_key"], row["currency"]): row["amount_payable"] for row in base if row["amount_payable"]} == due
    for row in base:
        someone = by_key[row["person_key"]]
        assert row["quarantined_driver_ids"] == (sorted(someone.quarantined) or None)
        assert row["origin_tag"] == someone.deciding_origin()
        lead = someone.leads()[someone.deciding_origin()]
        has_rule = bool(in_force(rules, "scout", someone.deciding_origin(), lead))
        reason = row["block_reason"]
        assert (reason == "NO_RULE") is (someone.scout() is not None and someone.is_measured() and not has_rule)
        assert (reason == "QUARANTINED") is (someone.scout() is not None and not someone.is_measured())
        assert (reason is None) is (someone.scout() is not None and someone.is_measured() and has_rule)

    with fleet.connection.transaction():
        derive_scout_payments(fleet.connection, [someone.key for someone in people])
    assert fleet.read("canon.scout_payments", "person_key", "currency") == base
    kept = {
        (r["person_key"], r["rule_id"], r["scout_id"], r["origin_tag"], r["currency"], int(r["amount"]), r["lead_date"],
         r["achieved_date"])
        for r in fleet.read("canon.scout_payment_milestones", "rule_id")
    }  # fmt: skip
    assert kept == milestones
    with fleet.connection.transaction():
        assert derive_scout_payments(fleet.connection, [someone.key for someone in people]) == 0

    owed: dict[uuid.UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    priced: dict[uuid.UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    claimed = set()
    for key, origin, payee, rule_id, currency, amount, _lead, day, _is_payable in calculation:
        if payee == "partner" and origin == "cabinet" and day is not None:
            trips = next(rule.trips for rule in rules if (rule.payee, rule.id) == (payee, rule_id))
            owed[key][currency] += amount
            claimed.add((key, trips, amount))
            if trips != 7:  # the financial view has columns for 1, 5 and 25
                priced[key][currency] += amount
    claims = fleet.read("ops.v_claims_payment_status_cabinet", "person_key")
    assert {(c["person_key"], c["milestone_value"], int(c["expected_amount"])) for c in claims} == claimed
    assert sum(claim["expected_amount"] for claim in claims) == sum(sum(amounts.values()) for amounts in owed.values())

    financial = fleet.read("ops.v_cabinet_financial_14d", "driver_id", "currency")
    assert len({(row["driver_id"], row["currency"]) for row in financial}) == len(financial)
    owner = {account: someone.key for someone in people for account in someone.accounts}
    expected: dict[uuid.UUID, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in financial:
        if row["expected_total_yango"]:
            expected[owner[row["driver_id"]]][row["currency"]] += row["expected_total_yango"]
    assert expected == priced
    assert {owner[row["driver_id"]] for row in financial} == {
        someone.key for someone in people if someone.is_measured() and "cabinet" in someone.leads()
    }
