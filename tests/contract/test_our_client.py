"""Our client against the simulator as a process: both sides of SSI's wire, written apart, must meet."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from broker.fastconnect.connection import FastConnect
from broker.fastconnect.data import FastConnectData
from broker.market_clock import SimulatedClock
from broker.port import (
    Accepted,
    Book,
    BookRow,
    BookTerms,
    BrokerCash,
    BrokerPosition,
    BrokerPositions,
    CancelRequest,
    MarginState,
    MaximumOrder,
    NoAnswer,
    NotSent,
    StreamLost,
    Unknown,
)
from market.band_checks import band_discrepancy
from market.vocabulary import BandDay, InstrumentKind, Side
from orders.evidence import BrokerState
from tests.contract.our_client import (
    REFERENCE,
    TERMS,
    WAIT_SECONDS,
    credentials,
    others_trade,
    request_ids,
    submit_request,
    trading,
)
from tests.support.simulator_process import Control, SimulatorProcess

pytestmark = pytest.mark.stack


async def exhausted(stream: AsyncIterator[str]) -> None:
    async for _ in stream:
        pass


async def only_row(broker: FastConnect, account: str) -> BookRow:
    book = await broker.audit_book(account)
    assert isinstance(book, Book)
    (row,) = book.rows
    return row


async def test_an_order_is_filled_in_two_parts(simulator: SimulatorProcess, account: str) -> None:
    request = submit_request(account)
    async with trading(simulator, account) as (broker, listener):
        assert await broker.submit(request) == Accepted()
        working = await listener.until_state(BrokerState.WORKING)
        assert (working.request_id, working.quantity, working.filled) == (request.request_id, 200, 0)
        others_trade(simulator, Side.SELL, 100)
        others_trade(simulator, Side.SELL, 100)
        filled = await listener.until_state(BrokerState.FILLED)
        await listener.until(lambda heard: len(heard.matches) == 2)
        assert (filled.filled, filled.filled_value, filled.cancelled) == (200, 200 * REFERENCE, 0)
        assert [(match.quantity, match.price) for match in listener.matches] == [(100, REFERENCE)] * 2
        assert {match.broker_order_id for match in listener.matches} == {filled.broker_order_id}
        assert all(message.request_ids[0] == request.request_id for message in listener.messages)
        row = await only_row(broker, account)
        told = replace(filled, number=0)  # only the stream has running numbers
        assert row == BookRow(account, filled.broker_order_id, request.request_id, told, None, row.terms)
        assert row.terms == BookTerms(TERMS.symbol, TERMS.side, TERMS.order_type, TERMS.quantity, TERMS.price)


async def test_cash_and_positions_follow_a_filled_buy(simulator: SimulatorProcess, account: str) -> None:
    async with trading(simulator, account) as (broker, listener):
        before = await broker.cash(account)
        assert before == BrokerCash(settled=100_000_000, held=0, purchasing_power=100_000_000, receivable=0)
        await broker.submit(submit_request(account))
        await listener.until_state(BrokerState.WORKING)
        waiting = await broker.cash(account)
        assert isinstance(waiting, BrokerCash)
        assert waiting.settled == 100_000_000
        assert waiting.held == 200 * REFERENCE * 10_015 // 10_000
        assert waiting.purchasing_power == waiting.settled - waiting.held
        others_trade(simulator, Side.SELL, 200)
        await listener.until_state(BrokerState.FILLED)
        after = await broker.cash(account)
        assert isinstance(after, BrokerCash)
        assert (after.settled, after.held) == (100_000_000 - waiting.held, 0)
        expected = BrokerPosition("FPT", owned=1_200, sellable=1_000, average_price=REFERENCE)
        assert await broker.positions(account) == BrokerPositions((expected,))


async def test_the_largest_buy_and_sale_are_what_money_and_shares_allow(
    simulator: SimulatorProcess, account: str
) -> None:
    async with FastConnect(credentials(simulator)) as broker:
        price = 100_000
        # 1,000 shares cost 100,000,000 VND, and 0.15 % commission on top is more than the account has.
        assert await broker.maximum_buy(account, "FPT", price) == MaximumOrder(900, 100_000_000)
        assert await broker.maximum_sell(account, "FPT") == MaximumOrder(1_000)
        assert await broker.maximum_sell(account, "VIC") == MaximumOrder(0)
        assert isinstance(await broker.maximum_buy("0000000", "FPT", price), NoAnswer)
        assert isinstance(await broker.maximum_sell("0000000", "FPT"), NoAnswer)


async def test_a_resting_buy_lowers_the_purchasing_power_that_margin_tells(
    simulator: SimulatorProcess, account: str
) -> None:
    shares = 1_000 * REFERENCE
    async with trading(simulator, account) as (broker, listener):
        before = await broker.margin(account)
        await broker.submit(submit_request(account, replace(TERMS, price=REFERENCE - 1_000)))
        await listener.until_state(BrokerState.WORKING)
        after = await broker.margin(account)
        assert isinstance(await broker.margin("0000000"), NoAnswer)
    whole = MarginState(
        equity=100_000_000 + shares,
        total_assets=100_000_000 + shares,
        debt=0,
        cash=100_000_000,
        purchasing_power=100_000_000,
        withdrawable=100_000_000,
        margin_call=0,
        margin_ratio=Decimal(0),
        action="",
    )
    left = 100_000_000 - 200 * (REFERENCE - 1_000) * 10_015 // 10_000
    assert before == whole
    assert after == replace(whole, purchasing_power=left, withdrawable=left)


async def test_the_rest_of_an_order_is_cancelled(simulator: SimulatorProcess, account: str) -> None:
    async with trading(simulator, account) as (broker, listener):
        await broker.submit(submit_request(account))
        working = await listener.until_state(BrokerState.WORKING)
        others_trade(simulator, Side.SELL, 100)
        await listener.until(lambda heard: bool(heard.matches))
        cancel = CancelRequest(account, str(next(request_ids)), working.broker_order_id, TERMS)
        assert await broker.cancel(cancel) == Accepted()
        cancelled = await listener.until_state(BrokerState.CANCELED)
        assert (cancelled.request_id, cancelled.filled, cancelled.cancelled) == (cancel.request_id, 100, 100)
        last = next(message for message in listener.messages if message.fact == cancelled)
        assert last.request_ids[0] == cancel.request_id
        assert (await only_row(broker, account)).report.state is BrokerState.CANCELED


async def test_an_order_above_the_ceiling_is_rejected_later(simulator: SimulatorProcess, account: str) -> None:
    request = submit_request(account, replace(TERMS, price=2 * REFERENCE))
    async with trading(simulator, account) as (broker, listener):
        assert await broker.submit(request) == Accepted()
        await listener.until(lambda heard: bool(heard.failures or heard.reports))
        await listener.until(lambda heard: any(m.request_ids[0] == request.request_id for m in heard.messages))
        row = await only_row(broker, account)
        assert (row.report.state, row.request_id) == (BrokerState.REJECTED, request.request_id)
        assert row.report.text


async def test_a_cancel_of_a_finished_order_fails_on_the_stream(simulator: SimulatorProcess, account: str) -> None:
    async with trading(simulator, account) as (broker, listener):
        await broker.submit(submit_request(account))
        others_trade(simulator, Side.SELL, 200)
        filled = await listener.until_state(BrokerState.FILLED)
        cancel = CancelRequest(account, str(next(request_ids)), filled.broker_order_id, TERMS)
        assert await broker.cancel(cancel) == Accepted()
        await listener.until(lambda heard: bool(heard.failures))
        (failed,) = listener.failures
        assert failed.request_id == cancel.request_id
        assert failed.code
        row = await only_row(broker, account)
        assert row.report.state is BrokerState.FILLED
        assert row.failed is not None
        assert row.failed.request_id == cancel.request_id


async def test_a_lost_answer_is_unknown_and_the_book_tells(simulator: SimulatorProcess, account: str) -> None:
    taken, never_taken = submit_request(account), submit_request(account)
    async with FastConnect(credentials(simulator)) as broker:
        simulator.call("POST", "faults", {"kind": "drop_reply_after_taking", "path": "NewOrder"})
        assert isinstance(await broker.submit(taken), Unknown)
        simulator.call("POST", "faults", {"kind": "drop_before_taking", "path": "NewOrder"})
        assert isinstance(await broker.submit(never_taken), Unknown)
        assert (await only_row(broker, account)).request_id == taken.request_id


async def test_a_resumed_stream_repeats_messages_under_the_same_keys(simulator: SimulatorProcess, account: str) -> None:
    async with trading(simulator, account) as (broker, first):
        await broker.submit(submit_request(account))
        await first.until_state(BrokerState.WORKING)
        async with trading(simulator, account) as (_, second):
            await second.until_state(BrokerState.WORKING)
    assert [message.key for message in first.messages] == [message.key for message in second.messages]
    assert len({message.key for message in first.messages}) == len(first.messages)
    assert all(message.sequence for message in first.messages)


async def test_a_hub_that_hangs_up_ends_the_stream(simulator: SimulatorProcess) -> None:
    async with FastConnect(credentials(simulator)) as broker:
        stream = broker.stream(-1)
        await anext(stream)
        simulator.call("POST", "stream/hang-up")
        with pytest.raises(StreamLost):
            await asyncio.wait_for(exhausted(stream), WAIT_SECONDS)


async def test_a_wrong_pin_sends_nothing(simulator: SimulatorProcess, account: str) -> None:
    wrong = replace(credentials(simulator), code="no pin")
    async with FastConnect(wrong) as broker:
        assert isinstance(await broker.submit(submit_request(account)), NotSent)
        assert await broker.audit_book(account) == Book(())


@pytest.mark.parametrize("in_http", [False, True])
async def test_a_query_for_an_account_that_is_not_there_is_no_answer(
    simulator: SimulatorProcess,
    in_http: bool,
) -> None:
    simulator.call("PUT", "settings", {"http_errors": in_http})
    async with FastConnect(credentials(simulator)) as broker:
        assert isinstance(await broker.cash("0000000"), NoAnswer)
    simulator.call("PUT", "settings", {"http_errors": False})


async def test_the_days_instruments_come_from_the_data_host(simulator: SimulatorProcess, control: Control) -> None:
    today = control.today
    with simulator.control as client:
        listed = {row["symbol"]: row for row in client.get("symbols").json()}
    async with FastConnectData(credentials(simulator)) as data:
        instruments = await data.instruments(today)
        assert await data.instruments(date(2020, 1, 2)) == ()
    assert not isinstance(instruments, NoAnswer)
    assert {instrument.symbol for instrument in instruments} == set(listed)
    for instrument in instruments:
        row = listed[instrument.symbol]
        band = (instrument.exchange.value, instrument.reference, instrument.ceiling, instrument.floor)
        assert band == (row["exchange"], row["reference"], row["ceiling"], row["floor"])
        assert (instrument.trading_date, instrument.name) == (today, row["name"])
    kinds = {instrument.symbol: instrument.kind for instrument in instruments}
    assert (kinds["FPT"], kinds["E1VFVN30"]) == (InstrumentKind.STOCK, InstrumentKind.ETF)


async def test_a_first_day_and_the_foreign_room_come_from_the_data_host(
    simulator: SimulatorProcess, control: Control
) -> None:
    today = control.today
    wide = simulator.call("PUT", "symbols/VGT", {"band_day": "FIRST_DAY", "foreign_room": 1_200})
    simulator.call("PUT", "symbols/OIL", {"band_day": "RETURN_DAY"})
    async with FastConnectData(credentials(simulator)) as data:
        instruments = await data.instruments(today)
    assert not isinstance(instruments, NoAnswer)
    found = {instrument.symbol: instrument for instrument in instruments}
    vgt, oil = found["VGT"], found["OIL"]
    assert (vgt.band_day, vgt.ceiling, vgt.foreign_room) == (BandDay.FIRST_DAY, wide["ceiling"], 1_200)
    assert (oil.band_day, oil.foreign_room) == (BandDay.NORMAL, None)
    assert (band_discrepancy(vgt), band_discrepancy(oil) is None) == (None, False)


async def test_the_market_clock_is_the_simulators(simulator: SimulatorProcess) -> None:
    shown = simulator.call("GET", "clock")
    clock = SimulatedClock(f"{simulator.url}control/clock")
    reading = await clock.read()
    await clock.aclose()
    assert (reading.rate, reading.version) == (shown["rate"], shown["version"])
    assert reading.anchor_market.isoformat() == shown["anchor_market"]
