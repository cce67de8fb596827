"""The automatic participants: near prices trade within seconds, far ones wait, and a seed repeats a market."""

from datetime import timedelta

import pytest

from market.vocabulary import Side
from simulator.broker_order import OrderStatus
from simulator.participants import Participants
from simulator.passing import MOST_INSTANTS, SPACING, instants, pass_time
from simulator.security import Board
from simulator.state import ExchangeState
from tests.simulator.market_of_one import DAY, at, open_market, place

STEPS_IN_TEN_SECONDS = 20


def run(state: ExchangeState, seed: int, steps: int) -> Participants:
    participants = Participants(seed)
    participants.open_market(state)
    pass_time(state, participants, state.now + steps * SPACING)
    return participants


@pytest.mark.parametrize("seed", range(20))
def test_an_order_at_the_reference_is_filled_within_seconds(seed: int) -> None:
    state = open_market()
    participants = run(state, seed, 40)
    order = place(state, "VIC", Side.BUY, 85_500, 100)
    pass_time(state, participants, state.now + STEPS_IN_TEN_SECONDS * SPACING)
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


def test_the_size_of_the_steps_in_which_time_passes_changes_nothing() -> None:
    at_once, in_pieces = open_market(), open_market()
    run(at_once, 4, 200)
    participants = run(in_pieces, 4, 0)
    for piece in range(1, 40):
        pass_time(in_pieces, participants, in_pieces.now + piece * SPACING / 8)
    pass_time(in_pieces, participants, at_once.now)
    assert [security.day for security in in_pieces.securities.values()] == [
        security.day for security in at_once.securities.values()
    ]


def test_a_long_way_carries_out_the_latest_instants_only() -> None:
    until = at("10:00", DAY + timedelta(days=728))
    passed = list(instants(at("10:00"), until))
    assert (len(passed), passed[-1], passed[0]) == (MOST_INSTANTS, until, until - (MOST_INSTANTS - 1) * SPACING)


def test_where_clients_wait_on_many_boards_each_has_its_turn_within_seconds() -> None:
    state = open_market(cash=10**12)
    orders = [place(state, each.symbol, Side.BUY, each.day.floor, 100) for each in state.securities.values()]
    assert all(order.is_resting for order in orders)
    participants = Participants(3)
    pass_time(state, participants, state.now + 10 * SPACING)
    assert {symbol for symbol, _ in participants.quotes} == set(state.securities)
