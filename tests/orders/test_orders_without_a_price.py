"""Orders without a price: held at what they may cost at most, and ended by the broker's word alone."""

from dataclasses import replace

import pytest

from market.reserve import cash_for
from market.vocabulary import OrderType, Side
from orders.evidence import BrokerReport, BrokerState, Evidence
from orders.holds import Hold, hold
from orders.next_step import Step, next_step
from orders.order import Anomaly, Order
from orders.status import Status, status
from tests.orders.test_amends import amending, shows
from tests.orders.test_races import ORDER, STARTED, TAKEN, TERMS, fold, match

CEILING = 91_400
PRICELESS = [each for each in OrderType if each is not OrderType.LO]


def placed(order_type: OrderType, side: Side = Side.BUY) -> Order:
    return replace(ORDER, terms=replace(TERMS, order_type=order_type, price=None, side=side), reserve_price=CEILING)


def sent(order_type: OrderType) -> Order:
    return fold(STARTED, TAKEN, told(BrokerState.WORKING), order=placed(order_type))


def told(state: BrokerState, filled: int = 0, price: int | None = None) -> BrokerReport:
    return shows(state, filled=filled, price=price, request_id="10000000")


def cash(quantity: int, price: int, filled_value: int = 0) -> Hold:
    return Hold(cash=cash_for(ORDER.fees, filled_value, quantity * price))


@pytest.mark.parametrize("order_type", PRICELESS)
def test_a_buy_is_held_at_its_reserve_price_and_after_fills_only_for_what_is_left(order_type: OrderType) -> None:
    assert hold(placed(order_type)) == cash(1_000, CEILING)
    filled = fold(match(300, 85_000), order=sent(order_type))
    assert hold(filled) == cash(700, CEILING, 300 * 85_000)
    assert filled.anomalies == ()
    assert hold(placed(order_type, Side.SELL)) == Hold(shares=1_000)


def test_an_order_that_nothing_says_the_price_of_cannot_be_held() -> None:
    with pytest.raises(ValueError, match="no price to hold cash at"):
        hold(replace(placed(OrderType.ATO), reserve_price=None))


@pytest.mark.parametrize("order_type", [OrderType.ATO, OrderType.ATC])
def test_lc69_lc70_an_auction_order_ends_by_the_brokers_word_only(order_type: OrderType) -> None:
    order = fold(match(300, 85_000), order=sent(order_type))
    assert next_step(order, phase_open=False) is Step.WAIT
    assert hold(order) != Hold()
    ended = fold(told(BrokerState.EXPIRED, 300), order=order)
    assert (status(ended), ended.filled, ended.cancelled, hold(ended)) == (Status.EXPIRED, 300, 700, Hold())


def test_lc72_what_is_left_of_an_mtl_is_a_limit_order_at_the_echoed_price() -> None:
    rests = replace(told(BrokerState.WORKING, 300, 85_100), filled_value=300 * 85_000)
    order = fold(match(300, 85_000), rests, order=sent(OrderType.MTL))
    assert (order.terms.price, order.terms.order_type, order.anomalies) == (85_100, OrderType.MTL, ())
    assert hold(order) == cash(700, 85_100, 300 * 85_000)
    assert status(order) is Status.PARTIALLY_FILLED
    assert order.as_placed == placed(OrderType.MTL)
    stale = told(BrokerState.WORKING, 0, None)
    assert fold(stale, order=order) == order
    assert fold(match(100, 85_200), order=order).anomalies == (Anomaly.FILL_WORSE_THAN_LIMIT,)


def test_lc72_the_rest_of_an_mtl_is_amended_like_any_limit_order() -> None:
    resting = fold(told(BrokerState.WORKING, 300, 85_100), order=sent(OrderType.MTL))
    asked = amending(85_300, order=resting)
    assert hold(asked) == cash(700, 85_300, resting.filled_value)
    done = fold(shows(price=85_300, filled=300), order=asked)
    assert (done.terms.price, status(done)) == (85_300, Status.PARTIALLY_FILLED)
    assert fold(told(BrokerState.WORKING, 300, 85_100), order=done) == done


def test_lc72_an_amendment_of_a_rest_whose_price_nobody_told_is_proven_by_its_own_word() -> None:
    unknown_price = fold(match(300, 85_000), order=sent(OrderType.MTL))
    word = replace(shows(price=85_300, filled=300), filled_value=300 * 85_000)
    done = fold(word, order=amending(85_300, order=unknown_price))
    assert (done.terms.price, done.open_amend, done.anomalies) == (85_300, None, ())


def test_a_price_on_an_order_that_has_none_says_nothing_before_an_mtl_rests() -> None:
    assert fold(told(BrokerState.WORKING, 0, CEILING), order=sent(OrderType.MTL)).terms.price is None
    assert fold(told(BrokerState.WORKING, 300, 85_000), order=sent(OrderType.ATO)).terms.price is None


def test_lc73_an_mtl_without_another_side_ends_at_once() -> None:
    order = fold(told(BrokerState.CANCELED), order=sent(OrderType.MTL))
    assert (status(order), hold(order), next_step(order, phase_open=True)) == (Status.CANCELED, Hold(), Step.DONE)


def test_lc74_a_mok_ends_whole_or_not_at_all() -> None:
    none = fold(told(BrokerState.CANCELED), order=sent(OrderType.MOK))
    assert (status(none), none.filled, hold(none), none.anomalies) == (Status.CANCELED, 0, Hold(), ())
    whole = fold(match(400), match(600), told(BrokerState.FILLED, 1_000), order=sent(OrderType.MOK))
    assert (status(whole), whole.anomalies) == (Status.FILLED, ())


@pytest.mark.parametrize("fill_first", [True, False])
def test_lc74_a_mok_that_fills_in_part_is_booked_and_marked(*, fill_first: bool) -> None:
    words: tuple[Evidence, ...] = (match(300), told(BrokerState.CANCELED, 300))
    order = fold(*(words if fill_first else reversed(words)), order=sent(OrderType.MOK))
    assert (status(order), order.filled, hold(order)) == (Status.CANCELED, 300, Hold())
    assert order.anomalies == (Anomaly.PARTIAL_FILL_OF_MOK,)


def test_lc75_a_mak_keeps_what_it_filled_and_the_rest_is_cancelled() -> None:
    order = fold(match(300), told(BrokerState.CANCELED, 300), order=sent(OrderType.MAK))
    assert (status(order), order.filled, order.cancelled, hold(order)) == (Status.CANCELED, 300, 700, Hold())
    assert order.anomalies == ()


def test_lc88_a_plo_that_the_broker_refuses_for_want_of_a_closing_price_holds_nothing() -> None:
    order = fold(STARTED, TAKEN, told(BrokerState.REJECTED), order=placed(OrderType.PLO))
    assert (status(order), hold(order)) == (Status.REJECTED, Hold())
