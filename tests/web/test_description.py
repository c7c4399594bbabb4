"""The OpenAPI description, and thousands of requests drawn from it: each answer is one that it announces."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import schemathesis
from fastapi.routing import APIRoute
from hypothesis import HealthCheck, given, settings
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import ignored_auth, negative_data_rejection, positive_data_acceptance
from starlette.testclient import TestClient

from control_tower.web.api import api
from tests.web.conftest import API
from tests.web.test_access import routes

pytestmark = pytest.mark.usefixtures("no_dag_runs")

MORE_THAN_A_SCHEMA_SAYS = (
    "/identity/run",
    "/scouts/attribution/conflicts/{person_key}/resolve",
    "/unmatched/resolve",
    "/scouts/statements/close",
    "/scouts/statements/{statement_id}/paid",
    "/alerts/{alert_id}/mute",
    "/identity/weights/estimate",
    "/rehearsals",
    "/review/decisions",
    "/review/postpone",
    "/yango/cabinet/payments-without-claim/explain",
)
"""Bodies with a rule across fields, about the clock or the database: exactly one choice, a period, a moment to come,
weights that can be restored, a time zone that exists, the number of a decision without a fraction."""

MAY_BE_RED = f"{API.removeprefix('/control-tower')}/health"
"""The one answer whose 503 is its business."""


@pytest.fixture(scope="module")
def description(
    server: Any, fleet_template: str, airflow_app: Any, tokens: dict[str, str]
) -> Iterator[schemathesis.BaseSchema]:
    """The description as an editor gets it, on one warehouse for all requests of this module."""
    name = server.create(template=fleet_template)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AIRFLOW_CONN_CONTROL_TOWER", server.airflow_uri(name))
        headers = {"Authorization": f"Bearer {tokens['editor']}"}
        yield schemathesis.openapi.from_asgi(f"{API}/openapi.json", airflow_app, headers=headers)
    server.drop(name)


@pytest.mark.parametrize("sense", list(GenerationMode), ids=lambda sense: sense.value)
@pytest.mark.parametrize(("method", "path"), [route for route in routes() if route[0] != "HEAD"])
def test_whatever_is_asked_is_answered_as_described(
    description: Any, tokens: dict[str, str], method: str, path: str, sense: GenerationMode
) -> None:
    operation = description[f"/api/v1{path}"][method]
    # Nonsense is drawn for the login's header too, which is replaced; what must be refused is in the other tests, and
    # so is that no address opens without login: here each request would be sent once more to see that again.
    excluded: list[Any] = [negative_data_rejection, ignored_auth]
    excluded += [not_a_server_error] if path == "/health" else []
    excluded += [positive_data_acceptance] if path in MORE_THAN_A_SCHEMA_SAYS else []

    @given(case=operation.as_strategy(generation_mode=sense))
    @settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    def ask(case: Any) -> None:
        answer = case.call(headers={"Authorization": f"Bearer {tokens['editor']}"})
        if "%0A" in str(answer.request.url) and answer.status_code == 404:
            return  # Airflow mounts no application for an address with a line break, and answers itself
        assert answer.status_code < 500 or (path == "/health" and "status" in answer.json()), answer.text
        case.validate_response(answer, excluded_checks=excluded)

    ask()


def test_every_route_is_described_with_its_refusals(editor: TestClient) -> None:
    described = editor.get("/openapi.json").json()
    assert described["servers"] == [{"url": "/control-tower"}]
    for route in api.routes:
        assert isinstance(route, APIRoute)
        for method in route.methods - {"HEAD"}:
            operation = described["paths"][route.path][method.lower()]
            assert operation["description"], route.path
            assert {"401", "403", "422", "500", "503"} <= set(operation["responses"])
            assert operation["security"] == [{"HTTPBearer": []}]
            for status, response in operation["responses"].items():
                if status[0] in "45" and not (status == "503" and route.path == MAY_BE_RED):
                    assert response["content"]["application/json"]["schema"] == {
                        "$ref": "#/components/schemas/Problem"
                    }, f"{route.path} {status}"
