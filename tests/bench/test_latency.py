"""What a percentile in the report means."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.latency import CURVE, latency, percentile


def test_a_percentile_is_the_smallest_value_that_so_many_do_not_exceed() -> None:
    ordered = [float(number) for number in range(1, 101)]
    assert [percentile(ordered, which) for which in (0, 1, 50, 95, 99, 100)] == [1, 1, 50, 95, 99, 100]


def test_the_99th_percentile_of_few_values_is_the_largest() -> None:
    assert percentile([1.0, 2.0, 9.0], 99) == 9.0


@given(st.lists(st.floats(0, 60), min_size=1), st.integers(0, 100))
def test_at_least_so_many_values_are_not_above_a_percentile(seconds: list[float], which: int) -> None:
    found = percentile(sorted(seconds), which)
    assert found in seconds
    assert sum(each <= found for each in seconds) * 100 >= which * len(seconds)


@pytest.mark.parametrize(("values", "which"), [([], 50), ([1.0], -1), ([1.0], 101)])
def test_a_percentile_of_nothing_or_beyond_100_is_refused(values: list[float], which: int) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile(values, which)


def test_seconds_in_any_order_become_milliseconds_with_a_curve() -> None:
    found = latency([0.2, 0.1, 0.30004])
    assert (found.count, found.p50_ms, found.p99_ms, found.max_ms) == (3, 200.0, 300.0, 300.0)
    assert len(found.curve_ms) == len(CURVE)
    assert list(found.curve_ms) == sorted(found.curve_ms)


def test_without_a_measurement_there_is_no_figure() -> None:
    found = latency([])
    assert (found.count, found.curve_ms) == (0, ())
    assert math.isnan(found.p50_ms)
