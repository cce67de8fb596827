"""Records docs/simulator/walkthrough.md from a simulator at work: `python -m simulator.walkthrough` in the root.

A session is played through SSI's wire and written down line by line, so that the page changes only when the wire does.
"""

import asyncio
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx
import websockets

from simulator.credentials import Credentials, load_credentials
from simulator.walkthrough_session import Ears, Session, event_of

PAGE = Path("docs/simulator/walkthrough.md")
_ACCOUNT = "0901351"
_START_SECONDS = 20.0
_ORDER = {"account": _ACCOUNT, "instrumentID": "VIC", "buySell": "B"}
_SENDER = {"code": "", "deviceId": "0A-1B-2C-3D-4E-5F", "userAgent": "walkthrough"}
_HUB = "connectionData=%5B%7B%22name%22%3A%22BroadcastHubV2%22%7D%5D"

_HEAD = """\
# A recorded session

Recorded by `python -m simulator.walkthrough`; a test plays it again and compares.
Words stand for what differs from run to run: `<consumer id>`, `<consumer secret>`, `<PIN>`, `<token>`, `<signature>`,
`<ms>` (epoch milliseconds as text), `<date>`. Of long lists the first two rows are shown.
"""


async def record(url: str, credentials: Credentials) -> str:
    """Play the session at a fresh simulator and return the page."""
    async with httpx.AsyncClient(base_url=url, trust_env=False) as http:
        await http.put("control/participants/enabled", json={"enabled": False})
        await http.put("control/clock", json={"rate": 0})
        session = Session(http, credentials)
        await _log_in(session)
        async with websockets.connect(
            f"{url.replace('http', 'ws', 1)}v2.0/signalr/connect?transport=webSockets&connectionToken=1&{_HUB}",
            additional_headers={"Authorization": f"Bearer {session.token}", "NotifyID": "0"},
        ) as stream:
            ears = Ears(stream)
            order_id = await _place_and_fill(session, ears)
            await _amend_and_cancel(session, ears, order_id)
            await _be_refused(session, ears)
        await _read_books(session)
    return "\n".join([_HEAD, *session.lines]).rstrip() + "\n"


async def _log_in(session: Session) -> None:
    keys = session.credentials
    session.title("Login", "With `isSave` true the PIN is checked; the token trades, queries and listens for 8 hours.")
    login = {"consumerID": keys.consumer_id, "consumerSecret": keys.consumer_secret, "twoFactorType": 0}
    answer = await session.post("api/v2/Trading/AccessToken", {**login, "code": keys.pin, "isSave": True})
    session.token = answer.json()["data"]["accessToken"]
    session.title(
        "Stream",
        "Negotiate, then connect by WebSocket with the header `NotifyID`: 0 brings the whole day, -1 only what is new,"
        " n everything from n on. `{}` keeps alive; each event is JSON text inside `A`.",
    )
    await session.get(f"v2.0/signalr/negotiate?clientProtocol=1.5&{_HUB}")


async def _place_and_fill(session: Session, ears: Ears) -> str:
    """The order id that the stream told."""
    session.title("NewOrder", "Taken for processing: the answer has no order id. What becomes of it is on the stream.")
    terms = {"requestID": "10000001", "market": "VN", "orderType": "LO", "price": 85_500, "quantity": 300}
    await session.post("api/v2/Trading/NewOrder", {**_ORDER, **terms, "channelID": "TA", **_SENDER}, signed=True)
    frames = await ears.until("10000001", "QU")
    session.heard(frames)
    session.title("Fill", "Another participant sells 100 shares (`POST /control/participants`).")
    seller = {"symbol": "VIC", "side": "SELL", "price": 85_500, "quantity": 100}
    await session.http.post("control/participants", json=seller)
    session.heard(await ears.until("10000001", "PF"))
    event = event_of(frames[-1])
    return "" if event is None else event["data"]["orderID"]


async def _amend_and_cancel(session: Session, ears: Ears, order_id: str) -> None:
    session.title("ModifyOrder", "Price and quantity as they shall be; the events carry the new request's id.")
    same = {**_ORDER, "orderID": order_id, "marketID": "VN"}
    terms = {"requestID": "10000002", "orderType": "LO", "price": 85_400, "quantity": 300}
    await session.post("api/v2/Trading/ModifyOrder", {**same, **terms, **_SENDER}, signed=True)
    session.heard(await ears.until("10000002", "PF"))
    session.title("CancelOrder", "A part-filled order whose rest is cancelled ends as `FFPC`.")
    await session.post("api/v2/Trading/CancelOrder", {**same, "requestID": "10000003", **_SENDER}, signed=True)
    session.heard(await ears.until("10000003", "FFPC"))


async def _be_refused(session: Session, ears: Ears) -> None:
    session.title("A refusal", "A price above the ceiling is taken like any other; the refusal comes on the stream.")
    terms = {"requestID": "10000004", "market": "VN", "orderType": "LO", "price": 99_900, "quantity": 100}
    await session.post("api/v2/Trading/NewOrder", {**_ORDER, **terms, "channelID": "TA", **_SENDER}, signed=True)
    session.heard(await ears.until("10000004", "orderError"))


async def _read_books(session: Session) -> None:
    session.title("Books", "Queries are not signed, and a token without PIN is enough for them.")
    for name in ("orderBook", "auditOrderBook", "cashAcctBal", "stockPosition"):
        await session.get(f"api/v2/Trading/{name}?account={_ACCOUNT}")
    await session.get(f"api/v2/Trading/maxBuyQty?account={_ACCOUNT}&instrumentID=VIC&price=85500")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
        probe.close()
        command = [sys.executable, "-m", "simulator", "--port", str(port), "--data", folder]
        simulator = subprocess.Popen(command, stderr=subprocess.DEVNULL)  # noqa: S603 - this program's own server
        try:
            url = f"http://127.0.0.1:{port}/"
            _wait_until_ready(url)
            page = asyncio.run(record(url, load_credentials(Path(folder), url)))
        finally:
            simulator.terminate()
            simulator.wait()
    PAGE.write_text(page, encoding="utf-8")


def _wait_until_ready(url: str) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}control/health", trust_env=False).raise_for_status()
        except httpx.TransportError:
            time.sleep(0.05)
        else:
            return
    raise SystemExit(f"the simulator at {url} did not answer within {_START_SECONDS:g} s")


if __name__ == "__main__":
    main()
