"""Who may see and do what: Airflow's own permissions on the DAG concerned, and roles for personal data.

Reading a part of the web needs Airflow's right to read the DAG that produces it; an action needs the right to start
runs of the DAG that carries it out. Phones, licences, plates and names are for the roles of
`CONTROL_TOWER_PERSONAL_DATA_ROLES`; for everybody else they are masked.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Literal

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.configuration import conf
from airflow.models.dag import DagModel
from fastapi import APIRouter, Depends, Request

from control_tower.settings import get_settings
from control_tower.web.api_errors import ApiError

DagId = Literal[
    "identity_ingestion",
    "scout_attribution_refresh",
    "pipeline_health",
    "resolve_scout_conflict",
    "resolve_unmatched_lead",
    "close_liquidation_period",
    "split_merged_person",
    "revert_backfill",
    "estimate_weights",
    "rehearse",
]

MONITOR = "monitor"
"""Name of the user who came with `CONTROL_TOWER_MONITOR_TOKEN`."""


@dataclass(frozen=True)
class CurrentUser:
    """Who sends the request; `user` is None for the monitor, which `AuthMiddleware` lets read the health alone."""

    name: str
    user: BaseUser | None
    sees_personal_data: bool

    def may(self, method: Literal["GET", "POST"], dag_id: DagId) -> bool:
        """Whether Airflow lets them read (GET) or start (POST) runs of a DAG."""
        if self.user is None:
            return False
        team = DagModel.get_team_name(dag_id) if _has_teams() else None
        return bool(
            get_auth_manager().is_authorized_dag(
                method=method,
                access_entity=DagAccessEntity.RUN,
                details=DagDetails(id=dag_id, team_name=team),
                user=self.user,
            )
        )


@cache
def _has_teams() -> bool:
    """Whether DAGs of this Airflow belong to teams."""
    return bool(conf.getboolean("core", "multi_team"))


def current_user_of(user: BaseUser) -> CurrentUser:
    """The current user behind Airflow's user."""
    allowed = {role.strip().casefold() for role in get_settings().personal_data_roles.split(",")}
    return CurrentUser(user.get_name(), user, bool(roles_of(user) & allowed))


def roles_of(user: BaseUser) -> set[str]:
    """Names of a user's roles, lower-case, as Airflow's auth managers keep them; empty when they keep none.

    The simple auth manager has `role`; FAB has `roles` with names.
    """
    roles = getattr(user, "roles", None) or [getattr(user, "role", None)]
    return {str(getattr(role, "name", role)).casefold() for role in roles if role}


async def current_user(request: Request) -> CurrentUser:
    """Who sent this request, as `AuthMiddleware` found out. A coroutine, so that it needs no thread."""
    found: CurrentUser = request.state.current_user
    return found


CurrentUserDep = Annotated[CurrentUser, Depends(current_user)]


def readers_router(dag_id: DagId, **options: Any) -> APIRouter:
    """A router for those who may read what a DAG produces; it checks them before it validates the parameters."""

    def may_read(current_user: CurrentUserDep) -> None:
        if current_user.user is not None and not current_user.may("GET", dag_id):
            raise ApiError("FORBIDDEN")

    return APIRouter(dependencies=[Depends(may_read)], **options)


def starts(*dag_ids: DagId) -> Callable[[CurrentUser], None]:
    """A dependency: the user may start runs of one of these DAGs."""

    def may_start(current_user: CurrentUserDep) -> None:
        if not any(current_user.may("POST", dag_id) for dag_id in dag_ids):
            raise ApiError("FORBIDDEN")

    return may_start
