"""Where an order waits for a later phase of its day: here, or parked at the broker (`PRE_OPEN`)."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ledger.ledger import Ledger
from market.calendar import VIETNAM
from market.deviations import PhaseDeviation
from market.phases import PhaseName
from market.vocabulary import Exchange
from orders.stored import StoredOrder
from risk.checks import PreOpen
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import AFTERNOON, BREAK, DAY, LIMITS, MORNING, command, open_market

pytestmark = pytest.mark.stack
BROKER = replace(LIMITS, pre_open=PreOpen.BROKER)
EVENING = datetime(2026, 11, 20, 19, 0, tzinfo=VIETNAM)


async def placed(ledger: Ledger, now: datetime, *, queue_next_day: bool = False) -> StoredOrder:
    wanted = replace(command(), queue_next_day=queue_next_day)
    stored = await ledger.accept(wanted, now, datetime.now(UTC), BROKER)
    assert stored.verdict.accepted, stored.verdict.violations
    return stored


async def test_an_order_of_the_break_goes_to_the_brokers_queue_at_once_and_counts_from_the_afternoon_on(
    ledger: Ledger,
) -> None:
    await open_market(ledger, cash=100_000_000)
    assert (await placed(ledger, BREAK)).send_after is None
    preview = await ledger.preview(ACCOUNT_ID, command().terms, BREAK, BROKER)
    assert (preview.sent_at, preview.phase and preview.phase.start) == (BREAK, AFTERNOON)
    here = await ledger.preview(ACCOUNT_ID, command().terms, BREAK, LIMITS)
    assert here.sent_at == AFTERNOON
    assert preview.lives_until == here.lives_until


async def test_an_order_for_another_day_or_for_the_end_of_a_halt_waits_here(ledger: Ledger) -> None:
    await open_market(ledger, cash=100_000_000)
    assert (await placed(ledger, EVENING, queue_next_day=True)).send_after is not None
    until = datetime(2026, 11, 20, 10, 10, tzinfo=VIETNAM)
    await ledger.record_deviation(PhaseDeviation(Exchange.HOSE, DAY, PhaseName.HALTED, MORNING, until))
    assert (await placed(ledger, MORNING)).send_after == until
