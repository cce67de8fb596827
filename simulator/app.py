"""One ASGI application for SSI's wire and `/control`, and the simulation that lives as long as it does."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Mount, Route

from simulator.control.app import control_application
from simulator.control.parts import Parts
from simulator.credentials import Credentials
from simulator.one_time_codes import OneTimeCodes
from simulator.received import Received
from simulator.simulation import Simulation
from simulator.wire.http_faults import Door, HttpFaults
from simulator.wire.login import Login
from simulator.wire.server import Wire
from simulator.wire.streams import Streams
from simulator.wire.tokens import Tokens

log = logging.getLogger("simulator")


def application(simulation: Simulation, credentials: Credentials, door: Door | None = None) -> Starlette:
    received = Received()
    streams = Streams(simulation)
    tokens = Tokens(credentials.private_key, simulation.state)
    login = Login(credentials, tokens, OneTimeCodes(), simulation)
    http_faults = HttpFaults(simulation, streams, tokens, door)
    wire = Wire(simulation, login, streams, http_faults, received)
    control = control_application(Parts(simulation, streams, received, login.one_time_codes))

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await simulation.open()
        running = asyncio.create_task(simulation.run())
        running.add_done_callback(_stop_on_failure)
        yield
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await simulation.close()

    routes = [Route("/control", _to_the_page), Mount("/control", control), Mount("/", wire.application())]
    return Starlette(routes=routes, lifespan=lifespan)


async def _to_the_page(_: Request) -> RedirectResponse:
    return RedirectResponse("/control/")


def _stop_on_failure(running: asyncio.Task[None]) -> None:
    """A market whose time no longer passes must not go on answering."""
    if running.cancelled():
        return
    log.critical("the market has stopped", exc_info=running.exception())
    signal.raise_signal(signal.SIGTERM)
