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
    """What is given changes; `band_day` sets today's band anew, `foreign_room` is in shares, null when none is told."""

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
    on_hand: int
    settled: int
    held: int


class AccountView(BaseModel):
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
    query: dict[str, object]
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
    """An execution to add, take back or correct; VND and shares."""

    price: int = Field(gt=0)
    quantity: int = Field(gt=0)


class CorrectionBody(ExecutionBody):
    corrected_price: int = Field(gt=0)


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
