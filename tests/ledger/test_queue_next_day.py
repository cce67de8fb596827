"""Orders that wait for another trading date, with their client's consent and never without."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from ledger.ledger import Ledger
from market.calendar import VIETNAM, CalendarOverride, OverrideKind
from market.terms import OrderTerms
from market.vocabulary import Exchange, OrderType, Side
from orders.commands import AmendOrder, PlaceOrder
from orders.order import CloseReason, Life
from orders.stored import StoredOrder
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import DAY, INSTRUMENTS, LIMITS, PRICE, accept, clock_at, command, open_market

pytestmark = pytest.mark.stack
EVENING = datetime(2026, 11, 20, 19, 0, tzinfo=VIETNAM)
SUNDAY = datetime(2026, 11, 22, 20, 0, tzinfo=VIETNAM)
MONDAY = date(2026, 11, 23)
MIDNIGHT = datetime(2026, 11, 23, 0, 30, tzinfo=VIETNAM)
MONDAY_MORNING = datetime(2026, 11, 23, 9, 20, tzinfo=VIETNAM)
CEILING = 91_400
NEXT_CEILING = 97_700


def queued(order_type: OrderType = OrderType.LO, price: int | None = PRICE) -> PlaceOrder:
    terms = OrderTerms("VIC", Exchange.HOSE, Side.BUY, order_type, 100, price)
    return replace(command(), terms=terms, queue_next_day=True)


async def load_monday(ledger: Ledger, reference: int = PRICE, ceiling: int = CEILING, floor: int = 79_600) -> None:
    changed = (
        replace(each, trading_date=MONDAY, reference=reference, ceiling=ceiling, floor=floor) for each in INSTRUMENTS
    )
    await ledger.save_instruments(list(changed))


async def check(ledger: Ledger, placed: StoredOrder, now: datetime) -> StoredOrder:
    return await ledger.recheck(placed.order.order_id, clock_at(now), datetime.now(UTC), LIMITS)


def codes(stored: StoredOrder) -> list[str]:
    return [violation.code.value for violation in stored.verdict.violations]


async def test_without_consent_an_order_in_the_evening_is_refused_with_the_next_date(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000)
    placed = await accept(ledger, command(), EVENING)
    assert codes(placed) == ["no_phase_today"]
    assert "2026-11-23" in placed.verdict.violations[0].message


@pytest.mark.parametrize("now", [EVENING, SUNDAY])
async def test_with_consent_it_waits_for_the_next_trading_date_and_goes_out_then(ledger: Ledger, now: datetime) -> None:
    await open_market(ledger, cash=10_000_000)
    placed = await accept(ledger, queued(), now)
    assert placed.verdict.accepted, placed.verdict.violations
    assert (placed.order.trading_date, placed.send_after) == (MONDAY, datetime(2026, 11, 23, 9, 0, tzinfo=VIETNAM))
    assert (await ledger.cash(ACCOUNT_ID)).held > 0
    assert (await check(ledger, placed, MIDNIGHT)).send_after == placed.send_after
    await load_monday(ledger)
    released = await check(ledger, placed, MONDAY_MORNING)
    assert (released.order.life, released.send_after) == (Life.UNSENT, None)


async def test_lc78_a_price_outside_the_new_days_band_is_denied_on_release(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000)
    placed = await accept(ledger, queued(), EVENING)
    await load_monday(ledger, reference=60_000, ceiling=64_200, floor=55_800)
    denied = await check(ledger, placed, MONDAY_MORNING)
    assert denied.order.close_reason is CloseReason.DENIED
    assert (await ledger.cash(ACCOUNT_ID)).held == 0


async def test_a_price_beyond_todays_ceiling_may_wait_for_tomorrows_band(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000)
    placed = await accept(ledger, queued(price=95_000), EVENING)
    assert placed.verdict.accepted, placed.verdict.violations


async def test_an_order_without_a_price_is_held_at_the_highest_ceiling_that_tomorrow_can_have(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000)
    placed = await accept(ledger, queued(OrderType.ATC, None), EVENING)
    assert placed.order.reserve_price == NEXT_CEILING
    await load_monday(ledger, reference=CEILING, ceiling=NEXT_CEILING, floor=85_100)
    released = await check(ledger, placed, datetime(2026, 11, 23, 14, 35, tzinfo=VIETNAM))
    assert (released.order.life, released.send_after) == (Life.UNSENT, None)


async def test_a_ceiling_above_what_was_set_aside_denies_an_order_without_a_price(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000)
    placed = await accept(ledger, queued(OrderType.ATC, None), EVENING)
    await load_monday(ledger, reference=CEILING, ceiling=NEXT_CEILING + 100, floor=85_100)
    denied = await check(ledger, placed, datetime(2026, 11, 23, 14, 35, tzinfo=VIETNAM))
    assert denied.order.close_reason is CloseReason.DENIED


async def test_lc82_an_order_that_waits_for_a_day_that_is_closed_does_not_go_out_on_another(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000)
    placed = await accept(ledger, queued(), EVENING)
    await ledger.override_calendar(CalendarOverride(MONDAY, OverrideKind.CLOSED, "a typhoon", "operator"))
    closed = await check(ledger, placed, SUNDAY)
    assert (closed.order.life, closed.order.close_reason) == (Life.CLOSED, CloseReason.TOO_OLD)


async def test_a_preview_of_such_an_order_tells_when_it_would_be_sent(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000)
    preview = await ledger.preview(ACCOUNT_ID, queued().terms, EVENING, LIMITS, queue_next_day=True)
    placed = await accept(ledger, queued(), EVENING)
    assert not preview.violations
    assert preview.sent_at == placed.send_after
    assert preview.estimate is not None
    assert preview.estimate.settles_on > DAY


@pytest.mark.parametrize("price", [86_000, 95_000])
async def test_while_it_waits_it_may_be_amended_even_beyond_todays_band(ledger: Ledger, price: int) -> None:
    await open_market(ledger, cash=10_000_000)
    placed = await accept(ledger, queued(), EVENING)
    wanted = AmendOrder(placed.order.order_id, "amend-1", "trader", datetime.now(UTC), price, None)
    amended = await ledger.ask_amend(wanted, SUNDAY, datetime.now(UTC), LIMITS)
    assert amended.order.terms.price == price
    assert amended.order.last_amend is not None
    assert amended.order.last_amend.violations == ()
