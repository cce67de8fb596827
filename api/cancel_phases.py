"""A cancel that the exchange would refuse in this phase is refused here, with the time at which it can be asked again.

It is a courtesy and no decision: where the clock, the calendar or the day's data cannot be read, the request goes out,
and so does one of a phase's last moment that may arrive after it; the broker's word decides (VN-A3, LC-47, LC-48).
"""

import asyncio
from datetime import UTC, datetime

from api.ledger_port import DatabaseUnavailable, within
from api.problems import ProblemCode, ProblemRaised, rule_violations
from api.resources import Deadline, Resources
from market.amendments import cancel_violations
from market.calendar import TradingCalendar
from market.instrument import Instrument
from orders.amending import whereabouts
from orders.order import Life, Order
from orders.stored import StoredOrder


async def refuse_unless_allowed(stored: StoredOrder, resources: Resources, deadline: Deadline) -> None:
    """Raises the problem of a cancel that cannot be now; a cancel that is open already is never refused."""
    order = stored.order
    if order.life is not Life.LIVE or order.open_cancel is not None:
        return
    clock = await resources.clock.read()
    day = None if clock is None else await _day(order, resources, deadline)
    if clock is None or day is None:
        return
    instrument, calendar = day
    now = clock.at(datetime.now(UTC))
    violations = cancel_violations(order.terms, instrument, now, whereabouts(order), calendar)
    if violations:
        raise ProblemRaised(
            ProblemCode.CANCEL_NOT_ALLOWED_IN_PHASE,
            " ".join(violation.message for violation in violations),
            violations=rule_violations(violations),
        )


async def _day(order: Order, resources: Resources, deadline: Deadline) -> tuple[Instrument, TradingCalendar] | None:
    """The symbol's data of the day and the trading calendar in force; None when the ledger cannot tell."""
    seconds = deadline.within(resources.patience.database, 2 * resources.patience.deciding)
    ledger = resources.ledger
    reading = asyncio.gather(ledger.instrument(order.terms.symbol, order.trading_date), ledger.calendar())
    try:
        instrument, calendar = await within(seconds, reading)
    except DatabaseUnavailable:
        return None
    return None if instrument is None else (instrument, calendar)
