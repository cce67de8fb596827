"""The other participants: market makers who quote around a wandering price, takers, and bidders in auctions.

They act in a few securities per step, first where a client's order waits. What they draw comes from the seed, the
market instant and the security alone, so that neither the wall's pace nor a restart changes it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TypeVar

from market.lots import LOT
from market.phases import AUCTIONS, CONTINUOUS, PhaseName
from market.sending import lives_until
from market.ticks import next_tick_down, next_tick_up
from market.vocabulary import OrderType, Side
from simulator.book import Resting
from simulator.matching import trade
from simulator.quoted import Quoted
from simulator.security import Board, Security, board_for
from simulator.state import ExchangeState
from simulator.venue import other

T = TypeVar("T")

QUOTED_LEVELS = 4
SECURITIES_PER_STEP = 3
WAITING_PER_STEP = 6
"""On so many boards with clients' orders they act in one step; where more wait, they take turns."""

REACH_IN_TICKS = 3
"""A taker pays at most this many ticks through the middle, so a client's order further away is left alone."""

AUCTION_ORDERS = 20
"""How many orders of theirs wait on one board while it collects for an auction or after the close."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_WANDER_PER_MILLE = 15
_TAKER_CHANCE = 0.6


@dataclass(slots=True)
class Participants:
    """`middle` is what they hold a security to be worth, in VND; their own orders are known by `quotes`.

    `moved` are the symbols that they have quoted since somebody last took note.
    """

    seed: int
    enabled: bool = True
    middle: dict[str, int] = field(default_factory=dict)
    quotes: dict[tuple[str, Board], list[str]] = field(default_factory=dict)
    moved: set[str] = field(default_factory=set)
    random: Random = field(default_factory=Random)  # a repeatable market, nothing secret

    def step(self, state: ExchangeState, number: int) -> None:
        """Quote and trade in a few open securities; `number` decides whose turn it is."""
        if not self.enabled:
            return
        for symbol, board in _due(state, number):
            self._draw_anew(state, symbol, board)
            self._act(state, state.securities[symbol], board)
            if board is Board.ROUND:
                self.moved.add(symbol)

    def open_market(self, state: ExchangeState) -> None:
        """Quote at once every open security that lacks a bid or an ask, so that no market is empty."""
        for security in state.securities.values():
            book = security.books[Board.ROUND]
            lacks = any(book.best(side) is None for side in Side)
            if self.enabled and lacks and _is_continuous(state, security):
                self._draw_anew(state, security.symbol, Board.ROUND)
                self._quote(state, security, Board.ROUND)
                self.moved.add(security.symbol)

    def remembered(self, state: ExchangeState, symbol: str) -> Quoted:
        """What must outlive a restart of what they have in a security."""
        books = state.securities[symbol].books
        return Quoted(
            self.middle.get(symbol),
            {board: list(self.quotes[symbol, board]) for board in Board if (symbol, board) in self.quotes},
            {
                board: [order for order_id in self.quotes.get((symbol, board), ()) if (order := book.get(order_id))]
                for board, book in books.items()
            },
        )

    def remember(self, quoted: Mapping[str, Quoted]) -> None:
        """Go on from what was stored; the books hold the orders already."""
        for symbol, each in quoted.items():
            if each.middle is not None:
                self.middle[symbol] = each.middle
            for board, order_ids in each.order_ids.items():
                self.quotes[symbol, board] = list(order_ids)

    def forget(self) -> None:
        """A day has ended: the books are empty, and prices start from the new references."""
        self.quotes.clear()
        self.middle.clear()

    def follow_price(self, state: ExchangeState, symbol: str) -> None:
        """Somebody has set the price: they start from it."""
        self.middle.pop(symbol, None)
        state.changes.quoted[symbol] = None

    def withdraw(self, state: ExchangeState) -> None:
        """Take every quote out of the books."""
        for symbol, board in list(self.quotes):
            state.changes.quoted[symbol] = None
            self._withdraw_quotes(state.securities[symbol], board)

    def _draw_anew(self, state: ExchangeState, symbol: str, board: Board) -> None:
        """Chance of its own for a board at an instant: what happens elsewhere, or happened before, does not shift it.

        Seeded with text, whose digest is the same in every process.
        """
        self.random.seed(f"{self.seed}|{(state.now - _EPOCH) // _MICROSECOND}|{symbol}|{board}")

    def _act(self, state: ExchangeState, security: Security, board: Board) -> None:
        if not security.is_tradable:
            return
        state.changes.quoted[security.symbol] = None
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
        up = self.random.random() < (0.5 if middle == reference else 0.25 if middle > reference else 0.75)
        step = next_tick_up if up else next_tick_down
        moved = step(instrument.exchange, instrument.kind, middle)
        span = max(reference * _WANDER_PER_MILLE // 1000, abs(middle - reference))
        if abs(moved - reference) <= span and instrument.floor < moved < instrument.ceiling:
            self.middle[security.symbol] = moved

    def _middle(self, security: Security) -> int:
        """Where it has wandered to, or a start from the last price."""
        return self.middle.get(security.symbol, security.day.close)

    def _quote(self, state: ExchangeState, security: Security, board: Board) -> None:
        state.changes.quoted[security.symbol] = None
        self._withdraw_quotes(security, board)
        until = _lives_until(state, security, OrderType.LO)
        for side in Side:
            price = self._middle(security)
            for level in range(QUOTED_LEVELS):
                price = _away(security, side, price)
                if not security.day.floor <= price <= security.day.ceiling:
                    break
                # The best level is two orders: a client who takes it is filled in parts.
                for _ in range(2 if level == 0 else 1):
                    order = _order(state, side, price, self._size(board), until)
                    self._add_quote(state, security, board, order)

    def _add_quote(self, state: ExchangeState, security: Security, board: Board, order: Resting) -> None:
        """Most quotes meet nobody: those need no matching."""
        self.quotes.setdefault((security.symbol, board), []).append(order.order_id)
        book = security.books[board]
        if order.price is None or book.quantity_within(other(order.side), order.price):
            trade(state, security, board, order)
        else:
            book.add(order)

    def _rest(self, state: ExchangeState, security: Security, board: Board, side: Side, price: int | None) -> None:
        until = _lives_until(state, security, OrderType.PLO if price is None else OrderType.LO)
        order = _order(state, side, price, self._size(board), until)
        self.quotes.setdefault((security.symbol, board), []).append(order.order_id)
        trade(state, security, board, order)

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
            until = _lives_until(state, security, OrderType.LO)
            trade(state, security, board, _order(state, side, limit, quantity, until))

    def _appetite(self, offered: int, board: Board) -> int:
        """Now a part of the offer, now all of it."""
        if board is Board.ODD:
            return self.random.randint(1, max(1, offered))
        lots = max(1, offered // LOT)
        return LOT * (lots if self.random.random() < 0.4 else self.random.randint(1, lots))  # noqa: PLR2004 - a chance

    def _size(self, board: Board) -> int:
        return self.random.randint(5, 60) if board is Board.ODD else LOT * self.random.randint(2, 40)


def _due(state: ExchangeState, number: int) -> list[tuple[str, Board]]:
    """Where step `number` acts: some of the boards where clients' orders wait, and those whose turn it is."""
    symbols, waiting = list(state.securities), _waiting(state)
    turn = [(symbol, Board.ROUND) for symbol in _in_turn(symbols, number, SECURITIES_PER_STEP)]
    return list(dict.fromkeys([*_in_turn(waiting, number, WAITING_PER_STEP), *turn]))


def _in_turn(places: Sequence[T], number: int, most: int) -> list[T]:
    return [places[(number * most + step) % len(places)] for step in range(min(most, len(places)))]


def _waiting(state: ExchangeState) -> list[tuple[str, Board]]:
    """In the order of the listing, which a restart does not change."""
    boards = {
        (order.symbol, board_for(order.quantity))
        for ids in state.open_orders.values()
        for order in map(state.orders.__getitem__, ids)
        if order.is_resting
    }
    return [(symbol, board) for symbol in state.securities for board in Board if (symbol, board) in boards]


def _lives_until(state: ExchangeState, security: Security, order_type: OrderType) -> datetime:
    return lives_until(order_type, state.phase_of_security(security), state.now, state.calendar)


def _order(state: ExchangeState, side: Side, price: int | None, quantity: int, until: datetime) -> Resting:
    order_type = OrderType.PLO if price is None else OrderType.LO
    arrival = state.next_sequence()
    return Resting(f"automatic-{arrival}", side, order_type, price, quantity, arrival, until)


def _is_continuous(state: ExchangeState, security: Security) -> bool:
    return security.is_tradable and state.phase_of_security(security).name in CONTINUOUS


def _away(security: Security, side: Side, price: int) -> int:
    """One tick further from the middle on `side` of the book."""
    instrument = security.instrument
    step = next_tick_down if side is Side.BUY else next_tick_up
    return step(instrument.exchange, instrument.kind, price)
