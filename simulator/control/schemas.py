"""Bodies of the control API; prices and money are integer VND, instants carry their offset."""

import datetime as dt
from datetime import datetime

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from market.fees import SSI_ONLINE
from market.vocabulary import Exchange, Side
from simulator.clock import MAXIMUM_RATE, MORNING_TIME
from simulator.faults import FaultKind
from simulator.state import PreOpen


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


class ParticipantOrderBody(Body):
    """Another participant's limit order; what does not trade at once stays in the book."""

    symbol: str
    side: Side
    price: int = Field(gt=0)
    quantity: int = Field(gt=0)


class ParticipantOrderView(BaseModel):
    order_id: str
    symbol: str
    side: Side
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


class PositionView(BaseModel):
    on_hand: int
    settled: int
    held: int


class AccountView(BaseModel):
    number: str
    cash: int
    held: int
    receivable: int
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
    """Happens on the next `times` calls whose path ends in `path` (any when empty); `value` in milliseconds."""

    kind: FaultKind
    path: str = ""
    times: int = Field(default=1, ge=1)
    value: int = Field(default=0, ge=0)


class SettingsBody(Body):
    """`pre_open`: what becomes of an order that comes too early; `http_errors`: refusals show in the HTTP code."""

    pre_open: PreOpen | None = None
    http_errors: bool | None = None


class SettingsView(BaseModel):
    pre_open: PreOpen
    http_errors: bool
    participants_enabled: bool


class Dropped(BaseModel):
    dropped: int
