"""Faults and switches."""

from fastapi import APIRouter

from simulator.control.parts import Parts
from simulator.control.schemas import Dropped, FaultBody, FaultRowView, SettingsBody, SettingsView
from simulator.fault_kinds import FAULTS
from simulator.faults import Fault


def fault_routes(parts: Parts) -> APIRouter:
    router = APIRouter(tags=["faults"])

    @router.get("/faults")
    async def pending() -> list[FaultBody]:
        return [FaultBody.model_validate(fault, from_attributes=True) for fault in parts.faults.pending]

    @router.post("/faults", status_code=201)
    async def add(body: FaultBody) -> FaultBody:
        parts.faults.add(Fault(**body.model_dump()))
        return body

    @router.get("/faults/kinds")
    async def kinds() -> list[FaultRowView]:
        """Every fault there is, with what it counts and what its value means."""
        return [FaultRowView.model_validate(row, from_attributes=True) for row in FAULTS]

    @router.delete("/faults", status_code=204)
    async def clear() -> None:
        parts.faults.clear()

    @router.post("/stream/hang-up")
    async def hang_up() -> Dropped:
        """Drop the trading streams now; clients may come back at once."""
        return Dropped(dropped=parts.streams.hang_up())

    @router.get("/settings")
    async def read() -> SettingsView:
        return _settings(parts)

    @router.put("/settings")
    async def put(body: SettingsBody) -> SettingsView:
        state = parts.simulation.state
        state.pre_open = state.pre_open if body.pre_open is None else body.pre_open
        if body.pending_statuses is not None:
            state.pending_statuses = body.pending_statuses
        if body.http_errors is not None:
            parts.switches.http_errors = body.http_errors
        await parts.simulation.save()
        return _settings(parts)

    return router


def _settings(parts: Parts) -> SettingsView:
    return SettingsView(
        pre_open=parts.simulation.state.pre_open,
        http_errors=parts.switches.http_errors,
        pending_statuses=parts.simulation.state.pending_statuses,
        participants_enabled=parts.simulation.participants.enabled,
    )
