"""The connection pool to PostgreSQL, and patience with a server that does not answer."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import InterfaceError, OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

_Result = TypeVar("_Result")
_AGAIN_SECONDS = 0.25

CONNECT_SECONDS = 5
# A process that freezes in the middle of a transaction would keep an account locked; the server ends it.
_CONNECTION: dict[str, str | int] = {
    "connect_timeout": CONNECT_SECONDS,
    "options": "-c timezone=UTC -c idle_in_transaction_session_timeout=30000",
    # A server that vanished without a word must not hold a statement for the hours that TCP would wait.
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    "tcp_user_timeout": 15_000,
}


def open_engine(database_url: str, echo: bool = False, pool_size: int = 10) -> AsyncEngine:  # noqa: FBT001, FBT002 - as agreed with its callers
    """A pool of at most `pool_size` connections to a `postgresql+psycopg://` address; dispose of it when done."""
    return create_async_engine(
        database_url,
        echo=echo,
        pool_size=pool_size,
        max_overflow=0,
        connect_args=_CONNECTION,
    )


async def patiently(transaction: Callable[[], Awaitable[_Result]], seconds: float) -> _Result:
    """Run a transaction that may be repeated, again and again for `seconds` while the server does not answer."""
    ends = asyncio.get_running_loop().time() + seconds
    while True:
        try:
            return await transaction()
        except (OperationalError, InterfaceError):
            if asyncio.get_running_loop().time() > ends:
                raise
            await asyncio.sleep(_AGAIN_SECONDS)
