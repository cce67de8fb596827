"""The engine's measure does real work, the same for the same seed."""

from dataclasses import replace

from bench.simulator_engine import engine_speed


def test_the_measured_orders_are_amended_cancelled_and_executed() -> None:
    speed = engine_speed(orders=200)
    assert speed.orders == 200 < speed.requests
    assert speed.executions > 50
    assert speed.messages > speed.requests
    assert speed.orders_per_second > 0


def test_a_seed_repeats_the_whole_run() -> None:
    first, again, other = (replace(engine_speed(200, seed), seconds=1.0) for seed in (3, 3, 4))
    assert first == again != other
