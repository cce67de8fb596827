"""The faults that befall one HTTP call, before it is done and after; nothing here touches the market."""

import asyncio
import contextlib
from dataclasses import dataclass
from typing import Protocol

from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from simulator.fault_kinds import FaultKind
from simulator.faults import Fault, Occasion
from simulator.simulation import Simulation
from simulator.switches import RefusalName, Switches
from simulator.wire.envelopes import Answer, failure, refusal
from simulator.wire.limits import throttled
from simulator.wire.streams import Streams
from simulator.wire.tokens import Tokens

LOGIN_CALLS = frozenset({"accesstoken", "getotp"})
_HANG_MS = 600_000
_BAD_GATEWAY = 502
_CLOSED_MS = 1_000


class Door(Protocol):
    """The port that the simulator listens on."""

    def close_for(self, seconds: float) -> None:
        """Break every connection and refuse new ones for a while."""


class Cut(Response):
    """The connection breaks instead of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        scope["state"]["transport"].abort()


@dataclass(frozen=True, slots=True)
class HttpFaults:
    """`door` is None where there is no port, as in a test of the application alone."""

    simulation: Simulation
    streams: Streams
    tokens: Tokens
    door: Door | None

    async def before(self, request: Request | WebSocket, occasion: Occasion) -> Response | Answer | None:
        """What the client gets instead of having its call done; None to go on."""
        if await self._draw(FaultKind.DROP_BEFORE_TAKING, occasion) or await self._break_in(occasion):
            return Cut()
        hang = await self._draw(FaultKind.HANG_BEFORE_TAKING, occasion)
        if hang is not None:
            return await _hang(request, hang)
        busy = await self._draw(FaultKind.TOO_MANY_REQUESTS, occasion)
        if busy is not None:
            return throttled(self._switches.throttled, "1 per 1s", busy.value or 1)
        broken = await self._draw(FaultKind.SERVER_ERROR_BEFORE_TAKING, occasion)
        if broken is not None:
            return _error_page(broken)
        return await self._refusal(request, occasion)

    async def opening(self, socket: WebSocket, occasion: Occasion) -> Response | None:
        """What a stream's opening gets instead of its upgrade; None to go on. Nothing is left of its reply to cut."""
        early = await self.before(socket, occasion)
        if early is not None:
            return early.response(http_errors=True) if isinstance(early, Answer) else early
        upgrade = Response()
        answered = await self.after(socket, occasion, upgrade)
        return None if answered is upgrade else answered

    async def after(self, request: Request | WebSocket, occasion: Occasion, response: Response) -> Response:
        """The answer of a call that was done, or what has become of it."""
        delay = await self._draw(FaultKind.REPLY_DELAY_MS, occasion)
        if delay is not None:
            await asyncio.sleep(delay.value / 1000)
        if await self._draw(FaultKind.DROP_REPLY_AFTER_TAKING, occasion) or await self._loses_cancel(occasion):
            return Cut()
        hang = await self._draw(FaultKind.HANG_AFTER_TAKING, occasion)
        if hang is not None:
            return await _hang(request, hang)
        broken = await self._draw(FaultKind.SERVER_ERROR_AFTER_TAKING, occasion)
        if broken is not None:
            return _error_page(broken)
        if await self._draw(FaultKind.TRUNCATED_REPLY, occasion):
            body = bytes(response.body)
            return Response(body[: len(body) // 2], response.status_code, media_type="application/json")
        return response

    async def _break_in(self, occasion: Occasion) -> bool:
        """The whole host fails with this call: its port closes, or it forgets every token."""
        closed = await self._draw(FaultKind.REFUSE_CONNECTIONS, occasion)
        if closed is not None and self.door is not None:
            self.door.close_for((closed.value or _CLOSED_MS) / 1000)
        restarted = await self._draw(FaultKind.RESTART_WITH_TOKEN_LOSS, occasion)
        if restarted is not None:
            self.tokens.forget_all()
            await self.simulation.saved()
            self.streams.hang_up_all()
        return closed is not None or restarted is not None

    async def _refusal(self, request: HTTPConnection, occasion: Occasion) -> Answer | None:
        is_login = occasion.path in LOGIN_CALLS
        if not is_login and await self._draw(FaultKind.EXPIRED_TOKEN, occasion):
            return refusal(self._switches.words_of(RefusalName.EXPIRED_TOKEN))
        if request.scope.get("method", "GET") == "GET" and await self._draw(FaultKind.BOOK_PAGE_FAILS, occasion):
            return failure("Internal Server Error", 500)
        return None

    async def _loses_cancel(self, occasion: Occasion) -> bool:
        is_cancel = occasion.path == "cancelorder"
        return is_cancel and await self._draw(FaultKind.LOST_CANCEL_ANSWER, occasion) is not None

    async def _draw(self, kind: FaultKind, occasion: Occasion) -> Fault | None:
        """A fault that happens is on the disk as used before anybody feels it."""
        fault = self.simulation.state.faults.draw(kind, occasion)
        if fault is not None:
            await self.simulation.saved()
        return fault

    @property
    def _switches(self) -> Switches:
        return self.simulation.state.switches


async def _hang(request: Request | WebSocket, fault: Fault) -> Response:
    """Say nothing until the client gives up or the time is over."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout((fault.value or _HANG_MS) / 1000):
            while not (await request.receive())["type"].endswith(".disconnect"):
                pass
    return Cut()


def _error_page(fault: Fault) -> Response:
    code = fault.value or _BAD_GATEWAY
    page = f"<html><head><title>{code}</title></head><body><h1>{code} Server Error</h1></body></html>"
    return Response(page, code, media_type="text/html")
