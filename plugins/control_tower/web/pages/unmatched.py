"""`/unmatched`: records without a person, and contested ones, with their candidates side by side for a human."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from control_tower.sources import SOURCE_TABLES
from control_tower.web.api import identity as api
from control_tower.web.api.lists import page_in
from control_tower.web.api.search import Search, search_unmatched
from control_tower.web.api_errors import ApiError
from control_tower.web.explain import Explainer
from control_tower.web.language import language_of
from control_tower.web.models.identity import WaitingRecord
from control_tower.web.pages.calibration import reliability
from control_tower.web.pages.decisions import shown_decisions
from control_tower.web.pages.form_fields import ListPageQuery, Order, PageQuery
from control_tower.web.pages.rendering import page
from control_tower.web.pages.waterfall import Waterfall, Weigher
from control_tower.web.params import SourceTable, Text
from control_tower.web.permissions import CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import identity as ask
from control_tower.web.queries import pages as ask_pages
from control_tower.web.queries.attribution import has_persons as has_any_person

router = readers_router("identity_ingestion", prefix="/unmatched", include_in_schema=False)

COMPARED = ("name", "phone", "license", "plate")
"""What of a record is put beside what of a candidate."""


class RecordsQuery(api.UnmatchedQuery, ListPageQuery):
    """Which records."""


class ContestedQuery(api.ContestedQuery, ListPageQuery):
    """Which contested records."""


class RecordQuery(PageQuery):
    """Which record."""

    source_table: SourceTable
    source_pk: Text


@router.get("")
def unmatched(request: Request, current_user: CurrentUserDep, query: Annotated[RecordsQuery, Query()]) -> HTMLResponse:
    """The records, and how many there are per reason."""
    with connection_pools().reading() as connection:
        of_all_reasons = {**query.filters(), "reason_code": None}
        totals = ask.UNMATCHED.totals(connection, "web/identity/unmatched_totals.sql", of_all_reasons)
        found = page_in(
            connection,
            ask.UNMATCHED,
            current_user,
            query,
            total=sum(row["records"] for row in totals if query.reason_code in (None, row["reason_code"])),
        )
        calibration = ask.calibration(connection)
        has_persons = bool(found.rows) or has_any_person(connection)
    return page(
        request,
        "unmatched.html",
        found=found,
        chosen=query,
        order=Order.of(ask.UNMATCHED, query.sort),
        export=query.export(),
        totals=totals,
        has_persons=has_persons,
        reliability=reliability(calibration, language_of(request)),
        sources=SOURCE_TABLES,
    )


@router.get("/contested")
def contested(
    request: Request, current_user: CurrentUserDep, query: Annotated[ContestedQuery, Query()]
) -> HTMLResponse:
    """Links that later evidence speaks against and overwritten rows, the oldest first."""
    with connection_pools().reading() as connection:
        found = page_in(connection, ask.CONTESTED, current_user, query)
        _, names = ask_pages.names(connection, current_user, (), (row.person_key for row in found.rows))
        weigher = Weigher(language_of(request), *ask_pages.weights(connection, current_user))
        has_persons = bool(found.rows) or has_any_person(connection)
    return page(
        request,
        "contested.html",
        found=found,
        has_persons=has_persons,
        chosen=query,
        order=Order.of(ask.CONTESTED, query.sort),
        export=query.export(),
        names=names,
        weighed=[_weighed_of(weigher, row.candidates) for row in found.rows],
        sources=SOURCE_TABLES,
    )


@router.post("/search")
def search(request: Request, current_user: CurrentUserDep, search: Search) -> HTMLResponse:
    """What a search found, to be shown below its form. What is searched for is never in an address."""
    found = search_unmatched(current_user, search)
    return page(request, "unmatched_found.html", found=found)


@router.get("/record")
def record(request: Request, current_user: CurrentUserDep, query: Annotated[RecordQuery, Query()]) -> HTMLResponse:
    """One record with its candidates: what agrees, what contradicts; and what was decided."""
    with connection_pools().reading() as connection:
        found = ask_pages.waiting_record(connection, current_user, query.source_table, query.source_pk)
        if found is None:
            raise ApiError("UNKNOWN_RECORD")
        preview = found.candidates_preview
        previews = [part for part in preview if isinstance(part, dict)] if isinstance(preview, list) else []
        driver_ids = [str(part["driver_id"]) for part in previews if part.get("driver_id")]
        accounts = ask_pages.accounts(connection, current_user, driver_ids)
        weigher = Weigher(language_of(request), *ask_pages.weights(connection, current_user))
        decisions = ask_pages.record_decisions(connection, current_user, query.source_table, query.source_pk)
    return page(
        request,
        "unmatched_record.html",
        record=found,
        candidates=[
            {**_candidate(found, part, accounts), "weighed": weighed}
            for part, weighed in zip(previews, weighed_candidates(weigher, previews, found.name), strict=True)
        ],
        sees=current_user.sees_personal_data,
        decisions=shown_decisions(decisions, Explainer(language_of(request)), {}, None),
        may_decide=current_user.may("POST", "resolve_unmatched_lead"),
    )


def weighed_candidates(
    weigher: Weigher, previews: list[dict[str, Any]], record_name: str | None
) -> list[Waterfall | None]:
    """What the probability of each candidate is made of: the first compared with the second, all others with it."""
    rivals = [*previews[1:2], *previews[:1] * (len(previews) - 1)] if len(previews) > 1 else [None]
    return [weigher.waterfall(one, record_name, rival) for one, rival in zip(previews, rivals, strict=False)]


def _weighed_of(weigher: Weigher, candidates: Any) -> list[tuple[dict[str, Any], Waterfall]]:
    """The candidates of a contested record that were weighed."""
    previews = [one for one in candidates if isinstance(one, dict)] if isinstance(candidates, list) else []
    shown = zip(previews, weighed_candidates(weigher, previews, None), strict=False)
    return [(one, weighed) for one, weighed in shown if weighed is not None]


def _candidate(record: WaitingRecord, preview: dict[str, Any], accounts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A candidate: what it carries, and for each value whether it is that of the record (None: nothing to compare)."""
    driver_id = str(preview.get("driver_id") or "")
    account = accounts.get(driver_id, {})
    return {
        # what was not compared is not written: a record without a name has no verdict on it
        **dict.fromkeys(("rule", "names", "similarity", "probability")),
        **preview,
        "driver_id": driver_id or None,
        "person_key": preview.get("person_key") or account.get("person_key"),
        "values": {
            "name": account.get("name") or preview.get("driver_name"),
            **{kind: account.get(kind) for kind in COMPARED[1:]},
        },
        "car": " ".join(filter(None, (account.get("brand"), account.get("model")))),
        "hire_date": account.get("hire_date"),
        "agrees": {
            kind: getattr(record, kind) == account[kind]
            for kind in COMPARED[1:]
            if getattr(record, kind) and account.get(kind)
        },
    }
