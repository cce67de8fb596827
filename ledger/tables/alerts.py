"""What a person must look at: shortfalls, contradictions and messages that nobody understood."""

from datetime import datetime

from sqlalchemy import BigInteger, func
from sqlmodel import Field, SQLModel

from ledger.tables.table import instant


class AccountAlertRow(SQLModel, table=True):
    """`key` names the fact behind the alert, so that a repeated delivery raises it once."""

    __tablename__ = "account_alert"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    key: str = Field(unique=True)
    kind: str
    account_id: str | None = Field(default=None, foreign_key="account.id", index=True)
    connection_id: str | None = Field(default=None, foreign_key="connection.id")
    order_id: str | None = Field(default=None, foreign_key="orders.order_id")
    text: str
    raised_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})
