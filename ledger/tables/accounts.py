"""Who trades, in which account, over which broker connection, and which users may."""

from datetime import date

from sqlalchemy import text
from sqlmodel import Field, SQLModel


class InvestorRow(SQLModel, table=True):
    __tablename__ = "investor"

    id: str = Field(primary_key=True)
    name: str


class ConnectionRow(SQLModel, table=True):
    """One credential at the broker: its tokens, request counter, feed and rate limits are its own."""

    __tablename__ = "connection"

    id: str = Field(primary_key=True)
    name: str


class AccountRow(SQLModel, table=True):
    """`state` is a `TradingState`; rates are in millionths of the gross value.

    `opened_on` is the trading date whose balances were booked as its first ones.
    """

    __tablename__ = "account"

    id: str = Field(primary_key=True)
    investor_id: str = Field(foreign_key="investor.id", index=True)
    connection_id: str = Field(foreign_key="connection.id", index=True)
    broker_account: str
    kind: str
    state: str
    commission_ppm: int
    sale_tax_ppm: int
    is_foreign: bool
    opened_on: date | None = None


class AppUserRow(SQLModel, table=True):
    __tablename__ = "app_user"

    name: str = Field(primary_key=True)
    role: str


class UserGrantRow(SQLModel, table=True):
    """An account that a user may use; `is_default` marks the one a request without an account means."""

    __tablename__ = "user_grant"

    user_name: str = Field(foreign_key="app_user.name", primary_key=True)
    account_id: str = Field(foreign_key="account.id", primary_key=True)
    is_default: bool = Field(sa_column_kwargs={"server_default": text("false")})
