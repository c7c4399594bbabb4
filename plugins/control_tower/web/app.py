"""The application that Airflow mounts at `/control-tower`: authentication, errors, API and pages."""

from __future__ import annotations

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

from control_tower.errors import ControlTowerError
from control_tower.web.api import api
from control_tower.web.api_errors import ApiError
from control_tower.web.auth_middleware import AuthMiddleware
from control_tower.web.dag_runs import AIRFLOW
from control_tower.web.navigation import PREFIX
from control_tower.web.pages.error_page import error_response
from control_tower.web.pages.router import pages


class ControlTower(FastAPI):
    """The application. Each request's scope holds Airflow's application, in which it is mounted."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request that Airflow passes on."""
        scope[AIRFLOW] = scope.get("app")
        await super().__call__(scope, receive, send)


def assemble() -> ControlTower:
    """The application, closed by default: `AuthMiddleware` is in front of every route."""
    app = ControlTower(
        title="Control Tower",
        summary="Which lead is which driver, which scout brought them, and whether the pipelines are well.",
        version="1",
        docs_url=None,  # Swagger and ReDoc load scripts from elsewhere
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
    )
    for kind in (ApiError, ControlTowerError, RequestValidationError, HTTPException):
        app.add_exception_handler(kind, error_response)
    # routes are matched in order: pages first
    app.include_router(pages)
    app.include_router(api)
    app.add_middleware(AuthMiddleware)
    return app


__all__ = ["PREFIX", "ControlTower", "assemble"]
