"""What the checks of an order look at, in one statement: its security's data of the day and what the account has."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account
from ledger.calendar import CALENDAR, calendar_of
from ledger.instruments import WORDS, instrument_of
from ledger.postings import CASH, Bucket, ledger_account_id
from market.calendar import TradingCalendar, day_of
from market.facts import OwnOrder, TradingFacts
from market.instrument import Instrument
from market.post_close import closing_price
from market.terms import OrderTerms
from market.vocabulary import OrderType, Side
from risk.checks import Snapshot

# The order under recheck does not count itself as being bought.
_SNAPSHOT = text(
    f"""
    SELECT instrument.*, {WORDS},
           COALESCE((SELECT balance FROM ledger_account WHERE id = :cash_id), 0) AS available_cash,
           COALESCE((SELECT balance FROM ledger_account WHERE id = :shares_id), 0) AS sellable_shares,
           ARRAY(
               SELECT symbol FROM position WHERE account_id = :account_id AND quantity > 0
               UNION
               SELECT symbol FROM orders
               WHERE account_id = :account_id AND life <> 'closed' AND side = :buy AND order_id <> :order_id
           ) AS open_symbols,
           (
               SELECT jsonb_agg(jsonb_build_array(
                   own.order_id, own.side, own.order_type, own.price, own.entered_at
               ) ORDER BY own.accepted_sequence)
               FROM orders own JOIN account ON account.id = own.account_id
               WHERE account.investor_id = :investor_id AND own.symbol = :symbol AND own.life <> 'closed'
                 AND own.order_id <> :order_id
           ) AS own_orders,
           {CALENDAR} AS calendar,
           EXISTS (SELECT 1 FROM instrument WHERE trading_date = :trading_date) AS day_loaded,
           last_price.price AS last_price, last_price.told_at AS last_price_told_at
    FROM (SELECT 1) AS one
    LEFT JOIN LATERAL (
        SELECT * FROM instrument
        WHERE symbol = :symbol AND (trading_date = :trading_date OR :any_day AND trading_date < :trading_date)
        ORDER BY trading_date DESC LIMIT 1
    ) AS instrument ON true
    LEFT JOIN last_price ON last_price.symbol = :symbol
    """  # noqa: S608 - the inserted text is a constant of ours
)


@dataclass(frozen=True, slots=True)
class Standing:
    """`instrument` is None for a security without reference data; `day_loaded`: today's are there, so that a missing
    security is missing. `snapshot` has all holds taken off, the order's own too. `closing_price` in VND, None before
    today's close is known."""

    instrument: Instrument | None
    facts: TradingFacts
    calendar: TradingCalendar
    snapshot: Snapshot
    day_loaded: bool
    closing_price: int | None = None


async def standing_of(
    connection: AsyncConnection,
    account: Account,
    order_id: str,
    terms: OrderTerms,
    market_now: datetime,
    *,
    any_day: bool = False,
) -> Standing:
    """With `any_day` the security's latest reference data do when today has none, as on a closed day."""
    row = await _read(connection, account, order_id, terms, market_now, any_day=any_day)
    calendar = calendar_of(row.calendar)
    return Standing(
        instrument=instrument_of(row),
        facts=TradingFacts(
            traded_today=row.traded if row.trading_date == day_of(market_now) else None,
            foreign_investor=account.is_foreign,
            own_orders=_own_orders(row.own_orders, terms.symbol),
        ),
        calendar=calendar,
        snapshot=Snapshot(
            available_cash=row.available_cash,
            sellable_shares=row.sellable_shares,
            open_symbols=frozenset(row.open_symbols),
            state=account.state,
            fees=account.fees,
        ),
        day_loaded=row.day_loaded,
        closing_price=None
        if row.last_price is None
        else closing_price(terms.exchange, row.last_price, row.last_price_told_at, market_now, calendar),
    )


async def _read(
    connection: AsyncConnection,
    account: Account,
    order_id: str,
    terms: OrderTerms,
    market_now: datetime,
    *,
    any_day: bool,
) -> Any:
    found = await connection.execute(
        _SNAPSHOT,
        {
            "account_id": account.account_id,
            "investor_id": account.investor_id,
            "order_id": order_id,
            "symbol": terms.symbol,
            "trading_date": day_of(market_now),
            "cash_id": ledger_account_id(account.account_id, Bucket.AVAILABLE, CASH),
            "shares_id": ledger_account_id(account.account_id, Bucket.AVAILABLE, terms.symbol),
            "buy": Side.BUY.value,
            "any_day": any_day,
        },
    )
    return found.one()


def _own_orders(rows: list[list[Any]] | None, symbol: str) -> tuple[OwnOrder, ...]:
    return tuple(
        OwnOrder(order_id, symbol, Side(side), OrderType(order_type), price, datetime.fromisoformat(entered_at))
        for order_id, side, order_type, price, entered_at in rows or ()
    )
