"""What the API reads from the ledger, always within a bound of time; all it writes is an operator's word."""

import asyncio
from collections.abc import Awaitable, Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Protocol, TypeVar

import structlog
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from ledger.account_acts import Act, ActRefusal, Adjustment, NotOurs
from ledger.accounts import Account, Connection, UserGrants
from ledger.calendar import RecordedOverride
from ledger.instrument_words import RecordedWord, WordInForce
from ledger.previewing import Preview
from ledger.reads.alerts import Alert
from ledger.reads.orders import AmendWish, Execution, OrderPage
from ledger.reads.positions import Cash, Position
from market.calendar import CalendarOverride, TradingCalendar
from market.instrument import Instrument
from market.instrument_words import InstrumentWord
from market.terms import OrderTerms
from market.vocabulary import Side
from orders.status import Status
from orders.stored import StoredOrder
from risk.checks import Limits

Answer = TypeVar("Answer")
_abandoned: set[asyncio.Future[Any]] = set()  # the loop itself keeps only weak references
_log = structlog.get_logger(__name__)


class DatabaseUnavailable(Exception):  # noqa: N818 - the state of a service, not a mistake of ours
    """The database cannot be reached, or did not answer in time."""


@dataclass(frozen=True, slots=True)
class Unavailable:
    """A row that could not be read: it may be there or not."""


async def within(seconds: float, reading: Awaitable[Answer]) -> Answer:
    """The answer of one read. Raises `DatabaseUnavailable`; a wrong statement stays an unexpected error.

    A read that is late is left to itself: cancelled, psycopg still waits up to ten seconds for a silent server.
    """
    read = asyncio.ensure_future(reading)
    try:
        done, _ = await asyncio.wait({read}, timeout=seconds)
    except asyncio.CancelledError:
        _abandon(read)
        raise
    if not done:
        _abandon(read)
        raise DatabaseUnavailable
    return _answer_of(read)


async def read_row(seconds: float, ledger: "LedgerReads", order_id: str) -> StoredOrder | Unavailable | None:
    """The order's row; None is the database's own word that there is none."""
    try:
        return await within(seconds, ledger.load(order_id))
    except DatabaseUnavailable:
        return Unavailable()


def _abandon(read: asyncio.Future[Any]) -> None:
    read.cancel()
    _abandoned.add(read)
    read.add_done_callback(_forget)


def _forget(read: asyncio.Future[Any]) -> None:
    _abandoned.discard(read)
    error = None if read.cancelled() else read.exception()
    if error is not None:
        _log.info("a read that was late has failed", error=type(error).__name__)


def _answer_of(read: asyncio.Future[Answer]) -> Answer:
    try:
        return read.result()
    except (TimeoutError, PoolTimeoutError, OSError, OperationalError, InterfaceError) as error:
        raise DatabaseUnavailable from error
    except DBAPIError as error:
        if error.connection_invalidated:
            raise DatabaseUnavailable from error
        raise


class LedgerReads(Protocol):
    """The part of the ledger's face that the API uses."""

    async def load(self, order_id: str) -> StoredOrder | None: ...
    async def order_of_key(self, user: str, key: str) -> StoredOrder | None: ...
    async def orders(
        self,
        account_ids: Collection[str],
        *,
        status: frozenset[Status] | None = None,
        symbol: str | None = None,
        side: Side | None = None,
        client_order_id: str | None = None,
        cursor: str | None = None,
        limit: int = 50,
    ) -> OrderPage: ...
    async def executions(self, order_id: str) -> tuple[Execution, ...]: ...
    async def amend_wishes(self, order_id: str) -> tuple[AmendWish, ...]: ...
    async def positions(self, account_id: str) -> tuple[Position, ...]: ...
    async def position(self, account_id: str, symbol: str) -> Position | None: ...
    async def cash(self, account_id: str) -> Cash: ...
    async def calendar(self) -> TradingCalendar: ...
    async def alerts(self, limit: int = 100, account_ids: Collection[str] | None = None) -> tuple[Alert, ...]: ...
    async def override_calendar(self, override: CalendarOverride) -> RecordedOverride: ...
    async def adjust(self, adjustment: Adjustment) -> Act | ActRefusal: ...
    async def resume_account(self, account_id: str, author: str, reason: str, key: str) -> Act | ActRefusal: ...
    async def say_not_ours(self, word: NotOurs) -> Act | ActRefusal: ...
    async def grants(self, user: str) -> UserGrants | None: ...
    async def leave_one_time_code(self, connection_id: str, code: str) -> None: ...
    async def connections(self) -> tuple[Connection, ...]: ...
    async def accounts_of(self, connection_id: str) -> tuple[Account, ...]: ...
    async def instrument(self, symbol: str, trading_date: date) -> Instrument | None: ...
    async def instruments_loaded(self, trading_date: date) -> int: ...
    async def say_of_instrument(self, word: InstrumentWord) -> WordInForce: ...
    async def words_on(self, symbol: str) -> tuple[RecordedWord, ...]: ...
    async def preview(
        self,
        account_id: str,
        terms: OrderTerms,
        market_now: datetime,
        limits: Limits,
        *,
        queue_next_day: bool = False,
    ) -> Preview: ...
    async def ping(self) -> None: ...
