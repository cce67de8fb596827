"""People's overrides of the trading calendar, and what they do to money and shares that are pending."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from alembic import command as alembic
from alembic.config import Config
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import NullPool

from ledger import migrations
from ledger.calendar import calendar_of, read_calendar
from ledger.demo import seed_demo
from ledger.ledger import Ledger
from ledger.migrations import upgrade
from market.calendar import PUBLISHED, VIETNAM, CalendarOverride, OverrideKind, TradingCalendar, settlement_date
from market.closed_days import Certainty
from market.deviations import PhaseDeviation
from market.vocabulary import Exchange, PhaseName, Side
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import COMMISSION, DAY, PRICE, T2, hear, match, open_market, place, report

NEXT_MONDAY = date(2026, 11, 23)
A_DAY_LATER = date(2026, 11, 26)
NET = 100 * PRICE - COMMISSION - 8_550


def override(
    day: date, kind: OverrideKind = OverrideKind.CLOSED, exchange: Exchange | None = None, reason: str = "storm"
) -> CalendarOverride:
    return CalendarOverride(day, kind, reason, "operator", exchange)


def row(given: CalendarOverride) -> list[str | None]:
    return [given.day.isoformat(), given.exchange, given.kind.value, given.reason, given.author]


def calendar(*overrides: CalendarOverride) -> TradingCalendar:
    return calendar_of(([row(each) for each in overrides], None))


def at_thirteen(day: date) -> datetime:
    return datetime.combine(day, time(13), VIETNAM)


def test_without_overrides_the_calendar_is_the_published_one() -> None:
    assert calendar_of((None, None)) is calendar_of(([], [])) is PUBLISHED


def test_equal_overrides_give_the_same_calendar_so_that_phases_stay_cached() -> None:
    first, second = override(NEXT_MONDAY), override(DAY, exchange=Exchange.HNX)
    assert calendar(first, second) is calendar(second, first) is calendar(first, second, first)
    assert calendar(first) is not calendar(second)


@pytest.mark.parametrize("earlier", [None, *Exchange])
@pytest.mark.parametrize(("last", "trades"), [(OverrideKind.CLOSED, False), (OverrideKind.REOPENED, True)])
def test_the_last_word_on_all_exchanges_sets_aside_what_was_said_before(
    earlier: Exchange | None, last: OverrideKind, trades: bool
) -> None:
    other = OverrideKind.REOPENED if last is OverrideKind.CLOSED else OverrideKind.CLOSED
    found = calendar(override(NEXT_MONDAY, other, earlier), override(NEXT_MONDAY, last))
    assert {found.is_trading_day(NEXT_MONDAY, exchange) for exchange in (None, *Exchange)} == {trades}


def test_a_later_word_on_one_exchange_stands_beside_the_word_on_all() -> None:
    found = calendar(override(NEXT_MONDAY), override(NEXT_MONDAY, OverrideKind.REOPENED, Exchange.HNX))
    assert [found.is_trading_day(NEXT_MONDAY, each) for each in (Exchange.HOSE, Exchange.HNX)] == [False, True]
    assert settlement_date(DAY, found) == A_DAY_LATER


@pytest.mark.stack
async def test_an_override_is_in_force_for_the_next_reader_with_its_reason(ledger: Ledger, engine: AsyncEngine) -> None:
    assert await ledger.calendar() is PUBLISHED
    first = await ledger.override_calendar(override(NEXT_MONDAY, reason="bão số 9"))
    second = await ledger.override_calendar(override(DAY, exchange=Exchange.HNX))
    assert second.override_id > first.override_id
    assert first.created_at <= second.created_at
    found = await ledger.calendar()
    closure = found.closure(NEXT_MONDAY, Exchange.HOSE)
    assert closure is not None
    assert (closure.reason, closure.certainty) == ("bão số 9", Certainty.ANNOUNCED)
    assert [found.is_trading_day(DAY, exchange) for exchange in Exchange] == [True, False, True]
    async with engine.connect() as connection:
        assert await read_calendar(connection) is found


@pytest.mark.stack
async def test_lc82_a_holiday_announced_late_delays_what_is_pending_and_a_correction_meets_its_bucket(
    ledger: Ledger,
) -> None:
    await open_market(ledger, VIC=300)
    order_id = await place(ledger, Side.SELL)
    await hear(ledger, order_id, report(100))
    assert (await ledger.cash(ACCOUNT_ID)).receivable == {DAY: NET}
    await ledger.override_calendar(override(NEXT_MONDAY))
    await hear(ledger, order_id, match(100, PRICE - 1_000))
    lower = 100 * (PRICE - 1_000) - 12_675 - 8_450
    assert (await ledger.cash(ACCOUNT_ID)).receivable == {DAY: lower}
    assert await ledger.settle_due(at_thirteen(T2)) == 0
    assert await ledger.settle_due(at_thirteen(A_DAY_LATER)) == 1
    cash = await ledger.cash(ACCOUNT_ID)
    assert (cash.available, cash.receivable) == (lower, {})


@pytest.mark.stack
async def test_a_day_that_is_reopened_brings_settlement_forward(ledger: Ledger) -> None:
    await open_market(ledger, VIC=300)
    await hear(ledger, await place(ledger, Side.SELL), match(), report(100))
    tuesday = date(2026, 11, 24)
    assert await ledger.settle_due(at_thirteen(tuesday)) == 0
    await ledger.override_calendar(override(tuesday, OverrideKind.REOPENED, reason="the notice came"))
    assert await ledger.settle_due(at_thirteen(tuesday)) == 1


@pytest.mark.stack
async def test_one_exchange_that_is_closed_settles_like_the_others(ledger: Ledger) -> None:
    await open_market(ledger, VIC=300)
    await hear(ledger, await place(ledger, Side.SELL), match(), report(100))
    await ledger.override_calendar(override(NEXT_MONDAY, exchange=Exchange.HOSE, reason="outage"))
    assert await ledger.settle_due(at_thirteen(T2)) == 1


BEFORE = "0006_order_types"
OLD_PLACES = {
    # What settles on the 20th was traded on the 18th; what was traded on the 20th takes over that id.
    f"{ACCOUNT_ID}/pending/cash:VND/2026-11-20": (date(2026, 11, 20), "cash:VND", 700),
    f"{ACCOUNT_ID}/pending/cash:VND/2026-11-25": (date(2026, 11, 25), "cash:VND", 0),
    f"{ACCOUNT_ID}/pending/VIC/2026-11-25": (date(2026, 11, 25), "VIC", 100),
    f"{ACCOUNT_ID}/external/cash:VND": (None, "cash:VND", -700),
    f"{ACCOUNT_ID}/external/VIC": (None, "VIC", -100),
}


@pytest.mark.stack
async def test_what_was_pending_by_settlement_date_is_kept_by_trade_date_after_the_migration(
    database_url: str, ledger: Ledger, engine: AsyncEngine
) -> None:
    sync = create_engine(database_url, poolclass=NullPool)
    _fill_as_before(sync, database_url)
    upgrade(database_url)
    assert (await ledger.cash(ACCOUNT_ID)).receivable == {date(2026, 11, 18): 700}
    found = _places(sync, "traded_on")
    assert found[f"{ACCOUNT_ID}/pending/cash:VND/2026-11-20"] == (DAY, "cash:VND", 0)
    assert found[f"{ACCOUNT_ID}/pending/VIC/2026-11-20"] == (DAY, "VIC", 100)
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError, match="append-only"):
            await connection.execute(text("UPDATE ledger_entry SET amount = 0"))
    assert await ledger.trial_balance() == ()
    _migrate(sync, lambda config: alembic.downgrade(config, BEFORE))
    assert _places(sync, "settles_on") == OLD_PLACES
    upgrade(database_url)


def _fill_as_before(engine: Engine, database_url: str) -> None:
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    _migrate(engine, lambda config: alembic.upgrade(config, BEFORE))
    seed_demo(database_url, ACCOUNT_ID)
    with engine.begin() as connection:
        for place, (day, asset, balance) in OLD_PLACES.items():
            bucket = place.split("/")[1]
            connection.execute(
                text("INSERT INTO ledger_account VALUES (:id, :account, :bucket, :asset, :day, :balance)"),
                {
                    "id": place,
                    "account": ACCOUNT_ID,
                    "bucket": bucket,
                    "asset": asset,
                    "day": day,
                    "balance": balance,
                },
            )
        connection.execute(
            text("INSERT INTO ledger_transaction (key, kind, account_id) VALUES ('k', 'test', :account)"),
            {"account": ACCOUNT_ID},
        )
        connection.execute(text("INSERT INTO position VALUES (:account, 'VIC', 100, 0, 0)"), {"account": ACCOUNT_ID})
        connection.execute(
            text(
                "INSERT INTO ledger_entry (transaction_id, ledger_account_id, amount)"
                " SELECT ledger_transaction.id, ledger_account.id, balance FROM ledger_transaction, ledger_account"
            )
        )


def _places(engine: Engine, column: str) -> dict[str, tuple[date | None, str, int]]:
    with engine.connect() as connection:
        rows = connection.execute(text(f"SELECT id, {column} AS day, asset, balance FROM ledger_account"))  # noqa: S608 - one of two names
        return {each.id: (each.day, each.asset, each.balance) for each in rows}


def _migrate(engine: Engine, step: Callable[[Config], None]) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(migrations.__file__).parent))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        step(config)


async def test_a_phase_that_deviates_is_part_of_the_calendar_and_its_last_word_counts(ledger: Ledger) -> None:
    since, until = datetime(2026, 11, 23, 3, 0, tzinfo=UTC), datetime(2026, 11, 23, 4, 30, tzinfo=UTC)
    halt = PhaseDeviation(Exchange.HOSE, date(2026, 11, 23), PhaseName.HALTED, since, until)
    await ledger.record_deviation(halt)
    calendar = await ledger.calendar()
    assert calendar.deviations == (halt,)
    assert await ledger.calendar() is calendar
    shorter = replace(halt, until=datetime(2026, 11, 23, 3, 20, tzinfo=UTC))
    await ledger.record_deviation(shorter)
    assert (await ledger.calendar()).deviations == (shorter,)


async def test_the_deviations_of_an_earlier_day_are_left_behind(ledger: Ledger) -> None:
    for day in (20, 23):
        since, until = datetime(2026, 11, day, 3, 0, tzinfo=UTC), datetime(2026, 11, day, 4, 30, tzinfo=UTC)
        await ledger.record_deviation(
            PhaseDeviation(Exchange.HOSE, date(2026, 11, day), PhaseName.HALTED, since, until)
        )
    (found,) = (await ledger.calendar()).deviations
    assert found.day == date(2026, 11, 23)
