"""The other participants: market makers who quote around a wandering price, takers, and bidders in auctions.

They are drawn from one seeded source, a few securities per step, and look first where a client's order waits.
"""

from dataclasses import dataclass, field
from itertools import count
from random import Random

from market.lots import LOT
from market.phases import AUCTIONS, CONTINUOUS, PhaseName
from market.sending import lives_until
from market.ticks import next_tick_down, next_tick_up
from market.vocabulary import OrderType, Side
from simulator.book import Resting
from simulator.matching import trade
from simulator.security import Board, Security, board_for
from simulator.state import ExchangeState
from simulator.venue import other

QUOTED_LEVELS = 4
SECURITIES_PER_STEP = 3
REACH_IN_TICKS = 3
"""A taker pays at most this many ticks through the middle, so a client's order further away is left alone."""

AUCTION_ORDERS = 20
"""How many orders of theirs wait on one board while it collects for an auction or after the close."""

_WANDER_PER_MILLE = 15
_TAKER_CHANCE = 0.6


@dataclass(slots=True)
class Participants:
    """`middle` is what they hold a security to be worth, in VND; their own orders are known by `quotes`."""

    random: Random
    enabled: bool = True
    middle: dict[str, int] = field(default_factory=dict)
    quotes: dict[tuple[str, Board], list[str]] = field(default_factory=dict)
    _cursor: int = 0
    _ids: "count[int]" = field(default_factory=count)

    def step(self, state: ExchangeState) -> set[str]:
        """Quote and trade in a few open securities; their symbols."""
        if not self.enabled:
            return set()
        visited = self._due(state)
        for symbol, board in visited:
            self._act(state, state.securities[symbol], board)
        return {symbol for symbol, board in visited if board is Board.ROUND}

    def open_market(self, state: ExchangeState) -> None:
        """Quote every open security at once, so that a fresh market is not empty."""
        for security in state.securities.values():
            if self.enabled and _is_continuous(state, security):
                self._quote(state, security, Board.ROUND)

    def forget(self) -> None:
        """A day has ended: the books are empty, and prices start from the new references."""
        self.quotes.clear()
        self.middle.clear()

    def follow_price(self, symbol: str) -> None:
        """Somebody has set the price: they start from it."""
        self.middle.pop(symbol, None)

    def withdraw(self, state: ExchangeState) -> None:
        """Take every quote out of the books."""
        for symbol, board in list(self.quotes):
            self._withdraw_quotes(state.securities[symbol], board)

    def _due(self, state: ExchangeState) -> list[tuple[str, Board]]:
        symbols = list(state.securities)
        turn = [symbols[(self._cursor + step) % len(symbols)] for step in range(SECURITIES_PER_STEP)]
        self._cursor = (self._cursor + SECURITIES_PER_STEP) % len(symbols)
        waiting = [
            (order.symbol, board_for(order.quantity)) for order in state.open_orders_by_arrival() if order.is_resting
        ]
        return list(dict.fromkeys([*waiting, *((symbol, Board.ROUND) for symbol in turn)]))

    def _act(self, state: ExchangeState, security: Security, board: Board) -> None:
        if not security.is_tradable:
            return
        phase = state.phase_of_security(security).name
        if phase in CONTINUOUS:
            self._visit(state, security, board)
        elif phase in AUCTIONS:
            self._join_auction(state, security, board)
        elif phase is PhaseName.PLO and board is Board.ROUND and security.day.trades:
            self._join_post_close(state, security)

    def _join_auction(self, state: ExchangeState, security: Security, board: Board) -> None:
        """One more order around the middle, some willing to cross it; nothing is withdrawn in an auction."""
        if len(self.quotes.get((security.symbol, board), ())) >= AUCTION_ORDERS:
            return
        side, price = self.random.choice((Side.BUY, Side.SELL)), self._middle(security)
        for _ in range(self.random.randint(0, REACH_IN_TICKS)):
            price = _away(security, other(side), price)
        price = max(security.day.floor, min(price, security.day.ceiling))
        self._rest(state, security, board, side, price)

    def _join_post_close(self, state: ExchangeState, security: Security) -> None:
        if len(self.quotes.get((security.symbol, Board.ROUND), ())) < AUCTION_ORDERS:
            self._rest(state, security, Board.ROUND, self.random.choice((Side.BUY, Side.SELL)), None)

    def _visit(self, state: ExchangeState, security: Security, board: Board) -> None:
        self._wander(security)
        self._quote(state, security, board)
        if self.random.random() < _TAKER_CHANCE:
            self._take(state, security, board, self.random.choice((Side.BUY, Side.SELL)))

    def _wander(self, security: Security) -> None:
        instrument, reference = security.instrument, security.day.reference
        middle = self._middle(security)
        # Drawn back to the reference, so that a price quoted from the reference is met again and again.
        up = self.random.random() < (0.5 if middle == reference else 0.35 if middle > reference else 0.65)
        step = next_tick_up if up else next_tick_down
        moved = step(instrument.exchange, instrument.kind, middle)
        span = max(reference * _WANDER_PER_MILLE // 1000, abs(middle - reference))
        if abs(moved - reference) <= span and instrument.floor < moved < instrument.ceiling:
            self.middle[security.symbol] = moved

    def _middle(self, security: Security) -> int:
        """The stored middle, or a start from the last price: nothing of the participants outlives a restart."""
        return self.middle.get(security.symbol, security.day.close)

    def _quote(self, state: ExchangeState, security: Security, board: Board) -> None:
        self._withdraw_quotes(security, board)
        for side in Side:
            price = self._middle(security)
            for level in range(QUOTED_LEVELS):
                price = _away(security, side, price)
                if not security.day.floor <= price <= security.day.ceiling:
                    break
                self._add_quote(state, security, board, side, price, level)

    def _add_quote(
        self, state: ExchangeState, security: Security, board: Board, side: Side, price: int, level: int
    ) -> None:
        # The best level is two orders: a client who takes it is filled in parts.
        for _ in range(2 if level == 0 else 1):
            self._rest(state, security, board, side, price)

    def _rest(self, state: ExchangeState, security: Security, board: Board, side: Side, price: int | None) -> None:
        order_id = f"quote-{next(self._ids)}"
        self.quotes.setdefault((security.symbol, board), []).append(order_id)
        trade(state, security, board, _order(state, security, order_id, side, price, self._size(board)))

    def _withdraw_quotes(self, security: Security, board: Board) -> None:
        for order_id in self.quotes.pop((security.symbol, board), []):
            security.books[board].remove(order_id)

    def _take(self, state: ExchangeState, security: Security, board: Board, side: Side) -> None:
        limit = self._middle(security)
        for _ in range(REACH_IN_TICKS):
            limit = _away(security, other(side), limit)
        limit = max(security.day.floor, min(limit, security.day.ceiling))
        book = security.books[board]
        offered = book.quantity_within(other(side), limit)
        quantity = min(self._appetite(offered, board), offered)
        if quantity:
            order_id = f"taker-{next(self._ids)}"
            trade(state, security, board, _order(state, security, order_id, side, limit, quantity))

    def _appetite(self, offered: int, board: Board) -> int:
        """Now a part of the offer, now all of it."""
        if board is Board.ODD:
            return self.random.randint(1, max(1, offered))
        lots = max(1, offered // LOT)
        return LOT * (lots if self.random.random() < 0.4 else self.random.randint(1, lots))  # noqa: PLR2004 - a chance

    def _size(self, board: Board) -> int:
        return self.random.randint(5, 60) if board is Board.ODD else LOT * self.random.randint(2, 40)


def _order(
    state: ExchangeState, security: Security, order_id: str, side: Side, price: int | None, quantity: int
) -> Resting:
    order_type = OrderType.PLO if price is None else OrderType.LO
    until = lives_until(order_type, state.phase_of_security(security), state.now, state.calendar)
    return Resting(order_id, side, order_type, price, quantity, state.next_sequence(), until)


def _is_continuous(state: ExchangeState, security: Security) -> bool:
    return security.is_tradable and state.phase_of_security(security).name in CONTINUOUS


def _away(security: Security, side: Side, price: int) -> int:
    """One tick further from the middle on `side` of the book."""
    instrument = security.instrument
    step = next_tick_down if side is Side.BUY else next_tick_up
    return step(instrument.exchange, instrument.kind, price)
