"""The market as the feed shows it now: today's bands, last prices with their time, and each exchange's session."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from broker.market_data import DailyPrice, MarketMessage, SessionShown, Snapshot
from market.bands import Band
from market.calendar import VIETNAM
from market.feed_sessions import FeedSession
from market.vocabulary import Exchange

FRESH = timedelta(seconds=120)
"""How long a symbol's word on the session counts."""

LEAST_SYMBOLS = 3
"""One symbol may be halted by itself; only so many that agree speak for their exchange."""

_NORMAL = frozenset({"", "N", "NORMAL"})


@dataclass(frozen=True, slots=True)
class LastPrice:
    """VND, and when it was told."""

    price: int
    at: datetime


@dataclass(frozen=True, slots=True)
class _Shown:
    session: FeedSession
    exchange: Exchange
    at: datetime


class MarketPicture:
    """Folds market messages; one that is older than what is known of its symbol changes nothing."""

    def __init__(self) -> None:
        self._streamed: dict[str, tuple[date, Band]] = {}
        self._listed: dict[str, tuple[date, Band]] = {}
        self._last: dict[str, LastPrice] = {}
        self._shown: dict[str, _Shown] = {}

    def seed(self, prices: Iterable[DailyPrice]) -> None:
        """The day's prices as the list tells them: they count where the stream has not spoken yet."""
        for price in prices:
            known = self._listed.get(price.symbol)
            if known is None or known[0] <= price.trading_date:
                self._listed[price.symbol] = (price.trading_date, price.band)

    def apply(self, message: MarketMessage) -> None:
        match message:
            case Snapshot():
                self._snapshot(message)
                self._session(message)
            case SessionShown():
                self._session(message)
            case _:
                pass  # rooms, bars and indexes change nothing that is asked for here

    def band(self, symbol: str, trading_date: date) -> Band | None:
        """The band of that very day: the stream's, else the list's, else none."""
        for bands in (self._streamed, self._listed):
            known = bands.get(symbol)
            if known is not None and known[0] == trading_date:
                return known[1]
        return None

    def last_price(self, symbol: str) -> LastPrice | None:
        return self._last.get(symbol)

    def session(self, exchange: Exchange, now: datetime) -> FeedSession | None:
        """The session on which at least three symbols and most of those heard lately agree; None while it is open."""
        fresh = [
            shown.session
            for shown in self._shown.values()
            if shown.exchange is exchange and abs(now - shown.at) <= FRESH
        ]
        if not fresh:
            return None
        session, votes = Counter(fresh).most_common(1)[0]
        return session if votes >= LEAST_SYMBOLS and 2 * votes > len(fresh) else None

    def _snapshot(self, snapshot: Snapshot) -> None:
        last = self._last.get(snapshot.symbol)
        if snapshot.last is not None and (last is None or last.at <= snapshot.at):
            self._last[snapshot.symbol] = LastPrice(snapshot.last, snapshot.at)
        day = snapshot.at.astimezone(VIETNAM).date()
        known = self._streamed.get(snapshot.symbol)
        if snapshot.band is not None and (known is None or known[0] <= day):
            self._streamed[snapshot.symbol] = (day, snapshot.band)

    def _session(self, message: Snapshot | SessionShown) -> None:
        """A security with a status of its own says nothing about its exchange."""
        if message.session is None or message.status.upper() not in _NORMAL:
            return
        known = self._shown.get(message.symbol)
        if known is None or known.at <= message.at:
            self._shown[message.symbol] = _Shown(message.session, message.exchange, message.at)
