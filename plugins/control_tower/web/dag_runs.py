"""Starts DAG runs as the user of the request: through Airflow's own REST API, inside this process.

Airflow checks the user's right once more, enters their name on the run and a row in its audit log, and validates
the parameters by the DAG's own description. The call goes to the application that ours is mounted in, without a
network: it works whatever the public address, proxy or certificate.
"""

from __future__ import annotations

import asyncio
import json
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
from control_tower.web.pool import connection_pools
from control_tower.web.queries.runs import job_state

log = logging.getLogger(__name__)

AIRFLOW = "control_tower.airflow"
"""Key of the ASGI scope that holds Airflow's application, in which ours is mounted."""

TOKEN_SECONDS = 60

JOBS: dict[DagId, JobType] = {
    "identity_ingestion": "identity_run",
    "scout_attribution_refresh": "scout_attribution_refresh",
}
"""DAGs with one active run at a time, and the job that each runs."""

_start_lock = asyncio.Lock()
"""Held from the check whether a run is active until one is started."""


class DagRuns:
    """The DAG runs that the user of one request starts."""

    def __init__(self, request: Request, current_user: CurrentUserDep) -> None:
        self._airflow = request.scope[AIRFLOW]
        self._user = current_user

    async def run_job(self, dag_id: DagId, conf: Mapping[str, Any] | None = None) -> Started:
        """Start a run of a job.

        Raises:
            ApiError: ALREADY_RUNNING while a run is active or queued, PAUSED, FORBIDDEN, REFUSED, DAG_NOT_READY.
        """
        async with _start_lock:
            is_running, _ = await run_in_threadpool(_job_state, dag_id)
            at_work = await self._at_work(dag_id)
            if is_running or at_work is not None:
                raise ApiError("ALREADY_RUNNING", dag_id=dag_id, dag_run_id=at_work)
            return await self.start(dag_id, conf)

    async def ensure_fresh(self, dag_id: DagId, max_age_hours: float) -> Freshness:
        """Start a run of a job if its last COMPLETED run is older than that, or there is none.

        Raises:
            ApiError: as `run_job`, except ALREADY_RUNNING: an active run is what was wanted.
        """
        async with _start_lock:
            is_running, age = await run_in_threadpool(_job_state, dag_id)
            hours = None if age is None else round(max(age, 0.0) / 3600, 3)
            if age is not None and age <= max_age_hours * 3600:
                return Freshness(outcome="FRESH", completed_hours_ago=hours, run=None)
            if is_running or await self._at_work(dag_id) is not None:
                return Freshness(outcome="RUNNING", completed_hours_ago=hours, run=None)
            return Freshness(outcome="STARTED", completed_hours_ago=hours, run=await self.start(dag_id))

    async def start(self, dag_id: DagId, conf: Mapping[str, Any] | None = None) -> Started:
        """Start a run of a DAG with these parameters.

        Raises:
            ApiError: PAUSED, because the run would not begin; FORBIDDEN; REFUSED with Airflow's reason;
                DAG_NOT_READY.
        """
        dag = await self._request("GET", dag_id, "")
        if dag["is_paused"]:
            raise ApiError("PAUSED", dag_id=dag_id)
        body = {"logical_date": None, "conf": dict(conf or {})}
        run = await self._request("POST", dag_id, "/dagRuns", body)
        log.info("%s started %s of %s", self._user.name, run["dag_run_id"], dag_id)
        return Started(
            dag_id=dag_id,
            dag_run_id=run["dag_run_id"],
            state=run["state"],
            run_after=run["run_after"],
            triggered_by=self._user.name,
            url=f"/dags/{dag_id}/runs/{quote(run['dag_run_id'], safe='')}",
        )

    async def progress(self, dag_id: DagId, dag_run_id: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """A run and its tasks as Airflow's own API returns them to this user.

        Raises:
            ApiError: FORBIDDEN; DAG_NOT_READY when there is no such run.
        """
        path = f"/dagRuns/{quote(dag_run_id, safe='')}"
        run = await self._request("GET", dag_id, path)
        found = await self._request("GET", dag_id, f"{path}/taskInstances?limit=200")
        return run, found["task_instances"]

    async def recent(self, dag_id: DagId, limit: int) -> list[dict[str, Any]]:
        """The last runs of a DAG, the newest first, as Airflow's own API returns them to this user.

        Raises:
            ApiError: FORBIDDEN; DAG_NOT_READY when there is no such DAG.
        """
        found = await self._request("GET", dag_id, f"/dagRuns?order_by=-run_after&limit={limit}")
        runs: list[dict[str, Any]] = found["dag_runs"]
        return runs

    async def result(self, dag_id: DagId, dag_run_id: str, task_id: str, key: str = "return_value") -> Any:
        """A result of a task of a run, by default what it returned.

        None if there is no such result, or if Airflow does not let this user read it.
        """
        task = f"/dagRuns/{quote(dag_run_id, safe='')}/taskInstances/{quote(task_id, safe='')}"
        try:
            found = await self._request("GET", dag_id, f"{task}/xcomEntries/{key}")
        except ApiError:
            return None
        value = found["value"]
        try:  # a worker stores the value itself, Airflow's own model its JSON text
            return json.loads(value) if isinstance(value, str) else value
        except ValueError:
            return value

    async def _at_work(self, dag_id: DagId) -> str | None:
        """The run that Airflow has and that has not ended; it has no row in our database before its first task."""
        path = "/dagRuns?state=queued&state=running&order_by=run_after&limit=1"
        found = await self._request("GET", dag_id, path)
        return next((str(run["dag_run_id"]) for run in found["dag_runs"]), None)

    async def _request(
        self, method: Literal["GET", "POST"], dag_id: DagId, path: str, body: Mapping[str, Any] | None = None
    ) -> dict[str, Any]:
        if self._user.user is None:
            raise ApiError("FORBIDDEN")
        token = get_auth_manager().generate_jwt(self._user.user, expiration_time_in_seconds=TOKEN_SECONDS)
        transport = httpx.ASGITransport(app=self._airflow)
        async with httpx.AsyncClient(transport=transport, base_url="http://airflow") as client:
            answer = await client.request(
                method, f"/api/v2/dags/{dag_id}{path}", json=body, headers={"Authorization": f"Bearer {token}"}
            )
        if answer.is_success:
            found: dict[str, Any] = answer.json()
            return found
        raise _refusal(answer, dag_id)


def _job_state(dag_id: DagId) -> tuple[bool, float | None]:
    with connection_pools().reading() as connection:
        return job_state(connection, JOBS[dag_id])


def _refusal(answer: httpx.Response, dag_id: DagId) -> ApiError:
    """The error that Airflow's refusal stands for."""
    if answer.status_code in (401, 403):
        return ApiError("FORBIDDEN")
    if answer.status_code == 409:
        return ApiError("ALREADY_RUNNING", dag_id=dag_id)
    if answer.status_code in (400, 422):
        try:
            reason = str(answer.json()["detail"])
        except (ValueError, KeyError, TypeError):
            reason = answer.text[:500]
        return ApiError("REFUSED", fields=[Fault(field="body", problem="OTHER")], reason=reason)
    log.error("Airflow answered %s for %s: %s", answer.status_code, dag_id, answer.text[:500])
    return ApiError("DAG_NOT_READY", dag_id=dag_id)


DagRunsDep = Annotated[DagRuns, Depends()]
