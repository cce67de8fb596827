"""What people did to accounts, for good."""

from datetime import date, datetime

from sqlalchemy import BigInteger, UniqueConstraint, func
from sqlmodel import Field, SQLModel

from ledger.tables.table import amount, instant


class AccountActRow(SQLModel, table=True):
    """`key` names the act, so that a repeated request does it once; `state` is the account's after it.

    `asset` and `amount` (VND or shares) are those of an adjustment; `broker_order_id` and `trading_date` tell the order
    at the broker that a person's word is about.
    """

    __tablename__ = "account_act"
    __table_args__ = (UniqueConstraint("account_id", "key"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    key: str
    account_id: str = Field(foreign_key="account.id")
    kind: str
    author: str
    reason: str
    asset: str | None = None
    amount: int | None = amount(default=None)
    broker_order_id: str | None = None
    trading_date: date | None = None
    state: str
    created_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})
