"""A made-up report whose aims are all met; tests change what they are about."""

from bench.latency import latency
from bench.machine import Machine
from bench.own_stack import Memory
from bench.plan import FULL
from bench.results import (
    Events,
    FloorFigures,
    FloorLoad,
    ParallelBuys,
    Parts,
    ProductFigures,
    ProductLoad,
    Recovery,
    Report,
    Saturation,
    SimulatorHttp,
)

MACHINE = Machine(
    measured_at="2026-11-22T10:00:00+00:00",
    commit="0123456789ab",
    processor="A processor",
    cores=2,
    memory_gib=8,
    system="Linux 6",
    filesystem="ext4",
    load_before=0.1,
    versions={"Python": "3.11"},
    temporal_settings=("synchronous=full",),
)


def report() -> Report:
    rates = FULL.rates
    floor, product = saturation(30.0), saturation(20.0)
    return Report(
        machine=MACHINE,
        plan=FULL,
        floor=FloorFigures(
            floor_load(0), tuple(floor_load(each) for each in rates), (floor,), Events(100, 18, 20, 21, 0)
        ),
        product=ProductFigures(
            product_load(0), tuple(product_load(each) for each in rates), (product,), saturation(15.0)
        ),
        memory=(Memory("worker", 1, 200, 150), Memory("api", 1, 140, 100)),
        recovery=Recovery(1_000, 10.5, 25.0, 0, 1_000, 40.0),
        parallel=ParallelBuys(50, 10, 10, 40, 50, 1.5, 0),
        parts=Parts(80_000.0, 3_000.0, SimulatorHttp(saturation(350.0), 600, 1.4, 1.5)),
    )


def floor_load(rate: int) -> FloorLoad:
    return FloorLoad(rate, latency([0.020, 0.030, 0.100]), latency([0.001]))


def product_load(rate: int, seconds: float = 0.040) -> ProductLoad:
    return ProductLoad(
        rate=rate,
        post=latency([0.030, seconds, 0.200]),
        to_broker=latency([0.080]),
        booked=latency([0.120]),
        events=Events(100, 23, 25, 27, 0),
        client_late=latency([0.001]),
        other_answers=0,
    )


def saturation(per_second: float) -> Saturation:
    return Saturation(16, 500, per_second, latency([0.1]), 0)
