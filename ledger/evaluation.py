"""What is found about an order before it is taken: every broken rule, its hold, and when it would be sent.

A placement, its check on release and a preview all ask here, so that they cannot differ.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account
from ledger.calendar import OVERRIDES, calendar_of
from ledger.instruments import instrument_of
from ledger.postings import CASH, Bucket, ledger_account_id
from market.bands import band_for
from market.calendar import VIETNAM, TradingCalendar
from market.checks import order_violations, order_warnings
from market.facts import OwnOrder, TradingFacts
from market.instrument import Instrument
from market.offering import OFFERED
from market.phases import Phase, phase_to_send_in
from market.reserve import reserve_price
from market.sending import next_sending
from market.terms import OrderTerms
from market.time_checks import phase_status
from market.violations import RuleCode, Violation
from market.vocabulary import OrderType, Side
from orders.holds import Hold
from risk.checks import Limits, Snapshot, risk_violations

_CODES = tuple(RuleCode)
_TOMORROWS = frozenset({RuleCode.PRICE_ABOVE_CEILING, RuleCode.PRICE_BELOW_FLOOR, RuleCode.NO_CLOSING_PRICE})
"""What only the reference data of the day itself can tell."""

# One statement for all that the checks need. The order under recheck does not count itself as being bought.
_SNAPSHOT = text(
    f"""
    SELECT instrument.*,
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
           {OVERRIDES} AS overrides,
           EXISTS (SELECT 1 FROM instrument WHERE trading_date = :trading_date) AS day_loaded
    FROM (SELECT 1) AS one
    LEFT JOIN LATERAL (
        SELECT * FROM instrument
        WHERE symbol = :symbol AND (trading_date = :trading_date OR :any_day AND trading_date < :trading_date)
        ORDER BY trading_date DESC LIMIT 1
    ) AS instrument ON true
    """  # noqa: S608 - the inserted text is a constant of ours
)


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`violations` stop the order, `warnings` don't. `phase` takes it, now or later; None when none does.

    `reserve_price` is what a buy without a price of its own is held at, VND. `day_loaded`: today's reference data are
    there, so that a missing security is missing.
    """

    violations: tuple[Violation, ...]
    warnings: tuple[Violation, ...]
    reserve_price: int | None
    phase: Phase | None
    calendar: TradingCalendar
    market_now: datetime
    day_loaded: bool

    @property
    def send_after(self) -> datetime | None:
        """When the phase that it must wait for begins; None when it can go at once."""
        waits = self.phase is not None and self.phase.start > self.market_now
        return self.phase.start if waits and self.phase is not None else None

    @property
    def trading_date(self) -> date:
        """The day on which it is sent; today for an order that no phase takes."""
        return (self.send_after or self.market_now).astimezone(VIETNAM).date()

    @property
    def entered_at(self) -> datetime:
        return self.send_after or self.market_now


@dataclass(frozen=True, slots=True)
class Standing:
    """What the checks look at: the day's data of the security, and what the account has, at one moment."""

    instrument: Instrument | None
    facts: TradingFacts
    calendar: TradingCalendar
    snapshot: Snapshot
    day_loaded: bool


async def evaluate(
    connection: AsyncConnection,
    account: Account,
    order_id: str,
    terms: OrderTerms,
    market_now: datetime,
    limits: Limits,
    own: Hold,
    *,
    queue_next_day: bool = False,
) -> Evaluation:
    """Check `terms` with what the account has now; `own` is a hold of the same order that does not count against it.

    With `queue_next_day` it may wait for the next trading date that takes it. That day's band is not known yet: it is
    checked again when the day has come.
    """
    standing = await standing_of(connection, account, order_id, terms, market_now, own, any_day=queue_next_day)
    instrument, facts, calendar = standing.instrument, standing.facts, standing.calendar
    phase = None if instrument is None else _phase(terms, instrument, market_now, calendar, queue_next_day)
    another_day = phase is not None and phase.start.astimezone(VIETNAM).date() != market_now.astimezone(VIETNAM).date()
    reserve = _reserve(terms, instrument, another_day=another_day)
    broken = (
        *order_violations(terms, instrument, market_now, facts=facts, calendar=calendar, queue_next_day=queue_next_day),
        *risk_violations(terms, standing.snapshot, limits, reserve),
    )
    return Evaluation(
        violations=tuple(
            sorted(
                (each for each in broken if not (another_day and each.code in _TOMORROWS)),
                key=lambda violation: _CODES.index(violation.code),
            )
        ),
        warnings=()
        if instrument is None
        else order_warnings(terms, instrument, market_now, facts=facts, calendar=calendar),
        reserve_price=reserve,
        phase=phase,
        calendar=calendar,
        market_now=market_now,
        day_loaded=standing.day_loaded,
    )


async def standing_of(
    connection: AsyncConnection,
    account: Account,
    order_id: str,
    terms: OrderTerms,
    market_now: datetime,
    own: Hold,
    *,
    any_day: bool = False,
) -> Standing:
    """With `any_day` the security's latest reference data do when today has none, as on a closed day."""
    row = await _read(connection, account, order_id, terms, market_now, any_day=any_day)
    return Standing(
        instrument=instrument_of(row),
        facts=TradingFacts(foreign_investor=account.is_foreign, own_orders=_own_orders(row.own_orders, terms.symbol)),
        calendar=calendar_of(row.overrides),
        snapshot=Snapshot(
            available_cash=row.available_cash + own.cash,
            sellable_shares=row.sellable_shares + own.shares,
            open_symbols=frozenset(row.open_symbols),
            state=account.state,
            fees=account.fees,
        ),
        day_loaded=row.day_loaded,
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
            "trading_date": market_now.astimezone(VIETNAM).date(),
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


def _phase(
    terms: OrderTerms,
    instrument: Instrument,
    market_now: datetime,
    calendar: TradingCalendar,
    queue_next_day: bool,  # noqa: FBT001 - what its one caller was asked
) -> Phase | None:
    status = phase_status(instrument, market_now, OFFERED)
    if not queue_next_day:
        return phase_to_send_in(terms.exchange, terms.order_type, market_now, status, calendar)
    sending = next_sending(terms.exchange, terms.order_type, market_now, status, calendar, OFFERED)
    return None if sending is None else sending.phase


def _reserve(terms: OrderTerms, instrument: Instrument | None, *, another_day: bool) -> int | None:
    """Tomorrow's ceiling is counted from a price that cannot be above today's ceiling."""
    if instrument is None or terms.price is not None:
        return None
    if not another_day:
        return reserve_price(terms, instrument)
    return band_for(instrument.exchange, instrument.kind, instrument.ceiling).ceiling
