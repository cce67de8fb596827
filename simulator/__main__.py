"""`python -m simulator --port N --data FOLDER`: serve SSI's wire and `/control` on one port, as the stack does."""

import argparse
import logging
import sys
from datetime import datetime
from pathlib import Path

from simulator.clock import read_start
from simulator.credentials import Credentials
from simulator.serving import DEFAULT_SEED, NOT_STARTED, FolderInUse, Place, serve
from simulator.simulation import Simulation
from simulator.switches import Limit, read_limits

log = logging.getLogger("simulator")


def main() -> None:
    arguments = _arguments()
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    place = Place(arguments.port, arguments.data, arguments.host, arguments.address or "")
    try:
        sys.exit(serve(place, arguments.seed, _announce, start=arguments.start, limits=arguments.limits))
    except FolderInUse as problem:
        log.critical("%s", problem)
        sys.exit(NOT_STARTED)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m simulator", description=__doc__)
    parser.add_argument("--port", type=int, required=True, help="the one port for everything")
    parser.add_argument("--host", default="127.0.0.1", help="the interface to listen on")
    parser.add_argument("--address", help="the URL that clients reach this port at, as written into ssi.env")
    parser.add_argument("--data", type=Path, required=True, help="folder for keys, journal and ssi.env")
    parser.add_argument("--seed", type=int, default=DEFAULT_SEED, help="seed of the other participants")
    parser.add_argument("--start", type=_start, help="where a new market stands still, such as 2026-11-25T10:00:00")
    parser.add_argument("--limits", type=_limits, default=(), help="calls that are taken, such as 5/1s,30/5s")
    return parser.parse_args()


def _limits(text: str) -> tuple[Limit, ...]:
    try:
        return read_limits(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _start(text: str) -> datetime:
    try:
        return read_start(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _announce(place: Place, credentials: Credentials, _: Simulation) -> None:
    log.info("SSI's API and streams at %s, control at %scontrol/", place.url, place.url)
    log.info("client settings (keys, PIN, account) in %s", credentials.environment_file)
    log.info("private key in %s and %s", credentials.private_key_file, credentials.private_key_pem_file)


if __name__ == "__main__":
    main()
