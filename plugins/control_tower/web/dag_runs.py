"""Starting DAG runs as the visitor: through Airflow's own REST API, inside this process.

Airflow checks the visitor's right once more, enters their name on the run and a row in its audit log, and validates
the parameters by the DAG's own description. The call goes to the application that ours is mounted in, without a
network: it works whatever the public address, proxy or certificate.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import Annotated, Any, Literal
from urllib.parse import quote

import httpx
from airflow.api_fastapi.app import get_auth_manager
from fastapi import Depends, Request
from starlette.concurrency import run_in_threadpool

from control_tower.jobs import JobType
from control_tower.web.api_errors import ApiError, Fault
from control_tower.web.models.identity import Freshness, Started
from control_tower.web.permissions import CurrentUserDep, DagId
from control_tower.web.pool import sessions
from control_tower.web.queries.runs import AtWork, at_work

log = logging.getLogger(__name__)

AIRFLOW = "control_tower.airflow"
"""Key of the ASGI scope under which the application stands that ours is mounted in."""

TOKEN_SECONDS = 60

JOBS: dict[DagId, JobType] = {
    "identity_ingestion": "identity_run",
    "scout_attribution_refresh": "scout_attribution_refresh",
}
"""DAGs of which one run is at work at a time, and the job that each runs."""

_one_at_a_time = asyncio.Lock()
"""Between looking whether a run is at work and starting one, nobody else does the same in this process."""


class DagRuns:
    """What the visitor of one request may start.

    Args:
        request: The request.
        current_user: Who sent it.
    """

    def __init__(self, request: Request, current_user: CurrentUserDep) -> None:
        self._airflow = request.scope[AIRFLOW]
        self._visitor = current_user

    async def run_job(self, dag_id: DagId, conf: Mapping[str, Any] | None = None) -> Started:
        """Start a run of a job.

        Raises:
            Refusal: ALREADY_RUNNING while one is at work or queued, PAUSED, FORBIDDEN, REFUSED, DAG_NOT_READY.
        """
        async with _one_at_a_time:
            if (await self._at_work(dag_id)).is_running or await self._is_queued(dag_id):
                raise ApiError("ALREADY_RUNNING", dag_id=dag_id)
            return await self.start(dag_id, conf)

    async def ensure_fresh(self, dag_id: DagId, max_age_hours: float) -> Freshness:
        """Start a run of a job if its last COMPLETED run is older than that, or there is none.

        Raises:
            Refusal: as `run_job`, but for a run that is at work: that is what was wanted.
        """
        async with _one_at_a_time:
            job = await self._at_work(dag_id)
            age = job.completed_seconds_ago
            hours = None if age is None else round(max(age, 0.0) / 3600, 3)
            if age is not None and age <= max_age_hours * 3600:
                return Freshness(outcome="FRESH", completed_hours_ago=hours, run=None)
            if job.is_running or await self._is_queued(dag_id):
                return Freshness(outcome="RUNNING", completed_hours_ago=hours, run=None)
            return Freshness(outcome="STARTED", completed_hours_ago=hours, run=await self.start(dag_id))

    async def start(self, dag_id: DagId, conf: Mapping[str, Any] | None = None) -> Started:
        """Start a run of a DAG with these parameters.

        Raises:
            Refusal: PAUSED, because the run would wait for ever; FORBIDDEN; REFUSED with Airflow's reason;
                DAG_NOT_READY.
        """
        dag = await self._ask("GET", dag_id, "")
        if dag["is_paused"]:
            raise ApiError("PAUSED", dag_id=dag_id)
        body = {"logical_date": None, "conf": dict(conf or {})}
        run = await self._ask("POST", dag_id, "/dagRuns", body)
        log.info("%s started %s of %s", self._visitor.name, run["dag_run_id"], dag_id)
        return Started(
            dag_id=dag_id,
            dag_run_id=run["dag_run_id"],
            state=run["state"],
            run_after=run["run_after"],
            triggered_by=self._visitor.name,
            url=f"/dags/{dag_id}/runs/{quote(run['dag_run_id'], safe='')}",
        )

    async def progress(self, dag_id: DagId, dag_run_id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A run and its tasks as Airflow's own API tells them to this visitor.

        Raises:
            Refusal: FORBIDDEN; DAG_NOT_READY when there is no such run.
        """
        path = f"/dagRuns/{quote(dag_run_id, safe='')}"
        run = await self._ask("GET", dag_id, path)
        found = await self._ask("GET", dag_id, f"{path}/taskInstances?limit=200")
        return run, found["task_instances"]

    async def _at_work(self, dag_id: DagId) -> AtWork:
        def asked() -> AtWork:
            with sessions().reading() as connection:
                return at_work(connection, JOBS[dag_id])

        return await run_in_threadpool(asked)

    async def _is_queued(self, dag_id: DagId) -> bool:
        """Whether Airflow has a run that has not ended; it has no row in our database before its first task."""
        runs = await self._ask("GET", dag_id, "/dagRuns?state=queued&state=running&limit=1")
        return bool(runs["total_entries"])

    async def _ask(
        self, method: Literal["GET", "POST"], dag_id: DagId, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        if self._visitor.user is None:
            raise ApiError("FORBIDDEN")
        token = get_auth_manager().generate_jwt(self._visitor.user, expiration_time_in_seconds=TOKEN_SECONDS)
        transport = httpx.ASGITransport(app=self._airflow)
        async with httpx.AsyncClient(transport=transport, base_url="http://airflow") as client:
            answer = await client.request(
                method, f"/api/v2/dags/{dag_id}{path}", json=body, headers={"Authorization": f"Bearer {token}"}
            )
        if answer.is_success:
            found: dict[str, Any] = answer.json()
            return found
        raise _refusal(answer, dag_id)


def _refusal(answer: httpx.Response, dag_id: DagId) -> ApiError:
    """What Airflow's refusal means to the visitor."""
    if answer.status_code in (401, 403):
        return ApiError("FORBIDDEN")
    if answer.status_code == 409:
        return ApiError("ALREADY_RUNNING", dag_id=dag_id)
    if answer.status_code in (400, 422):
        try:
            reason = str(answer.json()["detail"])
        except (ValueError, KeyError, TypeError):
            reason = answer.text[:500]
        return ApiError("REFUSED", fields=[Fault(field="body", problem=reason)], reason=reason)
    log.error("Airflow answered %s for %s: %s", answer.status_code, dag_id, answer.text[:500])
    return ApiError("DAG_NOT_READY", dag_id=dag_id)


DagRunsDep = Annotated[DagRuns, Depends()]
