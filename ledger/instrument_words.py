"""What people say of securities, written down for good and laid over every day's data; contradictions are told."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import insert, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import AlertKind
from ledger.alerting import raise_alert
from ledger.band_alerts import tell_bands
from ledger.instruments import WORDS, instrument_of, latest_instrument
from ledger.tables import INSTRUMENT_WORD
from market.instrument import Instrument
from market.instrument_words import InstrumentWord, WordAbout, said_of
from market.shown import SecurityShown
from market.vocabulary import SecurityStatus

# Without it two words said at once could be numbered in one order and be in force in the other.
_ONE_AT_A_TIME = text("LOCK TABLE instrument_word IN SHARE ROW EXCLUSIVE MODE")
_SAID_TO_BE = text(
    f"""
    SELECT instrument.*, {WORDS} FROM instrument
    JOIN unnest(CAST(:trading_dates AS date[]), CAST(:symbols AS text[])) AS shown (trading_date, symbol)
      ON instrument.trading_date = shown.trading_date AND instrument.symbol = shown.symbol
    WHERE instrument.symbol IN (SELECT symbol FROM instrument_word WHERE about = 'status')
    """  # noqa: S608 - the inserted text is a constant of ours
)
_SINCE = text(
    """
    SELECT COALESCE(max(id), :word_id) AS last_id, COALESCE(array_agg(DISTINCT symbol), '{}') AS symbols
    FROM instrument_word WHERE id > :word_id
    """
)
_TAKES_NO_ORDERS = frozenset({SecurityStatus.HALTED, SecurityStatus.SUSPENDED})
_KIND = AlertKind.STATUS_CONTRADICTION


@dataclass(frozen=True, slots=True)
class RecordedWord:
    """A word as it is stored for good."""

    word_id: int
    word: InstrumentWord
    created_at: datetime


@dataclass(frozen=True, slots=True)
class WordInForce:
    """A recorded word, and its security as it then stands on the last day that has data of it; None without any."""

    recorded: RecordedWord
    instrument: Instrument | None


async def record_word(connection: AsyncConnection, word: InstrumentWord) -> WordInForce:
    """Write down a person's word; it is never changed, a later one takes its place.

    A band that differs from the one that the rules give by this word raises an alert, and counts all the same.
    """
    await connection.execute(_ONE_AT_A_TIME)
    written = insert(INSTRUMENT_WORD).values(
        symbol=word.symbol,
        about=word.about.value,
        said=word.text,
        first_day=word.first,
        last_day=word.last,
        reason=word.reason,
        author=word.author,
    )
    columns = (INSTRUMENT_WORD.c.id, INSTRUMENT_WORD.c.created_at)
    row = (await connection.execute(written.returning(*columns))).one()
    instrument = await latest_instrument(connection, word.symbol)
    if instrument is not None and _concerns(word, instrument):
        await tell_bands(connection, (instrument.symbol,), instrument.trading_date)
    return WordInForce(RecordedWord(row.id, word, row.created_at), instrument)


async def words_on(connection: AsyncConnection, symbol: str) -> tuple[RecordedWord, ...]:
    """Everything that was ever said of the security, the last word first."""
    said = select(INSTRUMENT_WORD).where(INSTRUMENT_WORD.c.symbol == symbol).order_by(INSTRUMENT_WORD.c.id.desc())
    return tuple(_recorded(row) for row in await connection.execute(said))


async def words_since(connection: AsyncConnection, word_id: int) -> tuple[int, tuple[str, ...]]:
    """The number of the last word, and the securities of all words after `word_id`; 0 comes before the first."""
    row = (await connection.execute(_SINCE, {"word_id": word_id})).one()
    return row.last_id, tuple(row.symbols)


async def tell_contradicted(connection: AsyncConnection, shown: Sequence[SecurityShown]) -> None:
    """Alert where the market's data show a state that a person's word denies: trading, or halted."""
    told = {(each.trading_date, each.symbol): each.status for each in shown if each.status is not None}
    if not told:
        return
    keys = {"trading_dates": [day for day, _ in told], "symbols": [symbol for _, symbol in told]}
    for row in await connection.execute(_SAID_TO_BE, keys):
        said = (row.words or {}).get(WordAbout.STATUS)
        status = told[row.trading_date, row.symbol]
        if said is not None and status is not None and _contradict(SecurityStatus(said), status):
            key = f"{_KIND}:{row.trading_date}:{row.symbol}:{said}:{status}"
            await raise_alert(connection, _KIND, key, _words(row, said, status))


def _contradict(said: SecurityStatus, shown: SecurityStatus) -> bool:
    if shown is SecurityStatus.NORMAL:
        return said in _TAKES_NO_ORDERS
    return said is SecurityStatus.NORMAL


def _words(row: Any, said: str, shown: SecurityStatus) -> str:
    found = instrument_of(row)
    counts = "" if found is None else f" {found.status} counts; look why."
    return f"{row.symbol} on {row.trading_date}: a person says {said}, the market's data show {shown}.{counts}"


def _concerns(word: InstrumentWord, instrument: Instrument) -> bool:
    day = instrument.trading_date
    return word.first <= day and (word.last is None or day <= word.last)


def _recorded(row: Any) -> RecordedWord:
    about = WordAbout(row.about)
    word = InstrumentWord(
        symbol=row.symbol,
        about=about,
        said=None if row.said is None else said_of(about, row.said),
        first=row.first_day,
        last=row.last_day,
        reason=row.reason,
        author=row.author,
    )
    return RecordedWord(row.id, word, row.created_at)
