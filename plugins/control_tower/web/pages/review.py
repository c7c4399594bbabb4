"""`/review`: one case after the other, with all evidence on one screen, decided without waiting for a run."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Query, Request
from fastapi.responses import HTMLResponse, JSONResponse
from pydantic import Field

from control_tower.web.api.review import day_decisions
from control_tower.web.api_errors import ApiError
from control_tower.web.language import language_of
from control_tower.web.models.review import CaseKind
from control_tower.web.pages.form_fields import PageQuery
from control_tower.web.pages.rendering import page
from control_tower.web.pages.review_cases import CaseReader, ShownCase, record_names
from control_tower.web.params import Number, Text
from control_tower.web.permissions import CurrentUser, CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import pages as ask_pages
from control_tower.web.queries import review_cases as ask

router = readers_router("identity_ingestion", prefix="/review", include_in_schema=False)

AT_ONCE = 30
"""Cases of the queue that the page knows; it asks for more before they end."""

AT_ONCE_IN_BULK = 100
"""Most cases on the page of bulk decisions."""

MOST_OF_A_DAY = 200
"""Decisions of a day that are shown, the newest."""

AGES = (1, 7, 30, 90)
"""Least ages in days that can be chosen."""


class ReviewQuery(PageQuery):
    """Which cases."""

    kind: CaseKind | None = None
    reason_code: Text | None = None
    scout_id: Number | None = None
    park_id: Text | None = None
    min_amount: float | None = Field(None, ge=0, le=1e12, allow_inf_nan=False)
    min_days: int | None = Field(None, ge=0, le=36500)

    def filters(self, current_user: CurrentUser) -> dict[str, Any]:
        """The parameters of the queue: conflicts only for who may read the attribution."""
        kinds = [self.kind] if self.kind else list(ask.CASE_KINDS)
        if not current_user.may("GET", "scout_attribution_refresh"):
            kinds = [kind for kind in kinds if kind not in ("CONFLICT", "UNEXPLAINED_PAYMENT")]
        return {"kinds": kinds, **self.model_dump(exclude={"kind", "lang"})}

    @property
    def is_filtered(self) -> bool:
        """Whether a filter beside kind and reason is on."""
        return any(self.model_dump(exclude={"kind", "lang", "reason_code"}).values())


class QueueQuery(ReviewQuery):
    """Which part of the queue."""

    skip: int = Field(0, ge=0, le=100_000)

    def filters(self, current_user: CurrentUser) -> dict[str, Any]:
        """The parameters of the queue."""
        found = super().filters(current_user)
        found.pop("skip")
        return found


class CaseQuery(PageQuery):
    """Which case."""

    case_kind: CaseKind
    case_key: Text


class BulkQuery(ReviewQuery):
    """Which cases are to be decided alike: of one kind and one reason."""

    kind: CaseKind
    reason_code: Text


def _key(case: dict[str, Any]) -> dict[str, str]:
    return {"kind": case["case_kind"], "key": case["case_key"]}


@router.get("")
def review(request: Request, current_user: CurrentUserDep, query: Annotated[ReviewQuery, Query()]) -> HTMLResponse:
    """The first case of the queue; the script goes on from there."""
    filters = query.filters(current_user)
    with connection_pools().reading() as connection:
        waiting = ask.queue(connection, filters, skip=0, size=AT_ONCE)
        of_all_kinds = query.model_copy(update={"kind": None, "reason_code": None})
        counts = ask.counts(connection, of_all_kinds.filters(current_user))
        reader = CaseReader(connection, current_user, language_of(request))
        first = _first(reader, waiting)
        scouts, _names = ask_pages.names(connection, current_user, [query.scout_id], ())
    return page(
        request,
        "review.html",
        shown=first,
        queue=[_key(case) for case in waiting],
        counts=counts,
        most=ask.MOST_COUNTED,
        kinds=ask.CASE_KINDS,
        ages=AGES,
        chosen=query,
        scouts=scouts,
        may=_may(current_user),
    )


def _first(reader: CaseReader, waiting: list[dict[str, Any]]) -> ShownCase | None:
    """The first case that is still there when it is read."""
    for case in waiting[:5]:
        found = reader.read(case["case_kind"], case["case_key"])
        if found is not None:
            return found
    return None


def _may(current_user: CurrentUser) -> dict[str, bool]:
    decides_scouts = current_user.may("POST", "resolve_scout_conflict")
    decides_records = current_user.may("POST", "resolve_unmatched_lead")
    return {"decide": decides_scouts or decides_records, "scouts": decides_scouts, "records": decides_records}


@router.get("/queue")
def queue(current_user: CurrentUserDep, query: Annotated[QueueQuery, Query()]) -> JSONResponse:
    """Keys of the next cases, `skip` of them left out, and how many there are of each kind."""
    filters = query.filters(current_user)
    with connection_pools().reading() as connection:
        waiting = ask.queue(connection, filters, skip=query.skip, size=AT_ONCE)
    return JSONResponse([_key(case) for case in waiting], headers={"Cache-Control": "no-store"})


@router.get("/case")
def case(request: Request, current_user: CurrentUserDep, query: Annotated[CaseQuery, Query()]) -> HTMLResponse:
    """One case, to be put into the page. Each look is kept on record.

    Raises:
        ApiError: GONE: it is closed.
    """
    if query.case_kind in ("CONFLICT", "UNEXPLAINED_PAYMENT") and not current_user.may(
        "GET", "scout_attribution_refresh"
    ):
        raise ApiError("FORBIDDEN")
    with connection_pools().reading() as connection:
        found = CaseReader(connection, current_user, language_of(request)).read(query.case_kind, query.case_key)
    if found is None:
        raise ApiError("NOT_FOUND")
    return page(request, "review_case.html", shown=found)


@router.get("/bulk")
def bulk(request: Request, current_user: CurrentUserDep, query: Annotated[BulkQuery, Query()]) -> HTMLResponse:
    """Cases of one kind and one reason, to be decided alike after a look at what that does."""
    with connection_pools().reading() as connection:
        waiting = ask.queue(connection, query.filters(current_user), skip=0, size=AT_ONCE_IN_BULK)
        versions = ask.versions(connection, waiting)
        scout_ids = [scout for case in waiting for scout in case["scout_ids"]]
        scouts, persons = ask_pages.names(connection, current_user, scout_ids, [case["person_key"] for case in waiting])
        keys = [(case["source_table"], case["source_pk"]) for case in waiting if case["source_table"]]
        records = record_names(connection, current_user, keys)
    return page(
        request,
        "review_bulk.html",
        cases=waiting,
        versions=versions,
        persons=persons,
        records=records,
        scouts=scouts,
        chosen=query,
        may=_may(current_user),
    )


class TodayQuery(PageQuery):
    """Whose decisions."""

    by: Literal["me", "all"] = "me"


@router.get("/today")
def today(request: Request, current_user: CurrentUserDep, query: Annotated[TodayQuery, Query()]) -> HTMLResponse:
    """What was decided today, by the reader or by all, each with its undo."""
    found = day_decisions(current_user, language_of(request), ask.local_today(), query.by, MOST_OF_A_DAY)
    keys = [(one.source_table, one.source_pk) for one in found.items if one.source_table and one.source_pk]
    with connection_pools().reading() as connection:
        _scouts, persons = ask_pages.names(connection, current_user, (), (one.person_key for one in found.items))
        records = record_names(connection, current_user, keys)
    return page(request, "review_today.html", found=found, persons=persons, records=records, chosen=query)
