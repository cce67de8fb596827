"""Blocks, adjustments and resumptions: exact money, a name and a reason behind each, and each done once."""

from dataclasses import replace

import pytest

from ledger.account_acts import Act, ActKind, ActRefusal, Adjustment
from ledger.accounts import AlertKind, UnknownAccountError
from ledger.ledger import Ledger
from ledger.postings import CASH
from market.vocabulary import Side
from orders.evidence import BrokerState
from risk.checks import TradingState
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import DAY, MONDAY, accept, command, hear, open_market, place, report

pytestmark = pytest.mark.stack

DEPOSIT = Adjustment(ACCOUNT_ID, CASH, 5_000_000, "minh", "deposit", "deposit-1")
DIFFERENCE = "cash: 0 VND booked, 5000000 at the broker"


async def state_of(ledger: Ledger) -> TradingState:
    account = await ledger.account(ACCOUNT_ID)
    assert account is not None
    return account.state


async def test_lc99_a_blocked_account_takes_no_new_order_until_a_named_person_books_the_difference(
    ledger: Ledger,
) -> None:
    await open_market(ledger, cash=100_000_000)
    assert await ledger.block(ACCOUNT_ID, "balances:1", DIFFERENCE)
    assert not await ledger.block(ACCOUNT_ID, "balances:1", DIFFERENCE)
    denied = await accept(ledger, command())
    assert [each.code.value for each in denied.verdict.violations] == ["account_blocked"]
    assert [(alert.kind, alert.account_id) for alert in await ledger.alerts()] == [
        (AlertKind.BALANCE_MISMATCH, ACCOUNT_ID)
    ]
    act = await ledger.adjust(DEPOSIT)
    assert isinstance(act, Act)
    assert (act.kind, act.author, act.reason, act.state) == (ActKind.ADJUSTED, "minh", "deposit", TradingState.ACTIVE)
    assert (await ledger.cash(ACCOUNT_ID)).available == 105_000_000
    assert (await accept(ledger, command())).verdict.accepted


async def test_an_adjustment_is_booked_once_under_its_name(ledger: Ledger) -> None:
    await open_market(ledger)
    first, again = await ledger.adjust(DEPOSIT), await ledger.adjust(DEPOSIT)
    assert first == again
    assert await ledger.adjust(replace(DEPOSIT, amount=1)) is ActRefusal.KEY_TAKEN
    assert await ledger.resume_account(ACCOUNT_ID, "minh", "again", "deposit-1") is ActRefusal.KEY_TAKEN
    assert (await ledger.cash(ACCOUNT_ID)).available == 5_000_000


async def test_shares_that_come_cost_nothing_and_shares_that_go_take_their_cost_along(ledger: Ledger) -> None:
    await open_market(ledger, VIC=100)
    dividend = Adjustment(ACCOUNT_ID, "VIC", 100, "minh", "share dividend", "1")
    assert isinstance(await ledger.adjust(dividend), Act)
    position = await ledger.position(ACCOUNT_ID, "VIC")
    assert position is not None
    assert (position.quantity, position.sellable, position.cost_total) == (200, 200, 8_000_000)
    assert isinstance(await ledger.adjust(replace(dividend, amount=-50, key="2")), Act)
    position = await ledger.position(ACCOUNT_ID, "VIC")
    assert position is not None
    assert (position.quantity, position.cost_total) == (150, 6_000_000)
    assert (await ledger.owned(ACCOUNT_ID)).shares == {"VIC": 150}


async def test_shares_of_a_symbol_not_owned_before_can_come(ledger: Ledger) -> None:
    await open_market(ledger)
    await ledger.adjust(Adjustment(ACCOUNT_ID, "VND", 300, "minh", "transfer", "1"))
    assert (await ledger.owned(ACCOUNT_ID)).shares == {"VND": 300}


@pytest.mark.parametrize(
    ("asset", "amount", "refusal"),
    [
        ("XYZ", 100, ActRefusal.UNKNOWN_ASSET),
        ("VIC", -101, ActRefusal.MORE_THAN_FREE),
        (CASH, -1_001, ActRefusal.MORE_THAN_FREE),
    ],
)
async def test_what_cannot_be_meant_is_refused_and_changes_nothing(
    ledger: Ledger, asset: str, amount: int, refusal: ActRefusal
) -> None:
    await open_market(ledger, cash=1_000, VIC=100)
    before = await ledger.owned(ACCOUNT_ID)
    assert await ledger.adjust(Adjustment(ACCOUNT_ID, asset, amount, "minh", "wrong", "1")) is refusal
    assert await ledger.owned(ACCOUNT_ID) == before


async def test_a_deposit_pays_a_shortfall_first_and_an_operator_resumes_the_account(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(100, quantity=200))
    assert await state_of(ledger) is TradingState.REDUCE_ONLY
    await ledger.adjust(replace(DEPOSIT, amount=100_000_000))
    assert (await ledger.cash(ACCOUNT_ID)).shortfall == 0
    assert await state_of(ledger) is TradingState.REDUCE_ONLY, "an adjustment clears a block and nothing else"
    act = await ledger.resume_account(ACCOUNT_ID, "minh", "paid in", "1")
    assert isinstance(act, Act)
    assert (act.kind, act.asset, act.amount) == (ActKind.RESUMED, None, None)
    assert await state_of(ledger) is TradingState.ACTIVE
    assert await ledger.resume_account(ACCOUNT_ID, "minh", "paid in", "1") == act


async def test_an_adjustment_of_a_blocked_account_that_is_still_short_leaves_it_to_sell_only(ledger: Ledger) -> None:
    await open_market(ledger, cash=100)
    found = await ledger.adjust(replace(DEPOSIT, amount=9_000_000))
    assert isinstance(found, Act)
    order_id = await place(ledger)
    await hear(ledger, order_id, report(300, quantity=300))
    assert (await ledger.cash(ACCOUNT_ID)).shortfall > 0
    await ledger.block(ACCOUNT_ID, "balances:1", DIFFERENCE)
    await ledger.adjust(replace(DEPOSIT, amount=1, key="2"))
    assert await state_of(ledger) is TradingState.REDUCE_ONLY


async def test_an_account_that_nobody_has_is_not_acted_on(ledger: Ledger) -> None:
    with pytest.raises(UnknownAccountError):
        await ledger.adjust(replace(DEPOSIT, account_id="9999999"))


async def test_what_is_owned_counts_holds_and_what_has_not_settled_and_says_what_is_in_flight(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000, VIC=100)
    order_id = await place(ledger, Side.SELL)
    live = await ledger.owned(ACCOUNT_ID)
    assert (live.cash, live.shares, live.in_flight) == (10_000_000, {"VIC": 100}, True)
    await hear(ledger, order_id, report(0, state=BrokerState.CANCELED, cancelled=100))
    assert not (await ledger.owned(ACCOUNT_ID)).in_flight


async def test_an_order_of_an_earlier_trading_date_is_not_in_flight(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000, VIC=100)
    order_id = await place(ledger, Side.SELL)
    assert (await ledger.owned(ACCOUNT_ID, DAY)).in_flight
    assert not (await ledger.owned(ACCOUNT_ID, MONDAY.date())).in_flight
    await ledger.record(order_id, "never booked", report(100), "stream")
    assert not (await ledger.owned(ACCOUNT_ID, MONDAY.date())).in_flight


@pytest.mark.parametrize("amount", [700, -700])
async def test_rounding_moves_money_once_a_day_and_leaves_the_state_as_it_is(ledger: Ledger, amount: int) -> None:
    await open_market(ledger, cash=1_000)
    await ledger.block(ACCOUNT_ID, "balances:1", DIFFERENCE)
    assert await ledger.book_rounding(ACCOUNT_ID, DAY, amount)
    assert not await ledger.book_rounding(ACCOUNT_ID, DAY, amount)
    assert (await ledger.cash(ACCOUNT_ID)).available == 1_000 + amount
    assert await ledger.book_rounding(ACCOUNT_ID, MONDAY.date(), 1)
    assert (await ledger.cash(ACCOUNT_ID)).available == 1_001 + amount
    assert await state_of(ledger) is TradingState.BLOCKED
    assert await ledger.trial_balance() == (), "I5"
