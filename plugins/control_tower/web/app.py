"""The application that Airflow mounts at `/control-tower`: guard, errors, API and pages."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from control_tower.errors import ControlTowerError
from control_tower.web import api_errors
from control_tower.web.api import api
from control_tower.web.auth_middleware import AuthMiddleware
from control_tower.web.dag_runs import AIRFLOW
from control_tower.web.navigation import PREFIX
from control_tower.web.pages import pages
from control_tower.web.pages.error_page import for_people_too


class ControlTower(FastAPI):
    """The application. It remembers in each request's scope which application it is mounted in: Airflow's."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that Airflow passes on."""
        scope[AIRFLOW] = scope.get("app")
        await super().__call__(scope, receive, send)


def assemble() -> ControlTower:
    """The application, closed by default: the guard stands in front of everything that is in it."""
    app = ControlTower(
        title="Control Tower",
        summary="Which lead is which driver, which scout brought them, and whether the pipelines are well.",
        version="1",
        docs_url=None,  # Swagger and ReDoc load scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    handlers: dict[Any, Any] = {
        api_errors.ApiError: api_errors.refused,
        ControlTowerError: api_errors.failed,
        RequestValidationError: api_errors.not_valid,
        HTTPException: api_errors.by_status,
    }
    for kind, handler in handlers.items():
        app.add_exception_handler(kind, for_people_too(handler))
    # addresses are compared one after another, and people wait for pages
    app.include_router(pages)
    app.include_router(api)
    app.add_middleware(AuthMiddleware)
    return app


__all__ = ["PREFIX", "ControlTower", "assemble"]
