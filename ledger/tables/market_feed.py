"""What the market's feed tells through the day: last prices, and phases that run otherwise than the table says."""

from datetime import date, datetime

from sqlalchemy import BigInteger, func
from sqlmodel import Field, SQLModel

from ledger.tables.table import amount, instant


class LastPriceRow(SQLModel, table=True):
    __tablename__ = "last_price"

    symbol: str = Field(primary_key=True)
    price: int = amount()
    told_at: datetime = instant()


class PhaseDeviationRow(SQLModel, table=True):
    """`phase` runs from `since` to `until`; the last row of an exchange's `since` counts."""

    __tablename__ = "phase_deviation"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    day: date = Field(index=True)
    exchange: str
    phase: str
    since: datetime = instant()
    until: datetime = instant()
    created_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})
