"""Writes decisions of the web at once, by the functions that the DAGs call; a DAG takes over what has to wait."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Mapping
from typing import Annotated, Any, Literal, NoReturn

from fastapi import BackgroundTasks, Depends
from starlette.concurrency import run_in_threadpool

from control_tower.decisions import Author, Decision, explain_payment, resolve_scout_conflict, resolve_unmatched_lead
from control_tower.decisions.money import derive_money, money_later
from control_tower.errors import CaseChanged, DatabaseBusy, DecisionRefused, PermissionMissing, RunAlreadyActive
from control_tower.i18n.catalogue import Language
from control_tower.operators import shared_session
from control_tower.web.api_errors import ApiError, code_of, refusal
from control_tower.web.dag_runs import DagRuns
from control_tower.web.explain import Explainer
from control_tower.web.models.identity import Started
from control_tower.web.models.review import Decided, Undo
from control_tower.web.permissions import CurrentUser
from control_tower.web.personal_data import shown
from control_tower.web.pool import connection_pools
from control_tower.web.queries import pages as ask_pages
from control_tower.web.queries.persons import DECISION

log = logging.getLogger(__name__)

DecisionDag = Literal["resolve_scout_conflict", "resolve_unmatched_lead"]
DecisionKind = Literal[DecisionDag, "explain_payment"]
"""Decisions that the web writes itself. Those of a DAG are handed over to it when they have to wait."""

FUNCTIONS: dict[DecisionKind, Callable[..., Decision]] = {
    "resolve_scout_conflict": resolve_scout_conflict,
    "resolve_unmatched_lead": resolve_unmatched_lead,
    "explain_payment": explain_payment,
}
"""The function of each kind."""

RIGHTS: dict[DecisionKind, DecisionDag] = {
    "resolve_scout_conflict": "resolve_scout_conflict",
    "resolve_unmatched_lead": "resolve_unmatched_lead",
    "explain_payment": "resolve_scout_conflict",
}
"""Per kind of decision, the DAG on which its author needs the right to trigger runs."""

UNDONE_BY = {
    "resolve_scout_conflict": "scouts/attribution/conflicts/{person_key}/resolve",
    "resolve_unmatched_lead": "unmatched/resolve",
    "explain_payment": "yango/cabinet/payments-without-claim/explain",
}
"""The route of the API that takes back a decision of a kind."""

CANNOT_NOW = (RunAlreadyActive, DatabaseBusy, PermissionMissing)
"""Why a DAG takes over: a run is active, a lock is held, or the web's database user may not write."""


async def _persons_later(tasks: BackgroundTasks) -> set[str]:
    persons: set[str] = set()
    tasks.add_task(follow, persons)
    return persons


PersonsLater = Annotated[set[str], Depends(_persons_later)]
"""Persons whose money is derived when the answer has left; a route fills it by `write`."""


def follow(persons: set[str]) -> None:
    """Derive the money of these persons, and empty the set."""
    derive_money(persons, connection_pools().deciding)
    persons.clear()


async def decide(
    dag_runs: DagRuns, dag_id: DecisionDag, asked: dict[str, Any], current_user: CurrentUser, persons: set[str]
) -> Decision | Started:
    """Write a decision as this user, or start the DAG that writes it; `asked` is the configuration of that DAG.

    Raises:
        ApiError: INVALID; PAUSED and others of `DagRuns.start`.
        DecisionRefused: for a reason that has a code of its own.
        DatabaseError: the database cannot be reached; nothing was written.
    """
    try:
        return await run_in_threadpool(write, dag_id, asked, current_user, persons)
    except CANNOT_NOW as error:
        log.info("A decision is left to the DAG %s: %s", dag_id, error)
    except DecisionRefused as error:
        refuse(error)
    return await dag_runs.start(dag_id, asked)


def write(
    kind: DecisionKind, asked: dict[str, Any], current_user: CurrentUser, persons: set[str], *, dry_run: bool = False
) -> Decision:
    """Write a decision, or try it; raises what the functions of the package raise.

    The persons whose money has to follow are added to `persons`.
    """
    with (
        connection_pools().deciding() as connection,
        shared_session(connection, ends_after_step=True),
        money_later(persons),
    ):
        return FUNCTIONS[kind](**asked, author=Author(current_user.name), dry_run=dry_run)


def refuse(error: DecisionRefused) -> NoReturn:
    """Raise the error of the API for a refusal of the package."""
    if isinstance(error, CaseChanged):
        if error.decided_by is not None and not error.is_open:
            raise ApiError("CASE_DECIDED", who=error.decided_by, when=error.decided_at) from error
        raise ApiError("CASE_CHANGED") from error
    if code_of(error) != "UNEXPECTED":
        raise error
    raise refusal(error) from error


def as_decided(
    decision: Decision, current_user: CurrentUser, language: Language, *, is_dry_run: bool = False
) -> Decided:
    """A decision as this user may see it, in their language."""
    with connection_pools().reading() as connection:
        scouts, _ = ask_pages.names(connection, current_user, scouts_named_in_states([decision.after]), ())
    states = shown({"before": decision.before, "after": decision.after}, DECISION, current_user)
    return Decided(
        decision_id=None if is_dry_run else decision.id,
        kind=decision.kind,
        person_key=decision.person_key,
        source_table=decision.source_table,
        source_pk=decision.source_pk,
        what=Explainer(language).decision(decision.kind, decision.after, scouts),
        before=states["before"],
        after=states["after"],
        notes=list(decision.notes),
        reason=decision.reason,
        decided_by=decision.decided_by,
        decided_at=decision.decided_at,
        undo=None
        if is_dry_run
        else undo_of(decision.id, decision.kind, decision.person_key, decision.source_table, decision.source_pk),
    )


def undo_of(
    decision_id: int, kind: str, person_key: object, source_table: str | None, source_pk: str | None
) -> Undo | None:
    """How a decision on a scout, a record or a payment is taken back; None: of another kind."""
    if kind not in UNDONE_BY:
        return None
    subject = subject_of(kind, source_table, source_pk)
    return Undo(path=UNDONE_BY[kind].format(person_key=person_key), body={**subject, "undo_decision": decision_id})


def subject_of(kind: str, source_table: str | None, source_pk: str | None) -> dict[str, str]:
    """The fields by which the route that takes a decision back knows what it was about, beside its path."""
    if source_table is None or source_pk is None:
        return {}
    return (
        {"payment_key": source_pk}
        if kind == "explain_payment"
        else {"source_table": source_table, "source_pk": source_pk}
    )


def scouts_named_in_states(states: Iterable[Any]) -> list[int]:
    """Numbers of the scouts that states after decisions name."""
    found: list[Any] = []
    for state in states:
        ledger = state.get("ledger") if isinstance(state, Mapping) else None
        found.append(ledger.get("attributed_scout_id") if isinstance(ledger, Mapping) else None)
    return [scout for scout in found if isinstance(scout, int)]
