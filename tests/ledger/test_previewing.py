"""A preview says what placing then does, and changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from ledger.ledger import Ledger
from ledger.postings import needed_hold
from market.calendar import VIETNAM, CalendarOverride, OverrideKind
from market.terms import OrderTerms
from market.vocabulary import Exchange, OrderType, Side
from orders.order import CloseReason
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import AFTERNOON, BREAK, DAY, LIMITS, MORNING, accept, clock_at, command, open_market

pytestmark = pytest.mark.stack
CLOSING = datetime(2026, 11, 20, 14, 35, tzinfo=VIETNAM)
EVENING = datetime(2026, 11, 20, 19, 0, tzinfo=VIETNAM)
BEFORE_OPENING = datetime(2026, 11, 20, 8, 30, tzinfo=VIETNAM)
CEILING, COMMISSION_AT_CEILING = 91_400, 13_710


def terms(order_type: OrderType, side: Side, quantity: int = 100, price: int | None = None) -> OrderTerms:
    return OrderTerms("VIC", Exchange.HOSE, side, order_type, quantity, price)


_WANTED = (
    terms(OrderType.LO, Side.BUY, price=85_500),
    terms(OrderType.LO, Side.SELL, price=85_500),
    terms(OrderType.LO, Side.BUY, quantity=150, price=85_550),
    terms(OrderType.LO, Side.BUY, quantity=100_000, price=85_500),
    terms(OrderType.LO, Side.BUY),
    terms(OrderType.ATO, Side.BUY),
    terms(OrderType.ATC, Side.BUY),
    terms(OrderType.ATC, Side.SELL, quantity=300),
    terms(OrderType.MTL, Side.BUY),
    terms(OrderType.MOK, Side.BUY),
    terms(OrderType.PLO, Side.BUY),
)


@pytest.mark.parametrize("now", [BEFORE_OPENING, MORNING, BREAK, AFTERNOON, CLOSING, EVENING])
async def test_a_preview_equals_what_placing_then_does(ledger: Ledger, now: datetime) -> None:
    await open_market(ledger, cash=100_000_000, VIC=2_000)
    for wanted in _WANTED:
        preview = await ledger.preview(ACCOUNT_ID, wanted, now, LIMITS)
        assert await ledger.preview(ACCOUNT_ID, wanted, now, LIMITS) == preview
        placed = await accept(ledger, replace(command(), terms=wanted), now)
        assert placed.verdict.violations == preview.violations, wanted
        assert placed.verdict.accepted is not bool(preview.violations)
        assert needed_hold(placed.order) == preview.hold
        if placed.verdict.accepted:
            assert preview.sent_at == (placed.send_after or now)


async def test_a_preview_makes_no_order_and_holds_nothing(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000)
    before = await ledger.cash(ACCOUNT_ID)
    assert not (await ledger.preview(ACCOUNT_ID, _WANTED[0], MORNING, LIMITS)).violations
    assert await ledger.cash(ACCOUNT_ID) == before
    assert not (await ledger.orders([ACCOUNT_ID])).orders


async def test_an_order_without_a_price_is_held_at_the_ceiling(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000)
    preview = await ledger.preview(ACCOUNT_ID, terms(OrderType.ATC, Side.BUY), AFTERNOON, LIMITS)
    assert not preview.violations
    assert preview.hold.cash == 100 * CEILING + COMMISSION_AT_CEILING
    placed = await accept(ledger, replace(command(), terms=terms(OrderType.ATC, Side.BUY)), AFTERNOON)
    assert placed.order.reserve_price == CEILING
    assert (await ledger.cash(ACCOUNT_ID)).held == preview.hold.cash


async def test_one_dong_less_than_the_ceiling_needs_denies_an_order_without_a_price(ledger: Ledger) -> None:
    await open_market(ledger, cash=100 * CEILING + COMMISSION_AT_CEILING - 1)
    preview = await ledger.preview(ACCOUNT_ID, terms(OrderType.ATC, Side.BUY), AFTERNOON, LIMITS)
    assert [violation.code.value for violation in preview.violations] == ["insufficient_cash"]


async def test_lc83_a_buy_is_denied_while_an_own_sell_is_entered_in_the_same_auction(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000, VIC=200)
    await accept(ledger, replace(command(), terms=terms(OrderType.ATC, Side.SELL)), CLOSING)
    placed = await accept(ledger, replace(command(), terms=terms(OrderType.ATC, Side.BUY)), CLOSING)
    assert [violation.code.value for violation in placed.verdict.violations] == ["opposite_order"]


async def test_lc83_an_order_carried_in_from_before_the_auction_does_not_count(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000, VIC=200)
    await accept(ledger, command(Side.SELL), AFTERNOON)
    placed = await accept(ledger, replace(command(), terms=terms(OrderType.ATC, Side.BUY)), CLOSING)
    assert placed.verdict.accepted, placed.verdict.violations


async def test_orders_that_could_meet_in_continuous_trading_are_warned_of(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000, VIC=200)
    await accept(ledger, command(Side.SELL), AFTERNOON)
    preview = await ledger.preview(ACCOUNT_ID, terms(OrderType.LO, Side.BUY, price=85_500), AFTERNOON, LIMITS)
    assert not preview.violations
    assert [warning.code.value for warning in preview.warnings] == ["self_crossing"]


async def test_lc82_an_order_that_waits_is_not_released_on_a_day_that_was_closed_meanwhile(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000)
    placed = await accept(ledger, command(), BREAK)
    assert placed.send_after is not None
    await ledger.override_calendar(CalendarOverride(DAY, OverrideKind.CLOSED, "a typhoon", "operator"))
    checked = await ledger.recheck(placed.order.order_id, clock_at(AFTERNOON), datetime.now(UTC), LIMITS)
    assert checked.order.close_reason is CloseReason.DENIED
    assert (await ledger.cash(ACCOUNT_ID)).held == 0
