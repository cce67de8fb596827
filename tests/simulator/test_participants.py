"""The automatic participants: near prices trade within seconds, far ones wait, and a seed repeats a market."""

from random import Random

import pytest

from market.vocabulary import Side
from simulator.broker_order import OrderStatus
from simulator.participants import Participants
from simulator.security import Board
from simulator.state import ExchangeState
from tests.simulator.market_of_one import open_market, place

STEPS_IN_TEN_SECONDS = 20


def run(state: ExchangeState, seed: int, steps: int) -> Participants:
    participants = Participants(Random(seed))
    participants.open_market(state)
    for _ in range(steps):
        participants.step(state)
    return participants


@pytest.mark.parametrize("seed", range(20))
def test_an_order_at_the_reference_is_filled_within_seconds(seed: int) -> None:
    state = open_market()
    participants = run(state, seed, 40)
    order = place(state, "VIC", Side.BUY, 85_500, 100)
    for _ in range(STEPS_IN_TEN_SECONDS):
        participants.step(state)
    assert state.orders[order.order_id].status is OrderStatus.FF


def test_a_large_marketable_order_is_filled_in_parts() -> None:
    state = open_market()
    run(state, 1, 0)
    order = place(state, "FPT", Side.BUY, 98_900, 5_000)
    executions = sum(type(report).__name__ == "MatchReport" for report in state.take_changes().reports)
    assert order.filled > 0
    assert executions > 1


def test_an_order_far_from_the_market_stays_untouched() -> None:
    state = open_market()
    order = place(state, "VIC", Side.BUY, 79_600, 100)
    run(state, 5, 400)
    assert state.orders[order.order_id].filled == 0


def test_an_odd_lot_is_filled_too() -> None:
    state = open_market()
    order = place(state, "VIC", Side.SELL, 85_400, 40)
    run(state, 2, STEPS_IN_TEN_SECONDS)
    assert state.orders[order.order_id].status is OrderStatus.FF


def test_every_price_made_is_inside_the_band_and_books_stay_small() -> None:
    state = open_market()
    run(state, 9, 600)
    for security in state.securities.values():
        day = security.day
        assert not day.last or day.floor <= day.low <= day.last <= day.high <= day.ceiling
        assert len(security.books[Board.ROUND].order_ids()) <= 20


def test_the_same_seed_makes_the_same_market() -> None:
    first, second, other = open_market(), open_market(), open_market()
    run(first, 4, 200)
    run(second, 4, 200)
    run(other, 5, 200)
    days = [[security.day for security in state.securities.values()] for state in (first, second, other)]
    assert days[0] == days[1] != days[2]


def test_participants_do_nothing_outside_continuous_trading() -> None:
    state = open_market("12:00")
    run(state, 1, 50)
    assert all(not security.books[Board.ROUND].order_ids() for security in state.securities.values())


def test_withdrawn_participants_leave_only_the_clients_in_the_books() -> None:
    state = open_market()
    order = place(state, "VIC", Side.BUY, 79_600, 100)
    participants = run(state, 1, 50)
    participants.withdraw(state)
    books = [book for security in state.securities.values() for book in security.books.values()]
    assert [order_id for book in books for order_id in book.order_ids()] == [order.order_id]
