"""The broker's accounts: what is in them, new ones, and cash and shares that come or go outside of trading."""

from collections.abc import Mapping

from fastapi import APIRouter, HTTPException

from market.fees import FeeSchedule
from simulator.accounts import Account, Position
from simulator.control.schemas import AccountBody, AccountView, MovementBody, PositionView
from simulator.interventions import move
from simulator.simulation import Simulation
from simulator.starting_accounts import new_account


def account_routes(simulation: Simulation) -> APIRouter:
    router = APIRouter(tags=["broker"])

    @router.get("/accounts")
    async def accounts() -> list[AccountView]:
        simulation.bring_up_to_date()
        views = [_account(account) for account in simulation.state.accounts.values()]
        await simulation.saved()
        return views

    @router.post("/accounts", status_code=201)
    async def add_account(body: AccountBody) -> AccountView:
        if body.number in simulation.state.accounts:
            raise HTTPException(409, f"Account {body.number} exists already.")
        _check_listed(simulation, body.shares)
        if any(quantity <= 0 for quantity in body.shares.values()):
            raise HTTPException(422, "shares must be positive numbers.")
        fees = FeeSchedule(body.commission_ppm, body.sale_tax_ppm)
        account = new_account(body.number, body.cash, body.shares, fees)
        account.foreign = body.foreign
        await simulation.store_account(account)
        return _account(account)

    @router.post("/accounts/{number}/movements", status_code=201)
    async def move_in_or_out(number: str, body: MovementBody) -> AccountView:
        account = simulation.state.accounts.get(number)
        if account is None:
            raise HTTPException(404, f"Account {number} does not exist; see /control/accounts.")
        _check_listed(simulation, body.shares)
        short = [symbol for symbol, moved in body.shares.items() if account.position(symbol).sellable + moved < 0]
        if short or account.purchasing_power + body.cash < 0:
            raise HTTPException(422, f"{', '.join(short) or 'cash'} cannot go below what is free in the account.")
        simulation.bring_up_to_date()
        move(simulation.state, account, body.cash, body.shares)
        await simulation.save()
        return _account(account)

    return router


def _check_listed(simulation: Simulation, shares: Mapping[str, int]) -> None:
    unknown = sorted(set(shares) - set(simulation.state.securities))
    if unknown:
        raise HTTPException(422, f"{', '.join(unknown)} is not listed; see /control/symbols.")


def _positions(account: Account) -> dict[str, Position]:
    """Also those of which nothing but shares still to come is left."""
    return {claim.symbol: Position() for claim in account.claims if claim.shares and not claim.paid} | account.positions


def _account(account: Account) -> AccountView:
    positions = {
        symbol: PositionView(
            on_hand=position.on_hand,
            settled=position.settled,
            held=position.held,
            unpaid=account.unpaid_shares(symbol),
        )
        for symbol, position in _positions(account).items()
    }
    return AccountView(
        number=account.number,
        cash=account.cash,
        held=account.held,
        receivable=sum(pending.amount for pending in account.receivables) + account.unpaid_cash,
        foreign=account.foreign,
        positions=positions,
    )
