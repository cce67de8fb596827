"""Faults: armed, looked at, cleared."""

from fastapi import APIRouter

from simulator.control.parts import Parts
from simulator.control.schemas import Dropped, FaultBody, FaultRowView
from simulator.fault_kinds import FAULTS
from simulator.faults import Fault


def fault_routes(parts: Parts) -> APIRouter:
    router, simulation = APIRouter(tags=["faults"]), parts.simulation

    @router.get("/faults")
    async def pending() -> list[FaultBody]:
        return [FaultBody.model_validate(fault, from_attributes=True) for fault in simulation.state.faults.pending]

    @router.post("/faults", status_code=201)
    async def add(body: FaultBody) -> FaultBody:
        simulation.state.faults.add(Fault(**body.model_dump()))
        await simulation.save()
        return body

    @router.get("/faults/kinds")
    async def kinds() -> list[FaultRowView]:
        """Every fault there is, with what it counts and what its value means."""
        return [FaultRowView.model_validate(row, from_attributes=True) for row in FAULTS]

    @router.delete("/faults", status_code=204)
    async def clear() -> None:
        simulation.state.faults.clear()
        await simulation.save()

    @router.post("/stream/hang-up")
    async def hang_up() -> Dropped:
        """Drop the trading streams now; clients may come back at once."""
        return Dropped(dropped=parts.streams.hang_up())

    return router
