"""What is found about an order before it is taken: every broken rule, its hold, and when it would be sent.

A placement, its check on release, a preview and an amendment all ask here, so that they cannot differ.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import Account
from ledger.standing import Standing, standing_of
from market.bands import band_for
from market.calendar import TradingCalendar, day_of
from market.checks import order_violations, order_warnings
from market.instrument import Instrument
from market.offering import OFFERED
from market.phases import Phase, phase_to_send_in
from market.reserve import reserve_price
from market.sending import next_sending
from market.terms import OrderTerms
from market.time_checks import phase_status
from market.violations import RuleCode, Violation
from orders.holds import Hold
from risk.checks import Limits, PreOpen, Snapshot, risk_violations

_CODES = tuple(RuleCode)
TOMORROWS = frozenset({RuleCode.PRICE_ABOVE_CEILING, RuleCode.PRICE_BELOW_FLOOR, RuleCode.NO_CLOSING_PRICE})
"""What only the reference data of the day itself can tell."""


@dataclass(frozen=True, slots=True)
class Evaluation:
    """`violations` stop the order, `warnings` don't. `phase` takes it, now or later; None when none does.

    `reserve_price` is what a buy without a price of its own is held at, VND. `broker_parks`: it waits at the broker for
    its phase, not here; never for a halt or another day, since nobody knows what the broker does with it then.
    """

    violations: tuple[Violation, ...]
    warnings: tuple[Violation, ...]
    reserve_price: int | None
    phase: Phase | None
    calendar: TradingCalendar
    market_now: datetime
    day_loaded: bool
    broker_parks: bool = False

    @property
    def send_after(self) -> datetime | None:
        """When the phase that it must wait for here begins; None when it can go at once."""
        if self.phase is None or self.broker_parks or self.phase.start <= self.market_now:
            return None
        return self.phase.start

    @property
    def trading_date(self) -> date:
        """The day on which it is sent; today for an order that no phase takes."""
        return day_of(self.entered_at)

    @property
    def entered_at(self) -> datetime:
        """When it reaches the exchange."""
        return self.market_now if self.phase is None else max(self.phase.start, self.market_now)


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
    """`judge` on what stands in this transaction."""
    standing = await standing_of(connection, account, order_id, terms, market_now, any_day=queue_next_day)
    return judge(standing, terms, market_now, limits, own, queue_next_day=queue_next_day)


def judge(
    standing: Standing,
    terms: OrderTerms,
    market_now: datetime,
    limits: Limits,
    own: Hold,
    *,
    queue_next_day: bool = False,
) -> Evaluation:
    """Check `terms` with what the account has; `own` is a hold of the same order that does not count against it.

    With `queue_next_day` it may wait for the next trading date that takes it. That day's band is not known yet: it is
    checked again when the day has come.
    """
    instrument, facts, calendar = standing.instrument, standing.facts, standing.calendar
    phase = (
        None if instrument is None else _phase(terms, instrument, market_now, calendar, queue_next_day=queue_next_day)
    )
    another_day = phase is not None and day_of(phase.start) != day_of(market_now)
    reserve = _reserve(terms, instrument, standing.closing_price, another_day=another_day)
    broken = (
        *order_violations(
            terms,
            instrument,
            market_now,
            facts=facts,
            calendar=calendar,
            queue_next_day=queue_next_day,
            day_loaded=standing.day_loaded,
        ),
        *risk_violations(terms, _without(own, standing.snapshot), limits, reserve),
    )
    return Evaluation(
        violations=in_order(each for each in broken if not (another_day and each.code in TOMORROWS)),
        warnings=()
        if instrument is None
        else order_warnings(terms, instrument, market_now, facts=facts, calendar=calendar),
        reserve_price=reserve,
        phase=phase,
        calendar=calendar,
        market_now=market_now,
        day_loaded=standing.day_loaded,
        broker_parks=limits.pre_open is PreOpen.BROKER
        and not another_day
        and calendar.deviation_at(terms.exchange, market_now) is None,
    )


def in_order(violations: Iterable[Violation]) -> tuple[Violation, ...]:
    """As they are reported: in the order of `RuleCode`."""
    return tuple(sorted(violations, key=lambda violation: _CODES.index(violation.code)))


def _without(own: Hold, snapshot: Snapshot) -> Snapshot:
    return replace(
        snapshot,
        available_cash=snapshot.available_cash + own.cash,
        sellable_shares=snapshot.sellable_shares + own.shares,
    )


def _phase(
    terms: OrderTerms,
    instrument: Instrument,
    market_now: datetime,
    calendar: TradingCalendar,
    *,
    queue_next_day: bool,
) -> Phase | None:
    status = phase_status(instrument, market_now, OFFERED)
    if not queue_next_day:
        return phase_to_send_in(terms.exchange, terms.order_type, market_now, status, calendar)
    sending = next_sending(terms.exchange, terms.order_type, market_now, status, calendar, OFFERED)
    return None if sending is None else sending.phase


def _reserve(
    terms: OrderTerms, instrument: Instrument | None, closing_price: int | None, *, another_day: bool
) -> int | None:
    """Tomorrow's ceiling is counted from a price that cannot be above today's ceiling."""
    if instrument is None or terms.price is not None:
        return None
    if not another_day:
        return reserve_price(terms, instrument, closing_price)
    return band_for(instrument.exchange, instrument.kind, instrument.ceiling).ceiling
