"""One-time codes on their way from a person to the worker that signs in with them."""

from datetime import datetime

from sqlalchemy import func
from sqlmodel import Field, SQLModel

from ledger.tables.table import instant


class OneTimeCodeRow(SQLModel, table=True):
    """`code` is a secret that lives for minutes: taking it deletes the row."""

    __tablename__ = "one_time_code"

    connection_id: str = Field(foreign_key="connection.id", primary_key=True)
    code: str = Field(repr=False)
    entered_at: datetime = instant(sa_column_kwargs={"server_default": func.now()})
