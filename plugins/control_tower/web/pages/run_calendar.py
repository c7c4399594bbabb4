"""The calendar of runs: a row per day, a column per slot of the schedule, and in it the runs that began then.

A slot that has passed without a run is a gap. Slots are as long as the time between two runs of the job's own schedule;
a DAG with another schedule fills them otherwise, and its gaps say no more than that nothing began.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from control_tower.jobs import JOBS, JobType

HOURS: Mapping[JobType, int] = {"identity_run": 6, "scout_attribution_refresh": 4}
"""Hours between two runs of each job."""

DAYS = 14


@dataclass(frozen=True)
class Run:
    """A run in the calendar; `began` is local."""

    run_id: int
    status: str
    began: datetime
    seconds: int | None


@dataclass(frozen=True)
class Slot:
    """A part of a day, from one hour to another; `is_gap`: it is over and nothing began in it."""

    first_hour: int
    last_hour: int
    runs: list[Run]
    is_gap: bool


@dataclass(frozen=True)
class CalendarDay:
    """A day of a job, and how many runs began on it."""

    day: date
    slots: list[Slot]
    total: int


@dataclass(frozen=True)
class Calendar:
    """The days of a job, the newest first; `hours` are those at which its slots begin."""

    job_type: JobType
    hours: list[int]
    days: list[CalendarDay]


def calendars(runs: Sequence[Mapping[str, Any]], now: datetime, days: int = DAYS) -> list[Calendar]:
    """The calendar of each job.

    Args:
        runs: Rows of `web/runs/recent_runs.sql`, the oldest first.
        now: The local time, without a zone.
        days: So many days until today.
    """
    found = []
    for job in JOBS:
        hours = list(range(0, 24, HOURS[job]))
        placed: dict[tuple[date, int], list[Run]] = {}
        first_seen: datetime | None = None
        for row in runs:
            began: datetime = row["local_start"]
            if row["job_type"] == job:
                first_seen = first_seen or began
                run = Run(row["run_id"], row["status"], began, row["duration_seconds"])
                placed.setdefault((began.date(), began.hour // HOURS[job]), []).append(run)
        shown = []
        for back in range(days):
            day = now.date() - timedelta(days=back)
            slots = []
            for number, hour in enumerate(hours):
                ends = datetime.combine(day, datetime.min.time()) + timedelta(hours=hour + HOURS[job])
                in_slot = placed.get((day, number), [])
                is_gap = not in_slot and ends <= now and first_seen is not None and ends > first_seen
                slots.append(Slot(hour, hour + HOURS[job], in_slot, is_gap))
            shown.append(CalendarDay(day, slots, sum(len(slot.runs) for slot in slots)))
        found.append(Calendar(job, hours, shown))
    return found
