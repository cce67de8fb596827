"""A one-time code between the person who enters it and the worker that uses it: the only place where it is kept.

It must not be in a history, a log line or an error, so it is written here and read once.
"""

from datetime import timedelta
from typing import Final

from sqlalchemy import delete, func
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.tables import ONE_TIME_CODE

FORM: Final = "^[0-9A-Za-z]{4,12}$"
"""A regular expression of what is sent to the broker as a code."""

GOOD_FOR: Final = timedelta(minutes=10)
"""An older code is not tried: it would fail at the broker, and failed logins count."""


class _Masked(str):
    """SQLAlchemy prints the parameters of a statement into its log and its errors, by `repr`."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "'***'"


async def leave_code(connection: AsyncConnection, connection_id: str, code: str) -> None:
    """Keep the code for the connection's worker, in the place of one that nobody has taken."""
    left = insert(ONE_TIME_CODE).values(connection_id=connection_id, code=_Masked(code))
    replaced = {"code": left.excluded.code, "entered_at": func.now()}
    await connection.execute(left.on_conflict_do_update(index_elements=["connection_id"], set_=replaced))


async def take_code(connection: AsyncConnection, connection_id: str) -> str | None:
    """Delete the connection's code and return it; None when there is none, or only one that is too old."""
    is_good = (ONE_TIME_CODE.c.entered_at > func.now() - GOOD_FOR).label("is_good")
    taken = delete(ONE_TIME_CODE).where(ONE_TIME_CODE.c.connection_id == connection_id)
    row = (await connection.execute(taken.returning(ONE_TIME_CODE.c.code, is_good))).one_or_none()
    return row.code if row is not None and row.is_good else None
