"""The open connections of both hubs: each has a queue of frames, and only its own task sends them."""

import asyncio
import json
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from market.phases import PhaseName
from market.vocabulary import Exchange
from simulator.faults import FaultKind, Faults
from simulator.records import StreamMessage
from simulator.security import Security
from simulator.simulation import Simulation
from simulator.wire import data_messages, signalr
from simulator.wire.channels import Channels, parse_channels


@dataclass(eq=False, slots=True)
class Connection:
    """`None` in the queue ends the connection; only data clients choose channels."""

    hub: str
    frames: asyncio.Queue[str | None] = field(default_factory=asyncio.Queue)
    channels: Channels = field(default_factory=Channels)
    sent: int = 0

    def broadcast(self, text: str) -> None:
        self.sent += 1
        self.frames.put_nowait(signalr.broadcast_frame(self.hub, text, self.sent))

    def hang_up(self) -> None:
        self.frames.put_nowait(None)


class Streams:
    """Registers itself with the simulation: orders' messages are sent once they are on the disk, never before."""

    def __init__(self, simulation: Simulation, faults: Faults) -> None:
        self._simulation = simulation
        self._faults = faults
        self._trading: set[Connection] = set()
        self._data: set[Connection] = set()
        self._phases: dict[Exchange, PhaseName] = {}
        simulation.listeners.messages.append(self._broadcast_messages)
        simulation.listeners.securities.append(self._broadcast_securities)

    def hang_up(self) -> int:
        """Drop every trading stream; how many there were."""
        dropped, self._trading = self._trading, set()
        for connection in dropped:
            connection.hang_up()
        return len(dropped)

    async def serve(self, socket: WebSocket, hub: str, notify_id: int) -> None:
        """One client from its upgrade to its end; `notify_id` -1 means new messages only."""
        await socket.accept()
        await socket.send_text(signalr.first_frame())
        connection = Connection(hub)
        members = self._data if hub == signalr.DATA_HUB else self._trading
        if members is self._trading and notify_id >= 0:
            for message in self._simulation.messages_from(notify_id):
                connection.broadcast(message.text)
        # Nothing is awaited between reading the stored messages and listening for new ones: none is lost between them.
        members.add(connection)
        sender = asyncio.create_task(_send(socket, connection))
        try:
            await self._receive(socket, connection)
        finally:
            self._trading.discard(connection)
            self._data.discard(connection)
            sender.cancel()

    async def _receive(self, socket: WebSocket, connection: Connection) -> None:
        try:
            while True:
                self._invoke(connection, await socket.receive_text())
        except WebSocketDisconnect:
            return

    def _invoke(self, connection: Connection, text: str) -> None:
        """Answer an invocation; SwitchChannels is the only method, and its clients wait for a first picture."""
        try:
            invocation = json.loads(text)
        except ValueError:
            return
        if not isinstance(invocation, dict) or "I" not in invocation:
            return
        arguments = invocation.get("A")
        if str(invocation.get("M", "")).lower() == "switchchannels" and arguments:
            connection.channels = parse_channels(str(arguments[0]))
            for security in self._simulation.state.securities.values():
                self._show(connection, security, ("F", "X"))
        connection.frames.put_nowait(signalr.result_frame(invocation["I"]))

    def _broadcast_messages(self, messages: list[StreamMessage]) -> None:
        if messages and self._trading and self._faults.draw(FaultKind.STREAM_DROP):
            self.hang_up()
        for message in messages:
            for connection in self._trading:
                connection.broadcast(message.text)

    def _broadcast_securities(self, moved: set[str]) -> None:
        if not self._data:
            return
        state = self._simulation.state
        phases = {exchange: state.phase_of(exchange) for exchange in Exchange}
        turned = {exchange for exchange in Exchange if phases[exchange] is not self._phases.get(exchange)}
        self._phases = phases
        for security in state.securities.values():
            shown = ("F", "X") if security.listing.exchange in turned else ("X",)
            if len(shown) > 1 or security.symbol in moved:
                for connection in self._data:
                    self._show(connection, security, shown)

    def _show(self, connection: Connection, security: Security, shown: tuple[str, ...]) -> None:
        state = self._simulation.state
        phase = state.phase_of(security.listing.exchange)
        if "F" in shown and connection.channels.has("F", security.symbol):
            content = data_messages.session_status(security, phase, state.now)
            connection.broadcast(data_messages.message("F", content))
        if "X" in shown and connection.channels.has("X", security.symbol):
            content = data_messages.snapshot(security, phase, state.now)
            connection.broadcast(data_messages.message("X", content))


async def _send(socket: WebSocket, connection: Connection) -> None:
    while True:
        try:
            frame = await asyncio.wait_for(connection.frames.get(), signalr.KEEP_ALIVE_SECONDS)
        except TimeoutError:
            frame = signalr.KEEP_ALIVE_FRAME
        if frame is None:
            await socket.close()
            return
        try:
            await socket.send_text(frame)
        except (WebSocketDisconnect, RuntimeError):
            return  # the client has gone; the receiving side ends the connection
