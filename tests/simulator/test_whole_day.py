"""A whole trading day with participants, every order type and faults: a seed repeats it to the last message."""

from random import Random

from hypothesis import given, settings
from hypothesis import strategies as st

from market.fees import SSI_ONLINE, commission, sale_tax
from market.vocabulary import OrderType, Side
from simulator.broker_order import OrderStatus
from simulator.faults import Fault, FaultKind
from simulator.participants import Participants
from simulator.passing import SPACING, pass_time
from simulator.state import ExchangeState
from simulator.trading_day import advance
from simulator.wire.trading_messages import message_of
from tests.simulator.market_of_one import ACCOUNT, amend, at, cancel, open_market, place

CLOCKS = ("08:30", "09:05", "09:15", "10:00", "11:45", "13:05", "14:31", "14:46", "14:56", "15:00", "15:30")


def lived(seed: int) -> ExchangeState:
    """A day on which an account tries everything."""
    chance, state = Random(seed), open_market(CLOCKS[0])
    participants = Participants(seed)
    state.faults.random.seed(seed)
    for kind in (FaultKind.BUST, FaultKind.CANCEL_REFUSED, FaultKind.LATE_FILL_AFTER_CANCEL, FaultKind.OVERFILL):
        state.faults.add(Fault(kind, times=None, probability=0.2, value=100))
    for clock in CLOCKS:
        advance(state, at(clock))
        pass_time(state, participants, at(clock) + 20 * SPACING)
        for _ in range(10):
            _try_something(state, chance)
    return state


def _try_something(state: ExchangeState, chance: Random) -> None:
    symbol, order_type = chance.choice(("VIC", "FPT", "SHS", "ACV")), chance.choice(list(OrderType))
    day = state.securities[symbol].day
    price = chance.choice((day.reference, day.ceiling, day.floor)) if order_type is OrderType.LO else 0
    order = place(state, symbol, chance.choice(list(Side)), price, chance.choice((30, 100, 700)), order_type)
    if order.is_open and chance.random() < 0.3:
        order = amend(state, order, quantity=order.quantity + 100)
    if order.is_open and chance.random() < 0.3:
        cancel(state, order)


def test_a_seed_repeats_the_day_to_the_last_message() -> None:
    days = [[message_of(report).text for report in lived(seed).take_changes().reports] for seed in (5, 5, 6)]
    assert days[0] == days[1] != days[2]


@settings(max_examples=15, deadline=None)
@given(st.integers(0, 10_000))
def test_after_any_day_nothing_is_open_or_held_and_the_money_adds_up(seed: int) -> None:
    state = lived(seed)
    account, orders = state.accounts[ACCOUNT], list(state.orders.values())
    assert not [order for order in orders if order.is_open]
    assert account.held == 0
    assert all(position.held == 0 for position in account.positions.values())
    assert all(not book.order_ids() for security in state.securities.values() for book in security.books.values())
    for order in orders:
        shares = 0 if order.status is OrderStatus.RJ else max(order.quantity, order.filled)
        assert order.filled + order.cancelled == shares, order
    buys = sum(o.filled_value + commission(SSI_ONLINE, o.filled_value) for o in orders if o.side is Side.BUY)
    sales = [order.filled_value for order in orders if order.side is Side.SELL]
    earned = sum(value - commission(SSI_ONLINE, value) - sale_tax(SSI_ONLINE, value) for value in sales)
    assert account.cash == 1_000_000_000 - buys
    assert sum(item.amount for item in account.receivables) == earned


def test_with_participants_an_auction_makes_a_price_and_fills_the_orders_in_it() -> None:
    state = open_market("09:01")
    participants = Participants(3)
    order = place(state, "VIC", Side.BUY, 0, 100, OrderType.ATO)
    pass_time(state, participants, state.now + 30 * SPACING)
    advance(state, at("09:15"))
    assert state.orders[order.order_id].status is OrderStatus.FF
    assert state.securities["VIC"].day.trades > 0
