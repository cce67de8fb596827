"""Send times are the clock's, whatever becomes of the answers."""

import asyncio

import pytest

from bench.load import closed_loop, open_loop, send_times


def test_send_times_are_evenly_spaced_through_the_measurement() -> None:
    assert send_times(4, 1.5) == (0, 0.25, 0.5, 0.75, 1.0, 1.25)


@pytest.mark.parametrize(("rate", "seconds"), [(0, 10), (10, 0), (-1, 10)])
def test_a_rate_or_a_time_of_nothing_is_refused(rate: int, seconds: float) -> None:
    with pytest.raises(ValueError, match="above zero"):
        send_times(rate, seconds)


async def test_in_an_open_loop_a_slow_answer_delays_no_order_behind_it() -> None:
    released = asyncio.Event()
    started: list[int] = []

    async def send(number: int) -> int:
        started.append(number)
        if number == 2:
            released.set()
        await released.wait()
        return number

    sent = await open_loop((0.0, 0.001, 0.002), send)
    assert started == [0, 1, 2]
    assert [each.answer for each in sent] == [0, 1, 2]


async def test_latency_counts_from_the_planned_time_when_the_client_was_held_up() -> None:
    loop = asyncio.get_running_loop()

    async def send(number: int) -> int:
        if number == 0:
            until = loop.time() + 0.05
            while loop.time() < until:  # the client itself is busy, so the next order goes out late
                pass
        return number

    _, second = await open_loop((0.0, 0.001), send)
    assert second.late >= 0.04
    assert second.seconds >= second.late


async def test_due_times_lie_on_the_walls_clock_as_planned() -> None:
    async def send(number: int) -> int:
        return number

    first, second = await open_loop((0.0, 0.02), send)
    assert (second.due - first.due).total_seconds() == pytest.approx(0.02, abs=1e-4)


async def test_a_closed_loop_sends_all_orders_and_never_more_than_its_clients_at_once() -> None:
    flying = most = 0

    async def send(number: int) -> int:
        nonlocal flying, most
        flying += 1
        most = max(most, flying)
        await asyncio.sleep(0)
        flying -= 1
        return number

    sent = await closed_loop(3, 10, send)
    assert sorted(each.answer for each in sent) == list(range(10))
    assert most == 3
