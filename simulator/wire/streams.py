"""The open connections of both hubs: who listens, what the invocations ask for, and what is broadcast to whom."""

import asyncio
import json

from starlette.websockets import WebSocket, WebSocketDisconnect

from simulator.faults import Faults
from simulator.simulation import Simulation
from simulator.wire import signalr
from simulator.wire.channels import parse_channels
from simulator.wire.connections import Connection
from simulator.wire.data_feed import CHANNELS, DataFeed
from simulator.wire.delivery import Delivery


class Streams:
    """Registers itself with the simulation: orders' messages are sent once they are on the disk, never before."""

    def __init__(self, simulation: Simulation, faults: Faults) -> None:
        self._simulation = simulation
        self._delivery = Delivery(faults)
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

    async def serve(self, socket: WebSocket, hub: str, notify_id: int) -> None:
        """One client from its upgrade to its end; `notify_id` -1 means new messages only."""
        await socket.accept()
        await socket.send_text(signalr.first_frame())
        connection = Connection(hub)
        if hub == signalr.DATA_HUB:
            self._data.add(connection)
        else:
            # Nothing is awaited between reading the stored messages and listening for new ones: none is lost.
            for message in self._simulation.messages_from(notify_id) if notify_id >= 0 else ():
                connection.broadcast(message.text)
            self._delivery.listeners.add(connection)
        sender = asyncio.create_task(connection.send_all(socket))
        try:
            await self._receive(socket, connection)
        finally:
            self._delivery.listeners.discard(connection)
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
            connection.channels = parse_channels(str(arguments[0]), CHANNELS)
            for message in self._feed.picture(self._simulation.state, connection.channels.has):
                connection.broadcast(message.text)
        connection.answer(invocation["I"])

    def _broadcast_securities(self, moved: set[str]) -> None:
        if not self._data:
            return
        listeners = list(self._data)
        for message in self._feed.changes(self._simulation.state, moved, self._is_wanted):
            for connection in listeners:
                if connection.channels.has(message.channel, message.name):
                    connection.broadcast(message.text)

    def _is_wanted(self, channel: str, name: str) -> bool:
        return any(connection.channels.has(channel, name) for connection in self._data)
