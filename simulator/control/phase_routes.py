"""Exchanges told to stand in a phase: stretched, begun early, halted; and told to follow their table again."""

from fastapi import APIRouter, HTTPException

from market.calendar import is_trading_day
from market.vocabulary import Exchange
from simulator.control.schemas import PhaseBody, PhaseView
from simulator.deviating import follow_table, phases_to_stand_in, stand_in, standing
from simulator.simulation import Simulation


def phase_routes(simulation: Simulation) -> APIRouter:
    router = APIRouter(tags=["phases"])

    @router.get("/phases")
    async def read() -> list[PhaseView]:
        """The phase of each exchange; `since` tells that it stands in it until told otherwise."""
        simulation.bring_up_to_date()
        return _views(simulation)

    @router.post("/phases", status_code=201)
    async def stand(body: PhaseBody) -> list[PhaseView]:
        """From now on the exchange stands in the phase, until DELETE or 23:59 of the day."""
        simulation.bring_up_to_date()
        state = simulation.state
        allowed = phases_to_stand_in(body.exchange)
        if body.phase not in allowed:
            raise HTTPException(422, f"{body.exchange} has no {body.phase}; phase must be one of {', '.join(allowed)}.")
        if not is_trading_day(state.trading_date, state.calendar, body.exchange):
            raise HTTPException(409, f"{body.exchange} does not trade on {state.trading_date}.")
        stand_in(state, body.exchange, body.phase)
        await simulation.save()
        return _views(simulation)

    @router.delete("/phases/{exchange}")
    async def end(exchange: Exchange) -> list[PhaseView]:
        """The exchange's table counts again from now on."""
        simulation.bring_up_to_date()
        if exchange not in standing(simulation.state):
            raise HTTPException(404, f"{exchange} follows its table; POST /control/phases makes it stand in a phase.")
        follow_table(simulation.state, exchange)
        await simulation.save()
        return _views(simulation)

    return router


def _views(simulation: Simulation) -> list[PhaseView]:
    state = simulation.state
    open_ones = standing(state)
    return [
        PhaseView(
            exchange=exchange,
            phase=state.phase_of(exchange),
            since=open_ones[exchange].since if exchange in open_ones else None,
        )
        for exchange in Exchange
    ]
