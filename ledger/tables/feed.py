"""What the broker said, word for word, and which of its order ids are ours."""

from datetime import date, datetime

from sqlalchemy import ARRAY, BigInteger, Index, LargeBinary, String, UniqueConstraint, func, text
from sqlmodel import Field, SQLModel

from ledger.tables.table import instant, json_value


class InboxRow(SQLModel, table=True):
    """One message of the broker, stored before anything else is done with it.

    `symbol` and `side` are empty where it does not tell them. `evidence` is empty for what says nothing about an
    order, `problem` tells why a message was not understood.
    """

    __tablename__ = "inbox"
    __table_args__ = (
        UniqueConstraint("connection_id", "trading_date", "key"),
        Index("inbox_sequence", "connection_id", "trading_date", "sequence"),
        Index(
            "inbox_unrouted",
            "connection_id",
            "trading_date",
            postgresql_where=text("order_id IS NULL AND evidence IS NOT NULL"),
        ),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    connection_id: str = Field(foreign_key="connection.id")
    trading_date: date
    key: str
    sequence: int | None = Field(default=None, sa_type=BigInteger)
    raw: bytes = Field(sa_type=LargeBinary)
    raw_hash: bytes = Field(sa_type=LargeBinary)
    broker_account: str
    request_ids: list[str] = Field(sa_type=ARRAY(String))
    broker_order_id: str
    evidence: str | None = json_value(default=None)
    problem: str
    symbol: str = Field(sa_column_kwargs={"server_default": ""})
    side: str = Field(sa_column_kwargs={"server_default": ""})
    order_id: str | None = Field(default=None, foreign_key="orders.order_id")
    routed_at: datetime | None = instant(default=None)
    received_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})


class BrokerOrderLinkRow(SQLModel, table=True):
    """Each id the broker ever gave to an order of ours: amendments may give it another one (LC-62).

    `named_by` is the request that a message named as its cause when it taught the id, empty where it was learnt
    otherwise.
    """

    __tablename__ = "broker_order_link"

    connection_id: str = Field(foreign_key="connection.id", primary_key=True)
    trading_date: date = Field(primary_key=True)
    broker_order_id: str = Field(primary_key=True)
    order_id: str = Field(foreign_key="orders.order_id", index=True)
    named_by: str = Field(sa_column_kwargs={"server_default": ""})
