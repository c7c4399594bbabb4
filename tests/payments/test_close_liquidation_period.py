"""A closed period freezes what each scout is due; what later turns out otherwise is a line of the next one.

Amounts are worked out by hand: 1, 5 and 25 trips are 20, 25 and 55 PEN; all three are 100.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from control_tower.decisions import Author
from control_tower.monitoring.checks import run_check
from tests.payments.dues import APRIL, FEBRUARY, JANUARY, MARCH, Dues, person

CHECK = "every_statement_is_the_sum_of_its_lines"


def sums(dues: Dues) -> dict[tuple[str, int, int, str], Decimal]:
    """What all statements together hold, by person, rule, scout and currency, without zeros."""
    found = dues.rows(
        "select line.person_key::text, line.rule_id, statement.scout_id, statement.currency, sum(line.amount) as amount"
        " from ops.scout_statement_lines as line join ops.scout_statements as statement on statement.id = statement_id"
        " group by 1, 2, 3, 4 having sum(line.amount) <> 0"
    )
    return {(row["person_key"], row["rule_id"], row["scout_id"], row["currency"]): row["amount"] for row in found}


def test_a_statement_has_a_line_for_each_milestone_that_became_payable_in_the_period(dues: Dues) -> None:
    dues.due(1, "2026-01-01")
    dues.due(1, "2026-01-05", trips=5)
    dues.due(1, "2026-01-31", trips=25)
    dues.due(2, "2026-01-10", scout=8)
    dues.due(3, "2026-02-01")  # of February
    dues.due(4, "2025-12-31")  # before the first closed period: whoever paid before knows

    closing = dues.close(JANUARY)

    # scout 7: 20 + 25 + 55 = 100 in 3 lines; scout 8: 20
    assert dues.lines(JANUARY) == [
        (7, "EARNED", 1, 1, 20),
        (7, "EARNED", 1, 5, 25),
        (7, "EARNED", 1, 25, 55),
        (8, "EARNED", 2, 1, 20),
    ]
    assert dues.amounts(JANUARY) == {(7, "PEN"): 100, (8, "PEN"): 20}
    assert [(row["currency"], row["statements"], row["lines"], row["amount"]) for row in closing.totals] == [
        ("PEN", 2, 4, Decimal(120))
    ]
    (period,) = dues.rows("select * from ops.v_liquidation_periods")
    assert (period["period_id"], period["closed_by"], period["reason"]) == (closing.period_id, "rosa", "approved")
    assert (period["scouts"], period["statements"], period["lines"], period["corrections"]) == (2, 2, 4, 0)
    (line,) = dues.rows("select * from ops.v_scout_statement_lines where scout_id = 8")
    assert (line["driver_id"], line["origin_tag"], line["corrects_line_id"]) == ("d2", "cabinet", None)
    assert (line["lead_date"], line["payable_date"]) == (date(2025, 12, 1), date(2026, 1, 10))
    assert run_check(dues.connection, CHECK).status == "OK"


def test_amounts_of_two_currencies_are_two_statements_and_two_totals(dues: Dues) -> None:
    dues.due(1, "2026-01-05")
    dues.due(2, "2026-01-05", currency="COP", amount=20_000)
    closing = dues.close(JANUARY)
    assert dues.amounts(JANUARY) == {(7, "PEN"): 20, (7, "COP"): 20_000}
    assert {row["currency"]: row["amount"] for row in closing.totals} == {"PEN": 20, "COP": 20_000}


def test_what_came_late_is_paid_by_the_next_period_once(dues: Dues) -> None:
    dues.due(1, "2026-01-05")
    dues.close(JANUARY)
    dues.due(2, "2026-01-20")  # a row with an old date came in February
    dues.due(3, "2026-02-10")
    dues.close(FEBRUARY)
    # February: 20 late of January + 20 of its own = 40
    assert dues.lines(FEBRUARY) == [(7, "LATE", 2, 1, 20), (7, "EARNED", 3, 1, 20)]
    assert dues.amounts(FEBRUARY) == {(7, "PEN"): 40}
    dues.close(MARCH)
    assert (dues.lines(MARCH), dues.amounts(MARCH)) == ([], {}), "nothing twice"


def test_another_amount_is_corrected_by_the_difference(dues: Dues) -> None:
    dues.due(1, "2026-01-05")
    dues.due(2, "2026-01-05")
    dues.close(JANUARY)
    dues.due(1, "2026-01-05", amount="22.50")
    dues.due(2, "2026-01-05", amount=15)
    dues.close(FEBRUARY)
    # 22.50 - 20 = +2.50, and 15 - 20 = -5: together -2.50
    assert dues.lines(FEBRUARY) == [(7, "AMOUNT_CHANGED", 1, 1, 2.5), (7, "AMOUNT_CHANGED", 2, 1, -5)]
    assert dues.amounts(FEBRUARY) == {(7, "PEN"): -2.5}


def test_another_scout_is_a_line_on_both_statements_that_says_which_line_it_corrects(dues: Dues) -> None:
    dues.due(1, "2026-01-05")
    dues.close(JANUARY)
    (first,) = dues.rows("select * from ops.v_scout_statement_lines")
    dues.due(1, "2026-01-05", scout=8)
    dues.close(FEBRUARY)
    assert dues.lines(FEBRUARY) == [(7, "SCOUT_CHANGED", 1, 1, -20), (8, "SCOUT_CHANGED", 1, 1, 20)]
    for line in dues.rows("select * from ops.v_scout_statement_lines where period_start = %s", FEBRUARY[0]):
        assert line["corrects_line_id"] == first["line_id"]
        assert (line["corrects_period_start"], line["corrects_period_end"]) == JANUARY
    dues.due(1, "2026-01-05", scout=7)
    dues.close(MARCH)
    assert dues.lines(MARCH) == [(7, "SCOUT_CHANGED", 1, 1, 20), (8, "SCOUT_CHANGED", 1, 1, -20)]
    assert sums(dues) == {(person(1), 1, 7, "PEN"): 20}


def test_what_is_no_longer_due_is_taken_back_and_may_become_due_again(dues: Dues) -> None:
    dues.due(1, "2026-01-05")
    dues.due(1, "2026-01-06", trips=5)
    dues.close(JANUARY)
    dues.gone(1)  # its account was quarantined, its link lost, or two scouts claim the person
    dues.close(FEBRUARY)
    assert dues.lines(FEBRUARY) == [(7, "NO_LONGER_DUE", 1, 1, -20), (7, "NO_LONGER_DUE", 1, 5, -25)]
    assert dues.amounts(FEBRUARY) == {(7, "PEN"): -45}
    dues.due(1, "2026-01-05")
    dues.close(MARCH)
    assert dues.lines(MARCH) == [(7, "DUE_AGAIN", 1, 1, 20)]
    assert sums(dues) == {(person(1), 1, 7, "PEN"): 20}
    dues.close(APRIL)
    assert dues.lines(APRIL) == []


def test_a_change_of_currency_is_taken_back_in_one_and_given_in_the_other(dues: Dues) -> None:
    dues.due(1, "2026-01-05")
    dues.close(JANUARY)
    dues.due(1, "2026-01-05", currency="COP", amount=20_000)
    dues.close(FEBRUARY)
    assert dues.amounts(FEBRUARY) == {(7, "PEN"): -20, (7, "COP"): 20_000}
    assert {line[1] for line in dues.lines(FEBRUARY)} == {"AMOUNT_CHANGED"}


@pytest.mark.parametrize("moved_to", ["2026-05-20", "2025-11-30"])
def test_what_is_stated_and_still_due_stays_when_only_its_date_moves(dues: Dues, moved_to: str) -> None:
    dues.due(1, "2026-01-05")
    dues.close(JANUARY)
    dues.due(1, moved_to)
    dues.close(FEBRUARY)
    assert dues.lines(FEBRUARY) == [], "taking 20 back to give 20 again helps nobody"
    dues.due(1, moved_to, scout=8)
    dues.close(MARCH)
    assert dues.lines(MARCH) == [(7, "SCOUT_CHANGED", 1, 1, -20), (8, "SCOUT_CHANGED", 1, 1, 20)]
    dues.close((date(2026, 4, 1), date(2026, 5, 31)))
    assert sums(dues) == {(person(1), 1, 8, "PEN"): 20}


def test_what_was_taken_back_waits_for_its_new_date(dues: Dues) -> None:
    dues.due(1, "2026-01-05")
    dues.close(JANUARY)
    dues.gone(1)
    dues.close(FEBRUARY)
    dues.due(1, "2026-04-10")
    dues.close(MARCH)
    assert dues.lines(MARCH) == []
    dues.close(APRIL)
    assert dues.lines(APRIL) == [(7, "DUE_AGAIN", 1, 1, 20)]


def test_the_lines_of_a_merged_person_are_those_of_the_survivor(dues: Dues) -> None:
    for number in (1, 2):
        dues.connection.execute(
            "insert into canon.identity_registry (person_key, confidence_level, primary_full_name)"
            " values (%s, 'HIGH', 'Ana Torres')",
            [person(number)],
        )
        dues.due(number, "2026-01-05")
    dues.due(2, "2026-01-06", trips=5)
    dues.close(JANUARY)
    dues.connection.execute(
        "insert into canon.identity_aliases (person_key, survivor_key, reason, merged_at, moved)"
        " values (%s, %s, 'one person', now(), '{}')",
        [person(2), person(1)],
    )
    dues.connection.execute("delete from canon.identity_registry where person_key = %s", [person(2)])
    dues.gone(2)
    dues.due(1, "2026-01-06", trips=5)
    dues.close(FEBRUARY)
    # stated 20 + 20 for one trip of what is one person, and 25: due are 20 and 25
    assert dues.lines(FEBRUARY) == [(7, "AMOUNT_CHANGED", 1, 1, -20)]
    names = dues.rows("select distinct person_name from ops.v_scout_statement_lines")
    assert [row["person_name"] for row in names] == ["Ana Torres"]


def test_days_between_two_periods_are_paid_as_corrections_and_noted(dues: Dues) -> None:
    dues.close(JANUARY)
    dues.due(1, "2026-02-10")
    closing = dues.close(MARCH)
    (note,) = closing.notes
    assert note.startswith("No period has the days from 2026-02-01 to 2026-02-28:")
    assert dues.lines(MARCH) == [(7, "LATE", 1, 1, 20)]


def test_an_empty_period_is_closed(dues: Dues) -> None:
    closing = dues.close(JANUARY)
    assert (closing.statements, closing.totals) == ((), ())
    (period,) = dues.rows("select * from ops.v_liquidation_periods")
    assert (period["scouts"], period["statements"], period["lines"]) == (0, 0, 0)


def test_a_dry_run_shows_what_closing_writes_and_writes_nothing(dues: Dues, caplog: pytest.LogCaptureFixture) -> None:
    dues.connection.execute("insert into public.module_ct_scouts_list (scout_id, raw_name) values (7, 'Rosa Diaz')")
    dues.due(1, "2026-01-05")
    dues.due(2, "2026-01-05", scout=8)
    dues.close(JANUARY)
    dues.due(3, "2026-02-05", trips=5)
    dues.gone(1)
    before = dues.everything()

    with caplog.at_level("INFO", logger="control_tower.payments.statements"):
        trial = dues.close(FEBRUARY, dry_run=True)

    assert dues.everything() == before
    # scout 7: 25 - 20 = 5 after 20, scout 8: nothing after 20; together 5 after 40
    assert [
        (row["scout_id"], row["scout_name"], row["amount"], row["lines"], row["corrections"], row["difference"])
        for row in trial.statements
    ] == [(7, "Rosa Diaz", 5, 2, 1, -15), (8, None, 0, 0, 0, -20)]
    assert "scout 7 Rosa Diaz: 5.00 PEN in 2 lines, 1 corrections (last period 20.00, difference -15.00)" in caplog.text
    assert "total: 5.00 PEN in 1 statements, 2 lines, 1 corrections (last period 40.00)" in caplog.text
    real = dues.close(FEBRUARY)
    assert trial.period_id is None
    assert (real.statements, real.totals, real.dry_run) == (trial.statements, trial.totals, False)
    assert real.summary()["totals"][0]["amount"] == "5.00"


def test_the_decision_is_one_row_with_author_reason_and_totals(dues: Dues) -> None:
    dues.due(1, "2026-01-05")
    first = dues.close(JANUARY)
    second = dues.close(FEBRUARY)
    decisions = dues.rows("select * from ops.v_human_decisions order by id")
    assert [(row["kind"], row["decided_by"], row["reason"], row["person_key"]) for row in decisions] == [
        ("close_liquidation_period", "rosa", "approved", None)
    ] * 2
    assert decisions[0]["before"] == {"liquidation_period": None}
    assert decisions[0]["after"]["liquidation_period"]["id"] == first.period_id
    assert decisions[0]["after"]["totals"][0]["amount"] == "20.00"
    assert decisions[1]["before"]["liquidation_period"] == {
        "id": first.period_id,
        "period_start": "2026-01-01",
        "period_end": "2026-01-31",
    }
    assert decisions[1]["after"]["liquidation_period"]["id"] == second.period_id


def test_a_repeated_task_of_one_dag_run_closes_once(dues: Dues) -> None:
    dues.due(1, "2026-01-05")
    author = Author("rosa", "manual__1")
    first = dues.close(JANUARY, author=author)
    dues.due(2, "2026-01-06")
    before = dues.everything()
    again = dues.close(JANUARY, author=author)
    assert dues.everything() == before
    assert (again.period_id, again.statements, again.totals) == (first.period_id, first.statements, first.totals)
    assert again.notes[-1] == "This DAG run has already decided; nothing more was written."
