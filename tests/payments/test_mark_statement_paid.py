"""A statement is marked paid once, with day and reference."""

from __future__ import annotations

import threading
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from control_tower.errors import DecisionRefused, PaymentInvalid, StatementAlreadyPaid, UnknownStatement
from control_tower.payments.statements import mark_statement_paid
from tests.payments.dues import JANUARY, Dues

TODAY = datetime.now(ZoneInfo("America/Lima")).date()


@pytest.fixture
def statement_id(dues: Dues) -> int:
    """A statement of January about 20 PEN."""
    dues.due(1, "2026-01-05")
    dues.close(JANUARY)
    (statement,) = dues.rows("select * from ops.v_scout_statements")
    assert (statement["is_paid"], statement["paid_on"]) == (False, None)
    return int(statement["statement_id"])


def test_a_payment_is_noted_with_day_reference_and_author(dues: Dues, statement_id: int) -> None:
    mark_statement_paid(statement_id, date(2026, 2, 3), " Yape 4711 ", author_name="rosa")
    (statement,) = dues.rows("select * from ops.v_scout_statements")
    assert (statement["is_paid"], statement["paid_on"]) == (True, date(2026, 2, 3))
    assert (statement["payment_reference"], statement["paid_noted_by"]) == ("Yape 4711", "rosa")
    assert statement["paid_noted_at"] is not None
    assert statement["amount"] == 20


def test_a_second_time_is_refused_and_says_who_paid_when(dues: Dues, statement_id: int) -> None:
    mark_statement_paid(statement_id, date(2026, 2, 3), "Yape 4711", author_name="rosa")
    before = dues.everything()
    with pytest.raises(StatementAlreadyPaid, match=r"paid on 2026-02-03 \(Yape 4711\); rosa noted it on .* UTC"):
        mark_statement_paid(statement_id, date(2026, 2, 4), "Yape 4712", author_name="luis")
    assert dues.everything() == before


def test_of_two_at_once_one_is_noted(dues: Dues, statement_id: int) -> None:
    outcomes: list[str] = []

    def mark(name: str) -> None:
        try:
            mark_statement_paid(statement_id, date(2026, 2, 3), name, author_name=name)
            outcomes.append("noted")
        except StatementAlreadyPaid as error:
            outcomes.append(error.problem)

    with dues.connection.transaction():
        dues.connection.execute("lock table ops.scout_statement_payments in share mode")
        threads = [threading.Thread(target=mark, args=[name]) for name in ("rosa", "luis")]
        for thread in threads:
            thread.start()
        threads[0].join(0.5)
    for thread in threads:
        thread.join(30)
    assert sorted(outcome == "noted" for outcome in outcomes) == [False, True]
    assert len(dues.rows("select * from ops.scout_statement_payments")) == 1


@pytest.mark.parametrize(
    ("paid_on", "reference", "author", "error"),
    [
        (date(2026, 2, 3), " \x00", "rosa", PaymentInvalid),
        (date(2026, 2, 3), "Yape", " ", DecisionRefused),
        (TODAY + timedelta(days=2), "Yape", "rosa", PaymentInvalid),  # also if a day ends while the tests run
        (date(2025, 12, 31), "Yape", "rosa", PaymentInvalid),
        (date(26, 2, 3), "Yape", "rosa", PaymentInvalid),
    ],
)
def test_what_is_no_payment_is_refused(
    dues: Dues, statement_id: int, paid_on: date, reference: str, author: str, error: type[Exception]
) -> None:
    with pytest.raises(error, match="Next: "):
        mark_statement_paid(statement_id, paid_on, reference, author_name=author)
    assert dues.rows("select * from ops.scout_statement_payments") == []
    mark_statement_paid(statement_id, TODAY, "Yape", author_name="rosa")


@pytest.mark.parametrize("number", [0, -1, 987654, 2**63, True, "1"])
def test_an_unknown_statement_is_refused(dues: Dues, statement_id: int, number: object) -> None:
    with pytest.raises(UnknownStatement, match="There is no statement"):
        mark_statement_paid(number, date(2026, 2, 3), "Yape", author_name="rosa")  # type: ignore[arg-type]
