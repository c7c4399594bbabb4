"""`/alerts`: what is wrong now and was before, who takes care, and silence with a reason and an end."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Depends, Path
from pydantic import Field

from control_tower.errors import MuteInvalid
from control_tower.monitoring import alert_actions
from control_tower.web.api.lists import list_routes, sort_field
from control_tower.web.api_errors import ApiError, Fault, Problem, refusal
from control_tower.web.models.health import Acknowledged, Lifted, Muted
from control_tower.web.params import ListQuery, Moment, Reason, Strict, Text
from control_tower.web.permissions import CurrentUserDep, readers_router, starts
from control_tower.web.pool import connection_pools
from control_tower.web.queries import health as ask

router = readers_router("pipeline_health", prefix="/alerts", tags=["alerts"])

AlertId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The alert's number.")]

MuteId = Annotated[int, Path(ge=1, le=2**63 - 1, description="The mute's number.")]

_MAY_ACT = [Depends(starts("pipeline_health"))]
_UNKNOWN: dict[int | str, dict[str, Any]] = {404: {"model": Problem, "description": "No open alert has this number."}}


class AlertQuery(ListQuery):
    """Which open alerts."""

    severity: Literal["YELLOW", "RED"] | None = None
    sort: str | None = sort_field(ask.ALERTS)


class HistoryQuery(ListQuery):
    """Which alerts."""

    cause: Text | None = Field(None, description="What they are about.")
    sort: str | None = sort_field(ask.ALERT_HISTORY)


class DeliveryQuery(ListQuery):
    """Which messages."""

    alert_id: int | None = Field(None, ge=1, le=2**63 - 1)
    status: Literal["PENDING", "SENT", "GIVEN_UP"] | None = None
    sort: str | None = sort_field(ask.DELIVERIES)


class MuteQuery(ListQuery):
    """Which mutes."""

    include_ended: bool = Field(False, description="Those that are over, too.")
    sort: str | None = sort_field(ask.MUTES)


class Acknowledgement(Strict):
    """Somebody takes care."""

    reason: Reason


class Mute(Strict):
    """Silence, until when and why."""

    until: Moment = Field(description="When it ends by itself, with its time zone; at most 90 days from now.")
    reason: Reason
    check: Text | None = Field(None, description="Silence only this check of the alert; by default all of its cause.")


class Unmute(Strict):
    """The end of a silence."""

    check: Text | None = Field(None, description="The check that was silenced alone; by default the cause.")


list_routes(router, "", ask.ALERTS, AlertQuery, "Alerts")
list_routes(router, "/history", ask.ALERT_HISTORY, HistoryQuery, "AlertHistory", name="history")
list_routes(router, "/deliveries", ask.DELIVERIES, DeliveryQuery, "Deliveries", name="deliveries")


list_routes(router, "/mutes", ask.MUTES, MuteQuery, "AlertMutes", name="mutes")


@router.post("/{alert_id}/acknowledge", dependencies=_MAY_ACT, responses=_UNKNOWN)
def acknowledge(current_user: CurrentUserDep, alert_id: AlertId, body: Acknowledgement) -> Acknowledged:
    """Take care of an open alert: it is not repeated, unless it gets worse."""
    done = alert_actions.acknowledge(alert_id, current_user.name, body.reason)
    return Acknowledged(
        alert_id=alert_id, cause=done.cause, acknowledged_by=done.who, acknowledged_at=done.at, reason=done.reason
    )


@router.post("/{alert_id}/mute", dependencies=_MAY_ACT, responses=_UNKNOWN)
def mute(current_user: CurrentUserDep, alert_id: AlertId, body: Mute) -> Muted:
    """Send no message about what is wrong in this open alert now, until a moment.

    Another state, and the same one after it was over, are notified. All is recorded and shown.
    """
    cause = _cause(alert_id, body.check)
    try:
        done = alert_actions.mute(body.check or cause, body.until, body.reason, current_user.name)
    except MuteInvalid as error:
        raise refusal(error, "body.until", days=alert_actions.MAX_MUTE.days) from error
    return Muted(
        alert_id=alert_id, cause=cause, check=body.check, muted_by=done.who, muted_until=done.until, reason=done.reason
    )


@router.post("/{alert_id}/unmute", status_code=204, dependencies=_MAY_ACT, responses=_UNKNOWN)
def unmute(current_user: CurrentUserDep, alert_id: AlertId, body: Unmute | None = None) -> None:
    """End the silence before its time."""
    check = body.check if body else None
    cause = _cause(alert_id, check)
    alert_actions.unmute(check or cause, current_user.name)


@router.post("/mutes/{mute_id}/lift", dependencies=_MAY_ACT, responses=_UNKNOWN)
def lift(current_user: CurrentUserDep, mute_id: MuteId) -> Lifted:
    """End a silence before its time, whatever became of what was muted."""
    done = alert_actions.lift(mute_id, current_user.name)
    return Lifted(
        mute_id=done.id, target=done.target, muted_by=done.who, reason=done.reason, ended_by=current_user.name
    )


def _cause(alert_id: int, check: str | None) -> str:
    """What an open alert is about.

    Raises:
        ApiError: UNKNOWN_ALERT; INVALID when the check is no part of the alert.
    """
    with connection_pools().reading() as connection:
        found = ask.cause_of(connection, alert_id, check)
    if found is None:
        raise ApiError("UNKNOWN_ALERT")
    cause, has_check = found
    if check is not None and not has_check:
        raise ApiError("INVALID", fields=[Fault(field="body.check", problem="not_of_the_alert")])
    return cause
