"""Positions and buying power of an account, from the ledger."""

import re
from datetime import UTC, date, datetime
from typing import Annotated, Self

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from api.answers import ACCOUNT_PROBLEMS, answer
from api.authentication import CallerOf
from api.ledger_port import within
from api.order_bodies import SYMBOL
from api.problems import ProblemCode, ProblemRaised, problem_responses
from api.resources import ResourcesOf
from ledger.reads.positions import Position

router = APIRouter(prefix="/positions", tags=["positions"])

AccountId = Annotated[str | None, Query(description="Left out: the caller's default account.")]


class PendingShares(BaseModel):
    """Bought shares that can be sold from 13:00 of `settles_on` (VN-A11)."""

    settles_on: date
    quantity: int


class PositionBody(BaseModel):
    """Shares of one symbol: `sellable` now, `held` by open sell orders, `pending` settlement; costs in VND."""

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
    as_of: datetime

    @classmethod
    def of(cls, account_id: str, position: Position, as_of: datetime) -> Self:
        return cls(
            account_id=account_id,
            symbol=position.symbol,
            quantity=position.quantity,
            sellable=position.sellable,
            held=position.held,
            pending=[
                PendingShares(settles_on=day, quantity=shares) for day, shares in sorted(position.pending.items())
            ],
            average_cost_vnd=position.average_cost,
            cost_total_vnd=position.cost_total,
            realized_pnl_vnd=position.realized_pnl,
            shortfall_shares=position.shortfall,
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
    rows = await within(resources.patience.database, resources.ledger.positions(account))
    now = datetime.now(UTC)
    return answer(PositionList(account_id=account, positions=[PositionBody.of(account, row, now) for row in rows]))


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
    position = None
    if re.fullmatch(SYMBOL, symbol):
        position = await within(resources.patience.database, resources.ledger.position(account, symbol))
    if position is None:
        raise ProblemRaised(ProblemCode.POSITION_NOT_FOUND, f"Account {account} has no position in {symbol[:20]}.")
    return answer(PositionBody.of(account, position, datetime.now(UTC)))
