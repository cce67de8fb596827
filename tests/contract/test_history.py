"""The end-of-day list as our client reads it: days that are over, also after a restart, with every order's end."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from broker.fastconnect.connection import FastConnect
from broker.port import Accepted, Book, BookRow
from market.calendar import previous_trading_day
from market.clock import MarketClock
from market.vocabulary import OrderType, Side
from orders.evidence import BrokerReport, BrokerState
from simulator.app import application
from simulator.commands import NewOrder
from simulator.credentials import load_credentials
from simulator.journal import Journal
from simulator.simulation import Simulation, wall_now
from tests.contract.our_client import (
    REFERENCE,
    TEN_IN_THE_MORNING,
    control,
    credentials,
    new_account,
    others_trade,
    submit_request,
    trading,
)
from tests.support.simulator_process import SimulatorProcess, running_simulator


@pytest.fixture
def simulator(tmp_path: Path) -> Iterator[SimulatorProcess]:
    with running_simulator(tmp_path, participants=False) as process:
        yield process


def today(simulator: SimulatorProcess) -> date:
    return date.fromisoformat(str(control(simulator, "GET", "clock", None)["trading_date"]))


async def history(simulator: SimulatorProcess, account: str, day: date) -> tuple[BookRow, ...]:
    async with FastConnect(credentials(simulator)) as broker:
        book = await broker.history(account, day)
    assert isinstance(book, Book), book
    return book.rows


def ended(account: str, order_id: str, state: BrokerState, filled: int) -> BookRow:
    report = BrokerReport(order_id, "", state, 200, filled, filled * REFERENCE, 200 - filled, price=REFERENCE)
    return BookRow(account, order_id, "", report, None)


@pytest.mark.stack
async def test_yesterdays_orders_are_read_as_they_ended(simulator: SimulatorProcess) -> None:
    account, other = new_account(simulator), new_account(simulator)
    day = today(simulator)
    async with trading(simulator, account) as (broker, listener):
        assert await broker.submit(submit_request(account)) == Accepted()
        first = await listener.until_state(BrokerState.WORKING)
        others_trade(simulator, Side.SELL, 200)
        await listener.until_state(BrokerState.FILLED)
        assert await broker.submit(submit_request(account)) == Accepted()
        await listener.until(lambda heard: [r.state for r in heard.reports].count(BrokerState.WORKING) == 2)
        second = listener.reports[-1]
        assert await broker.submit(submit_request(other)) == Accepted()
    control(simulator, "POST", "clock/next-day", TEN_IN_THE_MORNING)
    assert previous_trading_day(today(simulator)) == day

    expected = (
        ended(account, first.broker_order_id, BrokerState.FILLED, 200),
        ended(account, second.broker_order_id, BrokerState.EXPIRED, 0),
    )
    assert await history(simulator, account, day) == expected
    assert await history(simulator, account, today(simulator)) == ()

    control(simulator, "POST", "clock/next-day", TEN_IN_THE_MORNING)
    simulator.kill()
    simulator.restart()
    assert await history(simulator, account, day) == expected
    assert [row.report.state for row in await history(simulator, other, day)] == [BrokerState.EXPIRED]


async def test_a_day_that_ends_with_the_question_is_already_history(tmp_path: Path) -> None:
    host = "http://simulator/"
    keys = load_credentials(tmp_path, host)
    with Journal(tmp_path / "journal.sqlite") as journal:
        simulation = Simulation(journal, seed=1)
        await simulation.open()
        account = next(iter(simulation.state.accounts))
        day = simulation.state.trading_date
        order = NewOrder("10000001", account, "FPT", Side.BUY, OrderType.LO, REFERENCE, 200, "TA")
        simulation.inbox.take(simulation.state, order, simulation._unsaved)
        simulation.inbox.carry_out_all(simulation.state, simulation._unsaved)
        await simulation.save()
        # Midnight of some later day comes between two ticks, and a client asks before the next one.
        simulation.clock = MarketClock(wall_now(), simulation.state.now + timedelta(days=9), 1, 9)
        transport = httpx.ASGITransport(application(simulation, keys))
        async with httpx.AsyncClient(transport=transport, base_url=host) as client:
            login = {"consumerID": keys.consumer_id, "consumerSecret": keys.consumer_secret, "isSave": False}
            signed_in = await client.post("api/v2/Trading/AccessToken", json=login)
            written = day.strftime("%d/%m/%Y")
            answer = await client.get(
                "api/v2/Trading/orderHistory",
                params={"account": account, "startDate": written, "endDate": written},
                headers={"Authorization": f"Bearer {signed_in.json()['data']['accessToken']}"},
            )
        rows = answer.json()["data"]["orderHistories"]
        assert [(row["orderStatus"], row["uniqueID"]) for row in rows] == [("EX", None)]
