"""The connection pool to PostgreSQL."""

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

CONNECT_SECONDS = 5
# A process that freezes in the middle of a transaction would keep an account locked; the server ends it.
_SESSION = "-c timezone=UTC -c idle_in_transaction_session_timeout=30000"


def open_engine(database_url: str, echo: bool = False, pool_size: int = 10) -> AsyncEngine:  # noqa: FBT001, FBT002 - as agreed with its callers
    """A pool of at most `pool_size` connections to a `postgresql+psycopg://` address; dispose of it when done."""
    return create_async_engine(
        database_url,
        echo=echo,
        pool_size=pool_size,
        max_overflow=0,
        connect_args={"connect_timeout": CONNECT_SECONDS, "options": _SESSION},
    )
