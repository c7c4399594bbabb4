"""Who may see and do what: Airflow's own permissions on the DAG concerned, and roles for personal data.

Reading a part of the web needs Airflow's right to read the DAG that produces it; an action needs the right to start
runs of the DAG that carries it out. Phones, licences, plates and names are for the roles of
`CONTROL_TOWER_PERSONAL_DATA_ROLES`; for everybody else they are masked.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from functools import cache, wraps
from inspect import iscoroutinefunction, signature
from typing import Annotated, Any, Literal

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.auth.managers.models.base_user import BaseUser
from airflow.api_fastapi.auth.managers.models.resource_details import DagAccessEntity, DagDetails
from airflow.configuration import conf
from airflow.models.dag import DagModel
from fastapi import APIRouter, Depends, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from starlette.concurrency import run_in_threadpool

from control_tower.settings import get_settings
from control_tower.web.api_errors import ApiError

DagId = Literal[
    "identity_ingestion",
    "scout_attribution_refresh",
    "pipeline_health",
    "resolve_scout_conflict",
    "resolve_unmatched_lead",
]

MONITOR = "monitor"
"""Name of the visitor who came with `CONTROL_TOWER_MONITOR_TOKEN`."""


@dataclass(frozen=True)
class CurrentUser:
    """Who asks.

    Attributes:
        name: As Airflow shows it on runs.
        user: Airflow's user; None for the monitor, which is let to the health answer alone.
        sees_personal_data: Whether phones, licences, plates and names are shown.
    """

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
    """Whether DAGs of this Airflow belong to teams. Its configuration is that of its start."""
    return bool(conf.getboolean("core", "multi_team"))


def current_user_of(user: BaseUser) -> CurrentUser:
    """The visitor behind Airflow's user."""
    allowed = {role.strip().casefold() for role in get_settings().personal_data_roles.split(",")}
    return CurrentUser(user.get_name(), user, bool(roles_of(user) & allowed))


def roles_of(user: BaseUser) -> set[str]:
    """Names of a user's roles, lower-case, as Airflow's auth managers keep them; empty when they keep none.

    The simple auth manager has `role`; FAB has `roles` with names.
    """
    roles = getattr(user, "roles", None) or [getattr(user, "role", None)]
    return {str(getattr(role, "name", role)).casefold() for role in roles if role}


async def current_user(request: Request) -> CurrentUser:
    """Who sent this request; the guard in front of the app has made sure. It waits for nothing: no thread is needed."""
    found: CurrentUser = request.state.current_user
    return found


CurrentUserDep = Annotated[CurrentUser, Depends(current_user)]


def reads(dag_id: DagId) -> Callable[[CurrentUser], None]:
    """A dependency: the visitor may read what this DAG produces."""

    def may_read(current_user: CurrentUserDep) -> None:
        _refuse_unless_reader(current_user, dag_id)

    return may_read


def _refuse_unless_reader(current_user: CurrentUser, dag_id: DagId) -> None:
    if current_user.user is not None and not current_user.may("GET", dag_id):
        raise ApiError("FORBIDDEN")


def _route_for_readers(dag_id: DagId) -> type[APIRoute]:
    """Routes that tell what is wrong with a request to nobody but readers: others are not told what could be asked."""

    class ReadersRoute(APIRoute):
        def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
            answer = super().get_route_handler()

            async def answered(request: Request) -> Response:
                try:
                    return await answer(request)
                except RequestValidationError:
                    await run_in_threadpool(_refuse_unless_reader, await current_user(request), dag_id)
                    raise

            return answered

    return ReadersRoute


class ReadersRouter(APIRouter):
    """Routes for those who may read what a DAG produces.

    Airflow's answer may take a question to its database, and so is asked for on a thread; handing a request over to
    one and back costs as much as a small question. A route that runs on a thread and knows its visitor therefore asks
    there, before anything else; every other has a dependency that does.

    Args:
        dag_id: The DAG.
        options: As for any router.
    """

    def __init__(self, dag_id: DagId, **options: Any) -> None:
        self._dag_id = dag_id
        super().__init__(route_class=_route_for_readers(dag_id), **options)

    def add_api_route(self, path: str, endpoint: Callable[..., Any], **options: Any) -> None:
        """Add a route as any router does, with the question in front of it."""
        if "current_user" in signature(endpoint).parameters and not iscoroutinefunction(endpoint):
            endpoint = self._for_readers(endpoint)
        else:
            options["dependencies"] = [Depends(reads(self._dag_id)), *(options.get("dependencies") or ())]
        super().add_api_route(path, endpoint, **options)

    def _for_readers(self, endpoint: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(endpoint)
        def checked(*, current_user: CurrentUser, **values: Any) -> Any:
            _refuse_unless_reader(current_user, self._dag_id)
            return endpoint(current_user=current_user, **values)

        return checked


def starts(dag_id: DagId) -> Callable[[CurrentUser], None]:
    """A dependency: the visitor may start runs of this DAG."""

    def may_start(current_user: CurrentUserDep) -> None:
        if not current_user.may("POST", dag_id):
            raise ApiError("FORBIDDEN")

    return may_start
