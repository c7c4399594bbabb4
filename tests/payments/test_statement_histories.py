"""Random histories of what is due, closed period after period, against a plain model.

Whatever appears, vanishes, comes late, changes its amount, scout, currency or date, or is merged and split again: all
lines of a milestone together are what is due at the last closing, and no closed line changes.
"""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any, NamedTuple

import pytest

from control_tower.monitoring.checks import run_check
from tests.payments.dues import Dues, person

PERSONS, RULES, PERIODS = 40, (1, 5, 25), 7
Key = tuple[int, int]
Account = tuple[int, int, int, str]


class Due(NamedTuple):
    """A milestone that is due."""

    scout: int
    currency: str
    amount: int
    payable: date


class Model:
    """What is due and what was stated, in plain words."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.due: dict[Key, Due] = {}
        self.survivors: dict[int, int] = {}
        self.lines: list[tuple[Account, int]] = []
        self.first: date | None = None

    def now(self, number: int) -> int:
        """The person that this one was merged into."""
        return self.survivors.get(number, number)

    def stated(self) -> dict[Account, int]:
        """What all lines hold, by the persons of today."""
        sums: Counter[Account] = Counter()
        for (number, rule, scout, currency), amount in self.lines:
            sums[self.now(number), rule, scout, currency] += amount
        return dict(sums)

    def close(self, start: date, end: date) -> dict[Account, int]:
        """The difference of each account that a closing must write."""
        self.first = self.first or start
        stated = self.stated()
        ever = {account[:2] for account in stated}
        held = {account[:2] for account, amount in stated.items() if amount}
        differences = {account: -amount for account, amount in stated.items()}
        for key, due in self.due.items():
            is_in_the_books = due.payable <= end and (due.payable >= self.first or key in ever)
            if is_in_the_books or key in held:
                account = (*key, due.scout, due.currency)
                differences[account] = differences.get(account, 0) + due.amount
        changes = {account: amount for account, amount in differences.items() if amount}
        self.lines.extend(changes.items())
        return changes

    def change(self, dues: Dues, around: date) -> None:
        """Something happens to each third milestone, and to few persons."""
        for number in range(PERSONS):
            if self.now(number) != number:
                continue
            for rule in RULES:
                key = (number, rule)
                if self.draw.random() < 0.4:
                    self._change_due(dues, key, around)
        for number in self.draw.sample(range(1, PERSONS), 3):
            self._merge_or_split(dues, number)

    def _change_due(self, dues: Dues, key: Key, around: date) -> None:
        draw, old = self.draw, self.due.get(key)
        if old is not None and draw.random() < 0.3:
            del self.due[key]
            dues.gone(key[0], rule_id=key[1])
            return
        new = old or Due(7, "PEN", 20, around + timedelta(days=draw.randint(-70, 40)))
        what = draw.choice(("amount", "scout", "currency", "payable", "nothing"))
        if what == "amount":
            new = new._replace(amount=draw.choice((0, 15, 20, 55)))
        elif what == "scout":
            new = new._replace(scout=draw.choice((7, 8, 9)))
        elif what == "currency":
            new = new._replace(currency=draw.choice(("PEN", "COP")))
        elif what == "payable":
            new = new._replace(payable=around + timedelta(days=draw.randint(-70, 40)))
        self.due[key] = new
        self._write(dues, key)

    def _write(self, dues: Dues, key: Key) -> None:
        due = self.due[key]
        dues.due(
            key[0], due.payable.isoformat(), trips=key[1], scout=due.scout, currency=due.currency, amount=due.amount
        )

    def _merge_or_split(self, dues: Dues, number: int) -> None:
        if number in self.survivors:
            del self.survivors[number]
            dues.connection.execute("delete from canon.identity_aliases where person_key = %s", [person(number)])
        elif number not in self.survivors.values() and self.now(0) == 0:
            self.survivors[number] = 0
            dues.connection.execute(
                "insert into canon.identity_aliases (person_key, survivor_key, reason, merged_at, moved)"
                " values (%s, %s, 'one person', now(), '{}')",
                [person(number), person(0)],
            )
            for rule in RULES:
                self.due.pop((number, rule), None)
            dues.gone(number)


def lines_of(dues: Dues) -> dict[int, dict[str, Any]]:
    """All lines by their number."""
    return {
        row["line_id"]: row
        for row in dues.rows(
            "select v.*, line.rule_id from ops.v_scout_statement_lines as v"
            " join ops.scout_statement_lines as line on line.id = v.line_id"
        )
    }


@pytest.mark.parametrize("seed", range(5))
def test_all_lines_together_are_what_is_due_and_closed_lines_never_change(dues: Dues, seed: int) -> None:
    model = Model(seed)
    dues.connection.execute(
        "insert into canon.identity_registry (person_key, confidence_level) values (%s, 'HIGH')", [person(0)]
    )
    start, before, reasons = date(2025, 6, 1), {}, Counter[str]()
    for _ in range(PERIODS):
        end = start + timedelta(days=model.draw.randint(5, 45))
        model.change(dues, end)
        expected = model.close(start, end)

        dues.close((start, end))

        lines = lines_of(dues)
        assert {number: lines[number] for number in before} == before
        written: dict[Account, int] = defaultdict(int)
        for number in lines.keys() - before.keys():
            line = lines[number]
            reasons[line["reason_code"] or line["kind"]] += 1
            account = (line["person_key"].int & 0xFFFF, line["rule_id"], line["scout_id"], line["currency"])
            written[account] += int(line["amount"])
            if line["kind"] == "EARNED":
                assert start <= line["payable_date"] <= end
                assert line["amount"] > 0
            corrected = lines.get(line["corrects_line_id"])
            assert (corrected is None) == (line["reason_code"] in (None, "LATE"))
            if corrected is not None:
                assert corrected["period_end"] < start
                assert corrected["rule_id"] == line["rule_id"]
                assert line["corrects_period_start"] == corrected["period_start"]
        assert dict(written) == expected
        before = lines
        start = end + timedelta(days=model.draw.choice((1, 1, 1, 6)))
    assert reasons.keys() == {
        "EARNED", "LATE", "AMOUNT_CHANGED", "SCOUT_CHANGED", "NO_LONGER_DUE", "DUE_AGAIN"
    }  # fmt: skip
    assert run_check(dues.connection, "every_statement_is_the_sum_of_its_lines").status == "OK"
