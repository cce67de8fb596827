"""The market as the feed shows it now: what is new about each security, last prices, and each exchange's session."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from broker.market_data import ForeignRoom, MarketMessage, SessionShown, Snapshot
from market.calendar import day_of
from market.feed_sessions import FeedSession
from market.shown import SecurityShown
from market.vocabulary import Exchange, SecurityStatus

FRESH = timedelta(seconds=120)
"""How long a symbol's word on the session counts."""

LONGEST_AHEAD = timedelta(minutes=5)
"""Clocks differ; what is told for later than this has a wrong date, and would outlive every true word of its day."""

LEAST_SYMBOLS = 3
"""One symbol may be halted by itself; only so many that agree speak for their exchange."""


@dataclass(frozen=True, slots=True)
class LastPrice:
    """VND, and when it was told."""

    price: int
    at: datetime


@dataclass(frozen=True, slots=True)
class News:
    """Securities and last prices (by symbol) that changed."""

    securities: tuple[SecurityShown, ...]
    last_prices: Mapping[str, LastPrice]


@dataclass(frozen=True, slots=True)
class _Shown:
    session: FeedSession
    at: datetime


_SPEAKING = frozenset({SecurityStatus.NORMAL, SecurityStatus.HALTED})


def is_ahead(message: MarketMessage, now: datetime) -> bool:
    """Whether it is dated so far in the future of the market clock that it cannot be true."""
    return isinstance(message, Snapshot | SessionShown | ForeignRoom) and message.at > now + LONGEST_AHEAD


class MarketPicture:
    """Folds market messages; one that is older than what is known of its symbol, or of the future, changes nothing."""

    def __init__(self) -> None:
        self.forget()

    def forget(self) -> None:
        """Begin anew, as after a clock that was set back: what was told is of the future then."""
        self._securities: dict[str, SecurityShown] = {}
        self._last: dict[str, LastPrice] = {}
        self._sessions: dict[Exchange, dict[str, _Shown]] = {exchange: {} for exchange in Exchange}
        self._told_at: dict[tuple[str, type[MarketMessage]], datetime] = {}
        self._told: set[str] = set()
        self._priced: set[str] = set()

    def apply(self, message: MarketMessage, now: datetime) -> None:
        """`now` is the market's time."""
        if not isinstance(message, Snapshot | SessionShown | ForeignRoom):
            return  # bars and indexes change nothing that is asked for here
        if is_ahead(message, now) or self._is_old(message):
            return
        match message:
            case Snapshot():
                self._last_price(message)
                self._tell(message.symbol, message.at, band=message.band, traded=_traded(message))
                self._state(message)
            case SessionShown():
                self._state(message)
            case ForeignRoom():
                self._tell(message.symbol, message.at, foreign_room=message.current)

    def news(self) -> News:
        """What changed since the last call."""
        securities = tuple(self._securities[symbol] for symbol in sorted(self._told))
        last_prices = {symbol: self._last[symbol] for symbol in sorted(self._priced)}
        self._told.clear()
        self._priced.clear()
        return News(securities, last_prices)

    def securities(self) -> tuple[SecurityShown, ...]:
        """All that was shown of each, whether it is new or not."""
        return tuple(self._securities.values())

    def last_price(self, symbol: str) -> LastPrice | None:
        return self._last.get(symbol)

    def session(self, exchange: Exchange, now: datetime, told_from: datetime) -> FeedSession | None:
        """The session on which at least three symbols and most of those heard lately agree; None while it is open.

        Only words told at `told_from` or later count. A halt of the exchange takes most of all its symbols: some may be
        halted by themselves while the others are quiet.
        """
        shown = self._sessions[exchange].values()
        fresh = [each.session for each in shown if each.at >= told_from and abs(now - each.at) <= FRESH]
        if not fresh:
            return None
        session, votes = Counter(fresh).most_common(1)[0]
        voters = len(shown) if session is FeedSession.HALT else len(fresh)
        return session if votes >= LEAST_SYMBOLS and 2 * votes > voters else None

    def _last_price(self, snapshot: Snapshot) -> None:
        last = self._last.get(snapshot.symbol)
        if snapshot.last is not None and (last is None or last.price != snapshot.last or last.at < snapshot.at):
            self._last[snapshot.symbol] = LastPrice(snapshot.last, snapshot.at)
            self._priced.add(snapshot.symbol)

    def _tell(self, symbol: str, at: datetime, **told: Any) -> None:
        """What is not told (None) stays as it was on the same day."""
        day = day_of(at)
        known = self._securities.get(symbol)
        if known is not None and known.trading_date > day:
            return
        before = known if known is not None and known.trading_date == day else SecurityShown(symbol, day)
        after = replace(before, **{name: value for name, value in told.items() if value is not None})
        if before.traded:
            after = replace(after, traded=True)
        if after != known:
            self._securities[symbol] = after
            self._told.add(symbol)

    def _is_old(self, message: Snapshot | SessionShown | ForeignRoom) -> bool:
        key = (message.symbol, type(message))
        known = self._told_at.get(key)
        if known is not None and known > message.at:
            return True
        self._told_at[key] = message.at
        return False

    def _state(self, message: Snapshot | SessionShown) -> None:
        """A status of its own makes a security say nothing about its exchange, but that it is halted."""
        sessions = self._sessions[message.exchange]
        known = sessions.get(message.symbol)
        if known is not None and known.at > message.at:
            return
        self._tell(message.symbol, message.at, status=message.status)
        session = FeedSession.HALT if message.status is SecurityStatus.HALTED else message.session
        if session is not None and message.status in _SPEAKING:
            sessions[message.symbol] = _Shown(session, message.at)


def _traded(snapshot: Snapshot) -> bool | None:
    """None where neither a volume nor a price is told: that is no word on whether it has traded."""
    if snapshot.volume > 0:
        return True
    return None if snapshot.last is not None else False
