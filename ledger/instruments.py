"""Reference data of each trading day: saved in bulk, read one at a time."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from sqlalchemy import TextClause, func, literal_column, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.tables import INSTRUMENT
from market.instrument import Instrument
from market.instrument_words import WordAbout, conversion_of
from market.vocabulary import BandDay, Exchange, InstrumentKind, SecurityStatus

_WRITE = """
    INSERT INTO instrument (trading_date, symbol, name, exchange, kind, reference, ceiling, floor, status,
        band_day, foreign_room)
    SELECT * FROM unnest(
        CAST(:trading_dates AS date[]), CAST(:symbols AS text[]), CAST(:names AS text[]), CAST(:exchanges AS text[]),
        CAST(:kinds AS text[]), CAST(:references AS bigint[]), CAST(:ceilings AS bigint[]), CAST(:floors AS bigint[]),
        CAST(:statuses AS text[]), CAST(:band_days AS text[]), CAST(:foreign_rooms AS bigint[])
    )
    ON CONFLICT (trading_date, symbol) DO UPDATE SET
        name = excluded.name, exchange = excluded.exchange, kind = excluded.kind, reference = excluded.reference,
        ceiling = excluded.ceiling, floor = excluded.floor,
        band_day = excluded.band_day,
"""

WORDS = """(
    SELECT jsonb_object_agg(standing.about, standing.said) FROM (
        SELECT DISTINCT ON (word.about) word.about, word.said FROM instrument_word word
        WHERE word.symbol = instrument.symbol AND word.first_day <= instrument.trading_date
          AND (word.last_day IS NULL OR word.last_day >= instrument.trading_date)
        ORDER BY word.about, word.id DESC
    ) AS standing
) AS words"""
"""SQL of what people say of the row `instrument`, laid over it when it is read: no later load can lose it."""

_WITH_WORDS = select(INSTRUMENT, literal_column(WORDS.removesuffix(" AS words")).label("words"))
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
        },
    )
    return len(rows)


async def instruments_loaded(connection: AsyncConnection, trading_date: date) -> int:
    count = select(func.count()).select_from(INSTRUMENT).where(INSTRUMENT.c.trading_date == trading_date)
    return (await connection.execute(count)).scalar_one()


async def load_instrument(connection: AsyncConnection, symbol: str, trading_date: date) -> Instrument | None:
    found = await load_instruments(connection, (symbol,), trading_date)
    return found.get(symbol)


async def load_instruments(
    connection: AsyncConnection, symbols: Iterable[str], trading_date: date
) -> dict[str, Instrument]:
    """Those of `symbols` that have reference data of the day."""
    those = INSTRUMENT.c.symbol.in_(sorted(symbols)) & (INSTRUMENT.c.trading_date == trading_date)
    found = map(instrument_of, await connection.execute(_WITH_WORDS.where(those)))
    return {instrument.symbol: instrument for instrument in found if instrument is not None}


async def latest_instrument(connection: AsyncConnection, symbol: str) -> Instrument | None:
    """The security on the last day that has reference data of it."""
    newest = _WITH_WORDS.where(INSTRUMENT.c.symbol == symbol).order_by(INSTRUMENT.c.trading_date.desc()).limit(1)
    row = (await connection.execute(newest)).one_or_none()
    return None if row is None else instrument_of(row)


def instrument_of(row: Any) -> Instrument | None:
    """The instrument in a row that has its columns and `WORDS`; None where an outer join found none.

    A person's word counts before what was declared or told; a halt that the market's data show counts before both.
    """
    if row.symbol is None:
        return None
    words = row.words or {}
    conversion = words.get(WordAbout.CONVERSION)
    return Instrument(
        symbol=row.symbol,
        name=row.name,
        exchange=Exchange(row.exchange),
        kind=InstrumentKind(row.kind),
        trading_date=row.trading_date,
        reference=row.reference,
        ceiling=row.ceiling,
        floor=row.floor,
        status=SecurityStatus(row.shown_status or words.get(WordAbout.STATUS) or row.status),
        band_day=BandDay(words.get(WordAbout.BAND_DAY) or row.band_day),
        foreign_room=row.foreign_room,
        conversion=None if conversion is None else conversion_of(conversion),
    )
