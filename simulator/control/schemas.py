"""Bodies of the control API; prices and money are integer VND, instants carry their offset."""

import datetime as dt
from datetime import datetime
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from market.calendar import OverrideKind
from market.fees import SSI_ONLINE
from market.vocabulary import BandDay, Exchange, OrderType, PhaseName, SecurityStatus, Side
from simulator.clock import MAXIMUM_RATE, MORNING_TIME
from simulator.faults import FaultKind
from simulator.switches import Switches

MAXIMUM_PRICE = 1_000_000_000
"""VND; far above every price there is."""

MAXIMUM_QUANTITY = 1_000_000_000
"""Shares; far above every order there is."""

_LONGEST_VALUE = 86_400_000
_ERROR_PAGES = frozenset({FaultKind.SERVER_ERROR_BEFORE_TAKING, FaultKind.SERVER_ERROR_AFTER_TAKING})
_HTTP_ERRORS = range(400, 600)


class Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ClockView(BaseModel):
    """Market time is `anchor_market` + (wall - `anchor_wall`) x `rate`; `now` is it at this moment."""

    anchor_wall: datetime
    anchor_market: datetime
    rate: int
    version: int
    now: datetime
    trading_date: str
    phases: dict[Exchange, str]


class ClockSetting(Body):
    """`now` may only move forward; a later date rolls the days in between."""

    now: AwareDatetime | None = None
    rate: int | None = Field(default=None, ge=0, le=MAXIMUM_RATE)


class NextDay(Body):
    time: dt.time = MORNING_TIME


class OverrideBody(Body):
    """`exchange` null means all of them."""

    day: dt.date
    kind: OverrideKind
    reason: str = "decided through /control"
    exchange: Exchange | None = None


class PhaseBody(Body):
    exchange: Exchange
    phase: PhaseName


class PhaseView(BaseModel):
    """`since` is null where the exchange follows its table."""

    exchange: Exchange
    phase: PhaseName
    since: datetime | None


class SymbolView(BaseModel):
    symbol: str
    name: str
    exchange: Exchange
    reference: int
    ceiling: int
    floor: int
    best_bid: int | None
    best_ask: int | None
    last: int | None
    volume: int
    status: SecurityStatus
    band_day: BandDay
    phase: str
    foreign_room: int | None


class SymbolBody(Body):
    """What is given changes; `band_day` sets today's band anew, `foreign_room` is in shares, null when none is told.

    `reference` (VND) moves today's band too, and clients see it when they next load the day's data; `last` (VND) is a
    last price without a trade, and tomorrow's reference unless somebody trades.
    """

    reference: int | None = Field(default=None, gt=0, le=MAXIMUM_PRICE)
    last: int | None = Field(default=None, gt=0, le=MAXIMUM_PRICE)
    status: SecurityStatus | None = None
    band_day: BandDay | None = None
    foreign_room: int | None = Field(default=None, ge=0)


class ParticipantOrderBody(Body):
    """Another participant's order; a limit order needs its price, the other types have none."""

    symbol: str
    side: Side
    order_type: OrderType = OrderType.LO
    price: int | None = Field(default=None, gt=0)
    quantity: int = Field(gt=0)


class ParticipantOrderView(BaseModel):
    order_id: str
    symbol: str
    side: Side
    order_type: OrderType
    price: int
    quantity: int
    leaves: int


class Enabled(Body):
    enabled: bool


class AccountBody(Body):
    number: str = Field(pattern=r"^[0-9]{7}$")
    cash: int = Field(ge=0)
    shares: dict[str, int] = Field(default_factory=dict)
    commission_ppm: int = Field(default=SSI_ONLINE.commission_ppm, ge=0)
    sale_tax_ppm: int = Field(default=SSI_ONLINE.sale_tax_ppm, ge=0)
    foreign: bool = False


class MovementBody(Body):
    """Settled cash (VND) and shares to add; negative numbers take away."""

    cash: int = 0
    shares: dict[str, int] = Field(default_factory=dict)


class PositionView(BaseModel):
    """`unpaid` shares come from a corporate action on its pay date; they are not on hand."""

    on_hand: int
    settled: int
    held: int
    unpaid: int


class AccountView(BaseModel):
    """`receivable` is the cash of sales and dividends on its way."""

    number: str
    cash: int
    held: int
    receivable: int
    foreign: bool
    positions: dict[str, PositionView]


class OrderView(BaseModel):
    order_id: str
    request_id: str
    unique_id: str
    account: str
    symbol: str
    side: Side
    order_type: str
    price: int
    quantity: int
    filled: int
    cancelled: int
    leaves: int
    filled_value: int
    status: str
    reject_code: str
    reject_reason: str
    entered_at: datetime
    modified_at: datetime


class FillView(BaseModel):
    notify_id: int
    account: str
    order_id: str
    symbol: str
    side: Side
    price: int
    quantity: int
    matched_at: datetime


class ReceivedView(BaseModel):
    wall: datetime
    market: datetime
    method: str
    path: str
    query: dict[str, str]
    body: object


class FaultBody(Body):
    """Happens the next `times` times (null: until cleared), with `probability` at each occasion, and only for the call
    whose URL ends in `path`, for `account` and for `symbol` (empty: any). `value` as the fault's row says."""

    kind: FaultKind
    path: str = ""
    times: int | None = Field(default=1, ge=1)
    value: int = 0
    probability: float = Field(default=1.0, gt=0, le=1)
    account: str = ""
    symbol: str = ""

    @model_validator(mode="after")
    def _only_skew_runs_backwards(self) -> Self:
        if self.value < 0 and self.kind is not FaultKind.CLOCK_SKEW:
            raise ValueError(f"value must not be negative for {self.kind}; only {FaultKind.CLOCK_SKEW} has a sign")
        return self

    @model_validator(mode="after")
    def _has_a_value_that_can_be(self) -> Self:
        if abs(self.value) > _LONGEST_VALUE:
            raise ValueError(f"value must be at most {_LONGEST_VALUE}, a day in milliseconds")
        if self.kind in _ERROR_PAGES and self.value and self.value not in _HTTP_ERRORS:
            raise ValueError(f"value must be an HTTP code from 400 to 599 for {self.kind}, or 0 for 502")
        return self


class FaultRowView(BaseModel):
    kind: FaultKind
    counts: str
    meaning: str
    value: str


class ExternalOrderBody(Body):
    """An order of the account that its API clients know nothing of; `channel` as SSI names where it came from."""

    account: str
    symbol: str
    side: Side
    order_type: OrderType = OrderType.LO
    price: int = Field(default=0, ge=0)
    quantity: int = Field(gt=0)
    channel: str = "WT"


class ExecutionBody(Body):
    """An execution to add, take back or correct; VND and shares. One that is taken back or corrected must have been."""

    price: int = Field(gt=0, le=MAXIMUM_PRICE)
    quantity: int = Field(gt=0, le=MAXIMUM_QUANTITY)


class CorrectionBody(ExecutionBody):
    corrected_price: int = Field(gt=0, le=MAXIMUM_PRICE)


class SettingsView(Switches):
    participants_enabled: bool


class SwitchView(BaseModel):
    name: str
    ways: str


class UnknownView(BaseModel):
    number: int
    unknown: str
    switches: list[SwitchView]
    note: str


class Dropped(BaseModel):
    dropped: int


class OneTimeCodeView(BaseModel):
    code: str | None
