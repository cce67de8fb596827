"""A morning with one-time codes on the real stack: an order waits, a person enters the code, the order goes out.

The code is a secret all the way: no log and no workflow's history has it.
"""

import asyncio
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from temporalio.api.sdk.v1 import WorkflowMetadata
from temporalio.client import Client

from tests.support.trading import Json, Trading, trading_on
from tests.support.whole_stack import OMS, PROJECT, WholeStack, eventually, running_stack
from workflows.messages import access_id
from workflows.payloads import DATA_CONVERTER

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

ACCESS = "/broker/access"
ENTER = "/broker/one-time-code"
PATIENCE = 30.0


@pytest.fixture(scope="module")
def coded_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeStack]:
    """A stack whose simulator wants one-time codes, with nobody else in the market."""
    folder = tmp_path_factory.mktemp("a stack with codes")
    with running_stack(folder / "home", SSI_TWO_FACTOR_TYPE="1") as running:
        with trading_on(running) as trading:
            trading.control.put("participants/enabled", json={"enabled": False}).raise_for_status()
            trading.next_day()
        yield running


@pytest.fixture
def trading(coded_stack: WholeStack) -> Iterator[Trading]:
    with trading_on(coded_stack) as opened:
        yield opened


@pytest.fixture
def operator(coded_stack: WholeStack) -> Iterator[httpx.Client]:
    token = coded_stack.oms("token", "--user", "operator").stdout.strip()
    base = f"http://127.0.0.1:{coded_stack.environment['PORT']}/api/v1"
    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {token}"}, timeout=10) as client:
        yield client


def access(client: httpx.Client) -> Json:
    answer = client.get(ACCESS)
    if answer.status_code != httpx.codes.OK:
        return {"state": answer.text}
    (found,) = answer.json()["connections"]
    return dict(found)


def sent_code(trading: Trading, operator: httpx.Client) -> str:
    """Have the broker send one, and look at the phone."""
    before = access(operator)["last_request"]
    operator.post(f"{ENTER}/request", json={}).raise_for_status()
    eventually(lambda: access(operator), lambda found: found["last_request"] != before, PATIENCE)
    return str(trading.control.get("one-time-code").raise_for_status().json()["code"])


def details(stack: WholeStack, workflow_id: str) -> str:
    """What the web UI shows on top of the workflow's page."""

    async def read() -> str:
        handle = (await connected(stack)).get_workflow_handle(workflow_id)
        metadata: WorkflowMetadata = await handle.query("__temporal_workflow_metadata", result_type=WorkflowMetadata)
        return str(metadata.current_details)

    return asyncio.run(read())


async def connected(stack: WholeStack) -> Client:
    address = f"127.0.0.1:{stack.environment['TEMPORAL_PORT']}"
    return await Client.connect(address, namespace="oms", data_converter=DATA_CONVERTER)


def everything_written(stack: WholeStack) -> dict[str, bytes]:
    """Every log of the stack, and every event of every workflow with its payloads."""

    async def histories() -> dict[str, bytes]:
        client, found = await connected(stack), {}
        async for each in client.list_workflows():
            history = await client.get_workflow_handle(each.id, run_id=each.run_id).fetch_history()
            found[each.id] = b"\n".join(event.SerializeToString() for event in history.events)
        return found

    logs = {str(path.name): path.read_bytes() for path in Path(stack.home.logs).iterdir() if path.is_file()}
    return {**logs, **asyncio.run(histories())}


def leaks(written: dict[str, bytes], code: str) -> list[str]:
    """Where the code stands as a word of its own, not as digits of a time or an id."""
    word = re.compile(rb"(?<![\w.-])" + code.encode() + rb"(?![\w-])")
    return [name for name, text in written.items() if word.search(text)]


def test_an_order_waits_for_the_code_that_a_person_enters_and_goes_out_with_it(
    coded_stack: WholeStack, trading: Trading, operator: httpx.Client
) -> None:
    eventually(lambda: access(operator), lambda found: found["state"] == "code_needed", PATIENCE)
    workflow = access_id("ssi")
    eventually(lambda: details(coded_stack, workflow), lambda shown: "one-time code needed by" in shown, PATIENCE)
    order = trading.order()
    order_id = trading.place(order)
    eventually(lambda: details(coded_stack, order_id), lambda shown: "waits for a one-time code" in shown, PATIENCE)
    assert trading.at_broker() == []

    wrong = operator.post(ENTER, json={"code": "0000000"})
    assert wrong.status_code == httpx.codes.ACCEPTED, wrong.text
    refused = eventually(lambda: access(operator), lambda found: "login failed" in found["text"], PATIENCE)
    assert refused["state"] == "code_needed"

    code = sent_code(trading, operator)
    assert operator.post(ENTER, json={"code": code}).status_code == httpx.codes.ACCEPTED
    signed_in = eventually(lambda: access(operator), lambda found: found["state"] == "signed_in", PATIENCE)
    assert signed_in["needs_codes"]
    assert "signed in until" in details(coded_stack, workflow)
    trading.wait_for(order_id, "working")
    trading.sell_to(order, 1_000)
    trading.wait_for(order_id, "filled")
    assert len(trading.at_broker()) == 1
    trading.reckon()
    written = everything_written(coded_stack)
    assert b"waits for a one-time code" in written[order_id]
    assert b"a one-time code was used" in written["worker.log"]
    assert [leaks(written, each) for each in (code, "0000000")] == [[], []]


def test_a_code_can_be_entered_at_the_command_line_before_it_is_needed(
    coded_stack: WholeStack, trading: Trading
) -> None:
    assert "the broker sends one to the account's owner" in coded_stack.oms("otp", "--request").stdout
    code = str(trading.control.get("one-time-code").json()["code"])
    done = enter(coded_stack, code)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ssi: signed in until" in done.stdout
    assert code not in done.stdout + done.stderr
    again = enter(coded_stack, code)
    assert (again.returncode, "the code did not sign in: login failed" in again.stderr) == (1, True)
    assert leaks(everything_written(coded_stack), code) == []


def enter(stack: WholeStack, code: str) -> "subprocess.CompletedProcess[str]":
    command: list[Any] = [OMS, "otp"]
    return subprocess.run(  # noqa: S603 - our own program
        command,
        env=dict(stack.environment),
        cwd=PROJECT,
        input=f"{code}\n",
        capture_output=True,
        text=True,
        check=False,
        timeout=90,
    )
