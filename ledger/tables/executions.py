"""Fills, the positions they make, and every change of a position."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint, func, text
from sqlmodel import Field, SQLModel

from ledger.tables.table import amount, instant


class OrderExecutionRow(SQLModel, table=True):
    """`provisional` rows stand for shares without a known execution; `superseded_by` names what replaced them."""

    __tablename__ = "fill"
    __table_args__ = (
        UniqueConstraint("order_id", "key"),
        Index("fill_provisional", "order_id", postgresql_where=text("provisional AND superseded_by IS NULL")),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    order_id: str = Field(foreign_key="orders.order_id")
    key: str
    quantity: int = amount()
    price: int = amount()
    value: int = amount()
    commission: int = amount()
    tax: int = amount()
    executed_at: datetime = instant()
    provisional: bool
    superseded_by: str | None = None
    booked_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})


class PositionRow(SQLModel, table=True):
    """Shares owned, settled or not; `cost_total` is what they cost with commission, by moving average."""

    __tablename__ = "position"

    account_id: str = Field(foreign_key="account.id", primary_key=True)
    symbol: str = Field(primary_key=True)
    quantity: int = amount()
    cost_total: int = amount()
    realized_pnl: int = amount()
    updated_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})


class PositionHistoryRow(SQLModel, table=True):
    """A position after one booking; `order_id` is empty for movements from outside."""

    __tablename__ = "position_change"
    __table_args__ = (ForeignKeyConstraint(["account_id", "symbol"], ["position.account_id", "position.symbol"]),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    account_id: str = Field(index=True)
    symbol: str
    order_id: str | None = Field(default=None, foreign_key="orders.order_id")
    quantity_change: int = amount()
    quantity: int = amount()
    cost_total: int = amount()
    realized_pnl: int = amount()
    changed_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})
