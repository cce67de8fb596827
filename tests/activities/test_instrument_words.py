"""A person's word on a security wakes the orders for it that wait, and no others (VN-A10)."""

import pytest

from ledger.ledger import Ledger
from market.instrument_words import InstrumentWord, WordAbout
from market.vocabulary import SecurityStatus
from tests.activities.test_calendar_changes import HandClock, watched
from tests.support.ledger_orders import BREAK, DAY, accept, command, open_market

pytestmark = pytest.mark.stack


async def say(ledger: Ledger, symbol: str, status: SecurityStatus) -> None:
    await ledger.say_of_instrument(InstrumentWord(symbol, WordAbout.STATUS, status, DAY, None, "notice", "operator"))


async def test_only_the_orders_for_the_security_are_woken_and_once_by_each_word(ledger: Ledger) -> None:
    await open_market(ledger, cash=100_000_000)
    vic, vnd = [
        (await accept(ledger, placed, BREAK)).order.order_id
        for placed in (command(), command(symbol="VND", price=20_000))
    ]
    await say(ledger, "VND", SecurityStatus.WARNED)
    async with watched(ledger, HandClock(BREAK)) as announcer:
        assert [await announcer.hears() for _ in range(2)] == [(vic, "HOSE BREAK"), (vnd, "HOSE BREAK")]
        for status in (SecurityStatus.RESTRICTED, SecurityStatus.SUSPENDED):
            await say(ledger, "VIC", status)
            assert await announcer.hears() == (vic, "a person's word on the security")
        assert announcer.woken.empty()
