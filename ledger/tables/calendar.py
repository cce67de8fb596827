"""What people said about trading days, above the table of closed days."""

from datetime import date, datetime

from sqlalchemy import BigInteger, func
from sqlmodel import Field, SQLModel

from ledger.tables.table import instant


class CalendarOverrideRow(SQLModel, table=True):
    """`exchange` is empty for all exchanges and the depository; `kind` is an `OverrideKind`; the last row counts."""

    __tablename__ = "calendar_override"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    day: date
    exchange: str | None = None
    kind: str
    reason: str
    author: str
    created_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})
