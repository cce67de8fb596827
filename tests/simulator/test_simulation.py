"""The simulation as a whole: what it keeps in memory from day to day, and what it tells whoever starts it."""

from collections.abc import Iterator
from datetime import time
from pathlib import Path

import pytest

from market.vocabulary import OrderType, Side
from simulator.commands import NewOrder
from simulator.credentials import load_credentials
from simulator.greeting import greeting
from simulator.journal import Journal
from simulator.security import Board
from simulator.serving import Place
from simulator.simulation import Simulation
from simulator.starting_accounts import DEFAULT_ACCOUNT


@pytest.fixture
def simulation(tmp_path: Path) -> Iterator[Simulation]:
    with Journal(tmp_path / "journal.sqlite") as journal:
        yield Simulation(journal, seed=1)


async def placed(simulation: Simulation, request_id: str) -> None:
    order = NewOrder(request_id, DEFAULT_ACCOUNT, "FPT", Side.BUY, OrderType.LO, 95_000, 200, "TA")
    await simulation.take(order, before_answer=True)
    await simulation.save()


async def test_messages_of_a_day_that_has_ended_are_forgotten_though_nobody_connects(simulation: Simulation) -> None:
    await simulation.open()
    for number in (1, 2):
        await placed(simulation, str(number))
        today = simulation.state.trading_date
        kept = simulation._messages
        assert kept
        assert {message.trading_date for message in kept} == {today}
        await simulation.next_day(time(10))
    assert simulation._messages == []


async def test_the_greeting_does_not_call_the_pin_a_one_time_code(simulation: Simulation, tmp_path: Path) -> None:
    await simulation.open()
    place = Place(8010, tmp_path)
    credentials = load_credentials(tmp_path, place.url)
    (line,) = [line for line in greeting(place, credentials, simulation).splitlines() if line.strip().startswith("PIN")]
    assert ("one-time" in line, "twoFactorType is 0" in line, credentials.pin in line) == (False, True, True)


async def test_a_day_that_is_jumped_to_has_a_bid_and_an_ask_in_every_security_at_once(simulation: Simulation) -> None:
    await simulation.open()
    await simulation.next_day(time(10))
    books = [security.books[Board.ROUND] for security in simulation.state.securities.values()]
    assert all(book.best(side) for book in books for side in Side)
    await simulation.set_clock(rate=0)
    await simulation.next_day(time(10))
    assert all(book.best(side) for book in books for side in Side), "time has passed with the participants in it"
    waiting = [book.in_time_order() for book in books]
    simulation.bring_up_to_date()
    assert [book.in_time_order() for book in books] == waiting, "while the clock stands still nobody else acts"
