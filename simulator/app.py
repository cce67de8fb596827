"""One ASGI application for SSI's wire and `/control`, and the simulation that lives as long as it does."""

import asyncio
import contextlib
import logging
import signal
from collections.abc import AsyncIterator

from starlette.applications import Starlette
from starlette.routing import Mount

from simulator.control.app import control_application
from simulator.control.parts import Parts
from simulator.credentials import Credentials
from simulator.faults import Faults
from simulator.received import Received
from simulator.simulation import Simulation
from simulator.switches import Switches
from simulator.wire.login import Login
from simulator.wire.server import Wire
from simulator.wire.streams import Streams
from simulator.wire.tokens import Tokens

log = logging.getLogger("simulator")


def application(simulation: Simulation, credentials: Credentials) -> Starlette:
    faults, received, switches = Faults(), Received(), Switches()
    streams = Streams(simulation, faults)
    login = Login(credentials, Tokens(credentials.private_key))
    wire = Wire(simulation, login, streams, faults, received, switches)
    control = control_application(Parts(simulation, streams, faults, received, switches))

    @contextlib.asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        await simulation.open()
        running = asyncio.create_task(simulation.run())
        running.add_done_callback(_stop_on_failure)
        yield
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running
        await simulation.save()

    routes = [Mount("/control", control), Mount("/", wire.application())]
    return Starlette(routes=routes, lifespan=lifespan)


def _stop_on_failure(running: asyncio.Task[None]) -> None:
    """A market whose time no longer passes must not go on answering."""
    if running.cancelled():
        return
    log.critical("the market has stopped", exc_info=running.exception())
    signal.raise_signal(signal.SIGTERM)
