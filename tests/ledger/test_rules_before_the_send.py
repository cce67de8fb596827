"""What the ledger's evaluation asks of the rules: the day, its data, what has settled, room and the close."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.ledger import Ledger
from market.calendar import VIETNAM
from market.deviations import PhaseDeviation
from market.instrument import Instrument
from market.terms import OrderTerms
from market.vocabulary import Exchange, InstrumentKind, OrderType, PhaseName, SecurityStatus, Side
from orders.commands import AmendOrder
from orders.stored import StoredOrder
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import (
    AFTERNOON,
    BREAK,
    DAY,
    INSTRUMENTS,
    LIMITS,
    MORNING,
    PRICE,
    T2,
    accept,
    clock_at,
    command,
    hear,
    match,
    open_market,
    place,
    report,
)

pytestmark = pytest.mark.stack
SUNDAY, HOLIDAY, MONDAY = date(2026, 11, 22), date(2026, 11, 24), date(2026, 11, 23)
SHS = Instrument("SHS", "SHS", Exchange.HNX, InstrumentKind.STOCK, DAY, 22_400, 24_600, 20_200)


def at(clock: str, day: date = DAY) -> datetime:
    return datetime.combine(day, time.fromisoformat(clock), VIETNAM)


def codes(stored: StoredOrder) -> list[str]:
    return [violation.code.value for violation in stored.verdict.violations]


async def load(ledger: Ledger, day: date, instruments: Sequence[Instrument] = INSTRUMENTS) -> None:
    await ledger.save_instruments([replace(each, trading_date=day) for each in instruments])


@pytest.mark.parametrize("day", [SUNDAY, date(2026, 11, 21), HOLIDAY])
async def test_an_order_on_a_closed_day_is_told_that_it_is_closed_and_all_else_that_is_wrong(
    ledger: Ledger, day: date
) -> None:
    await open_market(ledger, cash=10_000_000)
    assert codes(await accept(ledger, command(), at("10:00", day))) == ["closed_day"]
    assert codes(await accept(ledger, command(quantity=150), at("10:00", day))) == [
        "closed_day",
        "quantity_not_a_lot",
        "insufficient_cash",
    ]


async def test_an_order_before_the_mornings_load_is_told_that_the_data_are_missing(ledger: Ledger) -> None:
    await open_market(ledger, cash=100_000_000)
    placed = await accept(ledger, command(), at("07:10", MONDAY))
    assert codes(placed) == ["reference_data_missing"]
    assert "2026-11-23" in placed.verdict.violations[0].message
    await load(ledger, MONDAY)
    assert (await accept(ledger, command(), at("07:10", MONDAY))).verdict.accepted
    assert codes(await accept(ledger, command(symbol="XYZ"), at("07:10", MONDAY))) == ["unknown_symbol"]


@pytest.mark.parametrize("order_type", [OrderType.LO, OrderType.ATC])
async def test_no_band_is_computed_for_a_security_whose_band_of_the_day_was_not_told(
    ledger: Ledger, order_type: OrderType
) -> None:
    await open_market(ledger, cash=100_000_000)
    told_today = [each for each in INSTRUMENTS if each.symbol != "VIC"]
    await load(ledger, MONDAY, told_today)
    price = PRICE if order_type is OrderType.LO else None
    wanted = OrderTerms("VIC", Exchange.HOSE, Side.BUY, order_type, 100, price)
    placed = await accept(ledger, replace(command(), terms=wanted), at("10:00", MONDAY))
    assert codes(placed) == ["unknown_symbol"]
    assert placed.order.reserve_price is None
    assert (await ledger.cash(ACCOUNT_ID)).held == 0


async def test_a_preview_lives_until_the_end_of_its_type_on_an_ordinary_day(ledger: Ledger) -> None:
    await open_market(ledger, cash=100_000_000)
    for order_type, price, now, dies in (
        (OrderType.LO, PRICE, MORNING, at("14:45")),
        (OrderType.LO, PRICE, BREAK, at("14:45")),
        (OrderType.MTL, None, MORNING, at("14:45")),
        (OrderType.ATO, None, at("08:30"), at("09:15")),
        (OrderType.ATC, None, AFTERNOON, at("14:45")),
    ):
        terms = OrderTerms("VIC", Exchange.HOSE, Side.BUY, order_type, 100, price)
        preview = await ledger.preview(ACCOUNT_ID, terms, now, LIMITS)
        assert preview.sent_at is not None
        assert (preview.lives_until, preview.sent_at <= dies) == (dies, True)
    never = OrderTerms("VIC", Exchange.HOSE, Side.BUY, OrderType.MOK, 100, None)
    assert (await ledger.preview(ACCOUNT_ID, never, MORNING, LIMITS)).lives_until is None


async def test_a_preview_in_a_closing_auction_that_goes_on_lives_until_its_real_end(ledger: Ledger) -> None:
    await open_market(ledger, cash=100_000_000)
    await ledger.record_deviation(PhaseDeviation(Exchange.HOSE, DAY, PhaseName.CLOSE_AUCTION, at("14:45"), at("14:55")))
    for order_type, price in ((OrderType.LO, PRICE), (OrderType.ATC, None)):
        terms = OrderTerms("VIC", Exchange.HOSE, Side.BUY, order_type, 100, price)
        preview = await ledger.preview(ACCOUNT_ID, terms, at("14:50"), LIMITS)
        assert (preview.sent_at, preview.lives_until) == (at("14:50"), at("14:55"))


async def test_lc84_shares_bought_on_a_day_can_be_sold_from_thirteen_hundred_of_its_second_trading_day_on(
    ledger: Ledger,
) -> None:
    await open_market(ledger, cash=10_000_000)
    order_id = await place(ledger)
    await hear(ledger, order_id, match(), report(100))
    await load(ledger, MONDAY)
    await load(ledger, T2)
    for now in (AFTERNOON, at("10:00", MONDAY), at("11:00", T2)):
        await ledger.settle_due(now)
        assert codes(await accept(ledger, command(Side.SELL), now)) == ["insufficient_shares"]
    await ledger.settle_due(at("13:00", T2))
    assert (await accept(ledger, command(Side.SELL), at("13:00", T2))).verdict.accepted


async def make_foreign(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE account SET is_foreign = true"))


async def test_lc89_a_foreign_account_is_denied_when_the_room_is_gone_and_nothing_is_held(
    ledger: Ledger, engine: AsyncEngine
) -> None:
    await open_market(ledger, cash=10_000_000)
    await make_foreign(engine)
    await load(ledger, DAY, [replace(INSTRUMENTS[0], foreign_room=0)])
    placed = await accept(ledger, command())
    assert codes(placed) == ["foreign_room_exceeded"]
    assert (await ledger.cash(ACCOUNT_ID)).held == 0
    assert await ledger.open_orders() == ()


async def test_lc89_room_that_went_while_an_order_waited_denies_it_once_on_release(
    ledger: Ledger, engine: AsyncEngine
) -> None:
    await open_market(ledger, cash=10_000_000)
    await make_foreign(engine)
    waiting = await accept(ledger, command(), BREAK)
    await load(ledger, DAY, [replace(INSTRUMENTS[0], foreign_room=0)])
    for _ in range(2):
        denied = await ledger.recheck(waiting.order.order_id, clock_at(AFTERNOON), datetime.now(UTC), LIMITS)
        assert denied.order.text == "foreign_room_exceeded"
    assert (await ledger.cash(ACCOUNT_ID)).held == 0


async def amended(ledger: Ledger, order_id: str, price: int | None = None, quantity: int | None = None) -> list[str]:
    wanted = AmendOrder(order_id, f"amend-{price}-{quantity}", "trader", datetime.now(UTC), price, quantity)
    stored = await ledger.ask_amend(wanted, MORNING, datetime.now(UTC), LIMITS)
    assert stored.order.last_amend is not None
    return [violation.code.value for violation in stored.order.last_amend.violations]


async def resting(ledger: Ledger, quantity: int = 100) -> str:
    order_id = await place(ledger, quantity=quantity)
    await hear(ledger, order_id, report(0, quantity=quantity))
    return order_id


async def test_more_shares_of_a_foreign_buy_need_room_for_the_extra(ledger: Ledger, engine: AsyncEngine) -> None:
    await open_market(ledger, cash=1_000_000_000)
    await make_foreign(engine)
    order_id = await resting(ledger, 1_000)
    await load(ledger, DAY, [replace(INSTRUMENTS[0], foreign_room=3_900)])
    assert await amended(ledger, order_id, quantity=5_000) == ["foreign_room_exceeded"]
    assert await amended(ledger, order_id, quantity=4_900) == []


async def test_a_new_price_is_refused_while_the_security_is_halted(ledger: Ledger) -> None:
    await open_market(ledger, cash=1_000_000_000)
    order_id = await resting(ledger, 1_000)
    await load(ledger, DAY, [replace(INSTRUMENTS[0], status=SecurityStatus.HALTED)])
    assert await amended(ledger, order_id, price=85_000) == ["symbol_not_trading"]
    assert await amended(ledger, order_id, quantity=900) == []


@pytest.mark.parametrize(
    ("told_at", "now", "reserved"),
    [
        (at("14:45:10"), at("14:46"), 22_100),
        (at("14:44:59"), at("14:46"), 24_600),
        (at("14:45:02"), at("14:46"), 24_600),
        (at("14:50", date(2026, 11, 19)), at("14:46"), 24_600),
        (at("14:40"), at("14:41"), 24_600),
    ],
)
async def test_a_buy_after_the_close_is_held_at_the_closing_price_once_it_is_known(
    ledger: Ledger, told_at: datetime, now: datetime, reserved: int
) -> None:
    await open_market(ledger, cash=10_000_000)
    await ledger.save_instruments([SHS])
    await ledger.save_last_prices({"SHS": (22_100, told_at)})
    terms = OrderTerms("SHS", Exchange.HNX, Side.BUY, OrderType.PLO, 100, None)
    placed = await accept(ledger, replace(command(), terms=terms), now)
    assert placed.verdict.accepted, placed.verdict.violations
    assert placed.order.reserve_price == reserved


async def test_a_stretched_closing_auction_has_no_closing_price_before_its_own_end(ledger: Ledger) -> None:
    await open_market(ledger, cash=10_000_000)
    await ledger.save_instruments([SHS])
    await ledger.record_deviation(PhaseDeviation(Exchange.HNX, DAY, PhaseName.CLOSE_AUCTION, at("14:45"), at("14:50")))
    await ledger.save_last_prices({"SHS": (22_100, at("14:49"))})
    terms = OrderTerms("SHS", Exchange.HNX, Side.BUY, OrderType.PLO, 100, None)
    placed = await accept(ledger, replace(command(), terms=terms), at("14:51"))
    assert placed.order.reserve_price == 24_600
