"""Reference data of every security for every trading day."""

from datetime import date

from sqlmodel import Field, SQLModel

from ledger.tables.table import amount


class InstrumentRow(SQLModel, table=True):
    """`status` was declared for the day, `shown_status` is a halt that the market's data show meanwhile. `traded`: a
    round lot was matched that day; empty while nobody has told.
    """

    __tablename__ = "instrument"

    trading_date: date = Field(primary_key=True)
    symbol: str = Field(primary_key=True)
    name: str
    exchange: str
    kind: str
    reference: int = amount()
    ceiling: int = amount()
    floor: int = amount()
    status: str
    band_day: str
    foreign_room: int | None = amount(default=None)
    shown_status: str | None = None
    traded: bool | None = None
