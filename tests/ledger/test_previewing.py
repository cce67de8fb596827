"""A preview says what placing then does, and changes nothing."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.demo import DEMO_INVESTOR
from ledger.ledger import Ledger
from ledger.postings import needed_hold
from ledger.settlement import Opening, OpeningShares
from market.calendar import VIETNAM, CalendarOverride, OverrideKind
from market.instrument import Instrument
from market.terms import OrderTerms
from market.vocabulary import Exchange, InstrumentKind, OrderType, Side
from orders.evidence import Match
from orders.order import CloseReason
from tests.support.database import ACCOUNT_ID, add_account
from tests.support.ledger_orders import (
    AFTERNOON,
    BREAK,
    DAY,
    INSTRUMENTS,
    LIMITS,
    MORNING,
    accept,
    clock_at,
    command,
    hear,
    open_market,
    report,
    send,
)

pytestmark = pytest.mark.stack
CLOSING = datetime(2026, 11, 20, 14, 35, tzinfo=VIETNAM)
EVENING = datetime(2026, 11, 20, 19, 0, tzinfo=VIETNAM)
BEFORE_OPENING = datetime(2026, 11, 20, 8, 30, tzinfo=VIETNAM)
CEILING, COMMISSION_AT_CEILING = 91_400, 13_710
SECOND_ACCOUNT, OTHERS_ACCOUNT = "0901352", "0901353"


LISTED = {
    Exchange.HOSE: INSTRUMENTS[0],
    Exchange.HNX: Instrument("SHS", "SHS", Exchange.HNX, InstrumentKind.STOCK, DAY, 22_400, 24_600, 20_200),
    Exchange.UPCOM: Instrument("ACV", "ACV", Exchange.UPCOM, InstrumentKind.STOCK, DAY, 52_400, 60_200, 44_600),
}


def terms(
    order_type: OrderType,
    side: Side,
    quantity: int = 100,
    price: int | None = None,
    listed: Instrument = LISTED[Exchange.HOSE],
) -> OrderTerms:
    return OrderTerms(listed.symbol, listed.exchange, side, order_type, quantity, price)


def orders_of(listed: Instrument) -> tuple[OrderTerms, ...]:
    price = listed.reference
    return (
        terms(OrderType.LO, Side.BUY, price=price, listed=listed),
        terms(OrderType.LO, Side.SELL, price=price, listed=listed),
        terms(OrderType.LO, Side.BUY, quantity=150, price=price + 50, listed=listed),
        terms(OrderType.LO, Side.BUY, quantity=100_000, price=price, listed=listed),
        terms(OrderType.LO, Side.BUY, listed=listed),
        terms(OrderType.ATO, Side.BUY, listed=listed),
        terms(OrderType.ATC, Side.BUY, listed=listed),
        terms(OrderType.ATC, Side.SELL, quantity=300, listed=listed),
        terms(OrderType.MTL, Side.BUY, listed=listed),
        terms(OrderType.MOK, Side.BUY, listed=listed),
        terms(OrderType.PLO, Side.BUY, listed=listed),
    )


async def open_all(ledger: Ledger, listed: Instrument, cash: int = 100_000_000) -> None:
    await open_market(ledger, cash=cash, **{listed.symbol: 2_000})
    await ledger.save_instruments(list(LISTED.values()))


@pytest.mark.parametrize("exchange", Exchange)
@pytest.mark.parametrize("now", [BEFORE_OPENING, MORNING, BREAK, AFTERNOON, CLOSING, EVENING])
async def test_a_preview_equals_what_placing_then_does(ledger: Ledger, now: datetime, exchange: Exchange) -> None:
    await open_all(ledger, LISTED[exchange])
    for wanted in orders_of(LISTED[exchange]):
        preview = await ledger.preview(ACCOUNT_ID, wanted, now, LIMITS)
        assert await ledger.preview(ACCOUNT_ID, wanted, now, LIMITS) == preview
        placed = await accept(ledger, replace(command(), terms=wanted), now)
        assert placed.verdict.violations == preview.violations, wanted
        assert placed.verdict.accepted is not bool(preview.violations)
        assert needed_hold(placed.order) == preview.hold
        if placed.verdict.accepted:
            assert preview.sent_at == (placed.send_after or now)


@pytest.mark.parametrize("quantity", [100, 300])
@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("exchange", Exchange)
async def test_what_a_preview_estimates_is_booked_when_the_order_fills_at_that_price(
    ledger: Ledger, exchange: Exchange, side: Side, quantity: int
) -> None:
    listed = LISTED[exchange]
    await open_all(ledger, listed)
    wanted = terms(OrderType.LO, side, quantity, listed.reference + 100, listed)
    estimate = (await ledger.preview(ACCOUNT_ID, wanted, MORNING, LIMITS)).estimate
    assert estimate is not None
    assert (estimate.tax > 0) is (side is Side.SELL)
    order_id = (await accept(ledger, replace(command(), terms=wanted))).order.order_id
    await send(ledger, order_id)
    # In two parts, so that what is rounded is the whole and not each fill.
    parts = (Match("B1", 99, estimate.price, MORNING), Match("B2", quantity - 99, estimate.price, MORNING))
    await hear(ledger, order_id, *parts, report(quantity, quantity=quantity, price=estimate.price))
    fills = [fill for fill in await ledger.executions(order_id) if not fill.superseded]
    assert len(fills) == len(parts)
    assert sum(fill.value for fill in fills) == estimate.value
    assert sum(fill.commission for fill in fills) == estimate.commission
    assert sum(fill.tax for fill in fills) == estimate.tax
    cash = await ledger.cash(ACCOUNT_ID)
    if side is Side.BUY:
        assert cash.available == 100_000_000 - estimate.value - estimate.commission
    else:
        assert sum(cash.receivable.values()) == estimate.value - estimate.commission - estimate.tax


async def test_a_preview_makes_no_order_and_holds_nothing(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000)
    before = await ledger.cash(ACCOUNT_ID)
    assert not (await ledger.preview(ACCOUNT_ID, orders_of(INSTRUMENTS[0])[0], MORNING, LIMITS)).violations
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


async def test_lc83_other_accounts_of_the_same_investor_count_and_other_investors_do_not(
    ledger: Ledger, engine: AsyncEngine
) -> None:
    await add_account(engine, SECOND_ACCOUNT, investor=DEMO_INVESTOR)
    await add_account(engine, OTHERS_ACCOUNT, investor="another")
    await open_market(ledger, cash=10_000_000)
    for account_id in (SECOND_ACCOUNT, OTHERS_ACCOUNT):
        shares = {"VIC": OpeningShares(200, 200, 80_000)}
        assert await ledger.open_balances(account_id, DAY, Opening(0, shares=shares))
    bought = await accept(ledger, replace(command(), terms=terms(OrderType.ATC, Side.BUY)), CLOSING)
    assert bought.verdict.accepted, bought.verdict.violations
    selling = terms(OrderType.ATC, Side.SELL)
    sold = await accept(ledger, replace(command(account_id=SECOND_ACCOUNT), terms=selling), CLOSING)
    assert [violation.code.value for violation in sold.verdict.violations] == ["opposite_order"]
    assert bought.order.order_id in sold.verdict.violations[0].message
    anothers = await accept(ledger, replace(command(account_id=OTHERS_ACCOUNT), terms=selling), CLOSING)
    assert anothers.verdict.accepted, anothers.verdict.violations


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
