"""`/scouts`: what each scout brought, is due and was paid, what is worth a look, and finding one by name."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query
from pydantic import AfterValidator, Field, StringConstraints

from control_tower.identity.scout_names import without_scout_word
from control_tower.web.api.lists import list_routes, sort_field
from control_tower.web.api_errors import Problem
from control_tower.web.models.scouts import Scout, SuggestedScouts
from control_tower.web.params import LARGEST_INTEGER, ListQuery, Number, Strict, Text
from control_tower.web.permissions import readers_router
from control_tower.web.pool import connection_pools
from control_tower.web.queries import scouts as ask

router = readers_router("scout_attribution_refresh", prefix="/scouts", tags=["scouts"])

ScoutId = Annotated[int, Path(ge=0, le=LARGEST_INTEGER, description="The scout's number.")]
Signal = Literal["SCOUT_IS_DRIVER", "SCOUT_PHONE_IN_LEADS", "ONE_DAY", "SAME_PHONE", "SAME_PLATE"]
PaymentStatus = Literal["PENDING", "ELIGIBLE", "BLOCKED"]

_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "No scout has this number."}}


class ScoutsQuery(ListQuery):
    """Which scouts."""

    q: Annotated[Text, AfterValidator(without_scout_word)] | None = Field(
        None, description="The number, or words that the name has or that its words begin with."
    )
    is_active: bool | None = Field(None, description="Only those that are, or are not, active in the list of scouts.")
    signals_only: bool = Field(False, description="Only scouts with something worth a look.")
    sort: str | None = sort_field(ask.SCOUTS)


class SignalsQuery(ListQuery):
    """Which signals."""

    scout_id: Number | None = None
    signal: Signal | None = None
    sort: str | None = sort_field(ask.SIGNALS)


class ScoutPersonsQuery(ListQuery):
    """Which of the persons whom a scout brought."""

    payment_status: PaymentStatus | None = None
    in_doubt: bool | None = Field(None, description="Only those with, or without, a contested record.")
    sort: str | None = sort_field(ask.PERSONS)


class SignalRowsQuery(ListQuery):
    """Which rows behind the signals of a scout."""

    signal: Signal | None = None
    sort: str | None = sort_field(ask.SIGNAL_ROWS)


class SuggestQuery(Strict):
    """What was typed into a picker."""

    q: Annotated[str, StringConstraints(max_length=100, pattern=r"^[^\x00]*$"), AfterValidator(without_scout_word)] = (
        Field("", description="Part of a number, or words of a name with errors and in any order.")
    )


list_routes(router, "", ask.SCOUTS, ScoutsQuery, "Scouts")
list_routes(router, "/signals", ask.SIGNALS, SignalsQuery, "ScoutSignals")


@router.get("/suggest")
def suggest(query: Annotated[SuggestQuery, Query()]) -> SuggestedScouts:
    """Scouts whose name or number fits what was typed, at most eight, the best first."""
    with connection_pools().reading() as connection:
        return SuggestedScouts(items=ask.suggested(connection, query.q))


@router.get("/{scout_id}", responses=_UNKNOWN)
def scout(scout_id: ScoutId) -> Scout:
    """A scout: what they brought, how well it holds, what is due and paid, and what is worth a look."""
    with connection_pools().reading() as connection:
        return ask.scout(connection, scout_id)


def _of_scout(scout_id: ScoutId) -> dict[str, Any]:
    return {"scout_id": scout_id}


list_routes(router, "/{scout_id}/persons", ask.PERSONS, ScoutPersonsQuery, "ScoutPersons", within=_of_scout)
list_routes(router, "/{scout_id}/signals", ask.SIGNAL_ROWS, SignalRowsQuery, "SignalRows", within=_of_scout)
