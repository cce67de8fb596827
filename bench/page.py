"""`docs/benchmarks.md`: made from a report, so that no figure in it is written by hand."""

from collections.abc import Iterable, Iterator
from pathlib import Path

from bench.aims import judged
from bench.latency import Latency
from bench.results import FloorLoad, ProductLoad, Report, Saturation

KEPT_HEADING = "## What falls short, and why"
"""What people write under this heading stays when the page is made again."""
_VERDICTS = {True: "met", False: "**missed**", None: ""}
_ABOUT = """# Benchmarks

Made by `./deploy.sh bench` from [benchmarks.json](benchmarks.json); only the last section is written by hand.

The **bare order** is the least that a durable order costs here: one Temporal workflow with an update-with-start, two
fills as signals, three no-op local activities and one no-op activity, on the same server in the same run, without
HTTP, PostgreSQL or a broker. The product is measured with everything running: POST over HTTP, rules, holds and
bookings in PostgreSQL, the simulated broker over SSI's wire. Open loop: send times are fixed by the clock, and latency
counts from the planned time. Each order is one lot, filled whole and at once by a participant's standing offer.
"""
_HOW = """## How each figure is measured

- **POST answered**: from the planned send time to the whole answer, in a client of its own process on kept connections.
- **POST to the broker's receipt**: to the instant at which the simulator got the order's request.
- **Fill to booked**: from the exchange's execution (simulator's clock, to the millisecond) to the last statement of the
  transaction that booked the order's last fill (PostgreSQL's `clock_timestamp()`; its commit follows).
- **Saturation**: closed loop; orders divided by the time from the first send to the end of the last workflow, so that
  what is only queued does not count as done. The best of the tried numbers of clients.
- **History events**: of all runs of an order together, as Temporal's list of closed workflows tells them.
- **Recovery**: SIGKILL to the worker, which its supervisor starts again; every live order is queried until it answers.
  Then one offer fills all of them; requests that reached the broker after the kill are counted.
- **Memory**: resident set of each part with its child processes while the live orders rest; `proportional` divides
  shared pages among those who share them.
"""
_HOW_PARTS = """- **Full validations**: drawn orders of every kind, some of them wrong, each checked against every
  rule of the exchanges in one thread (`bench/rules.py`). This and all below are measured before the stack starts.
- **Simulator's engine**: drawn limit orders, every fifth amended and every fourth cancelled, carried out in one thread
  with the stream's messages made; no HTTP and no disk (`bench/simulator_engine.py`).
- **Simulator over HTTP**: limit orders drawn alike, in a closed loop, each signed and sent by the product's own client
  to a simulator that runs alone, its market open, its journal on the disk and no stream connected; accepted orders
  divided by the time from the first send to the last answer. The simulator answers once the request is stored and works
  on it 10 ms later; the run counts only if every accepted order then stands in its book (`bench/simulator_http.py`).
- **Processor time of an order to the simulator over HTTP**: of all threads, divided by the orders. Client and simulator
  share the machine: the larger of the two is the nearer limit of the rate.
"""


def write_page(report: Report, file: Path) -> None:
    file.write_text(page(report, kept_section(file)))


def page(report: Report, kept: str) -> str:
    parts = (_ABOUT, _judged(report), _plot(), _loads(report), _saturations(report), _memory(report), _machine(report))
    how = _HOW if report.parts is None else f"{_HOW}{_HOW_PARTS}"
    return "\n".join((*parts, how, kept))


def kept_section(file: Path) -> str:
    """The hand-written end of the page as it is, or an empty one."""
    text = file.read_text() if file.exists() else ""
    _, found, rest = text.partition(KEPT_HEADING)
    return f"{KEPT_HEADING}{rest}" if found else f"{KEPT_HEADING}\n"


def _judged(report: Report) -> str:
    lines = ((e.what, e.floor, e.product, e.ratio, e.aim, _VERDICTS[e.met]) for e in judged(report))
    return _table(("figure", "bare order", "product", "ratio", "aim", ""), lines)


def _plot() -> str:
    return "![Share of orders by latency at each rate](benchmarks.svg)\n"


def _loads(report: Report) -> str:
    heads = ("orders/s", "", "p50", "p95", "p99", "most", "orders")
    pairs = zip(
        (report.floor.alone, *report.floor.open_loop), (report.product.alone, *report.product.open_loop), strict=True
    )
    lines = (line for floor, product in pairs for line in _load(floor, product))
    return f"## Latency by rate, ms\n\n{_table(heads, lines)}"


def _load(floor: FloorLoad, product: ProductLoad) -> Iterator[tuple[str, ...]]:
    rate = str(product.rate) if product.rate else "one after the other"
    yield (rate, "bare order placed", *_figures(floor.place))
    yield (rate, "POST answered", *_figures(product.post))
    yield (rate, "POST to the broker's receipt", *_figures(product.to_broker))
    yield (rate, "fill to booked", *_figures(product.booked))
    yield (rate, "client behind its own clock", *_figures(product.client_late))
    if product.other_answers:
        yield (rate, "answers other than 201", "", "", "", "", str(product.other_answers))


def _figures(latency: Latency) -> tuple[str, ...]:
    times = (latency.p50_ms, latency.p95_ms, latency.p99_ms, latency.max_ms)
    return (*(f"{time:.1f}" for time in times), str(latency.count))


def _saturations(report: Report) -> str:
    heads = ("clients", "", "orders/s", "answered p50, ms", "p99, ms", "not accepted", "orders")
    named = (
        *(("bare orders", each) for each in report.floor.saturation),
        *((f"product, {report.plan.accounts} accounts", each) for each in report.product.saturation),
        ("product, one account", report.product.one_account),
        *(() if report.parts is None else (("simulator alone over HTTP", report.parts.http.load),)),
    )
    return f"## Closed loop\n\n{_table(heads, (_saturation(name, each) for name, each in named))}"


def _saturation(name: str, each: Saturation) -> tuple[str, ...]:
    times = (f"{each.answered.p50_ms:.0f}", f"{each.answered.p99_ms:.0f}")
    return (str(each.clients), name, f"{each.per_second:.1f}", *times, str(each.other_answers), str(each.orders))


def _memory(report: Report) -> str:
    heads = ("part", "processes", "resident, MiB", "proportional, MiB")
    lines = ((e.part, str(e.processes), str(e.resident), str(e.proportional)) for e in report.memory)
    return f"## Memory with {report.recovery.orders:,} live orders\n\n{_table(heads, lines)}"


def _machine(report: Report) -> str:
    machine = report.machine
    versions = ", ".join(f"{name} {number}" for name, number in machine.versions.items())
    lines = (
        ("measured", f"{machine.measured_at}, {report.plan.name} run"),
        ("commit", machine.commit),
        ("machine", f"{machine.processor}, {machine.cores} cores, {machine.memory_gib} GiB, {machine.filesystem}"),
        ("system", machine.system),
        ("load before the run", f"{machine.load_before:.2f}"),
        ("versions", versions),
        ("Temporal server", ", ".join(f"`{setting}`" for setting in machine.temporal_settings)),
    )
    return f"## Machine and settings\n\n{_table(('', ''), lines)}"


def _table(heads: Iterable[str], lines: Iterable[Iterable[str]]) -> str:
    heads = tuple(heads)
    rows = (heads, ("---",) * len(heads), *lines)
    return "".join(f"| {' | '.join(row)} |\n" for row in rows)
