"""Far fewer rows than usual on that weekday, many gone at once, emptied: told with the figures, and nothing else is."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from tests.monitoring.source_rows import set_limits, status
from tests.monitoring.watchtower import Watchtower

SOURCE = "module_ct_scouting_daily"
DAY = timedelta(days=1)
LIMA = ZoneInfo("America/Lima")
FIRST = date(2025, 10, 1)
LEARNED = FIRST + 5 * 7 * DAY
HOLIDAYS = [date(2025, 10, 8), date(2025, 11, 1), date(2025, 12, 8), date(2025, 12, 9), date(2025, 12, 25),
            date(2026, 1, 1), date(2026, 4, 2), date(2026, 4, 3), date(2026, 5, 1), date(2026, 6, 7), date(2026, 6, 29),
            date(2026, 7, 23), date(2026, 7, 28), date(2026, 7, 29), date(2026, 8, 6), date(2026, 8, 30)]  # fmt: skip
VERDICTS = """
    select (day - interval '1 day')::date
    from generate_series(%s::timestamp, %s::timestamp, interval '1 day') as day
    cross join lateral ops.v_data_health_status_at((day + interval '10 minutes') at time zone 'America/Lima') as health
    where health.source_name = 'module_ct_scouting_daily' and 'YELLOW_VOLUME_DROP' = any(health.states)
    order by 1
"""


def load(warehouse: Any, days: dict[date, int]) -> None:
    """So many rows of each day, loaded at nine in the morning."""
    warehouse.execute(
        "insert into public.module_ct_scouting_daily (id, registration_date, created_at)"
        " select coalesce((select max(id) from public.module_ct_scouting_daily), 0) + row_number() over (), day.day,"
        " day.day + time '09:00'"
        " from unnest(%s::date[], %s::integer[]) as day (day, rows_count) cross join generate_series(1, rows_count)",
        [list(days), list(days.values())],
    )


@dataclass(frozen=True)
class Kind:
    """A kind of source.

    `noise` is the standard deviation of days from their usual number of `rows`; `by_chance`: counts differ beside that
    as those of independent arrivals do. Every drop to `found_below` of the usual, and further, is found.
    """

    rows: int
    noise: float
    by_chance: bool
    found_below: float
    has_weekends: bool = True


STEADY = Kind(150, 0.08, by_chance=False, found_below=0.6)
KINDS = {
    "8 % noise": STEADY,
    "12 % noise": Kind(150, 0.12, by_chance=False, found_below=0.4),
    "20 % noise": Kind(150, 0.2, by_chance=False, found_below=0.1),
    "100 rows by chance": Kind(100, 0, by_chance=True, found_below=0.6, has_weekends=False),
    "30 rows by chance": Kind(30, 0, by_chance=True, found_below=0.2, has_weekends=False),
    "25 rows by chance": Kind(25, 0, by_chance=True, found_below=0.1, has_weekends=False),
    "10 rows by chance": Kind(10, 0, by_chance=True, found_below=0, has_weekends=False),
}


def by_chance(rng: random.Random, expected: float) -> int:
    """A count that is expected on average, as independent arrivals give it (Poisson)."""
    count, left = 0, rng.expovariate(1)
    while left < expected:
        count, left = count + 1, left + rng.expovariate(1)
    return count


def a_year(rng: random.Random, kind: Kind = STEADY) -> tuple[dict[date, int], dict[date, float]]:
    """Rows per day of a year with weekends, growth, noise, holidays and planted drops; and the share left by each."""
    days: dict[date, int] = {}
    usual: dict[date, float] = {}
    for number in range(365):
        day = FIRST + number * DAY
        weekday = {5: 0.6, 6: 0.35}.get(day.weekday(), 1.0) if kind.has_weekends else 1.0
        usual[day] = kind.rows * weekday * (1 + number / 1500)
        share = rng.uniform(0.05, 0.5) if day in HOLIDAYS else max(0, rng.gauss(1, kind.noise))
        expected = usual[day] * share
        days[day] = max(1, by_chance(rng, expected) if kind.by_chance else round(expected))
    chosen = rng.sample([day for day in days if day >= LEARNED and day not in HOLIDAYS], 12)
    dropped = {day: rng.uniform(0.05, 0.6) for day in sorted(chosen)}
    for day, share in dropped.items():
        days[day] = max(1, int(usual[day] * share))
    return days, dropped


def test_in_a_year_every_drop_is_found_the_next_day_and_at_most_one_day_is_told_wrongly(warehouse: Any) -> None:
    set_limits(warehouse, live_count_bytes=-1)
    days, dropped = a_year(random.Random(1))
    load(warehouse, days)
    warehouse.execute("select pg_stat_force_next_flush()")
    warehouse.execute("select ops.refresh_source_counts()")

    found = {row[0] for row in warehouse.execute(VERDICTS, [FIRST + DAY, FIRST + 365 * DAY])}

    assert dropped.keys() - found == set()
    assert len(found - dropped.keys()) <= 1, sorted(found - dropped.keys())


def found_in(warehouse: Any, days: dict[date, int]) -> set[date]:
    """The days of a year whose rows are too few."""
    return {
        row[0]
        for row in warehouse.execute(
            "with volumes as ("
            " select array_agg(row(%s, day.day, day.rows_count, null)::ops.source_volumes) as seen"
            " from unnest(%s::date[], %s::integer[]) as day (day, rows_count)"
            ") select day::date from volumes cross join generate_series(%s::timestamp, %s::timestamp, '1 day') as day"
            " cross join lateral ops.usual_volumes(day::date, 'PE', volumes.seen) as volume"
            " where volume.rows_of_day < volume.least_rows",
            [SOURCE, list(days), list(days.values()), FIRST, FIRST + 364 * DAY],
        )
    }


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS.keys())
def test_of_ten_years_of_any_source_less_than_one_day_a_year_is_told_wrongly_and_large_drops_are_found(
    warehouse: Any, kind: Kind, figure: Callable[[str], None]
) -> None:
    wrong: list[int] = []
    seen, missed = 0, []
    for seed in range(1, 11):
        days, dropped = a_year(random.Random(seed), kind)
        found = found_in(warehouse, days)
        wrong.append(len(found - dropped.keys()))
        seen += len(found & dropped.keys())
        missed += [share for day, share in dropped.items() if share <= kind.found_below and day not in found]
    source = f"{kind.rows} rows, {kind.noise:.0%} noise{' and chance' if kind.by_chance else ''}"
    figure(f"volume of {source}: {sum(wrong)} days of 10 years told wrongly, {seen} of 120 drops by 40 to 95 % found")
    assert missed == []
    assert sum(wrong) < 10
    assert max(wrong) <= (1 if kind is STEADY else 2), wrong


def weeks(rows: int, *, until: date, number: int = 8) -> dict[date, int]:
    """The same number of rows on each day of some weeks before a day."""
    return {until - back * DAY: rows for back in range(1, 7 * number + 1)}


def figures(warehouse: Any, moment: datetime) -> tuple[Any, ...] | None:
    return warehouse.execute(
        "select volume_day, rows_of_day, usual_rows, least_rows from ops.measure_sources(%s::timestamp at time zone"
        " 'America/Lima') where source_name = %s",
        [moment, SOURCE],
    ).fetchone()


@pytest.mark.parametrize(
    ("rows", "is_dropped"), [(75, False), (74, True), (1, True), (0, False), (100, False), (1000, False)]
)
def test_fewer_than_the_least_are_too_few_and_none_at_all_is_late(warehouse: Any, rows: int, is_dropped: bool) -> None:
    day = date(2026, 3, 10)
    load(warehouse, {**weeks(100, until=day), day: rows, day + DAY: 100})
    moment = datetime(2026, 3, 11, 9, 5)  # noqa: DTZ001  local clock

    assert ("YELLOW_VOLUME_DROP" in status(warehouse, SOURCE, moment).states) is is_dropped
    assert figures(warehouse, moment) == ((day, rows, 100, 75) if rows else (None, None, None, None))


@pytest.mark.parametrize(("usual", "number"), [(19, 8), (100, 3)])
def test_of_few_rows_or_few_weeks_nothing_is_usual(warehouse: Any, usual: int, number: int) -> None:
    day = date(2026, 3, 10)
    load(warehouse, {**weeks(usual, until=day, number=number), day: 1})

    assert "YELLOW_VOLUME_DROP" not in status(warehouse, SOURCE, datetime(2026, 3, 11, 1)).states  # noqa: DTZ001


@pytest.mark.parametrize(
    ("country", "earlier", "is_told"),
    [("PE", 30, False), ("CO", 30, True), ("PE", 75, True), ("PE", 74, False)],
)
def test_a_holiday_may_be_quiet_unless_earlier_ones_were_not(
    warehouse: Any, country: str, earlier: int, is_told: bool
) -> None:
    day = date(2026, 7, 28)
    set_limits(warehouse, country=country)
    quiet = {date(2026, 6, 7), date(2026, 6, 29), date(2026, 7, 23)}
    load(warehouse, {**weeks(100, until=day), **dict.fromkeys(quiet, earlier), day: 20})

    moment = datetime(2026, 7, 29, 1)  # noqa: DTZ001  local clock
    assert ("YELLOW_VOLUME_DROP" in status(warehouse, SOURCE, moment).states) is is_told


@pytest.mark.parametrize(
    ("country", "holidays"),
    [
        ("PE", ["2025-04-17", "2025-04-18", "2026-04-02", "2026-04-03", "2027-03-26", "2026-07-28", "2026-12-25"]),
        ("CO", ["2026-01-12", "2026-03-23", "2026-04-03", "2026-05-18", "2026-06-08", "2026-06-15", "2026-06-29",
                "2026-07-20", "2026-08-17", "2026-10-12", "2026-11-02", "2026-11-16", "2027-01-11"]),
    ],
)  # fmt: skip
def test_holidays_are_known_also_those_that_move(warehouse: Any, country: str, holidays: list[str]) -> None:
    known = warehouse.execute(
        "select array_agg(day::text order by day) from unnest(%s::date[]) as day where ops.is_holiday(day, %s)",
        [holidays, country],
    ).fetchone()
    assert known == (sorted(holidays),)
    assert warehouse.execute("select ops.is_holiday('2026-03-10', %s)", [country]).fetchone() == (False,)


@pytest.fixture
def watched(warehouse: Any) -> Watchtower:
    """Health checks watch one source, which has a hundred rows of each day up to today."""
    tower = Watchtower(warehouse)
    tower.all_is_well()
    load(warehouse, {(tower.now - back * DAY).date(): 100 for back in range(10)})
    return tower


def source_state(tower: Watchtower) -> str:
    return tower.state(f"source.{SOURCE}")[1]


def test_many_rows_gone_at_once_are_told_with_how_many_there_were(watched: Watchtower) -> None:
    watched.check()
    assert source_state(watched) != "YELLOW_VOLUME_DROP"
    watched.warehouse.execute("delete from public.module_ct_scouting_daily where id > 599")
    watched.check(timedelta(minutes=15))

    row = watched.warehouse.execute(
        "select value, limit_value, details -> 'states' from ops.v_check_results where subject = %s", [SOURCE]
    ).fetchone()
    assert row is not None
    assert "YELLOW_VOLUME_DROP" in row[2]
    assert (row[0]["rows_count"], row[1]["before_count"]) == (599, 1000)


def test_forty_percent_gone_is_still_the_better_state(watched: Watchtower) -> None:
    watched.check()
    watched.warehouse.execute("delete from public.module_ct_scouting_daily where id > 600")
    watched.check(timedelta(minutes=15))
    assert "DROP" not in source_state(watched)


def test_a_source_that_is_emptied_is_told_as_emptied_with_what_it_had(watched: Watchtower) -> None:
    watched.check()
    watched.warehouse.execute("truncate public.module_ct_scouting_daily")
    watched.check(timedelta(minutes=15))

    assert watched.state(f"source.{SOURCE}") == ("RED", "RED_SOURCE_EMPTIED")
    problem = watched.mail.facts[-1]["problems"]
    (emptied,) = (one for one in problem if one["check"] == f"source.{SOURCE}")
    assert emptied["limit"]["before_count"] == 1000


def test_a_table_that_is_reloaded_every_night_is_compared_with_what_was_seen(watched: Watchtower) -> None:
    """All its rows are of today; what came on other days only the health checks know."""
    for _ in range(40):
        watched.now += DAY
        watched.warehouse.execute("truncate public.module_ct_scouting_daily")
        load(watched.warehouse, {watched.now.astimezone(LIMA).date(): 500})
        watched.warehouse.execute("select ops.record_source_volumes(%s)", [watched.now])
    watched.now += DAY
    watched.warehouse.execute("truncate public.module_ct_scouting_daily")
    load(watched.warehouse, {watched.now.astimezone(LIMA).date(): 280})
    watched.warehouse.execute("select ops.record_source_volumes(%s)", [watched.now])
    row = watched.warehouse.execute(
        "select rows_of_day, usual_rows from ops.measure_sources(%s) where source_name = %s",
        [watched.now + DAY, SOURCE],
    ).fetchone()
    assert row == (280, 500)
