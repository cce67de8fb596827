"""How much is measured: counts and seconds, so that a run is bounded and two runs compare."""

from dataclasses import dataclass

JUDGED_RATE = 10
"""Orders/s of the open loop that the aims speak of."""


@dataclass(frozen=True, slots=True)
class Plan:
    """`alone`: orders sent one after the other; rates in orders/s; `saturation_clients`: how many send at once.

    `http_…` is of the simulator by itself.
    """

    name: str
    warm_up: int
    alone: int
    rates: tuple[int, ...]
    open_loop_seconds: int
    saturation_clients: tuple[int, ...]
    saturation_orders: int
    live_orders: int
    live_clients: int = 16
    accounts: int = 8
    parallel_buys: int = 50
    affordable_buys: int = 10
    http_orders: int = 5_000
    http_clients: int = 16


FULL = Plan("full", 100, 100, (5, JUDGED_RATE, 15), 60, (8, 16, 32), 500, 1_000)
QUICK = Plan("quick", 30, 30, (5, JUDGED_RATE, 15), 10, (16,), 150, 100, http_orders=1_000)
PLANS = {plan.name: plan for plan in (FULL, QUICK)}
