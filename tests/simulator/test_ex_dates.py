"""Corporate actions: the ex-date's reference and band, what holders get, and when they can use it."""

from datetime import date

import pytest

from market.ex_dates import CorporateActionKind
from market.vocabulary import BandDay, Side
from simulator.corporate_actions import CorporateAction, usual_pay_date
from simulator.ex_dates import adjusted, announce, next_ex_date
from simulator.state import ExchangeState
from simulator.trading_day import advance
from simulator.wire.account_rows import cash_balance, stock_positions
from simulator.wire.entitlement_rows import dividend_rows, exercisable_rows
from tests.simulator.market_of_one import ACCOUNT, at, meet, open_market, place

# 2026-11-24 is closed: the ex-date of the tests is a Wednesday, and Friday pays.
WEDNESDAY, THURSDAY, FRIDAY = date(2026, 11, 25), date(2026, 11, 26), date(2026, 11, 27)


def announced(
    state: ExchangeState,
    kind: CorporateActionKind,
    symbol: str = "VIC",
    *,
    cash: int = 0,
    held: int = 1,
    received: int = 0,
    price: int = 0,
    treasury: bool = False,
) -> None:
    ex_date = next_ex_date(state)
    pay_date = usual_pay_date(ex_date, state.calendar)
    number = state.next_sequence()
    announce(state, CorporateAction(number, symbol, kind, ex_date, pay_date, cash, held, received, price, treasury))


def prices(state: ExchangeState, symbol: str = "VIC") -> tuple[int, int, int]:
    day = state.securities[symbol].day
    return day.floor, day.reference, day.ceiling


def bonus(state: ExchangeState, symbol: str = "VIC") -> tuple[object, object, object]:
    rows = stock_positions(state, state.accounts[ACCOUNT])["stockPositions"]
    assert isinstance(rows, list)
    row = next(row for row in rows if row["instrumentID"] == symbol)
    return row["onHand"], row["sellableQty"], row["bonus"]


def test_a_cash_dividend_lowers_the_reference_at_the_ex_date_and_pays_two_trading_days_later() -> None:
    state = open_market()
    announced(state, CorporateActionKind.CASH_DIVIDEND, cash=1_500)
    before = state.accounts[ACCOUNT].cash
    assert prices(state) == (79_600, 85_500, 91_400)
    advance(state, at("10:00", WEDNESDAY))
    assert prices(state) == (78_200, 84_000, 89_800)
    assert (state.accounts[ACCOUNT].cash, state.accounts[ACCOUNT].unpaid_cash) == (before, 7_500_000)
    assets = cash_balance(state, state.accounts[ACCOUNT])["totalAssets"]
    advance(state, at("09:00", FRIDAY))
    assert (state.accounts[ACCOUNT].cash, state.accounts[ACCOUNT].unpaid_cash) == (before + 7_500_000, 0)
    assert cash_balance(state, state.accounts[ACCOUNT])["totalAssets"] == assets
    advance(state, at("10:00", date(2026, 11, 30)))
    assert state.accounts[ACCOUNT].cash == before + 7_500_000


@pytest.mark.parametrize("kind", [CorporateActionKind.SHARE_DIVIDEND, CorporateActionKind.BONUS_ISSUE])
def test_new_shares_wait_as_a_bonus_until_they_can_be_sold(kind: CorporateActionKind) -> None:
    state = open_market()
    announced(state, kind, held=100, received=15)
    advance(state, at("10:00", WEDNESDAY))
    assert prices(state)[1] == 74_300
    assert bonus(state) == (5_000, 5_000, 750)
    advance(state, at("09:00", FRIDAY))
    assert bonus(state) == (5_750, 5_750, 0)


def test_shares_from_the_treasury_widen_the_band_of_the_ex_date_alone() -> None:
    state = open_market()
    announced(state, CorporateActionKind.BONUS_ISSUE, held=10, received=1, treasury=True)
    advance(state, at("10:00", WEDNESDAY))
    assert prices(state) == (62_200, 77_700, 93_200)
    band_days = [state.securities["VIC"].day.band_day]
    advance(state, at("10:00", THURSDAY))
    band_days.append(state.securities["VIC"].day.band_day)
    assert band_days == [BandDay.TREASURY_SHARES_EX_DATE, BandDay.NORMAL]


def test_rights_lower_the_reference_and_are_offered_but_never_exercised() -> None:
    state = open_market()
    announced(state, CorporateActionKind.RIGHTS_ISSUE, held=2, received=1, price=40_000)
    advance(state, at("10:00", WEDNESDAY))
    assert prices(state)[1] == 70_300
    account = state.accounts[ACCOUNT]
    (offer,) = exercisable_rows(state, account)
    assert (offer["ExerciseableReceiveQuantity"], offer["SubscriptionPrice"]) == (2_500, 40_000)
    (row,) = dividend_rows(state, account)
    assert (row["subscriptionQuantity"], row["subscriptionAmount"], row["amount"]) == (2_500, 100_000_000, 0)
    advance(state, at("10:00", FRIDAY))
    assert exercisable_rows(state, account) == []
    assert account.position("VIC").on_hand == 5_000


@pytest.mark.parametrize(("held", "received", "reference", "shares"), [(1, 5, 17_100, 25_500), (10, 1, 855_000, 510)])
def test_a_split_counts_at_once_for_settled_shares_and_those_on_their_way(
    held: int, received: int, reference: int, shares: int
) -> None:
    state = open_market()
    meet(state, "VIC", Side.SELL, 85_500, 100)
    place(state, "VIC", Side.BUY, 85_500, 100)
    cost = state.accounts[ACCOUNT].position("VIC").cost
    announced(state, CorporateActionKind.SPLIT, held=held, received=received)
    advance(state, at("10:00", WEDNESDAY))
    position = state.accounts[ACCOUNT].position("VIC")
    assert prices(state)[1] == reference
    assert (position.on_hand, position.cost) == (shares, cost)
    assert position.sellable == 5_000 * received // held
    advance(state, at("13:00", THURSDAY))
    assert state.accounts[ACCOUNT].position("VIC").sellable == shares


def test_who_buys_on_the_last_day_has_the_right_and_who_sold_has_not() -> None:
    state = open_market()
    meet(state, "MBB", Side.SELL, 24_500, 200)
    place(state, "MBB", Side.BUY, 24_500, 200)
    meet(state, "VIC", Side.BUY, 85_500, 5_000)
    place(state, "VIC", Side.SELL, 85_500, 5_000)
    announced(state, CorporateActionKind.CASH_DIVIDEND, "MBB", cash=500)
    announced(state, CorporateActionKind.CASH_DIVIDEND, "VIC", cash=500)
    advance(state, at("10:00", WEDNESDAY))
    rows = dividend_rows(state, state.accounts[ACCOUNT])
    assert [(row["instrumentID"], row["quantity"], row["amount"]) for row in rows] == [("MBB", 200, 100_000)]


def test_shares_still_to_come_are_shown_after_the_old_ones_are_sold() -> None:
    state = open_market()
    announced(state, CorporateActionKind.SHARE_DIVIDEND, held=10, received=1)
    advance(state, at("10:00", WEDNESDAY))
    meet(state, "VIC", Side.BUY, 77_700, 5_000)
    place(state, "VIC", Side.SELL, 77_700, 5_000)
    advance(state, at("10:00", THURSDAY))
    assert bonus(state) == (0, 0, 500)
    advance(state, at("10:00", FRIDAY))
    assert bonus(state) == (500, 500, 0)


def test_two_actions_on_one_ex_date_are_adjusted_for_together() -> None:
    state = open_market()
    announced(state, CorporateActionKind.CASH_DIVIDEND, cash=1_500)
    announced(state, CorporateActionKind.SHARE_DIVIDEND, held=5, received=1)
    advance(state, at("10:00", WEDNESDAY))
    assert prices(state)[1] == 70_000
    past = [(each.base, each.reference) for each in state.corporate_actions]
    assert past == [(85_500, 70_000), (85_500, 70_000)]
    assert adjusted(85_500, "VIC", date(2026, 11, 23), state.corporate_actions) == 70_000
    assert adjusted(70_000, "VIC", WEDNESDAY, state.corporate_actions) == 70_000


def test_a_right_is_told_with_its_dates_and_becomes_paid() -> None:
    state = open_market()
    announced(state, CorporateActionKind.CASH_DIVIDEND, cash=1_500)
    assert dividend_rows(state, state.accounts[ACCOUNT]) == []
    advance(state, at("10:00", WEDNESDAY))
    (row,) = dividend_rows(state, state.accounts[ACCOUNT])
    told = [row[name] for name in ("status", "closeDate", "payableDate", "paidDate", "executedRate")]
    assert told == ["Pending", "26/11/2026", "27/11/2026", None, "1500"]
    advance(state, at("10:00", FRIDAY))
    (row,) = dividend_rows(state, state.accounts[ACCOUNT])
    assert (row["status"], row["paidDate"], row["distributedFlag"]) == ("Paid", "27/11/2026", "T")


def test_an_order_is_judged_by_the_adjusted_band() -> None:
    state = open_market()
    announced(state, CorporateActionKind.SPLIT, held=1, received=5)
    advance(state, at("10:00", WEDNESDAY))
    assert place(state, price=85_500).reject_code == "ORD003"
    assert place(state, price=17_100).leaves == 100
