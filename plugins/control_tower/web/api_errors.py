"""Error answers of the web: one shape, in the reader's language, without data.

Every answer of status 400 and above is a `Problem`. Its `code` is stable; its sentences are for people. What a
failure says of hosts, users or rows goes to the log of the API server under the `error_id` that the answer quotes.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from control_tower import errors
from control_tower.i18n.catalogue import Catalogue, Language, catalogue
from control_tower.i18n.formats import Formats
from control_tower.web.language import language_of

log = logging.getLogger(__name__)

STATUS: dict[str, int] = {
    "NOT_LOGGED_IN": 401,
    "FORBIDDEN": 403,
    "CROSS_SITE": 403,
    "PERSONAL_DATA": 403,
    "NOT_FOUND": 404,
    "UNKNOWN_PERSON": 404,
    "UNKNOWN_RECORD": 404,
    "UNKNOWN_PAYMENT": 404,
    "UNKNOWN_ALERT": 404,
    "UNKNOWN_STATEMENT": 404,
    "UNKNOWN_PERIOD": 404,
    "NO_SUCH_SCOUT": 404,
    "UNKNOWN_RUN": 404,
    "UNKNOWN_SOURCE": 404,
    "UNKNOWN_CHECK": 404,
    "NOT_REVERTIBLE": 409,
    "ALREADY_PAID": 409,
    "PERIOD_CLOSED": 409,
    "UNKNOWN_DECISION": 404,
    "METHOD_NOT_ALLOWED": 405,
    "ALREADY_RUNNING": 409,
    "RUN_AT_WORK": 409,
    "LINK_STANDS": 409,
    "NOT_MERGED": 409,
    "NOTHING_TO_SPLIT": 409,
    "DECIDED_SINCE": 409,
    "CASE_DECIDED": 409,
    "CASE_CHANGED": 409,
    "UNKNOWN_CASE": 404,
    "INVALID": 422,
    "UNKNOWN_SCOUT": 422,
    "UNKNOWN_DRIVER": 422,
    "REFUSED": 422,
    "PAUSED": 423,
    "UNEXPECTED": 500,
    "AIRFLOW_UNREACHABLE": 503,
    "DATABASE_UNREACHABLE": 503,
    "DATABASE_BUSY": 503,
    "DATABASE_INCOMPLETE": 503,
    "DAG_NOT_READY": 503,
}
"""HTTP status of each code. Its texts are in the catalogue: groups `error.detail` and `error.action`."""

_CODES: dict[type[errors.ControlTowerError], str] = {
    errors.ConnectionNotConfigured: "DATABASE_UNREACHABLE",
    errors.DatabaseUnreachable: "DATABASE_UNREACHABLE",
    errors.DatabaseBusy: "DATABASE_BUSY",
    errors.ObjectMissing: "DATABASE_INCOMPLETE",
    errors.PermissionMissing: "DATABASE_INCOMPLETE",
    errors.UnknownAlert: "UNKNOWN_ALERT",
    errors.UnknownPerson: "UNKNOWN_PERSON",
    errors.UnknownScout: "UNKNOWN_SCOUT",
    errors.UnknownRecord: "UNKNOWN_RECORD",
    errors.UnknownDriver: "UNKNOWN_DRIVER",
    errors.UnknownPayment: "UNKNOWN_PAYMENT",
    errors.RunAlreadyActive: "RUN_AT_WORK",
    errors.LinkNotContested: "LINK_STANDS",
    errors.UnknownStatement: "UNKNOWN_STATEMENT",
    errors.UnknownDecision: "UNKNOWN_DECISION",
    errors.UnknownRun: "UNKNOWN_RUN",
    errors.RunNotRevertible: "NOT_REVERTIBLE",
    errors.NotMerged: "NOT_MERGED",
    errors.NothingToSplit: "NOTHING_TO_SPLIT",
    errors.DecidedSince: "DECIDED_SINCE",
    errors.CaseChanged: "CASE_CHANGED",
    errors.UnknownCase: "UNKNOWN_CASE",
}

_BY_STATUS = {401: "NOT_LOGGED_IN", 403: "FORBIDDEN", 404: "NOT_FOUND", 405: "METHOD_NOT_ALLOWED"}


RUN_AT_WORK, DAG_AT_WORK = "X-Control-Tower-Run", "X-Control-Tower-Dag"
"""Headers of a refusal because a run is at work: which one, so that a page can show it."""


class Fault(BaseModel):
    """One field of a request that cannot be used."""

    field: str = Field(description="Where it stands: `query.page_size`, `body.reason`.")
    problem: str = Field(description="What is wrong with it.")


class Problem(BaseModel):
    """The body of every answer of status 400 and above."""

    code: str = Field(description="What went wrong, for programs; it never changes.", examples=["UNKNOWN_PERSON"])
    detail: str = Field(description="What went wrong, for people.")
    next_action: str = Field(description="What to do now.")
    fields: list[Fault] = Field(default_factory=list, description="The fields that cannot be used.")
    error_id: str = Field(description="To be quoted; the log of the API server has the details under it.")


class ApiError(Exception):
    """The request cannot be carried out; `code` is one of `STATUS`, `values` fill the placeholders of its texts.

    What is wrong with a field is a code of the catalogue's group `fault`.
    """

    def __init__(self, code: str, *, fields: Sequence[Fault] = (), **values: object) -> None:
        super().__init__(code)
        self.code = code
        self.fields = list(fields)
        self.values = values


def answer(
    code: str,
    language: Language,
    *,
    status: int | None = None,
    fields: Sequence[Fault] = (),
    error_id: str | None = None,
    values: dict[str, Any] | None = None,
) -> JSONResponse:
    """The answer for a code of `STATUS`, in this language."""
    detail, next_action = texts_of(code, language, values)
    problem = Problem(
        code=code, detail=detail, next_action=next_action, fields=list(fields), error_id=error_id or new_error_id()
    )
    chosen = status or STATUS[code]
    headers = {"WWW-Authenticate": "Bearer"} if chosen == 401 else {"Retry-After": "5"} if chosen == 503 else {}
    return JSONResponse(problem.model_dump(), status_code=chosen, headers=headers)


def texts_of(code: str, language: Language, values: Mapping[str, object] | None = None) -> tuple[str, str]:
    """What a code says in a language, and what to do; `values` fill the placeholders as the reader writes them."""
    texts, formats = catalogue(language), Formats(language)
    written = {name: _written(value, formats) for name, value in (values or {}).items()}
    return (
        texts.name("error.detail", code).format_map(written),
        texts.name("error.action", code).format_map(written),
    )


def new_error_id() -> str:
    """An id for one failure, to be quoted in support."""
    return uuid.uuid4().hex[:12]


def code_of(error: errors.ControlTowerError) -> str:
    """The code of an error of the package."""
    return next((code for kind, code in _CODES.items() if isinstance(error, kind)), "UNEXPECTED")


def values_of(error: errors.ControlTowerError) -> dict[str, object]:
    """What fills the placeholders of the texts of an error of the package."""
    return {"since": error.started_at} if isinstance(error, errors.RunAlreadyActive) else {}


def _written(value: object, formats: Formats) -> object:
    """A value of an error for its sentence: days and moments as the reader writes them."""
    if isinstance(value, datetime):
        return formats.moment(value)
    return formats.day(value) if isinstance(value, date) else value


def refusal(error: errors.ControlTowerError, field: str = "body", **values: object) -> ApiError:
    """The answer to a refusal of the package that has no code of its own: its class is a code of `fault`."""
    return ApiError("INVALID", fields=[Fault(field=field, problem=type(error).__name__)], **values)


def fault_text(texts: Catalogue, code: str, values: Mapping[str, object]) -> str:
    """What is wrong with a field in the reader's words; what no text was written for is told in general."""
    text = texts.find("fault", code) or texts.name("fault", "OTHER")
    return text.format_map(values)


def _of_pydantic(texts: Catalogue, fault: Mapping[str, Any]) -> Fault:
    """A fault that pydantic found: its type is a code of `fault`."""
    values = {name: str(value).replace(" or ", ", ") for name, value in (fault.get("ctx") or {}).items()}
    return Fault(field=".".join(map(str, fault["loc"])), problem=fault_text(texts, fault["type"], values))


def problem_of(request: Request, error: Exception) -> JSONResponse:
    """The answer to an error of the package, the framework or Airflow, without the values that were sent.

    The text of an error of the package names hosts and users: it goes to the log.
    """
    language = language_of(request)
    if isinstance(error, ApiError):
        values = {name: _written(value, Formats(language)) for name, value in error.values.items()}
        texts = catalogue(language)
        fields = [Fault(field=fault.field, problem=fault_text(texts, fault.problem, values)) for fault in error.fields]
        response = answer(error.code, language, fields=fields, values=values)
        if error.values.get("dag_run_id"):
            response.headers[RUN_AT_WORK] = str(error.values["dag_run_id"])
            response.headers[DAG_AT_WORK] = str(error.values["dag_id"])
        return response
    if isinstance(error, errors.ControlTowerError):
        code, error_id = code_of(error), new_error_id()
        if STATUS[code] >= 500:
            log.error("%s on %s: %s", error_id, request.url.path, error)
        return answer(code, language, error_id=error_id, values=values_of(error))
    if isinstance(error, RequestValidationError):
        texts = catalogue(language)
        faults = [_of_pydantic(texts, fault) for fault in error.errors()]
        return answer("INVALID", language, fields=faults)
    assert isinstance(error, HTTPException)  # noqa: S101 - the last of the classes that this is registered for
    response = answer(_BY_STATUS.get(error.status_code, "INVALID"), language, status=error.status_code)
    response.headers.update(error.headers or {})
    return response
