"""What people say of securities: laid over every day's data, kept for good, contradictions told."""

from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.accounts import AlertKind
from ledger.instrument_words import WordInForce
from ledger.ledger import Ledger
from market.calendar import VIETNAM
from market.instrument import Instrument
from market.instrument_words import Conversion, InstrumentWord, Said, WordAbout
from market.shown import SecurityShown
from market.terms import OrderTerms
from market.vocabulary import BandDay, Exchange, InstrumentKind, OrderType, PhaseName, SecurityStatus, Side
from orders.commands import PlaceOrder
from orders.stored import StoredOrder
from tests.support.database import ACCOUNT_ID
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
    open_market,
)

pytestmark = pytest.mark.stack

VIC, VND = INSTRUMENTS
NEXT_DAY = date(2026, 11, 23)
RESTRICTED, SUSPENDED, NORMAL = SecurityStatus.RESTRICTED, SecurityStatus.SUSPENDED, SecurityStatus.NORMAL
WARRANT = Instrument("CVIC2601", "CVIC", Exchange.HOSE, InstrumentKind.COVERED_WARRANT, DAY, 1_500, 2_970, 30)
_ABOUT = {SecurityStatus: WordAbout.STATUS, BandDay: WordAbout.BAND_DAY, Conversion: WordAbout.CONVERSION}


async def say(
    ledger: Ledger, said: Said | None, first: date = DAY, last: date | None = None, *, symbol: str = "VIC"
) -> WordInForce:
    about = WordAbout.STATUS if said is None else _ABOUT[type(said)]
    return await ledger.say_of_instrument(InstrumentWord(symbol, about, said, first, last, "Notice 123", "minh"))


async def status_on(ledger: Ledger, day: date) -> SecurityStatus | None:
    found = await ledger.instrument("VIC", day)
    return None if found is None else found.status


def market_order(symbol: str = "VIC") -> PlaceOrder:
    placed = command(symbol=symbol, price=None)
    return replace(placed, terms=OrderTerms(symbol, Exchange.HOSE, Side.BUY, OrderType.MTL, 100, None))


def codes(stored: StoredOrder) -> list[str]:
    return [violation.code.value for violation in stored.verdict.violations]


async def test_a_word_is_in_force_at_once_and_no_later_load_loses_it(ledger: Ledger) -> None:
    await open_market(ledger)
    in_force = await say(ledger, RESTRICTED)
    assert in_force.instrument == replace(VIC, status=RESTRICTED)
    await ledger.renew_instruments([replace(VIC, name="Vingroup JSC")])
    assert await ledger.instrument("VIC", DAY) == replace(VIC, name="Vingroup JSC", status=RESTRICTED)
    assert await ledger.instrument("VND", DAY) == VND


async def test_a_word_counts_from_its_first_day_to_its_last(ledger: Ledger) -> None:
    days = [DAY + timedelta(days=number) for number in range(-1, 3)]
    await ledger.save_instruments([replace(VIC, trading_date=day) for day in days])
    await say(ledger, RESTRICTED, DAY, DAY + timedelta(days=1))
    assert [await status_on(ledger, day) for day in days] == [NORMAL, RESTRICTED, RESTRICTED, NORMAL]


async def test_the_last_word_about_a_thing_counts_and_words_about_other_things_stay(ledger: Ledger) -> None:
    await open_market(ledger)
    await say(ledger, RESTRICTED)
    await say(ledger, BandDay.LARGE_CASH_EX_DATE, DAY, DAY)
    await say(ledger, SecurityStatus.CONTROLLED)
    found = await ledger.instrument("VIC", DAY)
    assert found == replace(VIC, status=SecurityStatus.CONTROLLED, band_day=BandDay.LARGE_CASH_EX_DATE)
    await say(ledger, None)
    assert await ledger.instrument("VIC", DAY) == replace(VIC, band_day=BandDay.LARGE_CASH_EX_DATE)


async def test_everything_that_was_said_is_kept_with_who_said_it_and_why(ledger: Ledger, engine: AsyncEngine) -> None:
    await say(ledger, RESTRICTED, DAY, NEXT_DAY)
    await say(ledger, None)
    cleared, said = await ledger.words_on("VIC")
    assert said.word == InstrumentWord("VIC", WordAbout.STATUS, RESTRICTED, DAY, NEXT_DAY, "Notice 123", "minh")
    assert (cleared.word.said, cleared.word_id > said.word_id) == (None, True)
    assert await ledger.words_on("VND") == ()
    for statement in ("DELETE FROM instrument_word", "UPDATE instrument_word SET reason = ''"):
        with pytest.raises(DBAPIError, match="append-only"):
            async with engine.begin() as connection:
                await connection.execute(text(statement))


async def test_the_securities_of_new_words_are_told_once(ledger: Ledger) -> None:
    assert await ledger.words_since(0) == (0, ())
    await say(ledger, RESTRICTED)
    await say(ledger, RESTRICTED, symbol="VND")
    last, symbols = await ledger.words_since(0)
    assert symbols == ("VIC", "VND")
    assert await ledger.words_since(last) == (last, ())


async def test_a_restricted_stock_takes_what_periodic_auctions_take_and_others_take_all(ledger: Ledger) -> None:
    await open_market(ledger, cash=1_000_000_000)
    await say(ledger, RESTRICTED)
    assert (await accept(ledger, command())).verdict.accepted
    assert codes(await accept(ledger, market_order())) == ["order_type_not_on_exchange"]
    assert codes(await accept(ledger, command(quantity=50))) == ["odd_lot_restricted"]
    assert (await accept(ledger, market_order("VND"))).verdict.accepted
    assert (await accept(ledger, command(quantity=50, symbol="VND", price=20_000))).verdict.accepted


async def test_a_preview_says_in_which_periodic_auction_an_order_would_go_out(ledger: Ledger) -> None:
    await open_market(ledger, cash=1_000_000_000)
    await say(ledger, RESTRICTED)
    now = (await ledger.preview(ACCOUNT_ID, command().terms, MORNING, LIMITS)).phase
    later = (await ledger.preview(ACCOUNT_ID, command().terms, BREAK, LIMITS)).phase
    assert now is not None
    assert later is not None
    assert (now.name, now.number, now.start.time()) == (PhaseName.PERIODIC_AUCTION, 4, time(10))
    assert (later.name, later.number, later.start) == (PhaseName.PERIODIC_AUCTION, 10, AFTERNOON)
    (broken,) = (await ledger.preview(ACCOUNT_ID, market_order().terms, MORNING, LIMITS)).violations
    assert broken.code.value == "order_type_not_on_exchange"


async def test_a_held_order_that_the_restricted_stock_does_not_take_is_denied_when_it_looks_again(
    ledger: Ledger,
) -> None:
    opening = datetime(2026, 11, 20, 9, 5, tzinfo=VIETNAM)
    await open_market(ledger, cash=1_000_000_000)
    held = [(await accept(ledger, market_order(symbol), opening)).order.order_id for symbol in ("VIC", "VND")]
    await say(ledger, RESTRICTED)
    assert await ledger.waiting_orders(symbols=["VIC"]) == (held[0],)
    assert await ledger.waiting_orders(Exchange.HOSE) == tuple(held)
    vic, vnd = [await ledger.recheck(each, clock_at(opening), datetime.now(UTC), LIMITS) for each in held]
    assert vic.order.close_reason is not None
    assert vic.order.close_reason.value == "denied"
    assert vnd.order.close_reason is None
    assert vnd.send_after == opening + timedelta(minutes=10)


async def test_a_suspended_stock_takes_no_order_until_the_word_is_taken_back(ledger: Ledger) -> None:
    await open_market(ledger, cash=1_000_000_000)
    await say(ledger, SUSPENDED)
    assert codes(await accept(ledger, command())) == ["symbol_not_trading"]
    await say(ledger, None)
    assert (await accept(ledger, command())).verdict.accepted


async def test_a_day_of_return_bars_odd_lots_and_its_wide_band_is_no_discrepancy(ledger: Ledger) -> None:
    await open_market(ledger, cash=1_000_000_000)
    wide = replace(VIC, ceiling=102_600, floor=68_400)
    await ledger.renew_instruments([wide])
    await say(ledger, BandDay.RETURN_DAY, DAY, DAY)
    assert await ledger.tell_bands(["VIC"], DAY) == 0
    assert await ledger.alerts() == ()
    await ledger.apply_shown([SecurityShown("VIC", DAY, traded=False)])
    assert codes(await accept(ledger, command(quantity=50))) == ["odd_lot_before_first_price"]


async def test_a_word_that_the_exchanges_band_contradicts_raises_an_alert_and_the_band_counts(ledger: Ledger) -> None:
    await open_market(ledger)
    await say(ledger, BandDay.RETURN_DAY, NEXT_DAY)
    assert await ledger.alerts() == ()
    await say(ledger, BandDay.RETURN_DAY, DAY)
    (alert,) = await ledger.alerts()
    assert (alert.kind, alert.key) == (AlertKind.BAND_DISCREPANCY, "band_discrepancy:2026-11-20:VIC:RETURN_DAY")
    assert "79,600 to 91,400 VND, the rules' is 68,400 to 102,600 VND" in alert.text
    found = await ledger.instrument("VIC", DAY)
    assert found is not None
    assert found.band == VIC.band


async def test_a_warrants_band_is_compared_once_a_person_has_told_its_share(ledger: Ledger) -> None:
    await ledger.save_instruments([*INSTRUMENTS, WARRANT])
    assert await ledger.tell_bands([WARRANT.symbol], DAY) == 0
    fits, differs = Conversion("VIC", Decimal(4)), Conversion("VIC", Decimal(5))
    await say(ledger, fits, symbol=WARRANT.symbol)
    assert await ledger.tell_bands([WARRANT.symbol], DAY) == 0
    in_force = await say(ledger, differs, symbol=WARRANT.symbol)
    assert in_force.instrument == replace(WARRANT, conversion=differs)
    (alert,) = await ledger.alerts()
    assert alert.key == "band_discrepancy:2026-11-20:CVIC2601:VIC 5:1"


@pytest.mark.parametrize(
    ("said", "shown", "alerts", "counts"),
    [
        (SUSPENDED, NORMAL, 1, SUSPENDED),
        (SecurityStatus.HALTED, NORMAL, 1, SecurityStatus.HALTED),
        (NORMAL, SecurityStatus.HALTED, 1, SecurityStatus.HALTED),
        (RESTRICTED, SecurityStatus.HALTED, 0, SecurityStatus.HALTED),
        (RESTRICTED, NORMAL, 0, RESTRICTED),
        (SUSPENDED, None, 0, SUSPENDED),
    ],
)
async def test_what_the_market_shows_against_a_persons_word_is_told_once(
    ledger: Ledger, said: SecurityStatus, shown: SecurityStatus | None, alerts: int, counts: SecurityStatus
) -> None:
    await open_market(ledger)
    await say(ledger, said)
    for _ in range(2):
        await ledger.apply_shown([SecurityShown("VIC", DAY, status=shown), SecurityShown("VND", DAY, status=shown)])
    told = await ledger.alerts()
    assert [each.kind for each in told] == [AlertKind.STATUS_CONTRADICTION] * alerts
    assert all("VIC" in each.text and said in each.text for each in told)
    assert await status_on(ledger, DAY) is counts
