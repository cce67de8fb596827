"""The figures that a run is judged by, each with its aim, its measurement and the bare order's."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from bench.own_stack import Memory
from bench.plan import JUDGED_RATE
from bench.results import FloorLoad, Parts, ProductLoad, Report, Saturation
from bench.rules import AIM as VALIDATIONS_PER_SECOND
from bench.simulator_engine import AIM as ENGINE_ORDERS_PER_SECOND

P50_RATIO, P99_RATIO = 1.7, 2.5
SATURATION_RATIO = 0.6
MOST_EVENTS = 30
BOOKED_P95_MS = 150
RECOVERY_SECONDS = 30
WORKER_MIB = 250
_Load = TypeVar("_Load", FloorLoad, ProductLoad)


@dataclass(frozen=True, slots=True)
class Judged:
    """One line: texts with units; `met` is None where nothing was aimed at."""

    what: str
    floor: str
    product: str
    ratio: str
    aim: str
    met: bool | None


def judged(report: Report) -> tuple[Judged, ...]:
    return (
        *_latencies(report),
        *_throughput(report),
        *_events(report),
        *_buys(report),
        *_recovery(report),
        _worker(report),
        *(() if report.parts is None else _parts(report.parts)),
    )


def at_rate(loads: Sequence[_Load], rate: int) -> _Load:
    return next(each for each in loads if each.rate == rate)


def best(saturations: Sequence[Saturation]) -> Saturation:
    return max(saturations, key=lambda each: each.per_second)


def memory_of(report: Report, part: str) -> Memory:
    return next(each for each in report.memory if each.part == part)


def _latencies(report: Report) -> tuple[Judged, ...]:
    floor, product = at_rate(report.floor.open_loop, JUDGED_RATE), at_rate(report.product.open_loop, JUDGED_RATE)
    alone_floor, alone = report.floor.alone.place, report.product.alone.post
    at = f"at {JUDGED_RATE} orders/s"
    p95 = product.booked.p95_ms
    return (
        _compared("POST answered, one after the other, p50", alone_floor.p50_ms, alone.p50_ms, None),
        _compared(f"POST answered {at}, p50", floor.place.p50_ms, product.post.p50_ms, P50_RATIO),
        _compared(f"POST answered {at}, p95", floor.place.p95_ms, product.post.p95_ms, None),
        _compared(f"POST answered {at}, p99", floor.place.p99_ms, product.post.p99_ms, P99_RATIO),
        Judged(f"POST to the broker's receipt {at}, p50", "", _ms(product.to_broker.p50_ms), "", "", None),
        Judged(f"POST to the broker's receipt {at}, p95", "", _ms(product.to_broker.p95_ms), "", "", None),
        Judged(f"fill to booked {at}, p50", "", _ms(product.booked.p50_ms), "", "", None),
        Judged(f"fill to booked {at}, p95", "", _ms(p95), "", f"≤ {BOOKED_P95_MS} ms", p95 <= BOOKED_P95_MS),
    )


def _compared(what: str, floor: float, product: float, aim: float | None) -> Judged:
    ratio = product / floor
    texts = (_ms(floor), _ms(product), f"{ratio:.2f}")
    return Judged(what, *texts, "" if aim is None else f"≤ {aim} x", None if aim is None else ratio <= aim)


def _throughput(report: Report) -> tuple[Judged, ...]:
    floor, product = best(report.floor.saturation).per_second, best(report.product.saturation).per_second
    ratio, one = product / floor, report.product.one_account.per_second
    aim = f"≥ {SATURATION_RATIO} x"
    rate = _per_second
    return (
        Judged("saturation", rate(floor), rate(product), f"{ratio:.2f}", aim, ratio >= SATURATION_RATIO),
        Judged("saturation in one account", rate(floor), rate(one), f"{one / floor:.2f}", "", None),
    )


def _events(report: Report) -> tuple[Judged, ...]:
    loads: tuple[tuple[str, Callable[[Report], ProductLoad]], ...] = (
        ("one after the other", lambda each: each.product.alone),
        (f"at {JUDGED_RATE} orders/s", lambda each: at_rate(each.product.open_loop, JUDGED_RATE)),
    )
    floor = str(report.floor.events.p95)
    lines = ((f"history events of a filled order {when}, p95", of(report).events) for when, of in loads)
    return tuple(
        Judged(
            what,
            floor,
            f"{events.p95} (most {events.most})",
            f"{events.p95 / report.floor.events.p95:.2f}",
            f"≤ {MOST_EVENTS}",
            events.p95 <= MOST_EVENTS,
        )
        for what, events in lines
    )


def _buys(report: Report) -> tuple[Judged, ...]:
    buys = report.parallel
    what = f"{buys.sent} parallel buys with cash for {buys.affordable}: accepted"
    exactly = buys.accepted == buys.affordable and buys.accepted + buys.denied == buys.sent
    return (
        Judged(what, "", str(buys.accepted), "", f"= {buys.affordable}", exactly),
        Judged(f"{buys.sent} parallel buys, last answer", "", f"{buys.seconds:.2f} s", "", "", None),
    )


def _recovery(report: Report) -> tuple[Judged, ...]:
    recovery = report.recovery
    live = f"{recovery.orders:,} live orders"
    seconds = recovery.all_seconds
    in_time = seconds <= RECOVERY_SECONDS
    return (
        Judged(
            f"{live} after the worker's SIGKILL: all answer", "", f"{seconds} s", "", f"≤ {RECOVERY_SECONDS} s", in_time
        ),
        Judged(f"{live}: requests sent again", "", str(recovery.sent_again), "", "= 0", recovery.sent_again == 0),
        Judged(f"{live} filled at once: all booked", "", f"{recovery.filled_seconds} s", "", "", None),
    )


def _worker(report: Report) -> Judged:
    mib = memory_of(report, "worker").resident
    what = f"worker's memory with {report.recovery.orders:,} live orders"
    return Judged(what, "", f"{mib} MiB", "", f"< {WORKER_MIB} MiB", mib < WORKER_MIB)


def _parts(parts: Parts) -> tuple[Judged, ...]:
    load, each = parts.http.load, "processor time of an order to the simulator over HTTP"
    return (
        _at_least("full validations on one core", parts.validations_per_second, VALIDATIONS_PER_SECOND),
        _at_least(
            "simulator's engine in process on one core", parts.engine_orders_per_second, ENGINE_ORDERS_PER_SECOND
        ),
        Judged(f"simulator over HTTP, {load.clients} clients", "", _many_per_second(load.per_second), "", "", None),
        Judged("order to the simulator over HTTP answered, p50", "", _ms(load.answered.p50_ms), "", "", None),
        Judged("order to the simulator over HTTP answered, p99", "", _ms(load.answered.p99_ms), "", "", None),
        Judged(f"{each}: simulator", "", f"{parts.http.simulator_ms:.1f} ms", "", "", None),
        Judged(f"{each}: measuring client", "", f"{parts.http.client_ms:.1f} ms", "", "", None),
    )


def _at_least(what: str, per_second: float, aim: int) -> Judged:
    return Judged(what, "", _many_per_second(per_second), "", f"≥ {_many_per_second(aim)}", per_second >= aim)


def _ms(value: float) -> str:
    return f"{value:.0f} ms"


def _per_second(value: float) -> str:
    return f"{value:.1f}/s"


def _many_per_second(value: float) -> str:
    return f"{value:,.0f}/s"
