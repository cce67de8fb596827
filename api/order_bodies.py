"""The order as clients write and read it: prices in thousand VND, money in fields that end in `_vnd`."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from api.numbers import PriceIn, QuantityIn, ThousandVnd
from api.order_gateway import OrderRun
from api.problems import ProblemViolation, rule_violations
from ledger.postings import needed_hold
from ledger.reads.orders import AmendWish
from market.naming import order_type_named, time_in_force_named
from market.terms import OrderTerms
from market.violations import Violation
from market.vocabulary import Exchange, OrderType, Side, TimeInForce
from orders.holds import charges
from orders.order import Action, Anomaly, Life, Order, Origin, Request, RequestState
from orders.status import Progress, Status, progress, status
from orders.stored import StoredOrder

SYMBOL = r"^[A-Z0-9]{1,12}$"
CLIENT_ORDER_ID = r"^[A-Za-z0-9._:-]{1,64}$"
LONGEST_DELAY_SECONDS = 86_400
_DELAY_SECONDS = {OrderType.LO: 900}
_DELAY_WITHOUT_A_PRICE = 60

BRIEF_EXAMPLE: dict[str, Any] = {
    "symbol": "VIC",
    "side": "BUY",
    "order_type": "LO",
    "quantity": 100,
    "price": 85.5,
    "market": "HOSE",
    "time_in_force": "DAY",
}


def _order_type(given: object) -> object:
    """The type of that name; for a name that other markets or other years use, what to send instead (VN-C4)."""
    return _named(order_type_named(given), OrderType) if isinstance(given, str) else given


def _time_in_force(given: object) -> object:
    return _named(time_in_force_named(given), TimeInForce) if isinstance(given, str) else given


def _named(found: OrderType | TimeInForce | Violation, known: Iterable[StrEnum]) -> object:
    if isinstance(found, Violation):
        allowed = " or ".join(repr(each.value) for each in known)
        raise PydanticCustomError(found.code.value, "{message}", {"message": found.message, "allowed": allowed})
    return found


class PlaceOrderBody(BaseModel):
    """A new order. The same `client_order_id` never makes a second order in its account."""

    model_config = ConfigDict(extra="forbid", frozen=True, json_schema_extra={"examples": [BRIEF_EXAMPLE]})

    symbol: Annotated[str, Field(pattern=SYMBOL, description="In capitals, such as VIC.")]
    side: Side
    order_type: Annotated[OrderType, BeforeValidator(_order_type)]
    quantity: QuantityIn
    price: PriceIn = None
    market: Annotated[Exchange | None, Field(description="Left out: the service's DEFAULT_MARKET.")] = None
    time_in_force: Annotated[TimeInForce, BeforeValidator(_time_in_force)] = TimeInForce.DAY
    queue_next_day: Annotated[
        bool,
        Field(strict=True, description="When no phase of today takes it, wait for the next trading date."),
    ] = False
    account_id: Annotated[str | None, Field(description="Left out: the caller's default account.")] = None
    client_order_id: Annotated[
        str | None, Field(pattern=CLIENT_ORDER_ID, description="Your own name for the order; made up if left out.")
    ] = None
    max_delay_seconds: Annotated[
        int | None,
        Field(
            strict=True,
            ge=1,
            le=LONGEST_DELAY_SECONDS,
            description="How late the order may still be sent after an outage; waiting for a phase is not counted.",
        ),
    ] = None

    def terms(self, default_market: Exchange) -> OrderTerms:
        return OrderTerms(
            self.symbol, self.market or default_market, self.side, self.order_type, self.quantity, self.price
        )

    @property
    def delay_seconds(self) -> int:
        """900 for LO, 60 for the types without a price, unless the client says otherwise."""
        return self.max_delay_seconds or self._usual_delay

    @property
    def wishes(self) -> tuple[str, ...]:
        """What is asked for beside the terms; what is usual is left out, whether it was written or not."""
        delay = () if self.delay_seconds == self._usual_delay else (f"max_delay_seconds={self.delay_seconds}",)
        return (*delay, "queue_next_day") if self.queue_next_day else delay

    @property
    def _usual_delay(self) -> int:
        return _DELAY_SECONDS.get(self.order_type, _DELAY_WITHOUT_A_PRICE)


class Source(StrEnum):
    """Who answered: the order's workflow, the ledger's row, or only Temporal's record that the order was received."""

    WORKFLOW = "workflow"
    LEDGER = "ledger"
    TEMPORAL = "temporal"


class CancelState(BaseModel):
    """The last request to cancel."""

    intent_id: str
    state: RequestState
    code: str
    text: str


class AmendState(BaseModel):
    """The last request to amend: what it asks for, and every rule for which we refused it."""

    intent_id: str
    state: RequestState
    code: str
    text: str
    price: ThousandVnd | None
    quantity: int | None
    violations: list[ProblemViolation] = Field(default_factory=list)


class OrderBody(BaseModel):
    """One order as last booked. `average_price` is rounded half up to the dong; all other numbers are exact.

    `status: received` means that the order's process has started and no verdict is known yet: `version` is then 0.
    """

    model_config = ConfigDict(use_attribute_docstrings=True)

    order_id: str
    client_order_id: str
    account_id: str
    symbol: str | None
    market: Exchange | None
    side: Side | None
    order_type: OrderType | None
    time_in_force: TimeInForce
    quantity: int | None
    price: ThousandVnd | None
    status: Status
    progress: Progress
    broker_state: Life = Field(description="how far its life at the broker is proven; `unknown` is being looked for")
    """How far the order has provably come."""
    filled_quantity: int = 0
    leaves_quantity: int | None
    """Shares that may still trade."""
    cancelled_quantity: int = 0
    average_price: ThousandVnd | None = None
    """In thousand VND, rounded half up to the dong."""
    broker_order_id: str | None = None
    trading_date: date | None = None
    send_after: datetime | None = None
    """Market time of the phase that the order waits for."""
    received_at: datetime
    updated_at: datetime
    version: int = 0
    """Grows with every fact booked; the ETag of the order."""
    hold_vnd: int = 0
    hold_shares: int = 0
    commission_vnd: int = 0
    tax_vnd: int = 0
    reject_reason: str | None = None
    origin: Origin = Origin.CLIENT
    """`external`: placed at the broker by somebody, not through this service."""
    violations: list[ProblemViolation] = Field(default_factory=list)
    anomalies: list[Anomaly] = Field(default_factory=list)
    cancel: CancelState | None = None
    amend: AmendState | None = None
    """Until its `state` is `done` the order's own price and quantity are the old ones."""
    source: Source
    as_of: datetime
    """Wall time at which `source` was asked."""

    @classmethod
    def of_stored(cls, stored: StoredOrder, source: Source, as_of: datetime) -> Self:
        order, terms = stored.order, stored.order.terms
        held, charged = needed_hold(order), charges(order)
        return cls(
            order_id=order.order_id,
            client_order_id=order.client_order_id,
            account_id=order.account_id,
            symbol=terms.symbol,
            market=terms.exchange,
            side=terms.side,
            order_type=terms.order_type,
            time_in_force=TimeInForce.DAY,
            quantity=terms.quantity,
            price=terms.price,
            status=status(order),
            progress=progress(order),
            broker_state=order.life,
            filled_quantity=order.filled,
            leaves_quantity=order.leaves,
            cancelled_quantity=order.cancelled,
            average_price=average_price(order),
            broker_order_id=order.broker_order_id or None,
            trading_date=order.trading_date,
            send_after=stored.send_after,
            received_at=stored.received_at,
            updated_at=stored.updated_at,
            version=stored.version,
            hold_vnd=held.cash,
            hold_shares=held.shares,
            commission_vnd=charged.commission,
            tax_vnd=charged.tax,
            reject_reason=_reject_reason(stored),
            violations=rule_violations(stored.verdict.violations),
            origin=order.origin,
            anomalies=list(order.anomalies),
            cancel=_cancel(order),
            amend=_amend(order),
            source=source,
            as_of=as_of,
        )

    @classmethod
    def of_run(cls, run: OrderRun, as_of: datetime) -> Self:
        """What is known of an order that has been received and not yet checked."""
        terms = run.terms
        return cls(
            order_id=run.order_id,
            client_order_id=run.client_order_id,
            account_id=run.account_id,
            symbol=terms and terms.symbol,
            market=terms and terms.exchange,
            side=terms and terms.side,
            order_type=terms and terms.order_type,
            time_in_force=TimeInForce.DAY,
            quantity=terms and terms.quantity,
            price=terms and terms.price,
            status=Status.RECEIVED,
            progress=Progress.RECEIVED,
            broker_state=Life.UNSENT,
            leaves_quantity=terms and terms.quantity,
            received_at=run.received_at,
            updated_at=run.received_at,
            source=Source.TEMPORAL,
            as_of=as_of,
        )


class Amendment(AmendState):
    """One request to amend, with who asked and when (API-07); null while the ledger cannot be read."""

    user: str | None
    asked_at: datetime | None


class OrderDetail(OrderBody):
    """One order with every amendment that was ever asked for, the first one first."""

    amendments: list[Amendment] = Field(default_factory=list)


class OrderList(BaseModel):
    """Newest first; give `next_cursor` as `cursor` for the next page."""

    orders: list[OrderBody]
    next_cursor: str | None


class ExecutionBody(BaseModel):
    """One fill. A provisional one stands for shares that the broker counted before it reported their executions.

    An `aggregate` is no single execution: provisional ones, and what is left of executions that the broker took back or
    corrected. Its price is an average, its `value_vnd` counts.
    """

    execution_id: str
    quantity: int
    price: ThousandVnd
    value_vnd: int
    executed_at: datetime
    commission_vnd: int
    tax_vnd: int
    provisional: bool
    superseded: bool
    aggregate: bool


class ExecutionList(BaseModel):
    order_id: str
    executions: list[ExecutionBody]


def average_price(order: Order) -> int | None:
    """VND per filled share, rounded half up to the dong; None before the first fill."""
    if not order.filled:
        return None
    return (2 * order.filled_value + order.filled) // (2 * order.filled)


def _reject_reason(stored: StoredOrder) -> str | None:
    if stored.order.life is not Life.CLOSED:
        return None
    violations = " ".join(violation.message for violation in stored.verdict.violations)
    return stored.order.text or violations or None


def _cancel(order: Order) -> CancelState | None:
    last = order.last_cancel
    if last is None:
        return None
    return CancelState(intent_id=last.intent_id, state=last.state, code=last.code, text=last.text)


def _amend(order: Order) -> AmendState | None:
    last = order.last_amend
    return None if last is None else AmendState(**_amend_fields(last))


def amendments(order: Order, wishes: Mapping[str, AmendWish]) -> list[Amendment]:
    """The order's amendments in the order in which they were asked for; `wishes` by intent id."""
    asked = [(each, wishes.get(each.intent_id)) for each in order.requests if each.action is Action.AMEND]
    return [
        Amendment(**_amend_fields(request), user=wish and wish.user, asked_at=wish and wish.asked_at)
        for request, wish in asked
    ]


def _amend_fields(request: Request) -> dict[str, Any]:
    return {
        "intent_id": request.intent_id,
        "state": request.state,
        "code": request.code,
        "text": request.text,
        "price": request.amendment and request.amendment.price,
        "quantity": request.amendment and request.amendment.quantity,
        "violations": rule_violations(request.violations),
    }
