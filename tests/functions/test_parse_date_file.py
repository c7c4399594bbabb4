from __future__ import annotations

from datetime import date
from typing import Any

import psycopg
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Connection = psycopg.Connection[tuple[Any, ...]]

DATES = {
    "05-11-2025": date(2025, 11, 5),
    "2025-11-05": date(2025, 11, 5),
    "31-12-2099": date(2099, 12, 31),
    "01-01-2000": date(2000, 1, 1),
    "29-02-2028": date(2028, 2, 29),
    "2028-02-29": date(2028, 2, 29),
    "31-02-2026": None,
    "30-02-2028": None,
    "29-02-2026": None,
    "2026-02-29": None,
    "31-04-2026": None,
    "2026-04-31": None,
    "00-00-0000": None,
    "00-01-2026": None,
    "32-01-2026": None,
    "01-13-2026": None,
    "2026-13-45": None,
    "05/11/2025": None,
    "5-11-2025": date(2025, 11, 5),
    "1-10-2026": date(2026, 10, 1),
    "2026-1-5": date(2026, 1, 5),
    "29-2-2028": date(2028, 2, 29),
    " 05-11-2025\t": date(2025, 11, 5),
    "\u00a02025-11-05\u00a0": date(2025, 11, 5),
    "\ufeff2025-11-5 ": date(2025, 11, 5),
    "05 -11-2025": None,
    "29-2-2026": None,
    "2026-2-30": None,
    "0-1-2026": None,
    "001-01-2026": None,
    "2026-011-5": None,
    "  ": None,
    "05-11-25": None,
    "05-11-1899": None,
    "05-11-9999": None,
    "05-11-2025 10:00": None,
    "45231": None,
    "ayer": None,
    "": None,
    None: None,
}


def test_a_date_is_read_in_both_notations_and_rubbish_is_none(warehouse: Connection) -> None:
    rows = warehouse.execute(
        "select raw, canon.parse_date_file(raw) from unnest(%s::text[]) as raw", [list(DATES)]
    ).fetchall()
    assert dict(rows) == DATES


def test_it_knows_every_day_of_the_century_and_no_other(warehouse: Connection) -> None:
    assert warehouse.execute(
        """
        with texts as (
            select format('%s-%s-%s', lpad(d::text, 2, '0'), lpad(m::text, 2, '0'), y) as dmy,
                   format('%s-%s-%s', y, lpad(m::text, 2, '0'), lpad(d::text, 2, '0')) as ymd,
                   (make_date(y, m, 1) + d - 1) as day, m
            from generate_series(2000, 2099) as y, generate_series(1, 12) as m, generate_series(1, 31) as d
        )
        select count(*) from texts
        where canon.parse_date_file(dmy) is distinct from case when extract(month from day) = m then day end
           or canon.parse_date_file(ymd) is distinct from case when extract(month from day) = m then day end
        """
    ).fetchone() == (0,)


anything = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))
digits = st.from_regex(r"\A[0-9]{1,4}-[0-9]{1,3}-[0-9]{1,4}\Z")


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(raw=anything | digits)
def test_it_never_fails(warehouse: Connection, raw: str) -> None:
    warehouse.execute("select canon.parse_date_file(%s)", [raw])
