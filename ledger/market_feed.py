"""What the market's feed tells through the day, above the morning's reference data, and last prices."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.instruments import WORDS, instrument_of
from market.instrument import Instrument
from market.shown import SecurityShown

# A halt is kept beside the declared status, which the feed doesn't tell and which counts again after the halt.
_APPLY = text(
    f"""
    UPDATE instrument SET
        reference = COALESCE(shown.reference, instrument.reference),
        ceiling = COALESCE(shown.ceiling, instrument.ceiling),
        floor = COALESCE(shown.floor, instrument.floor),
        shown_status = CASE WHEN shown.status IS NULL THEN instrument.shown_status
            ELSE NULLIF(shown.status, 'NORMAL') END,
        foreign_room = COALESCE(shown.foreign_room, instrument.foreign_room),
        traded = COALESCE(NULLIF(instrument.traded, false), shown.traded, instrument.traded)
    FROM unnest(
        CAST(:trading_dates AS date[]), CAST(:symbols AS text[]), CAST(:references AS bigint[]),
        CAST(:ceilings AS bigint[]), CAST(:floors AS bigint[]), CAST(:statuses AS text[]),
        CAST(:foreign_rooms AS bigint[]), CAST(:traded AS boolean[])
    ) AS shown (trading_date, symbol, reference, ceiling, floor, status, foreign_room, traded)
    WHERE instrument.trading_date = shown.trading_date AND instrument.symbol = shown.symbol
    RETURNING instrument.*, {WORDS}
    """  # noqa: S608 - the inserted text is a constant of ours
)

_LAST_PRICES = text(
    """
    INSERT INTO last_price (symbol, price, told_at)
    SELECT * FROM unnest(CAST(:symbols AS text[]), CAST(:prices AS bigint[]), CAST(:told_at AS timestamptz[]))
    ON CONFLICT (symbol) DO UPDATE SET price = excluded.price, told_at = excluded.told_at
    """
)


async def apply_shown(connection: AsyncConnection, shown: Sequence[SecurityShown]) -> tuple[Instrument, ...]:
    """Lay what was shown over the reference data of its day; the securities as they stand then.

    What has no reference data yet is left out: it is to be told again.
    """
    values: dict[str, list[Any]] = {
        "trading_dates": [each.trading_date for each in shown],
        "symbols": [each.symbol for each in shown],
        "references": [each.band and each.band.reference for each in shown],
        "ceilings": [each.band and each.band.ceiling for each in shown],
        "floors": [each.band and each.band.floor for each in shown],
        "statuses": [each.status and each.status.value for each in shown],
        "foreign_rooms": [each.foreign_room for each in shown],
        "traded": [each.traded for each in shown],
    }
    rows = await connection.execute(_APPLY, values)
    return tuple(instrument for row in rows if (instrument := instrument_of(row)) is not None)


async def save_last_prices(connection: AsyncConnection, last_prices: Mapping[str, tuple[int, datetime]]) -> None:
    """Keep each symbol's last price in VND with the time at which it was told."""
    await connection.execute(
        _LAST_PRICES,
        {
            "symbols": list(last_prices),
            "prices": [price for price, _ in last_prices.values()],
            "told_at": [told_at for _, told_at in last_prices.values()],
        },
    )
