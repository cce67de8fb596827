"""Phases stretched and halted through `/control`, as the data stream shows them and as orders meet them."""

import json
from typing import Any

import httpx
import pytest

from tests.contract.listening import is_order, until
from tests.contract.raw_wire import Frames, data_token, stream
from tests.contract.ssi import Orders, hang_up, listen, trading_client
from tests.support.simulator_process import Control, SimulatorProcess

pytestmark = pytest.mark.stack


def stand(control: Control, exchange: str, phase: str) -> dict[str, str]:
    rows = control.post("phases", json={"exchange": exchange, "phase": phase}).raise_for_status().json()
    return {row["exchange"]: row["phase"] for row in rows}


class AsyncControl(httpx.AsyncClient):
    async def today(self) -> str:
        day: str = (await self.get("clock")).json()["trading_date"]
        return day


async def until_shown(frames: Frames, session: str, status: str = "N") -> None:
    """Read F messages of VIC until one shows this."""
    while True:
        (event,) = await frames.events(1)
        content: dict[str, Any] = json.loads(event["Content"])
        assert (event["DataType"], content["Symbol"]) == ("F", "VIC")
        if (content["TradingSession"], content["TradingStatus"]) == (session, status):
            return


async def test_the_data_stream_shows_halts_stretches_and_their_ends(own_simulator: SimulatorProcess) -> None:
    headers = {"Authorization": f"Bearer {data_token(own_simulator)}"}
    async with AsyncControl(base_url=f"{own_simulator.url}control/") as control:
        await control.put("clock", json={"now": f"{await control.today()}T14:00:00+07:00", "rate": 0})
        async with stream(own_simulator, headers, hub="FcMarketDataV2Hub") as frames:
            await frames.next()
            frames.send('{"H":"FcMarketDataV2Hub","M":"SwitchChannels","A":["F:VIC"],"I":0}')
            await until_shown(frames, "LO")
            await control.post("symbols/VIC/halt")
            await until_shown(frames, "HALT", "H")
            await control.post("symbols/VIC/resume")
            await until_shown(frames, "LO")
            await control.post("phases", json={"exchange": "HOSE", "phase": "HALTED"})
            await until_shown(frames, "HALT")
            await control.delete("phases/HOSE")
            await until_shown(frames, "LO")
            await control.post("phases", json={"exchange": "HOSE", "phase": "CONT_PM"})
            await until_shown(frames, "LO")
            await control.put("clock", json={"now": f"{await control.today()}T14:40:00+07:00"})
            assert (await control.get("clock")).json()["phases"]["HOSE"] == "CONT_PM"
            await control.delete("phases/HOSE")
            await until_shown(frames, "ATC")


def test_a_stretched_closing_auction_goes_on_over_a_kill_and_crosses_when_it_ends(
    own_simulator: SimulatorProcess, own_control: Control
) -> None:
    client = trading_client(own_simulator)
    orders = Orders(own_simulator, client)
    heard, stream_of_orders = listen(own_simulator, client, "0")
    own_control.set_time("14:31:00")
    request_id = orders.place("VIC", "B", 0, 200, order_type="ATC")
    heard.wait_for(is_order(request_id, "QU"))
    hang_up(stream_of_orders)
    own_control.other_order("VIC", "SELL", 85_000, 200)
    stand(own_control, "HOSE", "CLOSE_AUCTION")
    own_control.set_time("14:50:00")

    own_simulator.kill()
    own_simulator.restart()

    rows = {row["exchange"]: row for row in own_control.get("phases").json()}
    assert (rows["HOSE"]["phase"], rows["HNX"]["since"]) == ("CLOSE_AUCTION", None)
    assert [order["status"] for order in own_control.get("orders").json()] == ["QU"]
    own_control.delete("phases/HOSE").raise_for_status()
    filled = until(lambda: own_control.get("fills").json() or None)
    assert [(fill["price"], fill["quantity"]) for fill in filled] == [(85_500, 200)]


def test_what_cannot_be_is_refused_with_what_can(own_control: Control) -> None:
    wrong = own_control.post("phases", json={"exchange": "HNX", "phase": "OPEN_AUCTION"})
    assert (wrong.status_code, "PLO" in wrong.json()["detail"]) == (422, True)
    assert own_control.delete("phases/HNX").status_code == 404
