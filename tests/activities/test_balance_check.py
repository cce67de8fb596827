"""The broker's balances against ours: what is compared, when it proves a difference, and what that does (LC-99)."""

from datetime import datetime

import pytest
from temporalio.testing import ActivityEnvironment

from activities.balance_check import CASH_TOLERANCE_VND, BalanceCheck, differences
from activities.broker_days import BrokerDays
from broker.port import Book, BrokerCash, BrokerPosition, BrokerPositions, NoAnswer
from ledger.account_acts import Adjustment
from ledger.ledger import Ledger
from ledger.postings import CASH
from ledger.reads.owned import Owned
from market.clock import MarketClock
from risk.checks import TradingState
from tests.support.database import ACCOUNT_ID, CONNECTION_ID
from tests.support.ledger_orders import DAY, MORNING, clock_at, open_market, place
from tests.support.paper_broker import PaperBroker

pytestmark = pytest.mark.stack

OWN_CASH = 10_000_000


class StandingClock:
    now: datetime = MORNING

    async def read(self) -> MarketClock:
        return clock_at(self.now)


class Bank(PaperBroker):
    """Tells `money` and `shares`; `reads` counts how often it was asked for cash."""

    def __init__(self) -> None:
        super().__init__(audit=Book(()))
        self.money: BrokerCash | NoAnswer = BrokerCash(OWN_CASH, 0, 0, 0)
        self.shares = BrokerPositions((BrokerPosition("VIC", 100, 100, 80_000),))
        self.reads = 0

    async def cash(self, account: str) -> BrokerCash | NoAnswer:
        self.reads += 1
        return self.money

    async def positions(self, account: str) -> BrokerPositions | NoAnswer:
        return self.shares


def positions(**owned: int) -> BrokerPositions:
    return BrokerPositions(tuple(BrokerPosition(symbol, shares, 0, 1) for symbol, shares in owned.items()))


def check_of(ledger: Ledger, bank: Bank) -> BalanceCheck:
    return BalanceCheck(ledger, bank, BrokerDays(ledger, StandingClock()), CONNECTION_ID)


async def looks(check: BalanceCheck, count: int = 3) -> bool:
    agreed = False
    for _ in range(count):
        agreed = bool(await ActivityEnvironment().run(check.look, DAY))
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
    assert differences(owned, more, positions(VND=50)) == (
        "cash: 1000000 VND booked, 1001001 at the broker",
        "VIC: 100 shares booked, 0 at the broker",
        "VND: 0 shares booked, 50 at the broker",
    )
