"""What people said of securities, above the day's reference data."""

from datetime import date, datetime

from sqlalchemy import BigInteger, func
from sqlmodel import Field, SQLModel

from ledger.tables.table import instant


class InstrumentWordRow(SQLModel, table=True):
    """`about` is a `WordAbout`, `said` its words, empty where earlier ones are taken back; `last_day` is empty without
    an end. The last row about the same thing counts."""

    __tablename__ = "instrument_word"

    id: int | None = Field(default=None, primary_key=True, sa_type=BigInteger)
    symbol: str = Field(index=True)
    about: str
    said: str | None = None
    first_day: date
    last_day: date | None = None
    reason: str
    author: str
    created_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})
