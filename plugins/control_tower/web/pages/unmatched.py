"""`/unmatched`: records without a person, and contested ones, with their candidates side by side for a human."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import HTMLResponse

from control_tower.sources import SOURCE_TABLES
from control_tower.web.api import identity as api
from control_tower.web.api.lists import page_in
from control_tower.web.api.persons import Search, search_unmatched
from control_tower.web.api_errors import ApiError
from control_tower.web.language import language_of
from control_tower.web.models.identity import WaitingRecord
from control_tower.web.pages.decisions import shown_decisions
from control_tower.web.pages.explain import Explainer
from control_tower.web.pages.form_fields import ListPageQuery, Order, PageQuery
from control_tower.web.pages.rendering import page
from control_tower.web.params import SourceTable, Text
from control_tower.web.permissions import CurrentUserDep, readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import identity as ask
from control_tower.web.queries import pages as ask_pages

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
    return page(
        request,
        "unmatched.html",
        found=found,
        chosen=query,
        order=Order.of(ask.UNMATCHED, query.sort),
        totals=totals,
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
    return page(
        request,
        "contested.html",
        found=found,
        chosen=query,
        order=Order.of(ask.CONTESTED, query.sort),
        names=names,
        sources=SOURCE_TABLES,
    )


@router.post("/search")
def search(request: Request, current_user: CurrentUserDep, search: Search) -> HTMLResponse:
    """What a search found, to be shown below its form. What is searched for is never in an address."""
    found = search_unmatched(current_user, search)
    return page(request, "unmatched_found.html", found=found)


@router.get("/record")
def record(request: Request, current_user: CurrentUserDep, query: Annotated[RecordQuery, Query()]) -> HTMLResponse:
    """One record with its candidates: what agrees, what contradicts; and the form to decide."""
    with connection_pools().reading() as connection:
        found = ask_pages.waiting_record(connection, current_user, query.source_table, query.source_pk)
        if found is None:
            raise ApiError("UNKNOWN_RECORD")
        preview = found.candidates_preview
        previews = [part for part in preview if isinstance(part, dict)] if isinstance(preview, list) else []
        driver_ids = [str(part["driver_id"]) for part in previews if part.get("driver_id")]
        accounts = ask_pages.accounts(connection, current_user, driver_ids)
        decisions = ask_pages.record_decisions(connection, current_user, query.source_table, query.source_pk)
    return page(
        request,
        "unmatched_record.html",
        record=found,
        candidates=[_candidate(found, part, accounts) for part in previews],
        sees=current_user.sees_personal_data,
        decisions=shown_decisions(decisions, Explainer(language_of(request)), {}, None),
        may_decide=current_user.may("POST", "resolve_unmatched_lead"),
    )


def _candidate(record: WaitingRecord, preview: dict[str, Any], accounts: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """A candidate: what it carries, and for each value whether it is that of the record (None: nothing to compare)."""
    driver_id = str(preview.get("driver_id") or "")
    account = accounts.get(driver_id, {})
    return {
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
