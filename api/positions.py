"""Positions and buying power of an account, from the ledger."""

import asyncio
import re
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api.answers import ACCOUNT_PROBLEMS, answer
from api.authentication import CallerOf
from api.ledger_port import within
from api.numbers import ThousandVnd
from api.order_bodies import SYMBOL
from api.problems import ProblemCode, ProblemRaised, problem_responses
from api.resources import ResourcesOf
from ledger.reads.positions import Position
from market.calendar import TradingCalendar, settlement_date

router = APIRouter(prefix="/positions", tags=["positions"])

AccountId = Annotated[str | None, Query(description="Left out: the caller's default account.")]


class PendingShares(BaseModel):
    """Bought shares that can be sold from 13:00 of `settles_on` (VN-A11), by the trading calendar in force now."""

    settles_on: date
    quantity: int


class PositionBody(BaseModel):
    """Shares of one symbol: `sellable` now, `held` by open sell orders, `pending` settlement; costs in VND.

    `last_price` in thousand VND as the market's data told it at `last_price_at`, and what the shares are worth at it;
    null while nothing was told.
    """

    account_id: str
    symbol: str
    quantity: int
    sellable: int
    held: int
    pending: list[PendingShares]
    average_cost_vnd: int
    cost_total_vnd: int
    realized_pnl_vnd: int
    shortfall_shares: int
    last_price: ThousandVnd | None
    last_price_at: datetime | None
    market_value_vnd: int | None
    unrealized_pnl_vnd: int | None
    as_of: datetime

    @classmethod
    def of(cls, account_id: str, position: Position, calendar: TradingCalendar, as_of: datetime) -> Self:
        value = None if position.last_price is None else position.quantity * position.last_price
        return cls(
            account_id=account_id,
            symbol=position.symbol,
            quantity=position.quantity,
            sellable=position.sellable,
            held=position.held,
            pending=[
                PendingShares(settles_on=day, quantity=shares)
                for day, shares in by_settlement_date(position.pending, calendar)
            ],
            average_cost_vnd=position.average_cost,
            cost_total_vnd=position.cost_total,
            realized_pnl_vnd=position.realized_pnl,
            shortfall_shares=position.shortfall,
            last_price=position.last_price,
            last_price_at=position.last_price_at,
            market_value_vnd=value,
            unrealized_pnl_vnd=None if value is None else value - position.cost_total,
            as_of=as_of,
        )


class PositionList(BaseModel):
    account_id: str
    positions: list[PositionBody]


class BuyingPower(BaseModel):
    """What can be spent now, commission included: cash that is neither held nor awaiting settlement."""

    account_id: str
    buying_power_vnd: int
    held_vnd: int
    as_of: datetime


@router.get("", response_model=PositionList, summary="Positions", responses=problem_responses(*ACCOUNT_PROBLEMS))
async def list_positions(caller: CallerOf, resources: ResourcesOf, account_id: AccountId = None) -> Response:
    account = caller.account(account_id)
    ledger = resources.ledger
    reading = asyncio.gather(ledger.positions(account), ledger.calendar())
    rows, calendar = await within(resources.patience.database, reading)
    now = datetime.now(UTC)
    positions = [PositionBody.of(account, row, calendar, now) for row in rows]
    return answer(PositionList(account_id=account, positions=positions))


@router.get(
    "/buying-power/available",
    response_model=BuyingPower,
    summary="What can be spent now",
    responses=problem_responses(*ACCOUNT_PROBLEMS),
)
async def buying_power(caller: CallerOf, resources: ResourcesOf, account_id: AccountId = None) -> Response:
    account = caller.account(account_id)
    cash = await within(resources.patience.database, resources.ledger.cash(account))
    return answer(
        BuyingPower(account_id=account, buying_power_vnd=cash.available, held_vnd=cash.held, as_of=datetime.now(UTC))
    )


@router.get(
    "/{symbol}",
    response_model=PositionBody,
    summary="One position",
    responses=problem_responses(*ACCOUNT_PROBLEMS, ProblemCode.POSITION_NOT_FOUND),
)
async def get_position(symbol: str, caller: CallerOf, resources: ResourcesOf, account_id: AccountId = None) -> Response:
    account = caller.account(account_id)
    ledger, missing = resources.ledger, f"Account {account} has no position in {symbol[:20]}."
    if not re.fullmatch(SYMBOL, symbol):
        raise ProblemRaised(ProblemCode.POSITION_NOT_FOUND, missing)
    reading = asyncio.gather(ledger.position(account, symbol), ledger.calendar())
    position, calendar = await within(resources.patience.database, reading)
    if position is None:
        raise ProblemRaised(ProblemCode.POSITION_NOT_FOUND, missing)
    return answer(PositionBody.of(account, position, calendar, datetime.now(UTC)))


def by_settlement_date(pending: Mapping[date, int], calendar: TradingCalendar) -> list[tuple[date, int]]:
    """What is pending by trade date, as the dates on which it can be used."""
    sums: Counter[date] = Counter()
    for traded_on, amount in pending.items():
        sums[settlement_date(traded_on, calendar)] += amount
    return sorted(sums.items())
