"""Orders and evidence on one ordinary trading day, for tests that run against a real ledger."""

from datetime import UTC, date, datetime
from itertools import count

from ledger.attempts import Attempt, AttemptOutcome
from ledger.ledger import Ledger
from ledger.settlement import Opening, OpeningShares
from market.calendar import VIETNAM
from market.clock import MarketClock
from market.instrument import Instrument
from market.terms import OrderTerms
from market.vocabulary import Exchange, InstrumentKind, OrderType, Side
from orders.commands import PlaceOrder
from orders.evidence import Answer, BrokerReport, BrokerState, Evidence, Match, RequestAnswered
from orders.identity import fingerprint, order_id_for
from orders.order import Action
from orders.stored import StoredOrder
from risk.checks import Limits
from tests.support.database import ACCOUNT_ID

DAY = date(2026, 11, 20)  # a Friday; 24 November is closed, so T+2 is Wednesday the 25th
T2 = date(2026, 11, 25)
MORNING = datetime(2026, 11, 20, 10, 0, tzinfo=VIETNAM)
BREAK = datetime(2026, 11, 20, 12, 0, tzinfo=VIETNAM)
MONDAY = datetime(2026, 11, 23, 9, 20, tzinfo=VIETNAM)
AFTERNOON = datetime(2026, 11, 20, 13, 0, tzinfo=VIETNAM)
LIMITS = Limits(maximum_order_quantity=1_000_000, maximum_positions=50)
PRICE = 85_500
COMMISSION = 12_825  # 0.15 % of 100 shares at 85,500
INSTRUMENTS = (
    Instrument("VIC", "Vingroup", Exchange.HOSE, InstrumentKind.STOCK, DAY, PRICE, 91_400, 79_600),
    Instrument("VND", "VNDIRECT", Exchange.HOSE, InstrumentKind.STOCK, DAY, 20_000, 21_400, 18_600),
)

_numbers = count(1)


def command(
    side: Side = Side.BUY,
    quantity: int = 100,
    price: int | None = PRICE,
    *,
    symbol: str = "VIC",
    client_order_id: str | None = None,
    account_id: str = ACCOUNT_ID,
) -> PlaceOrder:
    client_order_id = client_order_id or f"order-{next(_numbers)}"
    terms = OrderTerms(symbol, Exchange.HOSE, side, OrderType.LO, quantity, price)
    return PlaceOrder(
        order_id=order_id_for(account_id, client_order_id),
        account_id=account_id,
        client_order_id=client_order_id,
        user="trader",
        request_id=f"http-{client_order_id}",
        fingerprint=fingerprint(account_id, terms),
        terms=terms,
        received_at=datetime.now(UTC),
        max_delay_seconds=900,
    )


async def open_market(ledger: Ledger, cash: int = 0, **shares: int) -> None:
    """Load the day's instruments and give the account `cash` VND and `shares` that cost 80,000 VND each."""
    await ledger.save_instruments(INSTRUMENTS)
    owned = {symbol: OpeningShares(quantity, quantity, 80_000) for symbol, quantity in shares.items()}
    assert await ledger.open_balances(ACCOUNT_ID, DAY, Opening(cash, shares=owned))


async def accept(ledger: Ledger, placed: PlaceOrder, market_now: datetime = MORNING) -> StoredOrder:
    return await ledger.accept(placed, market_now, datetime.now(UTC), LIMITS)


def clock_at(market_now: datetime) -> MarketClock:
    """A market clock that was just set to `market_now`."""
    return MarketClock(datetime.now(UTC), market_now, rate=1, version=1)


async def start(
    ledger: Ledger, order_id: str, action: Action = Action.SUBMIT, intent_id: str | None = None
) -> AttemptOutcome:
    """Try to write an attempt in the morning's session; a submit is its own intent."""
    return await ledger.start_attempt(order_id, action, intent_id or order_id, DAY, datetime.now(UTC))


async def send(ledger: Ledger, order_id: str, answer: Answer = Answer.ACCEPTED) -> str:
    """Send the order; returns the request id it left under."""
    attempt = await start(ledger, order_id)
    assert isinstance(attempt, Attempt)
    await ledger.finish_attempt(attempt.request_id, order_id, RequestAnswered(attempt.request_id, answer))
    return attempt.request_id


async def place(ledger: Ledger, side: Side = Side.BUY, quantity: int = 100, price: int = PRICE) -> str:
    """Accept and send an order; returns its id."""
    stored = await accept(ledger, command(side, quantity, price))
    assert stored.verdict.accepted, stored.verdict.violations
    await send(ledger, stored.order.order_id)
    return stored.order.order_id


async def hear(ledger: Ledger, order_id: str, *facts: Evidence, key: str | None = None) -> StoredOrder:
    """Record `facts` under keys of their own, or one fact under `key`, and book each by itself."""
    for fact in facts:
        await ledger.record(order_id, key or f"fact-{next(_numbers)}", fact, "stream")
        stored = await ledger.book(order_id)
    return stored


def match(quantity: int = 100, price: int = PRICE) -> Match:
    return Match("B1", quantity, price, MORNING)


def report(
    filled: int,
    *,
    quantity: int = 100,
    price: int = PRICE,
    state: BrokerState | None = None,
    cancelled: int = 0,
    request_id: str = "",
) -> BrokerReport:
    """The broker's cumulative word; without a `state` it is what the quantities say."""
    state = state or (BrokerState.FILLED if filled >= quantity else BrokerState.WORKING)
    return BrokerReport("B1", request_id, state, quantity, filled, filled * price, cancelled)
