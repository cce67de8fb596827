"""What the data stream says: a first picture of everything listened to, then what has changed, message by message."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from market.vocabulary import Exchange
from simulator.security import Security
from simulator.state import ExchangeState
from simulator.wire import data_messages
from simulator.wire.data_messages import View, message
from simulator.wire.index_messages import index_message
from simulator.wire.indexes import INDEXES
from simulator.wire.vocabulary import Json

INDEX_CHANNEL = "MI"
SESSION_CHANNEL = "F"

_ABOUT_SECURITIES: dict[str, Callable[[View], Json | None]] = {
    SESSION_CHANNEL: data_messages.session_status,
    "X": data_messages.snapshot,
    "X-QUOTE": data_messages.quote,
    "X-TRADE": data_messages.last_trade,
    "R": data_messages.foreign_room,
    "B": data_messages.bar,
    "OL": data_messages.odd_lots,
}
_ONLY_WITH_A_TRADE = frozenset({"X-TRADE", "B"})

CHANNELS = (*_ABOUT_SECURITIES, INDEX_CHANNEL)

Wanted = Callable[[str, str], bool]
"""Whether anybody listens to a channel of a symbol or index."""


@dataclass(frozen=True, slots=True)
class DataMessage:
    channel: str
    name: str
    text: str


@dataclass(slots=True)
class DataFeed:
    """Remembers what was shown last of sessions and trades, so that only changes are told."""

    sessions: dict[str, tuple[str, str, datetime]] = field(default_factory=dict)
    trades: dict[str, int] = field(default_factory=dict)

    def picture(self, state: ExchangeState, wanted: Wanted) -> Iterator[DataMessage]:
        """Everything wanted as it stands."""
        for security in state.securities.values():
            yield from _about(View(state, security), wanted, tuple(_ABOUT_SECURITIES))
        yield from _indexes(state, wanted, set(Exchange))

    def changes(self, state: ExchangeState, moved: set[str], wanted: Wanted) -> Iterator[DataMessage]:
        """What is new since the last call: of the securities that have `moved`, and every turn of a session."""
        exchanges = set()
        for security in state.securities.values():
            view = View(state, security)
            turned, traded = self._turned(view), self._traded(security)
            if turned or security.symbol in moved:
                yield from _about(view, wanted, _channels(turned=turned, traded=traded))
                exchanges.add(security.listing.exchange)
        yield from _indexes(state, wanted, exchanges)

    def _turned(self, view: View) -> bool:
        shown = (view.session, view.status, view.session_end)
        before = self.sessions.get(view.security.symbol)
        self.sessions[view.security.symbol] = shown
        return before != shown

    def _traded(self, security: Security) -> bool:
        before = self.trades.get(security.symbol)
        self.trades[security.symbol] = security.day.trades
        return before != security.day.trades


def _channels(*, turned: bool, traded: bool) -> tuple[str, ...]:
    return tuple(
        channel
        for channel in _ABOUT_SECURITIES
        if (turned or channel != SESSION_CHANNEL) and (traded or channel not in _ONLY_WITH_A_TRADE)
    )


def _about(view: View, wanted: Wanted, channels: tuple[str, ...]) -> Iterator[DataMessage]:
    symbol = view.security.symbol
    for channel in channels:
        content = _ABOUT_SECURITIES[channel](view) if wanted(channel, symbol) else None
        if content is not None:
            yield DataMessage(channel, symbol, message(channel, content))


def _indexes(state: ExchangeState, wanted: Wanted, exchanges: set[Exchange]) -> Iterator[DataMessage]:
    for exchange, name in INDEXES.items():
        if exchange in exchanges and wanted(INDEX_CHANNEL, name.upper()):
            yield DataMessage(INDEX_CHANNEL, name.upper(), message(INDEX_CHANNEL, index_message(state, exchange)))
