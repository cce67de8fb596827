"""The open connections of both hubs: who listens, what the invocations ask for, and what is broadcast to whom."""

import asyncio
import json

from starlette.responses import Response
from starlette.websockets import WebSocket

from simulator.simulation import Simulation
from simulator.switches import StreamLimitReached
from simulator.wire import signalr
from simulator.wire.channels import parse_channels
from simulator.wire.connections import Connection
from simulator.wire.data_feed import CHANNELS, DataFeed
from simulator.wire.delivery import Delivery
from simulator.wire.resumption import Resumption

_UNSUPPORTED_DATA = 1003


class Streams:
    """Registers itself with the simulation: orders' messages are sent once they are on the disk, never before."""

    def __init__(self, simulation: Simulation) -> None:
        self._simulation = simulation
        self._delivery = Delivery(simulation.state.faults)
        self._open: list[Connection] = []
        self._data: set[Connection] = set()
        self._feed = DataFeed()
        simulation.listeners.messages.append(self._delivery.tell)
        simulation.listeners.securities.append(self._broadcast_securities)

    def hang_up(self) -> int:
        """Drop every trading stream; how many there were."""
        return self._delivery.hang_up()

    def hang_up_all(self) -> None:
        """Drop the streams of both hubs."""
        self.hang_up()
        dropped, self._data = self._data, set()
        for connection in dropped:
            connection.hang_up()

    def blocked(self, hub: str) -> Response | None:
        """SSI's refusal of one stream too many; or the oldest ends for it."""
        switches = self._simulation.state.switches
        opened = [connection for connection in self._open if connection.hub == hub]
        if switches.stream_limit is None or len(opened) < switches.stream_limit:
            return None
        if switches.stream_limit_reached is StreamLimitReached.OLDEST_ENDS:
            self._forget(opened[0])
            opened[0].hang_up()
            return None
        text = f"Connection has been blocked, quota {switches.stream_limit} exceeded by {len(opened) + 1}"
        return Response(text, 403, media_type="text/plain")

    def start(self, connection_token: str) -> None:
        """The client has sent SignalR's `start`."""
        for connection in self._open:
            if connection.token == connection_token:
                connection.started.set()

    def abort(self, connection_token: str) -> None:
        """The client has sent SignalR's `abort`; .NET's then waits half a minute for the close."""
        for connection in self._open:
            if connection_token and connection.token == connection_token:
                connection.hang_up()

    async def serve(self, socket: WebSocket, hub: str, resumption: Resumption) -> None:
        """One client from its upgrade to its end."""
        switches = self._simulation.state.switches
        connection = Connection(hub, resumption.connection_token, switches.keep_alive_seconds)
        if not switches.start_needed:
            connection.started.set()
        self._open.append(connection)
        try:
            await socket.accept()
            await socket.send_text(signalr.first_frame())
            self._begin(connection, resumption)
            sender = asyncio.create_task(connection.send_all(socket))
            try:
                await self._receive(socket, connection)
            finally:
                sender.cancel()
        finally:
            self._forget(connection)

    def _begin(self, connection: Connection, resumption: Resumption) -> None:
        """Nothing is awaited between reading the stored messages and listening for new ones: none is lost."""
        if connection.hub == signalr.DATA_HUB:
            self._data.add(connection)
            return
        switches = self._simulation.state.switches
        for message in resumption.of(self._simulation.messages_of_today(), switches):
            connection.broadcast(message.text, position=message.position)
        self._delivery.listeners.add(connection)

    def _forget(self, connection: Connection) -> None:
        self._delivery.listeners.discard(connection)
        self._data.discard(connection)
        if connection in self._open:
            self._open.remove(connection)

    async def _receive(self, socket: WebSocket, connection: Connection) -> None:
        """Until the client goes; a binary frame is nothing that SignalR has, so it ends the connection."""
        while True:
            message = await socket.receive()
            if message["type"] == "websocket.disconnect":
                return
            text = message.get("text")
            if text is None:
                await socket.close(_UNSUPPORTED_DATA, "SignalR speaks in text frames")
                return
            self._invoke(connection, text)

    def _invoke(self, connection: Connection, text: str) -> None:
        """Answer an invocation; SwitchChannels is the only method, and its clients wait for a first picture."""
        try:
            invocation = json.loads(text)
        except (ValueError, RecursionError):
            return
        if not isinstance(invocation, dict) or "I" not in invocation:
            return
        arguments = invocation.get("A")
        if str(invocation.get("M", "")).lower() == "switchchannels" and arguments and isinstance(arguments, list):
            self._subscribe(connection, str(arguments[0]))
        connection.answer(invocation["I"])

    def _subscribe(self, connection: Connection, wanted: str) -> None:
        switches = self._simulation.state.switches
        first = wanted.partition(",")[0] if switches.one_channel_per_connection else wanted
        connection.channels = parse_channels(first, CHANNELS)
        connection.held_back.clear()
        if switches.snapshot_on_subscribe:
            for message in self._feed.picture(self._simulation.state, connection.channels.has):
                connection.broadcast(message.text)

    def _broadcast_securities(self, moved: set[str]) -> None:
        every_seconds = self._simulation.state.switches.all_channels_every_ms / 1000
        listeners = list(self._data)
        for message in self._feed.changes(self._simulation.state, moved, self._is_wanted):
            for connection in listeners:
                if not connection.channels.has(message.channel, message.name):
                    continue
                if every_seconds and message.channel in connection.channels.everything:
                    connection.held_back[(message.channel, message.name)] = message.text
                else:
                    connection.broadcast(message.text)
        for connection in listeners:
            connection.let_go(every_seconds)

    def _is_wanted(self, channel: str, name: str) -> bool:
        return any(connection.channels.has(channel, name) for connection in self._data)
