"""Payments of the partner that belong to no claim are an alert of their own."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import psycopg
import pytest

from control_tower.i18n.catalogue import catalogue
from control_tower.monitoring import grouping, health_check, probes, states
from control_tower.monitoring.probes import ProbeContext
from tests.monitoring.watchtower import Watchtower

ROW = """
insert into canon.payments_without_claim (
    payment_key, driver_id, milestone_value, expected_amount, currency, since, reason_code, is_paid
)
select 'p' || number, 'd' || number, 5, number, 'PEN', now(), 'EARLIER_LEAD_DATE', true
from generate_series(1, %s) as number
"""


def found(warehouse: psycopg.Connection[Any]) -> Any:
    (result,) = probes.payments(ProbeContext(warehouse, health_check.clock(warehouse)))
    return result


def test_nothing_unexplained_is_healthy(warehouse: psycopg.Connection[Any]) -> None:
    result = found(warehouse)
    assert (result.check_name, result.severity, result.state) == ("payments.without_claim", "OK", states.OK)


def test_one_payment_without_a_claim_is_yellow_until_it_is_explained_or_taken_back(
    warehouse: psycopg.Connection[Any],
) -> None:
    warehouse.execute(ROW, [5])
    result = found(warehouse)
    assert (result.severity, result.state) == ("YELLOW", "YELLOW_PAYMENTS_UNEXPLAINED")
    assert result.cause == grouping.PAYMENTS
    assert result.value == {"payments_count": 5}
    assert [row["driver_id"] for row in result.details["sample"]] == ["d5", "d4", "d3"], "the largest three"

    warehouse.execute("update canon.payments_without_claim set is_paid = false")
    assert found(warehouse).state == states.OK
    warehouse.execute("update canon.payments_without_claim set is_paid = true")
    warehouse.execute("delete from canon.payments_without_claim")
    assert found(warehouse).state == states.OK


@pytest.mark.parametrize("language", ["es", "en"])
def test_the_state_says_what_is_wrong_and_where_to_look(language: Any) -> None:
    texts = catalogue(language)
    title, action = texts.problem("payments.without_claim", states.PAYMENTS_UNEXPLAINED)
    assert {"es": "Yango pagó", "en": "Yango paid"}[language] in title
    assert {"es": "Pagado sin cobro", "en": "Paid without a claim"}[language] in action


def test_it_is_one_alert_with_a_message_and_its_end(warehouse: psycopg.Connection[Any], watchtower: Watchtower) -> None:
    watchtower.all_is_well()
    warehouse.execute(ROW, [1])
    watchtower.check()
    assert ("OPENED", "payments") in watchtower.mail.notified
    (facts,) = [facts for facts in watchtower.mail.facts if facts["cause"] == "payments"]
    assert [problem["state"] for problem in facts["problems"]] == ["YELLOW_PAYMENTS_UNEXPLAINED"]
    warehouse.execute("delete from canon.payments_without_claim")
    watchtower.check(timedelta(minutes=15))
    assert ("CLOSED", "payments") in watchtower.mail.notified
