"""All that one run has measured, as it is written to JSON; the table and the page are made from nothing else."""

from dataclasses import dataclass

from pydantic import TypeAdapter

from bench.latency import Latency
from bench.machine import Machine
from bench.own_stack import Memory
from bench.plan import Plan


@dataclass(frozen=True, slots=True)
class Events:
    """History events per order, all its runs together; `reopened` counts orders with more than one run."""

    orders: int
    p50: int
    p95: int
    most: int
    reopened: int


@dataclass(frozen=True, slots=True)
class FloorLoad:
    """Bare orders at one rate (0: one after the other); `client_late` is what the client itself was late by."""

    rate: int
    place: Latency
    client_late: Latency


@dataclass(frozen=True, slots=True)
class ProductLoad:
    """Orders at one rate (0: one after the other), all latencies from the planned time but `booked`.

    `to_broker` ends when the simulator has the request; `booked` goes from the exchange's fill to the booking's last
    statement. `other_answers` counts the answers that were not 201.
    """

    rate: int
    post: Latency
    to_broker: Latency
    booked: Latency
    events: Events
    client_late: Latency
    other_answers: int


@dataclass(frozen=True, slots=True)
class Saturation:
    """`clients` at once, each on its next order when the one before is answered; orders per second until all ended."""

    clients: int
    orders: int
    per_second: float
    answered: Latency
    other_answers: int


@dataclass(frozen=True, slots=True)
class FloorFigures:
    alone: FloorLoad
    open_loop: tuple[FloorLoad, ...]
    saturation: tuple[Saturation, ...]
    events: Events


@dataclass(frozen=True, slots=True)
class ProductFigures:
    """`one_account` is the saturation with all orders in one account, the others spread them over several."""

    alone: ProductLoad
    open_loop: tuple[ProductLoad, ...]
    saturation: tuple[Saturation, ...]
    one_account: Saturation


@dataclass(frozen=True, slots=True)
class ParallelBuys:
    """Buys sent at the same instant with cash for `affordable` of them, and their verdicts in the end.

    `answered_with_verdict` of the POSTs said it within the API's 3 seconds; `seconds` go to the last answer,
    `cash_left` is in VND.
    """

    sent: int
    affordable: int
    accepted: int
    denied: int
    answered_with_verdict: int
    seconds: float
    cash_left: int


@dataclass(frozen=True, slots=True)
class Recovery:
    """Seconds from the worker's SIGKILL until the first and all live orders answered a query.

    Then all are filled at once: `filled_seconds` until the last is booked. `sent_again` counts requests to the broker
    after the kill, `orders_at_broker` what the broker has in the end.
    """

    orders: int
    first_seconds: float
    all_seconds: float
    sent_again: int
    orders_at_broker: int
    filled_seconds: float


@dataclass(frozen=True, slots=True)
class SimulatorHttp:
    """Signed NewOrder requests to a simulator that runs alone; `executions` are its fills of them and of the warm-up.

    `simulator_ms` and `client_ms` are milliseconds of processor time for each order, of all threads.
    """

    load: Saturation
    executions: int
    simulator_ms: float
    client_ms: float


@dataclass(frozen=True, slots=True)
class Parts:
    """Parts of the product by themselves, before the stack starts; the first two in one thread, on one core."""

    validations_per_second: float
    engine_orders_per_second: float
    http: SimulatorHttp


@dataclass(frozen=True, slots=True)
class Report:
    """`parts` is missing in reports from before it was measured."""

    machine: Machine
    plan: Plan
    floor: FloorFigures
    product: ProductFigures
    memory: tuple[Memory, ...]
    recovery: Recovery
    parallel: ParallelBuys
    parts: Parts | None = None


REPORT = TypeAdapter(Report)
