"""The simulator as a server on one port: its folder locked, its market opened, its wire and `/control` answering."""

import asyncio
import fcntl
import re
import signal
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulator.app import application
from simulator.credentials import Credentials, load_credentials
from simulator.door import ServerDoor
from simulator.journal import Journal
from simulator.simulation import Simulation
from simulator.switches import Limit, Switches

DEFAULT_SEED = 7
NOT_STARTED = 3
_WHEN_TOLD = (signal.SIGTERM, signal.SIGINT)


_HTTP_2 = re.compile(rb"\r\nUpgrade:[ \t]*h2c[ \t]*(?=\r\n)", re.IGNORECASE)


class Protocol(HttpToolsProtocol):
    """Lets a fault cut the connection: the application finds its transport in the request's state."""

    def data_received(self, data: bytes) -> None:
        # Java's HttpClient offers HTTP/2 with each request; uvicorn would then take the body for another protocol.
        super().data_received(_HTTP_2.sub(b"", data) if b"h2c" in data else data)

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn's own narrowing
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a simulator listens and keeps its data; `address` is the URL that its clients reach it at."""

    port: int
    data: Path
    host: str = "127.0.0.1"
    address: str = ""

    @property
    def url(self) -> str:
        return self.address or f"http://127.0.0.1:{self.port}/"


class FolderInUse(Exception):  # noqa: N818 - an answer, told to a person as it is
    """Another simulator works in the folder: two would write one journal."""


Announce = Callable[[Place, Credentials, Simulation], None]
"""Called once the port answers."""


def serve(
    place: Place,
    seed: int,
    announce: Announce,
    *,
    live_clock: bool = False,
    start: datetime | None = None,
    limits: tuple[Limit, ...] = (),
) -> int:
    """Run until told to stop by SIGTERM or Ctrl-C; the exit code. Raises `FolderInUse`.

    With `live_clock` the market's time is the wall's, open or closed; else it starts in an open session, or stands
    still at `start`. A folder's simulator goes on where it was; `limits` takes the place of those that it had.
    """
    place.data.mkdir(mode=0o700, parents=True, exist_ok=True)
    # uvicorn raises the signal that stopped it once more: with this handler the process then ends with code 0.
    for number in _WHEN_TOLD:
        signal.signal(number, lambda *_: None)
    with _lock(place.data / "lock"), Journal(place.data / "journal.sqlite") as journal:
        credentials = load_credentials(place.data.resolve(), place.url)
        simulation = Simulation(journal, seed, live_clock=live_clock, start=start)
        if limits:
            simulation.state.switches = simulation.state.switches.changed_by(Switches(limits=limits))
        door = ServerDoor()
        server = _Server(
            _configuration(place, simulation, credentials, door), lambda: announce(place, credentials, simulation)
        )
        door.server = server
        server.run()
        return 0 if server.started else NOT_STARTED


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, announce: Callable[[], None]) -> None:
        super().__init__(config)
        self._announce = announce

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._announce()


def _configuration(place: Place, simulation: Simulation, credentials: Credentials, door: ServerDoor) -> uvicorn.Config:
    return uvicorn.Config(
        application(simulation, credentials, door),
        host=place.host,
        port=place.port,
        http=Protocol,
        ws="websockets-sansio",
        # A WebSocket ping kills SSI's Node client; the hubs keep alive with text frames instead.
        ws_ping_interval=None,
        ws_ping_timeout=None,
        ws_per_message_deflate=False,
        log_level="warning",
        # As long as IIS keeps an idle connection: a client's next order must not meet a closing one.
        timeout_keep_alive=120,
        timeout_graceful_shutdown=2,
    )


@contextmanager
def _lock(path: Path) -> Iterator[IO[str]]:
    """Hold the folder for this process; the system lets go of it however the process ends."""
    with path.open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise FolderInUse(f"another simulator works in {path.parent}: end it, or name another folder") from None
        yield file
