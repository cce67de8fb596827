"""What a soak lets go wrong: every fault of the simulator but those with a stated reason, the same for a seed."""

from itertools import pairwise

import pytest
from pydantic import TypeAdapter

from bench.soak.mishaps import EXCLUDED, Arming, Kill, Mishap, mishaps
from simulator.control.schemas import FaultBody
from simulator.fault_kinds import FAULTS, Counts, FaultKind

MINUTE = 60.0
LONG = tuple(mishaps(1, 10 * MINUTE))
ARMED = [mishap for mishap in LONG if isinstance(mishap, Arming)]
BODY = TypeAdapter(FaultBody)


def test_a_seed_draws_the_same_mishaps_again_and_another_seed_others() -> None:
    assert tuple(mishaps(1, 10 * MINUTE)) == LONG
    assert tuple(mishaps(2, 10 * MINUTE)) != LONG


def test_every_fault_is_drawn_but_those_that_are_excluded_with_a_reason() -> None:
    assert {arming.kind for arming in ARMED} == set(FaultKind) - set(EXCLUDED)
    assert all(reason.strip() for reason in EXCLUDED.values())


def test_no_fault_comes_again_before_every_other_had_its_turn() -> None:
    turn = len(FaultKind) - len(EXCLUDED)
    first = [arming.kind for arming in ARMED[:turn]]
    assert len(set(first)) == turn


def test_mishaps_come_in_the_order_of_their_times_with_a_second_between_them() -> None:
    assert all(later.at - earlier.at >= 1.0 for earlier, later in pairwise(LONG))
    assert LONG[-1].at < 10 * MINUTE


def test_processes_die_too_and_now_and_then_everything() -> None:
    victims = {mishap.victim for mishap in LONG if isinstance(mishap, Kill)}
    assert victims == {"worker", "api", "simulator", "postgres", "temporal", "everything"}


@pytest.mark.parametrize("seed", range(5))
def test_every_arming_is_one_that_the_simulator_takes(seed: int) -> None:
    for mishap in mishaps(seed, 10 * MINUTE):
        if isinstance(mishap, Arming):
            BODY.validate_python(mishap.body)


def test_only_faults_of_calls_are_bound_to_a_call() -> None:
    calls = {row.kind for row in FAULTS if row.counts is Counts.CALLS}
    assert {arming.kind for arming in ARMED if arming.path} <= calls


def test_a_soak_without_time_has_no_mishaps() -> None:
    nothing: list[Mishap] = []
    assert list(mishaps(1, 0.0)) == nothing
