"""What the control routes work on."""

from dataclasses import dataclass

from simulator.one_time_codes import OneTimeCodes
from simulator.received import Received
from simulator.simulation import Simulation
from simulator.wire.streams import Streams


@dataclass(frozen=True, slots=True)
class Parts:
    simulation: Simulation
    streams: Streams
    received: Received
    one_time_codes: OneTimeCodes
