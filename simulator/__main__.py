"""`python -m simulator --port N --data FOLDER`: serve SSI's wire and `/control` on one port."""

import argparse
import asyncio
import logging
import signal
from pathlib import Path

import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from simulator.app import application
from simulator.credentials import Credentials, load_credentials
from simulator.journal import Journal
from simulator.simulation import Simulation

DEFAULT_SEED = 7


class Protocol(HttpToolsProtocol):
    """Lets a fault cut the connection: the application finds its transport in the request's state."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # uvicorn's own narrowing
        super().connection_made(transport)
        self.app_state = {**self.app_state, "transport": transport}


def main() -> None:
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    # uvicorn raises the signal that stopped it once more: with this handler the process then ends with code 0.
    signal.signal(signal.SIGTERM, lambda *_: None)
    arguments.data.mkdir(parents=True, exist_ok=True)
    address = arguments.address or f"http://127.0.0.1:{arguments.port}/"
    credentials = load_credentials(arguments.data.resolve(), address)
    with Journal(arguments.data / "journal.sqlite") as journal:
        simulation = Simulation(journal, arguments.seed)
        _announce(address, credentials)
        uvicorn.run(
            application(simulation, credentials),
            host=arguments.host,
            port=arguments.port,
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


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="the one port for everything")
    parser.add_argument("--host", default="127.0.0.1", help="the interface to listen on")
    parser.add_argument("--address", help="the URL that clients reach this port at, as written into ssi.env")
    parser.add_argument("--data", type=Path, required=True, help="folder for keys, journal and ssi.env")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="seed of the other participants")
    return parser.parse_args()


def _announce(address: str, credentials: Credentials) -> None:
    log = logging.getLogger("simulator")
    log.info("SSI's API and streams at %s, control at %scontrol/docs", address, address)
    log.info("client settings (keys, PIN, account) in %s", credentials.environment_file)
    log.info("private key in %s", credentials.private_key_file)


if __name__ == "__main__":
    main()
