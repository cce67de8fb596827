"""The account's cash, and what the exchanges take right now."""

import asyncio
from datetime import UTC, date, datetime

from fastapi import APIRouter, Response
from pydantic import BaseModel

from api.answers import ACCOUNT_PROBLEMS, AUTHENTICATION_PROBLEMS, answer
from api.authentication import CallerOf
from api.ledger_port import within
from api.positions import AccountId, by_settlement_date
from api.problems import KINDS, ProblemCode, ProblemRaised, problem_responses
from api.resources import ResourcesOf
from market.calendar import VIETNAM, TradingCalendar
from market.phases import PhaseName, phase_at, phase_to_send_in, previous_boundary
from market.vocabulary import Exchange, OrderType

router = APIRouter(prefix="/accounts", tags=["accounts"])


class Receivable(BaseModel):
    """Proceeds of sales that can be used from 13:00 of `settles_on` (VN-A11), by the calendar in force now."""

    settles_on: date
    amount_vnd: int


class Balance(BaseModel):
    """Cash of one account; `total_vnd` is available, held and receivable less the shortfall."""

    account_id: str
    available_vnd: int
    held_vnd: int
    receivable: list[Receivable]
    shortfall_vnd: int
    total_vnd: int
    as_of: datetime


class ExchangeSession(BaseModel):
    """One exchange now; a security that trades by auctions only has phases of its own.

    `allowed_order_types` are sent at once, `held_order_types` wait for a later phase today. `tabled_phase` is what the
    timetable says: where it differs, the market's data show a phase that is stretched, halted or begun early, which
    counts, and `next_boundary` is the earliest time known (LC-80).
    """

    exchange: Exchange
    phase: PhaseName
    tabled_phase: PhaseName
    since: datetime
    next_boundary: datetime
    next_phase: PhaseName
    allowed_order_types: list[OrderType]
    held_order_types: list[OrderType]


class MarketTime(BaseModel):
    """The market's clock: `rate` 1 is real time, and `version` grows when somebody sets it."""

    now: datetime
    wall_now: datetime
    rate: int
    version: int


class TradingSession(BaseModel):
    trading_date: date
    is_trading_day: bool
    clock: MarketTime
    exchanges: list[ExchangeSession]


@router.get("/balance", response_model=Balance, summary="Cash", responses=problem_responses(*ACCOUNT_PROBLEMS))
async def balance(caller: CallerOf, resources: ResourcesOf, account_id: AccountId = None) -> Response:
    account = caller.account(account_id)
    reading = asyncio.gather(resources.ledger.cash(account), resources.ledger.calendar())
    cash, calendar = await within(resources.patience.database, reading)
    receivable = by_settlement_date(cash.receivable, calendar)
    return answer(
        Balance(
            account_id=account,
            available_vnd=cash.available,
            held_vnd=cash.held,
            receivable=[Receivable(settles_on=day, amount_vnd=vnd) for day, vnd in receivable],
            shortfall_vnd=cash.shortfall,
            total_vnd=cash.available + cash.held + sum(cash.receivable.values()) - cash.shortfall,
            as_of=datetime.now(UTC),
        )
    )


@router.get(
    "/trading-session",
    response_model=TradingSession,
    summary="Phases of the exchanges now",
    responses=problem_responses(
        *AUTHENTICATION_PROBLEMS,
        ProblemCode.UNEXPECTED,
        ProblemCode.DATABASE_UNAVAILABLE,
        ProblemCode.CLOCK_UNAVAILABLE,
    ),
)
async def trading_session(caller: CallerOf, resources: ResourcesOf) -> Response:  # noqa: ARG001 - any user may ask
    clock = await resources.clock.read()
    if clock is None:
        raise ProblemRaised(ProblemCode.CLOCK_UNAVAILABLE, KINDS[ProblemCode.CLOCK_UNAVAILABLE].example)
    calendar = await within(resources.patience.database, resources.ledger.calendar())
    wall = datetime.now(UTC)
    now = clock.at(wall).astimezone(VIETNAM)
    return answer(
        TradingSession(
            trading_date=now.date(),
            is_trading_day=calendar.is_trading_day(now.date()),
            clock=MarketTime(now=now, wall_now=wall, rate=clock.rate, version=clock.version),
            exchanges=[_session(exchange, now, calendar) for exchange in Exchange],
        )
    )


def _session(exchange: Exchange, now: datetime, calendar: TradingCalendar) -> ExchangeSession:
    phase = phase_at(exchange, now, calendar=calendar)
    allowed = [order_type for order_type in OrderType if phase.takes(order_type)]
    return ExchangeSession(
        exchange=exchange,
        phase=phase.name,
        tabled_phase=phase_at(exchange, now, calendar=calendar.tabled).name,
        since=previous_boundary(exchange, now, calendar=calendar),
        next_boundary=phase.end,
        next_phase=phase_at(exchange, phase.end, calendar=calendar).name,
        allowed_order_types=allowed,
        held_order_types=[
            order_type
            for order_type in OrderType
            if order_type not in allowed and phase_to_send_in(exchange, order_type, now, calendar=calendar) is not None
        ],
    )
