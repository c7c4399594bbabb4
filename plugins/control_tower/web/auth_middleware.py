"""Authentication in front of the whole web application: only users whom Airflow knows get past it.

It runs before routing, so that it also covers static files, the description, wrong methods and unknown addresses. It
refuses cross-site writes, turns unexpected exceptions into answers, and adds security headers to every answer.
"""

from __future__ import annotations

import hmac
import logging
from urllib.parse import urlencode, urlsplit

from airflow.api_fastapi.app import get_auth_manager
from airflow.api_fastapi.core_api.security import bearer_scheme, get_user
from airflow.configuration import conf
from sqlalchemy.exc import InterfaceError, OperationalError
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from control_tower.settings import get_settings
from control_tower.web.api_errors import answer, new_error_id
from control_tower.web.language import language_of
from control_tower.web.pages.error_page import as_page
from control_tower.web.permissions import MONITOR, CurrentUser, current_user_of

log = logging.getLogger(__name__)

WRITE_HEADER = "x-control-tower"
"""A header of ours that a write without Bearer token carries: no form and no other site's script can add it."""

MONITORED = "/api/v1/health"
"""The only address that the monitor's token opens."""

SAFE_METHODS = ("GET", "HEAD", "OPTIONS")

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "SAMEORIGIN",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
"""Added to every answer that does not say otherwise. Pages are shown in a frame of Airflow's own origin."""


class AuthMiddleware:
    """ASGI middleware; see the module."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await self.app(scope, receive, send)
            return  # no websockets here: unanswered, the server closes them
        has_started = False

        async def guarded_send(message: Message) -> None:
            nonlocal has_started
            if message["type"] == "http.response.start":
                has_started = True
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        request = Request(scope, receive)
        try:
            refusal = await self._refusal(request)
            await (refusal or self.app)(scope, receive, guarded_send)
        except Exception as error:
            error_id = new_error_id()
            # The path and no more: a query or body may name a person.
            log.exception("%s: %s %s failed", error_id, request.method, request.url.path)
            if has_started:
                raise  # half an answer must not look like a whole one: the server breaks the connection off
            is_outage = isinstance(error, OperationalError | InterfaceError)  # of Airflow's database: ours has psycopg
            code = "AIRFLOW_UNREACHABLE" if is_outage else "UNEXPECTED"
            failure = as_page(request, answer(code, language_of(request), error_id=error_id))
            await failure(scope, receive, guarded_send)

    async def _refusal(self, request: Request) -> Response | None:
        """The answer to a request that must not go on; None lets it through and notes who it is."""
        credentials = await bearer_scheme(request)
        path = request.scope["path"].removeprefix(request.scope.get("root_path", ""))
        if credentials is not None and path == MONITORED and is_monitor(credentials.credentials):
            request.state.current_user = CurrentUser(MONITOR, None, sees_personal_data=False)
            return None
        try:
            user = await get_user(request, None, credentials)
        except HTTPException:
            return _log_in(request, path)
        if credentials is None and request.method not in SAFE_METHODS and not is_from_our_pages(request):
            return answer("CROSS_SITE", language_of(request))
        request.state.current_user = current_user_of(user)
        return None


def is_monitor(token: str) -> bool:
    """Whether this is the token of `CONTROL_TOWER_MONITOR_TOKEN`."""
    expected = get_settings().monitor_token
    return expected is not None and hmac.compare_digest(token.encode(), expected.get_secret_value().encode())


def is_from_our_pages(request: Request) -> bool:
    """Whether a write that is authenticated by a cookie comes from a page of this origin, not from another site.

    Browsers send a cookie along with whatever another site makes them send, but add a header of ours only after
    asking (CORS), and say truthfully by Sec-Fetch-Site and Origin where a request comes from.
    """
    if WRITE_HEADER not in request.headers:
        return False
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    if (origin := request.headers.get("origin")) is None:
        return True
    asked = urlsplit(origin).netloc
    # A proxy may pass on another Host than browsers know; that one stands in `[api] base_url`.
    return bool(asked) and asked in (
        request.headers.get("host"),
        urlsplit(conf.get("api", "base_url", fallback="")).netloc,
    )


def _log_in(request: Request, path: str) -> Response:
    """A redirect to Airflow's login where a page is opened, else 401."""
    opens_a_page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
    if opens_a_page and not path.startswith("/api/"):
        # Without scheme and host: a proxy in front of Airflow may be asked by others than those that arrive here.
        query = f"?{request.url.query}" if request.url.query else ""
        here = request.url.path + query
        login = get_auth_manager().get_url_login(next_url=here)
        if "next=" not in login:  # Airflow 3.2 leaves it out, though its form would return there
            login += ("&" if "?" in login else "?") + urlencode({"next": here})
        return RedirectResponse(login)
    return answer("NOT_LOGGED_IN", language_of(request))
