"""Requests to the broker: written down before they leave, each under an id used once per connection and day."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Index, func, text
from sqlmodel import Field, SQLModel

from ledger.tables.table import instant


class AttemptRow(SQLModel, table=True):
    """`answer` is empty while the request is on its way; the index allows one such attempt per intent."""

    __tablename__ = "attempt"
    __table_args__ = (
        Index(
            "attempt_on_its_way",
            "order_id",
            "action",
            "intent_id",
            unique=True,
            postgresql_where=text("answer IS NULL"),
        ),
        Index("attempt_of_order", "order_id", "started_at"),
    )

    connection_id: str = Field(foreign_key="connection.id", primary_key=True)
    trading_date: date = Field(primary_key=True)
    request_id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="orders.order_id")
    action: str
    intent_id: str
    started_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})
    answered_at: datetime | None = instant(default=None)
    answer: str | None = None
    code: str = ""
    text: str = ""


class RequestCounterRow(SQLModel, table=True):
    __tablename__ = "request_counter"

    connection_id: str = Field(foreign_key="connection.id", primary_key=True)
    trading_date: date = Field(primary_key=True)
    last_request_id: int = Field(sa_type=BigInteger)


class SeenRequestIdRow(SQLModel, table=True):
    """An id found in the broker's audit book that this database did not allot; it is never used again."""

    __tablename__ = "seen_request_id"

    connection_id: str = Field(foreign_key="connection.id", primary_key=True)
    trading_date: date = Field(primary_key=True)
    request_id: str = Field(primary_key=True)
