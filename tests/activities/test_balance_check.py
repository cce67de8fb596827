"""The broker's balances against ours: what is compared, when it proves a difference, and what that does (LC-99)."""

from datetime import date, datetime

import pytest
from temporalio.testing import ActivityEnvironment

from activities.balance_check import CASH_TOLERANCE_VND, PROOF_SECONDS, BalanceCheck, differences
from activities.broker_days import BrokerDays
from broker.port import Book, BrokerCash, BrokerPosition, BrokerPositions, NoAnswer
from ledger.account_acts import Adjustment
from ledger.ledger import Ledger
from ledger.postings import CASH
from ledger.reads.owned import Owned
from market.clock import MarketClock
from risk.checks import TradingState
from tests.support.database import ACCOUNT_ID, CONNECTION_ID
from tests.support.ledger_orders import (
    COMMISSION,
    DAY,
    MONDAY,
    MORNING,
    PRICE,
    clock_at,
    hear,
    match,
    open_market,
    place,
    report,
)
from tests.support.paper_broker import PaperBroker

pytestmark = pytest.mark.stack

OWN_CASH = 10_000_000


def positions(**owned: int) -> BrokerPositions:
    return BrokerPositions(tuple(BrokerPosition(symbol, shares, 0, 1) for symbol, shares in owned.items()))


class StandingClock:
    now: datetime = MORNING

    async def read(self) -> MarketClock:
        return clock_at(self.now)


class Stopwatch:
    """Each look comes `step` seconds after the one before, and the books are read `reads` times in between."""

    def __init__(self, step: float = PROOF_SECONDS / 2, reads: int = 1) -> None:
        self._step = step
        self._reads = reads
        self.looks = 0

    def now(self) -> float:
        return self.looks * self._step

    def books_read(self, account_id: str) -> int:
        assert account_id == ACCOUNT_ID
        return self.looks * self._reads


class Bank(PaperBroker):
    """Tells `money` and `shares`; `reads` counts how often it was asked for cash."""

    def __init__(self) -> None:
        super().__init__(audit=Book(()))
        self.money: BrokerCash | NoAnswer = BrokerCash(OWN_CASH, 0, 0, 0)
        self.shares = positions(VIC=100)
        self.reads = 0
        self.clock = StandingClock()

    async def cash(self, account: str) -> BrokerCash | NoAnswer:
        self.reads += 1
        return self.money

    async def positions(self, account: str) -> BrokerPositions | NoAnswer:
        return self.shares


class WatchedCheck(BalanceCheck):
    """A check whose every look lets the bank's stopwatch go on."""

    def __init__(self, ledger: Ledger, bank: Bank, stopwatch: Stopwatch) -> None:
        days = BrokerDays(ledger, bank.clock)
        super().__init__(ledger, bank, days, CONNECTION_ID, stopwatch.books_read, stopwatch.now)
        self._stopwatch = stopwatch

    async def look(self, today: date) -> bool:
        agreed = await super().look(today)
        self._stopwatch.looks += 1
        return agreed


def check_of(ledger: Ledger, bank: Bank, stopwatch: Stopwatch | None = None) -> BalanceCheck:
    return WatchedCheck(ledger, bank, stopwatch or Stopwatch())


async def looks(check: BalanceCheck, count: int = 3, day: date = DAY) -> bool:
    agreed = False
    for _ in range(count):
        agreed = bool(await ActivityEnvironment().run(check.look, day))
    return agreed


async def state_of(ledger: Ledger) -> TradingState:
    account = await ledger.account(ACCOUNT_ID)
    assert account is not None
    return account.state


async def test_figures_that_agree_are_asked_for_once_and_change_nothing(ledger: Ledger) -> None:
    await open_market(ledger, cash=OWN_CASH, VIC=100)
    bank = Bank()
    assert await looks(check_of(ledger, bank))
    assert (bank.reads, await state_of(ledger)) == (1, TradingState.ACTIVE)


async def test_lc99_a_difference_that_stays_blocks_the_account_until_it_is_explained(ledger: Ledger) -> None:
    await open_market(ledger, cash=OWN_CASH, VIC=100)
    bank = Bank()
    bank.money = BrokerCash(OWN_CASH + 5_000_000, 0, 0, 0)
    check = check_of(ledger, bank)
    assert not await looks(check, 2)
    assert await state_of(ledger) is TradingState.ACTIVE
    assert not await looks(check, 1)
    assert await state_of(ledger) is TradingState.BLOCKED
    (alert,) = await ledger.alerts()
    assert "10000000 VND booked, 15000000 at the broker" in alert.text
    await ledger.adjust(Adjustment(ACCOUNT_ID, CASH, 5_000_000, "minh", "deposit", "1"))
    assert await looks(check, 1)
    assert await state_of(ledger) is TradingState.ACTIVE


async def test_a_person_who_resumes_the_account_has_seen_the_difference(ledger: Ledger) -> None:
    await open_market(ledger, cash=OWN_CASH, VIC=200)
    check = check_of(ledger, Bank())
    await looks(check)
    await ledger.resume_account(ACCOUNT_ID, "minh", "asked SSI", "1")
    await looks(check)
    assert await state_of(ledger) is TradingState.ACTIVE
    await ledger.adjust(Adjustment(ACCOUNT_ID, "VIC", 1, "minh", "a wrong guess", "2"))
    await looks(check)
    assert await state_of(ledger) is TradingState.BLOCKED


async def test_a_difference_that_does_not_stay_the_same_proves_nothing(ledger: Ledger) -> None:
    await open_market(ledger, cash=OWN_CASH, VIC=100)
    bank = Bank()
    check = check_of(ledger, bank)
    for more in (1_000_000, 2_000_000, 3_000_000, 4_000_000):
        bank.money = BrokerCash(OWN_CASH + more, 0, 0, 0)
        await looks(check, 1)
    assert await state_of(ledger) is TradingState.ACTIVE


async def test_while_an_order_is_live_nothing_is_compared(ledger: Ledger) -> None:
    await open_market(ledger, cash=OWN_CASH, VIC=100)
    await place(ledger)
    bank = Bank()
    assert not await looks(check_of(ledger, bank))
    assert bank.reads == 0


async def test_an_order_of_an_earlier_day_that_nothing_has_ended_does_not_stop_the_comparison(ledger: Ledger) -> None:
    await open_market(ledger, cash=OWN_CASH, VIC=100)
    await place(ledger)
    bank = Bank()
    bank.clock.now = MONDAY
    assert await looks(check_of(ledger, bank), 1, MONDAY.date())


async def test_a_broker_that_does_not_answer_proves_nothing(ledger: Ledger) -> None:
    await open_market(ledger, cash=OWN_CASH, VIC=100)
    bank = Bank()
    bank.money = NoAnswer("timeout")
    assert not await looks(check_of(ledger, bank))
    assert await state_of(ledger) is TradingState.ACTIVE


async def test_an_account_that_is_not_opened_yet_is_not_compared(ledger: Ledger) -> None:
    bank = Bank()
    assert not await looks(check_of(ledger, bank))
    assert bank.reads == 0


def test_cash_counts_with_what_sales_will_bring_and_within_a_tolerance() -> None:
    owned = Owned(1_000_000, {"VIC": 100}, in_flight=False)
    same = BrokerCash(600_000, 100_000, 0, 400_000)
    assert differences(owned, same, positions(VIC=100, VND=0)) == ()
    rounded = BrokerCash(1_000_000 + CASH_TOLERANCE_VND, 0, 0, 0)
    assert differences(owned, rounded, positions(VIC=100)) == ()
    more = BrokerCash(1_000_001 + CASH_TOLERANCE_VND, 0, 0, 0)
    assert [str(each) for each in differences(owned, more, positions(VND=50))] == [
        "cash: 1000000 VND booked, 1001001 at the broker",
        "VIC: 100 shares booked, 0 at the broker",
        "VND: 0 shares booked, 50 at the broker",
    ]


@pytest.mark.parametrize("rounding", [600, -600])
async def test_rounding_is_taken_over_day_by_day_and_once_a_day(ledger: Ledger, rounding: int) -> None:
    await open_market(ledger, cash=OWN_CASH, VIC=100)
    bank = Bank()
    bank.money = BrokerCash(OWN_CASH + rounding, 0, 0, 0)
    for _ in range(2):
        assert await looks(check_of(ledger, bank))
    assert (await ledger.owned(ACCOUNT_ID)).cash == OWN_CASH + rounding
    bank.money = BrokerCash(OWN_CASH + 2 * rounding, 0, 0, 0)
    assert await looks(check_of(ledger, bank))
    assert (await ledger.owned(ACCOUNT_ID)).cash == OWN_CASH + rounding, "one booking a day"
    bank.clock.now = MONDAY
    bank.money = BrokerCash(OWN_CASH + 3 * rounding // 2, 0, 0, 0)
    assert await looks(check_of(ledger, bank), day=MONDAY.date())
    assert (await ledger.owned(ACCOUNT_ID)).cash == OWN_CASH + 3 * rounding // 2
    assert await state_of(ledger) is TradingState.ACTIVE
    assert await ledger.trial_balance() == (), "I5"


async def test_rounding_that_no_free_cash_covers_makes_no_shortfall(ledger: Ledger) -> None:
    await open_market(ledger, cash=500, VIC=100)
    bank = Bank()
    bank.money = BrokerCash(-100, 0, 0, 0)
    assert await looks(check_of(ledger, bank))
    assert ((await ledger.cash(ACCOUNT_ID)).available, (await ledger.cash(ACCOUNT_ID)).shortfall) == (500, 0)


async def test_an_own_trade_does_not_block_a_resumed_account_for_the_same_difference_again(ledger: Ledger) -> None:
    await open_market(ledger, cash=OWN_CASH, VIC=100)
    bank = Bank()
    bank.money = BrokerCash(OWN_CASH + 5_000_000, 0, 0, 0)
    check = check_of(ledger, bank)
    await looks(check)
    await ledger.resume_account(ACCOUNT_ID, "minh", "the deposit is on its way", "1")
    await hear(ledger, await place(ledger), match(), report(100))
    bank.money = BrokerCash(OWN_CASH + 5_000_000 - 100 * PRICE - COMMISSION - 1, 0, 0, 0)  # rounded otherwise
    bank.shares = positions(VIC=200)
    await looks(check)
    await looks(check_of(ledger, bank))
    assert await state_of(ledger) is TradingState.ACTIVE
    bank.shares = positions(VIC=300)
    await looks(check)
    assert await state_of(ledger) is TradingState.BLOCKED


@pytest.mark.parametrize(
    "stopwatch", [Stopwatch(step=2.0), Stopwatch(reads=0)], ids=["within seconds", "without a book"]
)
async def test_three_looks_prove_nothing(ledger: Ledger, stopwatch: Stopwatch) -> None:
    await open_market(ledger, cash=OWN_CASH, VIC=200)
    assert not await looks(check_of(ledger, Bank(), stopwatch))
    assert await state_of(ledger) is TradingState.ACTIVE


async def test_balances_that_follow_the_stream_late_block_nobody(ledger: Ledger) -> None:
    await open_market(ledger, cash=OWN_CASH, VIC=100)
    bank = Bank()
    check = check_of(ledger, bank, Stopwatch(step=2.0))
    order_id = await place(ledger)
    await looks(check, 1)
    await hear(ledger, order_id, match(), report(100))
    assert not await looks(check, 3)
    bank.money = BrokerCash(OWN_CASH - 100 * PRICE - COMMISSION, 0, 0, 0)
    bank.shares = positions(VIC=200)
    assert await looks(check)
    assert await state_of(ledger) is TradingState.ACTIVE


async def test_the_same_difference_after_another_trade_begins_to_prove_anew(ledger: Ledger) -> None:
    await open_market(ledger, cash=OWN_CASH * 3, VIC=100)
    bank = Bank()
    check = check_of(ledger, bank)
    for shares in (100, 200, 300):
        bank.shares = positions(VIC=shares)
        bank.money = BrokerCash((await ledger.owned(ACCOUNT_ID)).cash, 0, 0, 0)
        await hear(ledger, await place(ledger), match(), report(100))
        await looks(check, 1)
    assert await state_of(ledger) is TradingState.ACTIVE
