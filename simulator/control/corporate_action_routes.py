"""Corporate actions announced for the next trading day, those that have been, and one taken back before its ex-date."""

from fastapi import APIRouter, HTTPException

from market.calendar import is_trading_day
from market.ex_dates import CorporateActionKind, is_published
from simulator.control.corporate_action_schemas import CorporateActionBody, CorporateActionView
from simulator.corporate_actions import CorporateAction, usual_pay_date
from simulator.ex_dates import actions_ahead, announce, next_ex_date, withdraw
from simulator.simulation import Simulation

_PAID_WITHIN_DAYS = 365


def corporate_action_routes(simulation: Simulation) -> APIRouter:
    router = APIRouter(tags=["corporate actions"])

    @router.get("/corporate-actions")
    async def read() -> list[CorporateActionView]:
        simulation.bring_up_to_date()
        return [_view(action) for action in simulation.state.corporate_actions]

    @router.post("/corporate-actions", status_code=201)
    async def add(body: CorporateActionBody) -> CorporateActionView:
        """At the roll to the ex-date the reference is adjusted (VN-C2) and the holders get their rights."""
        simulation.bring_up_to_date()
        action = _action(simulation, body)
        _check_possible(simulation, action)
        announce(simulation.state, action)
        await simulation.save()
        return _view(action)

    @router.delete("/corporate-actions/{number}", status_code=204)
    async def remove(number: int) -> None:
        simulation.bring_up_to_date()
        action = next((each for each in simulation.state.corporate_actions if each.number == number), None)
        if action is None:
            raise HTTPException(404, f"There is no corporate action {number}; see /control/corporate-actions.")
        if not action.is_ahead:
            raise HTTPException(409, f"Corporate action {number} went ex on {action.ex_date} and stays.")
        withdraw(simulation.state, action)
        await simulation.save()

    return router


def _action(simulation: Simulation, body: CorporateActionBody) -> CorporateAction:
    state = simulation.state
    symbol = body.symbol.upper()
    if symbol not in state.securities:
        raise HTTPException(404, f"{body.symbol} is not listed; see /control/symbols.")
    ex_date = next_ex_date(state)
    pay_date = body.pay_date or usual_pay_date(ex_date, state.calendar)
    if not 0 < (pay_date - ex_date).days <= _PAID_WITHIN_DAYS or not is_trading_day(pay_date, state.calendar):
        raise HTTPException(422, f"pay_date must be a trading day in the year after the ex-date {ex_date}.")
    return CorporateAction(
        state.next_sequence(),
        symbol,
        body.kind,
        ex_date,
        pay_date,
        cash=body.cash or 0,
        held=body.held or 1,
        received=body.received or 0,
        price=body.price or 0,
        treasury=body.treasury,
    )


def _check_possible(simulation: Simulation, action: CorporateAction) -> None:
    """Not a split beside another action, and not so much cash that only the exchange's word counts."""
    security = simulation.state.securities[action.symbol]
    others = actions_ahead(simulation.state, action.symbol)
    if others and CorporateActionKind.SPLIT in {action.kind, *(each.kind for each in others)}:
        raise HTTPException(409, f"{action.symbol} has another action on {action.ex_date}; a SPLIT stands alone.")
    entitlements = [each.entitlement for each in (*others, action)]
    exchange, close = security.listing.exchange, security.day.close
    if is_published(exchange, close, entitlements):
        raise HTTPException(
            422, f"cash must be below the last price of {close}: {exchange} publishes reference and band itself then."
        )


def _view(action: CorporateAction) -> CorporateActionView:
    return CorporateActionView.model_validate(action, from_attributes=True)
