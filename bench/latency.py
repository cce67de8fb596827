"""Percentiles of measured times, and times by the clock: what a figure in the report means."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

CURVE = (*range(0, 100, 2), 99, 100)
"""The percentiles that a plotted curve goes through."""


@dataclass(frozen=True, slots=True)
class Latency:
    """Milliseconds, rounded to a tenth; `curve_ms` holds the percentiles of `CURVE`, empty without a measurement."""

    count: int
    p50_ms: float
    p95_ms: float
    p99_ms: float
    max_ms: float
    curve_ms: tuple[float, ...]


def latency(seconds: Iterable[float]) -> Latency:
    ordered = sorted(seconds)
    if not ordered:
        return Latency(0, math.nan, math.nan, math.nan, math.nan, ())
    p50, p95, p99 = (_milliseconds(percentile(ordered, which)) for which in (50, 95, 99))
    curve = tuple(_milliseconds(percentile(ordered, which)) for which in CURVE)
    return Latency(len(ordered), p50, p95, p99, _milliseconds(ordered[-1]), curve)


def percentile(ordered: Sequence[float], which: float) -> float:
    """Nearest rank: the smallest value that at least `which` percent of `ordered` do not exceed."""
    if not ordered or not 0 <= which <= 100:  # noqa: PLR2004 per cent
        raise ValueError(f"percentile {which} of {len(ordered)} values: it needs a value, and 0 to 100")
    return ordered[max(0, math.ceil(len(ordered) * which / 100) - 1)]


def _milliseconds(seconds: float) -> float:
    return round(seconds * 1_000, 1)
