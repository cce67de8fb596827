"""Days on which the exchanges do otherwise than published: closed by surprise, or opened."""

from datetime import date

from fastapi import APIRouter, HTTPException

from market.calendar import CalendarOverride, OverrideKind
from simulator.control.schemas import OverrideBody
from simulator.interventions import forget_override, override_day
from simulator.simulation import Simulation


def calendar_routes(simulation: Simulation) -> APIRouter:
    router = APIRouter(tags=["calendar"])

    @router.get("/calendar")
    async def read() -> list[OverrideBody]:
        return _overrides(simulation)

    @router.post("/calendar", status_code=201)
    async def add(body: OverrideBody) -> list[OverrideBody]:
        _check_ahead(simulation, body.day)
        if body.exchange is not None and body.kind is OverrideKind.REOPENED:
            raise HTTPException(422, "A day opens for all exchanges; leave exchange out.")
        override_day(simulation.state, CalendarOverride(body.day, body.kind, body.reason, "control", body.exchange))
        await simulation.save()
        return _overrides(simulation)

    @router.delete("/calendar/{day}")
    async def remove(day: date) -> list[OverrideBody]:
        _check_ahead(simulation, day)
        forget_override(simulation.state, day)
        await simulation.save()
        return _overrides(simulation)

    return router


def _check_ahead(simulation: Simulation, day: date) -> None:
    simulation.bring_up_to_date()
    today = simulation.state.trading_date
    if day <= today:
        raise HTTPException(422, f"day must be after {today}, the market's present trading date.")


def _overrides(simulation: Simulation) -> list[OverrideBody]:
    return [
        OverrideBody.model_validate(override, from_attributes=True) for override in simulation.state.calendar.overrides
    ]
