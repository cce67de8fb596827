"""Which TCP ports the stack uses, and a clear word before anything starts when one cannot be had."""

import errno
import random
import socket
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

import psutil

from local.failure import CannotRun

LOOPBACK = "127.0.0.1"
# Below Linux's ephemeral range (32768 up), so that no outgoing connection takes the port between two starts.
FREE_PORT_RANGE = range(15432, 16432)


@dataclass(frozen=True, slots=True)
class PortClaim:
    """One port the stack needs: `variable` is what a person sets to change it."""

    owner: str
    variable: str
    port: int
    host: str = LOOPBACK


def can_bind(port: int, host: str = LOOPBACK) -> bool:
    return _bind_error(port, host) is None


def free_port(preferred: int | None = None) -> int:
    """`preferred` if it can be had, else a random free port of `FREE_PORT_RANGE`."""
    return preferred if preferred is not None and can_bind(preferred) else free_ports(1)[0]


def free_ports(count: int) -> tuple[int, ...]:
    """`count` different free ports, taken at random so that stacks starting together rarely meet."""
    shuffled = random.sample(FREE_PORT_RANGE, len(FREE_PORT_RANGE))
    found = tuple(islice((port for port in shuffled if can_bind(port)), count))
    if len(found) < count:
        raise CannotRun(f"no free port between {FREE_PORT_RANGE[0]} and {FREE_PORT_RANGE[-1]}: set POSTGRES_PORT")
    return found


def require_ports(claims: Iterable[PortClaim]) -> None:
    """Raise `CannotRun` naming the variable when a port is claimed twice, taken or forbidden."""
    seen: dict[int, PortClaim] = {}
    for claim in claims:
        if claim.port in seen:
            other = seen[claim.port]
            raise CannotRun(
                f"port {claim.port} is wanted by {other.owner} ({other.variable}) and {claim.owner}"
                f" ({claim.variable}): give them different ports"
            )
        seen[claim.port] = claim
        _require(claim)


def _require(claim: PortClaim) -> None:
    error = _bind_error(claim.port, claim.host)
    if error is None:
        return
    what = f"port {claim.port} for {claim.owner}"
    match error.errno:
        case errno.EADDRINUSE:
            raise CannotRun(f"{what} is taken{_holder(claim.port)}: set {claim.variable} to a free port")
        case errno.EACCES:
            raise CannotRun(f"{what} needs root: set {claim.variable} to a port above 1023")
        case errno.EADDRNOTAVAIL:
            raise CannotRun(f"{what}: {claim.host} is not an address of this machine: set HOST")
        case _:
            raise CannotRun(f"{what} cannot be opened on {claim.host} ({error.strerror}): set {claim.variable}")


def _bind_error(port: int, host: str) -> OSError | None:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        with socket.socket(family, socket.SOCK_STREAM) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind((host, port))
    except OSError as error:
        return error
    return None


def _holder(port: int) -> str:
    try:
        connections = psutil.net_connections("tcp")
    except psutil.Error:
        return ""  # another user's sockets may not be looked at; the message is then shorter
    for connection in connections:
        here = connection.status == psutil.CONN_LISTEN and getattr(connection.laddr, "port", None) == port
        if here and connection.pid:
            return f" by process {connection.pid} ({_name(connection.pid)})"
    return ""


def _name(pid: int) -> str:
    try:
        return str(psutil.Process(pid).name())
    except psutil.Error:
        return "ended meanwhile"
