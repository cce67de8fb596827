"""`python -m api`: the HTTP process."""

import signal
import sys
from types import FrameType

import httpx
import uvicorn

import log_lines
from api.app import create_app
from api.clock import Clock, RemoteClock, WallClock
from api.resources import Resources
from api.temporal_gateway import TemporalGateway
from ending import leave
from ledger.database import open_engine
from ledger.ledger import Ledger
from market.vocabulary import Exchange
from risk.checks import Limits, PreOpen
from settings import Settings, WrongSettings, load_settings

_GRACE_SECONDS = 3


def main() -> int:
    try:
        settings = load_settings()
        resources = _resources(settings)
    except WrongSettings as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 2
    log_lines.configure("api", settings.log_level)
    # uvicorn raises a signal again once it has shut down; we end by ourselves, with code 0.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _already_handled)
    server = uvicorn.Server(
        uvicorn.Config(
            create_app(resources),
            host=settings.host,
            port=settings.port,
            loop="uvloop",
            log_config=None,
            access_log=False,
            server_header=False,
            timeout_graceful_shutdown=_GRACE_SECONDS,
        )
    )
    server.run()
    return 0 if server.started else 3


def _resources(settings: Settings) -> Resources:
    """Open nothing yet. Raises `WrongSettings` when an address or the token key is missing."""
    database_url, temporal_address, secret_key = settings.database_url, settings.temporal_address, settings.secret_key
    if database_url is None or temporal_address is None or secret_key is None:
        needed = {"DATABASE_URL": database_url, "TEMPORAL_ADDRESS": temporal_address, "SECRET_KEY": secret_key}
        missing = [name for name, value in needed.items() if value is None]
        raise WrongSettings(tuple(f"{name} is not set: the API cannot start without it" for name in missing))
    engine = open_engine(database_url, settings.database_echo)
    gateway = TemporalGateway(temporal_address, settings.temporal_namespace)
    http = httpx.AsyncClient(trust_env=False)
    clock: Clock = WallClock() if settings.market_clock_url is None else RemoteClock(settings.market_clock_url, http)

    async def start() -> None:
        gateway.start()

    async def stop() -> None:
        await gateway.stop()
        await http.aclose()
        await engine.dispose()

    return Resources(
        ledger=Ledger(engine),
        gateway=gateway,
        clock=clock,
        secret_key=secret_key.get_secret_value(),
        algorithm=settings.algorithm,
        default_market=Exchange(settings.default_market),
        limits=Limits(settings.max_order_size, settings.max_positions, PreOpen(settings.pre_open)),
        start=start,
        stop=stop,
    )


def _already_handled(_signal: int, _frame: FrameType | None) -> None:
    return None


if __name__ == "__main__":
    leave(main())
