"""What placing an order would do, found by the same evaluation and with nothing written or locked."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.accounts import UnknownAccountError, load_account
from ledger.evaluation import evaluate
from ledger.postings import needed_hold
from market.calendar import TradingCalendar, settlement_date
from market.fees import commission, sale_tax
from market.phases import Phase
from market.sending import lives_until
from market.terms import OrderTerms
from market.violations import Violation
from market.vocabulary import Side
from orders.holds import Hold
from orders.order import Order
from risk.checks import Limits

_NO_ORDER = ""


@dataclass(frozen=True, slots=True)
class Estimate:
    """What trading all of it at `price` would come to, VND; a sale without a price of its own has no estimate."""

    price: int
    value: int
    commission: int
    tax: int
    settles_on: date


@dataclass(frozen=True, slots=True)
class Preview:
    """`sent_at` is when it would go out, in `phase`; what is left of it dies at `lives_until`."""

    violations: tuple[Violation, ...]
    warnings: tuple[Violation, ...]
    hold: Hold
    estimate: Estimate | None
    phase: Phase | None
    sent_at: datetime | None
    lives_until: datetime | None


async def preview(
    connection: AsyncConnection,
    account_id: str,
    terms: OrderTerms,
    market_now: datetime,
    limits: Limits,
    *,
    queue_next_day: bool = False,
) -> Preview:
    """The whole verdict on `terms` at `market_now`. Raises `UnknownAccountError`."""
    account = await load_account(connection, account_id)
    if account is None:
        raise UnknownAccountError(account_id)
    found = await evaluate(
        connection, account, _NO_ORDER, terms, market_now, limits, Hold(), queue_next_day=queue_next_day
    )
    order = Order(_NO_ORDER, account_id, "", terms, found.trading_date, account.fees, reserve_price=found.reserve_price)
    price = terms.price if terms.price is not None or terms.side is Side.SELL else found.reserve_price
    return Preview(
        violations=found.violations,
        warnings=found.warnings,
        hold=Hold() if found.violations else needed_hold(order),
        estimate=None if price is None else _estimate(order, price, found.calendar),
        phase=found.phase,
        sent_at=None if found.phase is None else found.send_after or found.market_now,
        lives_until=None
        if found.phase is None
        else lives_until(terms.order_type, found.phase, found.entered_at, found.calendar),
    )


def _estimate(order: Order, price: int, calendar: TradingCalendar) -> Estimate:
    value = order.terms.quantity * price
    tax = sale_tax(order.fees, value) if order.terms.side is Side.SELL else 0
    return Estimate(price, value, commission(order.fees, value), tax, settlement_date(order.trading_date, calendar))
