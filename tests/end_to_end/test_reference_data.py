"""The day's reference data on the real stack: they come by a process of their own, on demand, and are cross-checked."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from datetime import date, time
from typing import TypeVar

import httpx
import pytest
from temporalio.client import Client, WorkflowExecutionStatus

from ledger.accounts import AlertKind
from ledger.database import open_engine
from ledger.ledger import Ledger
from ledger.reads.alerts import Alert
from market.calendar import VIETNAM
from tests.end_to_end.test_a_users_day import place, wait_for
from tests.support.reckoning import reckon
from tests.support.whole_stack import WholeStack, eventually
from workflows import messages
from workflows.loading import schedule_reference_data
from workflows.messages import LoadEnd, ReferenceDataLoaded, reference_data_id
from workflows.payloads import DATA_CONVERTER

pytestmark = [pytest.mark.stack, pytest.mark.timeout(240)]

_Answer = TypeVar("_Answer")


def at_temporal(stack: WholeStack, work: Callable[[Client], Awaitable[_Answer]]) -> _Answer:
    async def connected() -> _Answer:
        address = f"127.0.0.1:{stack.environment['TEMPORAL_PORT']}"
        return await work(await Client.connect(address, namespace="oms", data_converter=DATA_CONVERTER))

    return asyncio.run(connected())


def result_of(stack: WholeStack, workflow_id: str) -> ReferenceDataLoaded:
    async def result(client: Client) -> ReferenceDataLoaded:
        handle = client.get_workflow_handle(workflow_id, result_type=ReferenceDataLoaded)
        return await asyncio.wait_for(handle.result(), 20)

    return at_temporal(stack, result)


def run_of(stack: WholeStack, workflow_id: str) -> tuple[str, WorkflowExecutionStatus | None]:
    async def described(client: Client) -> tuple[str, WorkflowExecutionStatus | None]:
        found = await client.get_workflow_handle(workflow_id).describe()
        return found.run_id, found.status

    return at_temporal(stack, described)


def band_alerts(stack: WholeStack) -> list[Alert]:
    async def read() -> list[Alert]:
        engine = open_engine(stack.database_url)
        try:
            found = await Ledger(engine).alerts()
        finally:
            await engine.dispose()
        return [each for each in found if each.kind is AlertKind.BAND_DISCREPANCY]

    return asyncio.run(read())


def market_date(control: httpx.Client) -> date:
    return date.fromisoformat(control.get("clock").raise_for_status().json()["trading_date"])


def operator(stack: WholeStack) -> httpx.Client:
    api = stack.api
    api.headers["Authorization"] = f"Bearer {stack.oms('token', '--user', 'operator').stdout.strip()}"
    return api


@pytest.fixture
def wide_shs(stack: WholeStack) -> Iterator[int]:
    """SHS with the wide band that SSI's lists do not announce; its normal ceiling."""
    with stack.control as control:
        normal = control.put("symbols/SHS", json={"band_day": "NORMAL"}).raise_for_status().json()["ceiling"]
        control.put("symbols/SHS", json={"band_day": "RETURN_DAY"}).raise_for_status()
        yield int(normal)
        control.put("symbols/SHS", json={"band_day": "NORMAL"}).raise_for_status()
        stack.oms("load-instruments")


def test_the_data_of_a_new_day_come_by_a_process_that_bears_its_date(stack: WholeStack) -> None:
    with stack.api as api, stack.control as control:
        before = market_date(control)
        control.post("clock/next-day", json={"time": "09:20"}).raise_for_status()
        today = market_date(control)
        assert today > before
        found = eventually(lambda: api.get("/instruments/VIC"), lambda answer: answer.status_code == 200).json()
        listed = control.get("symbols/VIC").json()
        securities = len(control.get("symbols").json())
    assert found["trading_date"] == today.isoformat()
    assert [found[each] for each in ("reference", "ceiling", "floor")] == [
        listed[each] / 1_000 for each in ("reference", "ceiling", "floor")
    ]
    loaded = result_of(stack, f"reference-data-{today}")
    assert loaded == ReferenceDataLoaded(today, LoadEnd.LOADED, securities, 0)


def test_an_operator_has_the_days_data_loaded_again_and_a_trader_has_not(stack: WholeStack) -> None:
    with stack.api as trader, operator(stack) as api, stack.control as control:
        workflow_id = reference_data_id(market_date(control))
        first, _ = run_of(stack, workflow_id)
        assert trader.post("/instruments/load").json()["code"] == "operator_only"
        control.put("symbols/VNM", json={"foreign_room": 12_300}).raise_for_status()
        asked = api.post("/instruments/load")
        assert (asked.status_code, asked.json()["workflow_id"]) == (202, workflow_id)
        eventually(lambda: api.get("/instruments/VNM").json()["foreign_room"], lambda room: room == 12_300)
        control.put("symbols/VNM", json={"foreign_room": None}).raise_for_status()
    completed = WorkflowExecutionStatus.COMPLETED
    run_id, _ = eventually(lambda: run_of(stack, workflow_id), lambda found: found[1] is completed)
    assert run_id != first


def test_a_data_service_that_fails_is_asked_again_by_the_same_process(stack: WholeStack) -> None:
    async def tries(client: Client) -> list[int]:
        history = await client.get_workflow_handle(reference_data_id(None)).fetch_history()
        started = [event.activity_task_started_event_attributes for event in history.events]
        return [each.attempt for each in started if each.attempt]

    with stack.control as control:
        fault = {"kind": "server_error_before_taking", "path": "DailyStockPrice", "times": 1}
        control.post("faults", json=fault).raise_for_status()
    assert "0 alarms" in stack.oms("load-instruments").stdout
    assert at_temporal(stack, tries) == [2]


def test_a_band_that_differs_from_the_rules_counts_and_raises_one_alert(stack: WholeStack, wide_shs: int) -> None:
    for _ in range(2):
        assert "securities, 1 alarm\n" in stack.oms("load-instruments").stdout
    with stack.api as api, stack.control as control:
        today = market_date(control)
        listed = control.get("symbols/SHS").json()
        ceiling = listed["ceiling"]
        assert ceiling > wide_shs
        assert api.get("/instruments/SHS").json()["ceiling"] == ceiling / 1_000
        terms = {"symbol": "SHS", "side": "BUY", "order_type": "LO", "quantity": 100, "market": "HNX"}
        order = place(api, {**terms, "price": ceiling / 1_000})
        wait_for(api, order["order_id"], "filled", "working", "partially_filled")
        api.delete(f"/orders/{order['order_id']}")
    (alert,) = [each for each in band_alerts(stack) if each.key == f"band_discrepancy:{today}:SHS"]
    assert f"{ceiling:,} VND" in alert.text
    assert f"{wide_shs:,} VND" in alert.text
    reckon(stack)


def test_a_worker_that_starts_renews_the_schedule_and_leaves_a_paused_one_paused(stack: WholeStack) -> None:
    async def renewed(client: Client) -> bool:
        handle = client.get_schedule_handle(messages.REFERENCE_DATA_SCHEDULE_ID)
        await handle.pause(note="until SSI answers")
        try:
            await schedule_reference_data(client)
            return (await handle.describe()).schedule.state.paused
        finally:
            await handle.unpause()

    assert at_temporal(stack, renewed)


def test_the_mornings_loads_stand_in_a_schedule_that_asks_for_the_markets_own_today(stack: WholeStack) -> None:
    async def trigger(client: Client) -> set[time]:
        handle = client.get_schedule_handle(messages.REFERENCE_DATA_SCHEDULE_ID)
        await handle.trigger()
        ahead = (await handle.describe()).info.next_action_times
        local = [each.astimezone(VIETNAM) for each in ahead]
        assert all(each.weekday() < 5 for each in local)
        return {each.time() for each in local}

    async def scheduled(client: Client) -> list[str]:
        handle = client.get_schedule_handle(messages.REFERENCE_DATA_SCHEDULE_ID)
        actions = (await handle.describe()).info.recent_actions
        return [each.action.workflow_id for each in actions]  # type: ignore[attr-defined] # the only kind there is

    assert at_temporal(stack, trigger) == {time(7, 30), time(8, 45)}
    (workflow_id, *_) = eventually(lambda: at_temporal(stack, scheduled), bool)
    with stack.control as control:
        loaded = result_of(stack, workflow_id)
        assert (loaded.trading_date, loaded.end) == (market_date(control), LoadEnd.LOADED)
