"""What every table's definition shares: its SQLAlchemy table and the two column types that need arguments."""

from typing import Any

from sqlalchemy import BigInteger, DateTime, Table
from sqlmodel import Field, SQLModel

from ledger.json_columns import JsonText


def table_of(model: type[SQLModel]) -> Table:
    """The SQLAlchemy table behind `model`, for core statements."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def instant(**options: Any) -> Any:
    """A UTC instant (`timestamptz`)."""
    return Field(sa_type=DateTime(timezone=True), **options)


def amount(**options: Any) -> Any:
    """VND or shares, never fractional; `bigint`, since a value in VND passes two thousand million easily."""
    return Field(sa_type=BigInteger, **options)


def json_value(**options: Any) -> Any:
    """JSON text of one of our values."""
    return Field(sa_type=JsonText, **options)
