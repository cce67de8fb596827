"""The wire as an ASGI application: one route for all, since SSI's paths match in any case and with double slashes."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket

from simulator.faults import FaultKind, Faults
from simulator.received import Received
from simulator.simulation import Simulation, wall_now
from simulator.switches import Switches
from simulator.wire import signalr
from simulator.wire.calls import Call, read_call
from simulator.wire.data_rest import DataRest
from simulator.wire.envelopes import Answer, failure, success
from simulator.wire.login import Login
from simulator.wire.streams import Streams
from simulator.wire.tokens import Invalid, Tokens
from simulator.wire.trading_rest import TradingRest

_TRADING = "api/v2/trading"
_DATA = "api/v2/market"
_ORDER_CALLS = frozenset({"neworder", "cancelorder"})


class Cut(Response):
    """The connection breaks instead of an answer."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002 - ASGI's signature
        scope["state"]["transport"].abort()


@dataclass(frozen=True, slots=True)
class Wire:
    simulation: Simulation
    login: Login
    streams: Streams
    faults: Faults
    received: Received
    switches: Switches

    @property
    def tokens(self) -> Tokens:
        return self.login.tokens

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/{path:path}", self.http, methods=["GET", "POST"]),
                WebSocketRoute("/{path:path}", self.websocket),
            ]
        )

    async def http(self, request: Request) -> Response:
        path = request.path_params["path"].strip("/")
        self.received.add(
            wall_now(), self.simulation.state.now, request.method, path, request.query_params, await request.body()
        )
        action = signalr.action_of(path)
        if action is not None:
            return self._signalr(request, action)
        return await self._rest(request, path)

    async def websocket(self, socket: WebSocket) -> None:
        """A stream; or SSI's Node client, whose `start` carries the headers of an upgrade and wants plain JSON."""
        action = signalr.action_of(socket.path_params["path"])
        short = signalr.short_answer(action or "")
        if short is not None:
            await socket.send_denial_response(short)
            return
        if action not in ("connect", "reconnect"):
            await socket.send_denial_response(Response(status_code=404))
            return
        if isinstance(self.tokens.check(signalr.authorization(socket.headers, socket.query_params)), Invalid):
            await socket.send_denial_response(Response(status_code=401))
            return
        await self.streams.serve(socket, signalr.hub_of(socket.query_params), _notify_id(socket))

    def _signalr(self, request: Request, action: str) -> Response:
        short = signalr.short_answer(action)
        if short is not None:
            return short
        if action != "negotiate":
            return Response(status_code=404)
        if isinstance(self.tokens.check(signalr.authorization(request.headers, request.query_params)), Invalid):
            return Response(status_code=401)
        return signalr.negotiated()

    async def _rest(self, request: Request, path: str) -> Response:
        area, _, name = path.lower().rpartition("/")
        if self.faults.draw(FaultKind.DROP_BEFORE_TAKING, name):
            return Cut()
        delay = self.faults.draw(FaultKind.REPLY_DELAY_MS, name)
        call = await read_call(request, name)
        answer = call if isinstance(call, Answer) else await self._answer(request.method, area, call)
        if delay is not None:
            await asyncio.sleep(delay.value / 1000)
        if self.faults.draw(FaultKind.DROP_REPLY_AFTER_TAKING, name):
            return Cut()
        return answer.response(http_errors=self.switches.http_errors)

    async def _answer(self, method: str, area: str, call: Call) -> Answer:
        if method == "POST":
            login = self._logins().get((area, call.name))
            if login is not None:
                return login(call)
            if area == _TRADING and call.name in _ORDER_CALLS:
                return await self._order(call)
        elif area == _TRADING:
            if call.name == "orderhistory":
                # A day that has just ended is in the history only once it is stored.
                self.simulation.bring_up_to_date()
                await self.simulation.saved()
            answer = TradingRest(self.simulation, self.login).query(call)
            await self.simulation.saved()
            return answer
        elif area == _DATA:
            return DataRest(self.simulation, self.login).query(call)
        return failure(f"{method} {area}/{call.name} is not simulated.", 404)

    def _logins(self) -> dict[tuple[str, str], Callable[[Call], Answer]]:
        return {
            (_TRADING, "accesstoken"): self.login.trading_token,
            (_TRADING, "getotp"): self.login.one_time_password,
            (_DATA, "accesstoken"): self.login.data_token,
        }

    async def _order(self, call: Call) -> Answer:
        read = TradingRest(self.simulation, self.login).read_order(call)
        if isinstance(read, Answer):
            return read
        command, echo = read
        await self.simulation.take(command)
        return success({"requestID": command.request_id, "requestData": echo})


def _notify_id(socket: WebSocket) -> int:
    """Where to resume; a header that is missing or is no number means new messages only."""
    text = socket.headers.get("notifyid") or socket.query_params.get("notify_id") or ""
    return int(text) if text.strip().isdigit() else -1
