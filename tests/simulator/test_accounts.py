"""Cash and shares: holds, fills, fees, settlement, and that nothing is lost whatever happens in whatever order."""

from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from market.calendar import next_trading_day
from market.fees import SSI_ONLINE, commission, sale_tax
from market.vocabulary import Side
from simulator.accounts import Account, trading_days_since
from simulator.broker_order import OrderStatus
from simulator.state import ExchangeState
from simulator.trading_day import advance
from tests.simulator.market_of_one import ACCOUNT, DAY, at, cancel, meet, open_market, place


def account_of(state: ExchangeState) -> Account:
    return state.accounts[ACCOUNT]


def test_an_open_buy_keeps_its_value_and_the_commission_on_it() -> None:
    state = open_market()
    place(state, price=85_500, quantity=100)
    assert account_of(state).held == 8_550_000 + 12_825
    assert account_of(state).cash == 1_000_000_000


def test_a_fill_below_the_limit_leaves_the_rest_held_at_the_limit_with_its_fee() -> None:
    state = open_market()
    meet(state, "VIC", Side.SELL, 85_000, 100)
    order = place(state, price=85_500, quantity=200)
    spent = 8_500_000 + 12_750
    assert account_of(state).cash == 1_000_000_000 - spent
    assert account_of(state).held == 8_550_000 + 12_825
    cancel(state, order)
    assert account_of(state).held == 0


def test_a_buy_beyond_the_purchasing_power_is_refused_and_holds_nothing() -> None:
    state = open_market(cash=8_562_824)
    assert place(state, price=85_500, quantity=100).status is OrderStatus.RJ
    assert account_of(state).held == 0
    exact = open_market(cash=8_562_825)
    assert place(exact, price=85_500, quantity=100).status is OrderStatus.QU


def test_shares_held_for_one_sale_cannot_be_sold_again() -> None:
    state = open_market()
    place(state, side=Side.SELL, quantity=5_000)
    assert place(state, side=Side.SELL, quantity=100).status is OrderStatus.RJ
    assert account_of(state).position("VIC").sellable == 0


def test_bought_shares_are_owned_at_once_and_sellable_from_thirteen_on_the_second_trading_day() -> None:
    state = open_market()
    meet(state, "MBB", Side.SELL, 24_500, 200)
    place(state, "MBB", Side.BUY, 24_500, 200)
    position = account_of(state).positions["MBB"]
    assert (position.on_hand, position.sellable) == (200, 0)
    second = next_trading_day(next_trading_day(DAY))
    advance(state, at("12:59:59", second))
    assert position.sellable == 0
    advance(state, at("13:00", second))
    assert (position.on_hand, position.sellable) == (200, 200)


def test_proceeds_less_commission_and_tax_arrive_with_settlement() -> None:
    state = open_market()
    place(state, side=Side.SELL, price=85_500, quantity=1_000)
    meet(state, "VIC", Side.BUY, 85_500, 1_000)
    account = account_of(state)
    assert account.cash == 1_000_000_000
    assert [pending.amount for pending in account.receivables] == [85_500_000 - 128_250 - 85_500]
    advance(state, at("13:00", next_trading_day(next_trading_day(DAY))))
    assert account.cash == 1_000_000_000 + 85_286_250
    assert account.receivables == []


def test_many_small_fills_cost_what_one_large_fill_costs() -> None:
    apart, whole = open_market(), open_market()
    for state, parts in ((apart, [1] * 99), (whole, [99])):
        place(state, "HAG", Side.BUY, 9_850, 99)
        for part in parts:
            meet(state, "HAG", Side.SELL, 9_850, part)
    assert account_of(apart).cash == account_of(whole).cash


def test_age_counts_trading_days_only() -> None:
    assert trading_days_since(date(2026, 11, 20), date(2026, 11, 20)) == 0
    assert trading_days_since(date(2026, 11, 20), date(2026, 11, 25)) == 2


ACTIONS = st.lists(
    st.tuples(
        st.sampled_from(["place", "meet", "cancel", "settle"]),
        st.sampled_from(Side),
        st.integers(84_500 // 100, 86_500 // 100).map(lambda hundreds: hundreds * 100),
        st.integers(1, 20).map(lambda lots: lots * 100),
    ),
    max_size=40,
)


@settings(deadline=None)
@given(ACTIONS)
def test_cash_and_shares_follow_the_orders_and_holds_are_what_open_orders_need(
    actions: list[tuple[str, Side, int, int]],
) -> None:
    state = open_market(cash=400_000_000)
    for action, side, price, quantity in actions:
        match action:
            case "place":
                place(state, "VIC", side, price, quantity)
            case "meet":
                meet(state, "VIC", side, price, quantity)
            case "cancel":
                for order in [order for order in state.orders.values() if order.is_open][:1]:
                    cancel(state, order)
            case _:
                account_of(state).settle(state.now)
    account = account_of(state)
    orders = list(state.orders.values())
    buys = [order for order in orders if order.side is Side.BUY]
    sales = [order for order in orders if order.side is Side.SELL]
    spent = sum(order.filled_value + commission(SSI_ONLINE, order.filled_value) for order in buys)
    earned = sum(
        order.filled_value - commission(SSI_ONLINE, order.filled_value) - sale_tax(SSI_ONLINE, order.filled_value)
        for order in sales
    )
    assert account.cash == 400_000_000 - spent
    assert sum(pending.amount for pending in account.receivables) == earned
    position = account.position("VIC")
    assert position.on_hand == 5_000 + sum(order.filled for order in buys) - sum(order.filled for order in sales)
    assert position.held == sum(order.leaves for order in sales)
    assert account.held == sum(
        order.leaves * order.price
        + commission(SSI_ONLINE, order.filled_value + order.leaves * order.price)
        - commission(SSI_ONLINE, order.filled_value)
        for order in buys
        if order.is_open
    )
    assert account.purchasing_power >= 0
    assert position.sellable >= 0
    for order in orders:
        open_shares = 0 if order.status is OrderStatus.RJ else order.quantity
        assert open_shares == order.filled + order.cancelled + order.leaves
