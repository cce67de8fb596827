"""Orders at the broker: what is refused, parked, matched, cancelled and expired, and what the stream is told."""

from datetime import date, timedelta

import pytest

from market.vocabulary import Side
from simulator.broker_order import OrderStatus
from simulator.switches import PreOpen, Switches
from simulator.trading_day import advance
from tests.simulator.market_of_one import ACCOUNT, DAY, at, cancel, meet, open_market, place, told


def test_a_resting_order_is_ready_sent_and_queued() -> None:
    state = open_market()
    order = place(state)
    assert (order.status, order.leaves) == (OrderStatus.QU, 100)
    assert told(state) == ["RS", "SD", "QU"]


def test_each_execution_is_told_before_the_order_it_changed() -> None:
    state = open_market()
    meet(state, "VIC", Side.SELL, 85_400, 100)
    meet(state, "VIC", Side.SELL, 85_500, 100)
    order = place(state, quantity=300)
    assert told(state) == ["RS", "SD", "QU", "match", "PF", "match", "PF"]
    assert (order.filled, order.filled_value, order.leaves) == (200, 17_090_000, 100)


def test_a_partly_filled_order_is_cancelled_as_ffpc() -> None:
    state = open_market()
    order = place(state, quantity=300)
    meet(state, "VIC", Side.SELL, 85_500, 100)
    cancelled = cancel(state, order)
    assert (cancelled.status, cancelled.filled, cancelled.cancelled) == (OrderStatus.FFPC, 100, 200)


def test_a_cancelled_order_trades_no_more() -> None:
    state = open_market()
    order = cancel(state, place(state))
    meet(state, "VIC", Side.SELL, 85_500, 100)
    assert state.orders[order.order_id].filled == 0


def test_a_second_cancel_is_refused_and_remembered_on_the_order() -> None:
    state = open_market()
    order = cancel(state, place(state))
    told(state)
    after = cancel(state, order)
    assert told(state) == ["ERR500"]
    assert after.status is OrderStatus.CL
    assert after.last_error is not None


@pytest.mark.parametrize(
    ("clock", "symbol", "price"),
    [("08:30", "VIC", 85_500), ("11:30", "VIC", 85_500), ("12:00", "SHS", 22_400), ("12:59:59", "ACV", 52_400)],
)
def test_an_order_that_the_exchange_does_not_take_yet_is_held_until_it_does(
    clock: str, symbol: str, price: int
) -> None:
    state = open_market(clock)
    order = place(state, symbol, Side.BUY, price)
    assert told(state) == ["IAV"]
    advance(state, at("13:00"))
    assert state.orders[order.order_id].status is OrderStatus.QU
    assert told(state) == ["RS", "SD", "QU"]


def test_a_broker_that_does_not_park_refuses_instead() -> None:
    state = open_market("12:00")
    state.switches = Switches(pre_open=PreOpen.REJECT)
    assert place(state).reject_code == "ORD016"


@pytest.mark.parametrize(("clock", "symbol", "price"), [("14:45", "VIC", 85_500), ("15:00", "ACV", 52_400)])
def test_an_order_that_no_phase_of_today_takes_is_refused(clock: str, symbol: str, price: int) -> None:
    state = open_market(clock)
    order = place(state, symbol, Side.BUY, price)
    assert (order.status, order.reject_code) == (OrderStatus.RJ, "ORD016")
    assert order.order_id.startswith("T20261123s01")


def test_in_the_break_a_queued_order_cannot_be_cancelled_but_a_parked_one_can() -> None:
    state = open_market("11:29")
    queued = place(state)
    advance(state, at("11:30"))
    told(state)
    assert cancel(state, queued).status is OrderStatus.QU
    assert told(state) == ["40014"]
    assert cancel(state, place(state)).status is OrderStatus.CL


def test_unfilled_orders_expire_at_the_end_of_their_exchange() -> None:
    state = open_market()
    hose, upcom = place(state), place(state, "ACV", Side.BUY, 52_400)
    meet(state, "VIC", Side.SELL, 90_000, 500)
    advance(state, at("14:45"))
    assert state.orders[hose.order_id].status is OrderStatus.EX
    assert state.orders[upcom.order_id].status is OrderStatus.QU
    advance(state, at("15:00"))
    assert state.orders[upcom.order_id].status is OrderStatus.EX
    assert state.accounts[ACCOUNT].held == 0
    assert all(not book.order_ids() for security in state.securities.values() for book in security.books.values())


def test_odd_lots_meet_on_a_board_of_their_own_and_do_not_move_the_price() -> None:
    state = open_market()
    meet(state, "VIC", Side.SELL, 85_500, 1_000)
    odd = place(state, quantity=50)
    assert odd.status is OrderStatus.QU
    meet(state, "VIC", Side.SELL, 85_500, 50)
    assert state.orders[odd.order_id].status is OrderStatus.FF
    assert state.securities["VIC"].day.last == 0


def test_a_new_day_starts_from_the_last_price_without_yesterdays_orders() -> None:
    state = open_market()
    meet(state, "VIC", Side.SELL, 86_000, 100)
    place(state, price=86_000)
    finished = advance(state, at("09:20", date(2026, 11, 25)))
    assert [day.trading_date for day in finished] == [DAY]
    # 2026-11-24 is closed.
    assert state.trading_date == date(2026, 11, 25)
    assert state.securities["VIC"].day.reference == 86_000
    assert state.orders == {}
    assert state.counters.notify_id == 0


def test_a_long_jump_passes_every_trading_day_on_the_way() -> None:
    state = open_market()
    finished = advance(state, at("10:00", date(2026, 12, 1)))
    assert [day.trading_date.isoformat() for day in finished] == [
        "2026-11-23",
        "2026-11-25",
        "2026-11-26",
        "2026-11-27",
        "2026-11-30",
    ]


def test_a_weekend_belongs_to_the_friday_before_it() -> None:
    state = open_market()
    advance(state, at("10:00", date(2026, 11, 28)))
    assert state.trading_date == date(2026, 11, 27)
    assert place(state).reject_code == "ORD016"


def test_notify_ids_count_up_by_one_over_all_reports() -> None:
    state = open_market()
    for _ in range(3):
        cancel(state, place(state))
        place(state, price=1)
    ids = [report.notify_id for report in state.take_changes().reports]
    assert ids == list(range(1, len(ids) + 1))


def test_time_never_runs_backwards() -> None:
    state = open_market()
    advance(state, at("10:00") - timedelta(hours=1))
    assert state.now == at("10:00")
