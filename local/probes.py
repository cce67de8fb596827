"""Is it there? Short questions to processes of ours and to servers that a variable names."""

import http.client
import json
import socket
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import psycopg

from local.failure import CannotRun
from local.ports import LOOPBACK

HTTP_SECONDS = 2.0
EXTERNAL_SECONDS = 5
OLDEST_POSTGRES = 13


def answers_http(port: int, path: str, host: str = LOOPBACK) -> Callable[[], bool]:
    """A probe that holds once `GET path` is answered with 200. Proxies of the environment are not used."""

    def holds() -> bool:
        return _get(port, path, host) is not None

    return holds


def read_json_from(port: int, path: str) -> Any:
    """The JSON body of `GET path`, or None when it is not answered with 200 and JSON."""
    body = _get(port, path, LOOPBACK)
    if body is None:
        return None
    try:
        return json.loads(body)
    except json.JSONDecodeError:
        return None


def require_postgres(database_url: str) -> str:
    """The version of the server behind DATABASE_URL. Raises `CannotRun` when it cannot be used."""
    address = urlsplit(database_url)
    where = f"{address.hostname}:{address.port or 5432}{address.path}"
    try:
        plain = database_url.replace("postgresql+psycopg://", "postgresql://", 1)
        with psycopg.connect(plain, connect_timeout=EXTERNAL_SECONDS) as connection:
            version = connection.info.server_version
    except psycopg.Error as error:
        reason = str(error).strip().splitlines()
        raise CannotRun(f"DATABASE_URL: no connection to {where}: {reason[0] if reason else error!r}") from error
    if version // 10000 < OLDEST_POSTGRES:
        raise CannotRun(
            f"DATABASE_URL: {where} runs PostgreSQL {version // 10000}, needed is {OLDEST_POSTGRES} or later"
        )
    return f"{version // 10000}.{version % 10000}"


def require_listener(variable: str, host: str, port: int) -> None:
    """Raise `CannotRun` naming the variable unless somebody listens on host:port."""
    try:
        socket.create_connection((host, port), EXTERNAL_SECONDS).close()
    except OSError as error:
        raise CannotRun(f"{variable}={host}:{port} does not answer: {error.strerror or error}") from error


def _get(port: int, path: str, host: str) -> bytes | None:
    connection = http.client.HTTPConnection(host, port, timeout=HTTP_SECONDS)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.read() if answer.status == http.client.OK else None
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
