"""The note on every page while something is yellow or red: what, since when, who has it, and where it is mended."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from fastapi import Request

from control_tower.errors import ControlTowerError
from control_tower.web.listing import ttl_cache
from control_tower.web.permissions import CurrentUserDep
from control_tower.web.pool import connection_pools
from control_tower.web.sql_files import execute_prepared


@dataclass(frozen=True)
class Trouble:
    """A check that is yellow or red.

    Attributes:
        check_name: The check.
        state: Its state.
        severity: YELLOW or RED.
        since: Since when.
        muted_until: Until when nobody is notified of it.
        acknowledged_by: Who takes care of its alert.
        acknowledged_at: Since when they do.
        opened_at: When its alert was opened.
    """

    check_name: str
    state: str
    severity: str
    since: datetime
    muted_until: datetime | None
    acknowledged_by: str | None
    acknowledged_at: datetime | None
    opened_at: datetime | None

    @property
    def place(self) -> str:
        """The page, below the application, where it is explained and mended."""
        return place_of(self.check_name)


def place_of(check_name: str) -> str:
    """The page of a check, below the application: that of its source, if it is about one."""
    group, _, subject = check_name.partition(".")
    return f"/sources/{subject}" if group == "source" else f"/checks/{check_name}"


_last_known: tuple[datetime, list[Trouble]] | None = None


def last_known() -> tuple[datetime, list[Trouble]] | None:
    """What this process last read, and when; None: nothing since it began."""
    return _last_known


def note_health(request: Request, current_user: CurrentUserDep) -> None:
    """A dependency of pages: what is yellow or red, for the template of the page; nothing where it cannot be read.

    A page that cannot read it has its own way to say so.
    """
    if request.method != "GET" or not current_user.may("GET", "pipeline_health"):
        return
    try:
        request.state.health_note = troubles()
    except ControlTowerError:
        return


def troubles() -> list[Trouble]:
    """Checks that are yellow or red, the worst first; remembered for moments (see `listing.TTLCache`)."""

    def read() -> list[Trouble]:
        global _last_known  # noqa: PLW0603 - one per process
        with pools.reading() as connection:
            found = [Trouble(**row) for row in execute_prepared(connection, "web/health/health_note.sql")]
        _last_known = (datetime.now(UTC), found)
        return found

    pools = connection_pools()  # not a session: what is remembered needs none
    return ttl_cache.get((pools, "health_note"), read)
