"""One request's surroundings: its id, its start, its log line, and a problem for what nobody expected."""

import asyncio
import re
from uuid import uuid4

import structlog
from fastapi import Request
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import KINDS, ProblemCode, problem_response

HEADER = "X-Request-ID"
_SANE = re.compile(r"[A-Za-z0-9._:/+=-]{1,64}")
_log = structlog.get_logger(__name__)


class RequestContext:
    """Takes a sane `X-Request-ID` or makes one, echoes it on every answer, binds it to every log line (API-19)."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        started = asyncio.get_running_loop().time()
        request_id = _request_id(Headers(scope=scope).get(HEADER))
        scope.setdefault("state", {}).update(request_id=request_id, started=started)
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        status: int | None = None

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        try:
            await self._app(scope, receive, send_with_id)
        except Exception:  # the last resort: the client gets a problem with the id, the log gets the trace
            _log.exception("request failed unexpectedly", path=scope["path"])
            if status is not None:
                raise
            detail = f"Nothing more is known here. {KINDS[ProblemCode.UNEXPECTED].example}"
            answer = problem_response(Request(scope), ProblemCode.UNEXPECTED, detail)
            await answer(scope, receive, send_with_id)
        _log_request(scope, status, started)


def _request_id(given: str | None) -> str:
    return given if given and _SANE.fullmatch(given) else uuid4().hex


def _log_request(scope: Scope, status: int | None, started: float) -> None:
    write = _log.debug if scope["path"].startswith("/health") else _log.info
    milliseconds = round((asyncio.get_running_loop().time() - started) * 1_000, 1)
    write("request", method=scope["method"], path=scope["path"], status=status, milliseconds=milliseconds)
