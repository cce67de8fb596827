"""The switches where SSI's behaviour is unknown: which there are, how they stand, and how they shall stand."""

from fastapi import APIRouter

from simulator.control.schemas import SettingsView, UnknownView
from simulator.simulation import Simulation
from simulator.switches import DEFAULT, Switches
from simulator.unknowns import UNKNOWNS


def settings_routes(simulation: Simulation) -> APIRouter:
    router = APIRouter(tags=["settings"])

    @router.get("/settings")
    async def read() -> SettingsView:
        return _view(simulation)

    @router.put("/settings")
    async def put(body: Switches) -> SettingsView:
        """What the body names changes, now and over restarts."""
        simulation.state.switches = simulation.state.switches.changed_by(body)
        await simulation.save()
        return _view(simulation)

    @router.delete("/settings")
    async def reset() -> SettingsView:
        """Everything as in a new simulator."""
        simulation.state.switches = DEFAULT
        await simulation.save()
        return _view(simulation)

    @router.get("/settings/unknowns")
    async def unknowns() -> list[UnknownView]:
        """What nobody outside SSI knows, and which switch does it which way."""
        return [UnknownView.model_validate(row, from_attributes=True) for row in UNKNOWNS]

    return router


def _view(simulation: Simulation) -> SettingsView:
    switches = simulation.state.switches.model_dump()
    return SettingsView(**switches, participants_enabled=simulation.participants.enabled)
