"""Orders as booked, the evidence folded into them, and the events people read."""

from datetime import date, datetime

from sqlalchemy import BigInteger, Identity, Index, LargeBinary, UniqueConstraint, func, text
from sqlmodel import Field, SQLModel

from ledger.tables.table import amount, instant, json_value


class OrderRow(SQLModel, table=True):
    """`facts` is the whole `orders.order.Order`; the columns beside it repeat what is searched and sorted by.

    `accepted_sequence` is drawn under the account's lock, so within an account it is the order of acceptance.
    `complete` means closed with all its evidence: nothing more is expected of the broker.
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("account_id", "client_order_id"),
        Index("orders_listed", "account_id", "accepted_sequence"),
        Index("orders_open", "account_id", postgresql_where=text("life <> 'closed'")),
        Index("orders_incomplete", "accepted_sequence", postgresql_where=text("NOT complete")),
        Index("orders_of_the_day", "connection_id", "trading_date"),
    )

    order_id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id")
    connection_id: str = Field(foreign_key="connection.id")
    client_order_id: str
    user_name: str
    request_id: str
    fingerprint: str
    symbol: str
    exchange: str
    side: str
    order_type: str
    quantity: int = amount()
    price: int | None = amount(default=None)
    trading_date: date
    status: str
    life: str
    complete: bool
    broker_order_id: str
    held_cash: int = amount()
    held_shares: int = amount()
    facts: str = json_value()
    verdict: str = json_value()
    recheck_violations: str | None = json_value(default=None)
    version: int
    accepted_sequence: int | None = Field(
        default=None, sa_type=BigInteger, unique=True, sa_column_args=(Identity(always=True),), nullable=False
    )
    received_at: datetime = instant()
    accepted_at: datetime = instant()
    entered_at: datetime = instant()
    updated_at: datetime = instant()
    max_delay_seconds: int
    good_from: datetime = instant()
    send_after: datetime | None = instant(default=None)
    origin: str = Field(sa_column_kwargs={"server_default": "client"})


class OrderEvidenceRow(SQLModel, table=True):
    """One fact about an order under the key of what proves it; `applied_version` is the order's version after it."""

    __tablename__ = "order_evidence"
    __table_args__ = (
        UniqueConstraint("order_id", "key"),
        Index("order_evidence_unapplied", "order_id", postgresql_where=text("applied_version IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    order_id: str = Field(foreign_key="orders.order_id")
    key: str
    evidence: str = json_value()
    source: str
    raw_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    recorded_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})
    applied_version: int | None = None


class OrderEventRow(SQLModel, table=True):
    """One line of an order's story: who or what (`actor`), told by whom (`source`), because of what (`cause`)."""

    __tablename__ = "order_event"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    order_id: str = Field(foreign_key="orders.order_id", index=True)
    version: int
    kind: str
    level: str
    actor: str
    source: str
    cause: str
    raw_hash: bytes | None = Field(default=None, sa_type=LargeBinary)
    old_status: str | None = None
    new_status: str
    detail: str
    occurred_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})


class IdempotencyKeyRow(SQLModel, table=True):
    """A caller's `Idempotency-Key` with the order that it made, for good."""

    __tablename__ = "idempotency_key"

    caller: str = Field(primary_key=True)
    key: str = Field(primary_key=True)
    order_id: str
