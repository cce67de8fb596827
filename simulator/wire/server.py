"""The wire as an ASGI application: one route for all, since SSI's paths match in any case and with double slashes."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from starlette.applications import Starlette
from starlette.datastructures import QueryParams
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket

from simulator.faults import FaultKind, Occasion
from simulator.received import Received
from simulator.simulation import Simulation, wall_now
from simulator.switches import Switches
from simulator.wire import signalr
from simulator.wire.calls import Call, read_call
from simulator.wire.data_rest import DataRest
from simulator.wire.envelopes import Answer, failure
from simulator.wire.http_faults import HttpFaults
from simulator.wire.limits import Limits, throttled
from simulator.wire.login import Login
from simulator.wire.resumption import Resumption
from simulator.wire.services_rest import AREAS, ServicesRest
from simulator.wire.streams import Streams
from simulator.wire.tokens import Invalid, Tokens
from simulator.wire.trading_rest import TradingRest, taken

_TRADING = "api/v2/trading"
_DATA = "api/v2/market"
_AHEAD_MS = 300
_LONGEST_NUMBER = 18
_ORDER_CALLS = frozenset({"neworder", "modifyorder", "cancelorder"})


@dataclass(frozen=True, slots=True)
class Wire:
    simulation: Simulation
    login: Login
    streams: Streams
    http_faults: HttpFaults
    received: Received
    limits: Limits = field(default_factory=Limits)

    @property
    def switches(self) -> Switches:
        return self.simulation.state.switches

    @property
    def tokens(self) -> Tokens:
        return self.login.tokens

    def application(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/{path:path}", self.http, methods=["GET", "POST"]),
                WebSocketRoute("/{path:path}", self.websocket),
            ],
            exception_handlers={Exception: self.failed},
        )

    async def failed(self, _: Request, __: Exception) -> Response:
        """An envelope even for our own mistake, which the server still writes into its log."""
        return failure("Internal Server Error", 500).response(http_errors=self.switches.http_errors)

    async def http(self, request: Request) -> Response:
        path = request.path_params["path"].strip("/")
        self.received.add(
            wall_now(), self.simulation.state.now, request.method, path, request.query_params, await request.body()
        )
        action = signalr.action_of(path)
        if action is not None:
            return await self._faulty_signalr(request, action)
        return await self._rest(request, path)

    async def websocket(self, socket: WebSocket) -> None:
        """A stream; or SSI's Node client, whose `start` carries the headers of an upgrade and wants plain JSON."""
        action = signalr.action_of(socket.path_params["path"])
        short = self._short_answer(action or "", socket.query_params)
        if short is not None:
            await socket.send_denial_response(short)
            return
        if action not in ("connect", "reconnect"):
            await socket.send_denial_response(Response(status_code=404))
            return
        if isinstance(self.tokens.check(signalr.authorization(socket.headers, socket.query_params)), Invalid):
            await socket.send_denial_response(Response(status_code=401))
            return
        instead = await self.http_faults.opening(socket, Occasion(action, named_only=True))
        if instead is not None:
            await socket.send_denial_response(instead)
            return
        hub = signalr.hub_of(socket.query_params)
        blocked = self.streams.blocked(hub)
        if blocked is not None:
            await socket.send_denial_response(blocked)
            return
        await self.streams.serve(socket, hub, _resumption(socket, action))

    def _short_answer(self, action: str, query: QueryParams) -> Response | None:
        if action == "start":
            self.streams.start(query.get("connectionToken", ""))
        if action == "abort":
            self.streams.abort(query.get("connectionToken", ""))
        return signalr.short_answer(action)

    async def _faulty_signalr(self, request: Request, action: str) -> Response:
        """Faults befall SignalR's calls only where they name them: clients make these at times of their own."""
        occasion = Occasion(action, named_only=True)
        early = await self.http_faults.before(request, occasion)
        if early is not None:
            return early.response(http_errors=True) if isinstance(early, Answer) else early
        return await self.http_faults.after(request, occasion, self._signalr(request, action))

    def _signalr(self, request: Request, action: str) -> Response:
        short = self._short_answer(action, request.query_params)
        if short is not None:
            return short
        if action != "negotiate":
            return Response(status_code=404)
        if isinstance(self.tokens.check(signalr.authorization(request.headers, request.query_params)), Invalid):
            return Response(status_code=401)
        return signalr.negotiated(self.switches, request.query_params.get("clientProtocol", ""))

    async def _rest(self, request: Request, path: str) -> Response:
        area, _, name = path.lower().rpartition("/")
        call = await read_call(request, name)
        occasion = Occasion(name) if isinstance(call, Answer) else _occasion(call)
        exceeded = self._count(request.method, occasion)
        if exceeded is not None:
            return exceeded
        early = await self.http_faults.before(request, occasion)
        if isinstance(early, Response):
            return early
        answer = early or (call if isinstance(call, Answer) else await self._answer(request.method, area, call))
        response = answer.response(http_errors=self.switches.http_errors)
        return response if early else await self.http_faults.after(request, occasion, response)

    def _count(self, method: str, occasion: Occasion) -> Response | None:
        """Count the call; the answer when it is one too many."""
        now = time.monotonic()
        exceeded = self.limits.take(self.switches, method, occasion.path, occasion.account, now)
        if exceeded is None:
            return None
        allowed = f"{exceeded.limit.limit} per {exceeded.limit.period}"
        http_errors = self.switches.http_errors
        return throttled(self.switches.throttled, allowed, exceeded.wait, http_errors=http_errors)

    async def _answer(self, method: str, area: str, call: Call) -> Answer:
        answer = await (self._post(area, call) if method == "POST" else self._get(area, call))
        return answer or failure(f"{method} {area}/{call.name} is not simulated.", 404)

    async def _post(self, area: str, call: Call) -> Answer | None:
        login = self._logins().get((area, call.name))
        if login is not None:
            answer = login(call)
            await self.simulation.saved()
            return answer
        # SSI's clients send derivatives' orders to twins of the calls; the body names the market.
        order = replace(call, name=call.name.removeprefix("der"))
        if area == _TRADING and order.name in _ORDER_CALLS:
            return await self._order(order)
        return self._services.move(area, call) if area in AREAS else None

    async def _get(self, area: str, call: Call) -> Answer | None:
        # What belongs to a day that has just ended is read from the disk, so it must be there.
        self.simulation.bring_up_to_date()
        await self.simulation.saved()
        if area == _DATA:
            return DataRest(self.simulation, self.login).query(call)
        if area in AREAS:
            return self._services.query(area, call)
        if area != _TRADING:
            return None
        answer = self._trading.query(call)
        await self.simulation.saved()
        return answer

    @property
    def _trading(self) -> TradingRest:
        return TradingRest(self.simulation, self.login)

    @property
    def _services(self) -> ServicesRest:
        return ServicesRest(self.simulation, self._trading)

    def _logins(self) -> dict[tuple[str, str], Callable[[Call], Answer]]:
        return {
            (_TRADING, "accesstoken"): self.login.trading_token,
            (_TRADING, "getotp"): self.login.one_time_password,
            (_DATA, "accesstoken"): self.login.data_token,
        }

    async def _order(self, call: Call) -> Answer:
        read = self._trading.read_order(call)
        if isinstance(read, Answer):
            return read
        command, echo = read
        ahead = self.simulation.state.faults.draw(FaultKind.FILL_BEFORE_ACK, _occasion(call))
        await self.simulation.take(command, before_answer=ahead is not None)
        if ahead is not None:
            await asyncio.sleep((ahead.value or _AHEAD_MS) / 1000)
        return taken(command, echo)


def _occasion(call: Call) -> Occasion:
    return Occasion(call.name, call.text("account"), call.text("instrumentID"), page=call.number("pageIndex") or 1)


def _resumption(socket: WebSocket, action: str) -> Resumption:
    """Where to resume; a header that is missing or is no number means new messages only."""
    text = socket.headers.get("notifyid") or socket.query_params.get("notify_id") or ""
    cursor = socket.query_params.get("messageId", "") if action == "reconnect" else ""
    return Resumption(
        notify_id=_number(text.strip()),
        position=signalr.position_of(cursor),
        connection_token=socket.query_params.get("connectionToken", ""),
    )


def _number(text: str) -> int:
    """A notify id; -1 for what is none, `²` among it."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else -1
