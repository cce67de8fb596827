"""Double entry: append-only transactions and entries, with the balance of each ledger account beside them."""

from datetime import date, datetime

from sqlalchemy import BigInteger, CheckConstraint, func
from sqlmodel import Field, SQLModel

from ledger.tables.table import amount, instant


class LedgerAccountRow(SQLModel, table=True):
    """One bucket of one asset in the book of one trading account; `id` spells the four (`postings.ledger_account_id`).

    `traded_on` is set for what is pending only.

    The house's buckets (clearing, commission, tax, external) are kept per trading account too: one shared row would
    make every booking in the firm wait for every other.
    """

    __tablename__ = "ledger_account"
    __table_args__ = (
        CheckConstraint("balance >= 0 OR bucket NOT IN ('available', 'held', 'pending')", name="client_has_it"),
        CheckConstraint("balance <= 0 OR bucket <> 'shortfall'", name="shortfall_is_owed"),
    )

    id: str = Field(primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    bucket: str
    asset: str
    traded_on: date | None = None
    balance: int = amount()


class LedgerTransactionRow(SQLModel, table=True):
    """`key` names the acceptance or the evidence that is booked, and books it once."""

    __tablename__ = "ledger_transaction"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    key: str = Field(unique=True)
    kind: str
    account_id: str = Field(foreign_key="account.id", index=True)
    order_id: str | None = Field(default=None, foreign_key="orders.order_id", index=True)
    created_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})


class LedgerEntryRow(SQLModel, table=True):
    __tablename__ = "ledger_entry"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    transaction_id: int = Field(foreign_key="ledger_transaction.id", index=True, sa_type=BigInteger)
    ledger_account_id: str = Field(foreign_key="ledger_account.id", index=True)
    amount: int = amount()
    created_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})
