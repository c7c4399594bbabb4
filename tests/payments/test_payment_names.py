"""Which accounts bear the names that payments give: those with the same words in any order, and no others."""

from __future__ import annotations

from random import Random
from typing import Any

import psycopg
import pytest

from control_tower.payments import cabinet_claims

Warehouse = psycopg.Connection[Any]
WORDS = ("Ana", "Rosa", "Ñasa", "Aldo", "Mar", "Ram", "Quispe", "Núñez", "Paredes", "de la Cruz", "Ñaña")
"""Few words, and some of the same letters, so that names that differ have one length and as many A."""
BEARERS = """
    select canon.name_key(canon.normalise_name(driver.full_name)) as name_key, driver.driver_id
    from public.drivers as driver
    where canon.name_key(canon.normalise_name(driver.full_name)) in (
        select payment.name_key from canon.paid_payments as payment
    )
    order by 1, 2
"""


def some_name(random: Random) -> str:
    return " ".join(random.sample(WORDS, random.randint(1, 4)))


@pytest.mark.parametrize("seed", range(3))
def test_an_account_bears_a_paid_name_if_it_has_its_words_in_any_order(warehouse: Warehouse, seed: int) -> None:
    random = Random(seed)
    with warehouse.cursor() as cursor:
        cursor.executemany(
            "insert into public.drivers (driver_id, full_name) values (%s, %s)",
            [(f"D{number}", some_name(random)) for number in range(400)],
        )
        cursor.executemany(
            "insert into public.module_ct_cabinet_payments (date, time, driver, trip_1, trip_5, trip_25)"
            " values ('2026-04-01', '10:00', %s, true, false, false)",
            [(some_name(random),) for _ in range(100)],
        )
    with warehouse.transaction():
        cabinet_claims.derive_all_claims(warehouse)
    expected = warehouse.execute(BEARERS).fetchall()
    assert len(expected) > 20
    assert {len(str(key).split()) for key, _ in expected} >= {1, 2, 3}
    found = warehouse.execute("select name_key, driver_id from canon.payment_names order by 1, 2").fetchall()
    assert found == expected
