"""The end-of-day list as our client reads it: days that are over, also after a restart, with every order's end."""

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
    credentials,
    new_account,
    others_trade,
    submit_request,
    trading,
)
from tests.support.simulator_process import Control, SimulatorProcess


async def history(own_simulator: SimulatorProcess, account: str, day: date) -> tuple[BookRow, ...]:
    async with FastConnect(credentials(own_simulator)) as broker:
        book = await broker.history(account, day)
    assert isinstance(book, Book), book
    return book.rows


def ended(account: str, order_id: str, state: BrokerState, filled: int) -> BookRow:
    report = BrokerReport(order_id, "", state, 200, filled, filled * REFERENCE, 200 - filled, price=REFERENCE)
    return BookRow(account, order_id, "", report, None)


@pytest.mark.stack
async def test_yesterdays_orders_are_read_as_they_ended(own_simulator: SimulatorProcess, own_control: Control) -> None:
    account, other = new_account(own_simulator), new_account(own_simulator)
    day = own_control.today
    async with trading(own_simulator, account) as (broker, listener):
        assert await broker.submit(submit_request(account)) == Accepted()
        first = await listener.until_state(BrokerState.WORKING)
        others_trade(own_simulator, Side.SELL, 200)
        await listener.until_state(BrokerState.FILLED)
        assert await broker.submit(submit_request(account)) == Accepted()
        await listener.until(lambda heard: [r.state for r in heard.reports].count(BrokerState.WORKING) == 2)
        second = listener.reports[-1]
        assert await broker.submit(submit_request(other)) == Accepted()
    own_control.next_day()
    assert previous_trading_day(own_control.today) == day

    expected = (
        ended(account, first.broker_order_id, BrokerState.FILLED, 200),
        ended(account, second.broker_order_id, BrokerState.EXPIRED, 0),
    )
    assert await history(own_simulator, account, day) == expected
    assert await history(own_simulator, account, own_control.today) == ()

    own_control.next_day()
    own_simulator.kill()
    own_simulator.restart()
    assert await history(own_simulator, account, day) == expected
    assert [row.report.state for row in await history(own_simulator, other, day)] == [BrokerState.EXPIRED]


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
