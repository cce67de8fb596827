"""Reference data of each trading day: saved in bulk, read one at a time."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import TextClause, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.tables import INSTRUMENT
from market.instrument import Instrument
from market.vocabulary import BandDay, Exchange, InstrumentKind, SecurityStatus

_WRITE = """
    INSERT INTO instrument (trading_date, symbol, name, exchange, kind, reference, ceiling, floor, status,
        band_day, foreign_room, provisional)
    SELECT * FROM unnest(
        CAST(:trading_dates AS date[]), CAST(:symbols AS text[]), CAST(:names AS text[]), CAST(:exchanges AS text[]),
        CAST(:kinds AS text[]), CAST(:references AS bigint[]), CAST(:ceilings AS bigint[]), CAST(:floors AS bigint[]),
        CAST(:statuses AS text[]), CAST(:band_days AS text[]), CAST(:foreign_rooms AS bigint[]),
        CAST(:provisional AS boolean[])
    )
    ON CONFLICT (trading_date, symbol) DO UPDATE SET
        name = excluded.name, exchange = excluded.exchange, kind = excluded.kind, reference = excluded.reference,
        ceiling = excluded.ceiling, floor = excluded.floor,
        band_day = excluded.band_day, provisional = excluded.provisional,
"""
_SAVE = text(f"{_WRITE} status = excluded.status, foreign_room = excluded.foreign_room")
_RENEW = text(f"{_WRITE} foreign_room = coalesce(excluded.foreign_room, instrument.foreign_room)")


async def save_instruments(connection: AsyncConnection, instruments: Sequence[Instrument]) -> int:
    """Insert or replace by symbol and trading date (the last of each counts); returns how many were written."""
    return await _write(connection, _SAVE, instruments)


async def renew_instruments(connection: AsyncConnection, instruments: Sequence[Instrument]) -> int:
    """As `save_instruments`, but what a daily list does not tell stays as it is: the status, and a room of None."""
    return await _write(connection, _RENEW, instruments)


async def _write(connection: AsyncConnection, statement: TextClause, instruments: Sequence[Instrument]) -> int:
    rows = list({(one.symbol, one.trading_date): one for one in instruments}.values())
    await connection.execute(
        statement,
        {
            "trading_dates": [row.trading_date for row in rows],
            "symbols": [row.symbol for row in rows],
            "names": [row.name for row in rows],
            "exchanges": [row.exchange.value for row in rows],
            "kinds": [row.kind.value for row in rows],
            "references": [row.reference for row in rows],
            "ceilings": [row.ceiling for row in rows],
            "floors": [row.floor for row in rows],
            "statuses": [row.status.value for row in rows],
            "band_days": [row.band_day.value for row in rows],
            "foreign_rooms": [row.foreign_room for row in rows],
            "provisional": [row.provisional for row in rows],
        },
    )
    return len(rows)


async def instruments_loaded(connection: AsyncConnection, trading_date: date) -> int:
    count = select(func.count()).select_from(INSTRUMENT).where(INSTRUMENT.c.trading_date == trading_date)
    return (await connection.execute(count)).scalar_one()


async def load_instrument(connection: AsyncConnection, symbol: str, trading_date: date) -> Instrument | None:
    same = (INSTRUMENT.c.symbol == symbol) & (INSTRUMENT.c.trading_date == trading_date)
    row = (await connection.execute(select(INSTRUMENT).where(same))).one_or_none()
    return None if row is None else instrument_of(row)


def instrument_of(row: Any) -> Instrument | None:
    """The instrument in a row that has its columns; None where an outer join found none."""
    if row.symbol is None:
        return None
    return Instrument(
        symbol=row.symbol,
        name=row.name,
        exchange=Exchange(row.exchange),
        kind=InstrumentKind(row.kind),
        trading_date=row.trading_date,
        reference=row.reference,
        ceiling=row.ceiling,
        floor=row.floor,
        status=SecurityStatus(row.shown_status or row.status),
        band_day=BandDay(row.band_day),
        foreign_room=row.foreign_room,
        provisional=row.provisional,
    )
