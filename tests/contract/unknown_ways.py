"""What each switch of the simulator changes on SSI's wire: one observation per switch, the same for both ways."""

import asyncio
import base64
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import KW_ONLY, dataclass
from itertools import count
from typing import Any
from urllib.parse import quote

import httpx

from tests.contract.listening import until
from tests.contract.raw_wire import Frames, data_token, order, post_order, signature, stream, token
from tests.support.simulator_process import SimulatorProcess

TRADING_HUB, DATA_HUB = "BroadcastHubV2", "FcMarketDataV2Hub"
CONNECTION_TOKEN = "a+b/="
QUIET_SECONDS = 0.8
"""Longer than two ticks of the simulator: what has not come by then does not come."""

ABOVE_ALL_BIDS = 80_100
"""What other observations leave in the book is cheaper."""

_numbers = count(1)


@dataclass(frozen=True)
class Hand:
    """One account of its own at a simulator, and SSI's calls by hand."""

    simulator: SimulatorProcess
    account: str

    def control(self, method: str, path: str, body: object = None) -> Any:
        return self.simulator.call(method, path, body)

    def place(self, request_id: str = "", **changes: object) -> dict[str, Any]:
        """NewOrder of 100 VIC at 80,000; the answer."""
        body = order(request_id or self.next_id(), account=self.account, **changes)
        return self.answer(post_order(self.simulator, json.dumps(body).encode()))

    def change(self, call: str, order_id: str, **changes: object) -> str:
        """ModifyOrder or CancelOrder of an order of VIC; its request id."""
        request_id = self.next_id()
        fields = {"account": self.account, "requestID": request_id, "orderID": order_id, "marketID": "VN"}
        body = json.dumps({**fields, "instrumentID": "VIC", "buySell": "B", **changes}).encode()
        bearer = f"Bearer {token(self.simulator, trade=True)}"
        headers = {"Authorization": bearer, "X-Signature": signature(self.simulator, body)}
        url = f"{self.simulator.url}api/v2/Trading/{call}"
        assert httpx.post(url, content=body, headers=headers).json()["status"] == 200
        return request_id

    def get(self, call: str, area: str = "Trading", bearer: str = "", **query: str) -> httpx.Response:
        headers = {"Authorization": f"Bearer {bearer or token(self.simulator, trade=False)}"}
        url = f"{self.simulator.url}api/v2/{area}/{call}"
        return httpx.get(url, params={"account": self.account, **query}, headers=headers)

    def rows(self, wanted: Callable[[list[dict[str, Any]]], bool]) -> list[dict[str, Any]]:
        """The account's orders as the broker has them, once they are as wanted."""
        path = f"orders?account={self.account}"
        found: list[dict[str, Any]] = until(lambda: rows if wanted(rows := self.control("GET", path)) else None)
        return found

    def resting(self, **changes: object) -> dict[str, Any]:
        """A new order that waits in the book."""
        request_id = self.next_id()
        assert self.place(request_id, **changes)["status"] == 200
        rows = self.rows(lambda rows: any(_is_resting(row, request_id) for row in rows))
        return next(row for row in rows if row["request_id"] == request_id)

    def ended(self) -> str:
        """A new order that was cancelled: the request id of the cancel, whose CL is always told."""
        row = self.resting()
        cancel = self.change("CancelOrder", row["order_id"])
        self.rows(lambda rows: any(each["unique_id"] == cancel and each["status"] == "CL" for each in rows))
        return cancel

    def others_sell(self, quantity: int, price: int = ABOVE_ALL_BIDS) -> None:
        body = {"symbol": "VIC", "side": "SELL", "price": price, "quantity": quantity}
        self.control("POST", "participants", body)

    @asynccontextmanager
    async def stream(self, notify_id: str | None = None, **options: str) -> AsyncIterator[Frames]:
        hub = options.get("hub", TRADING_HUB)
        bearer = data_token(self.simulator) if hub == DATA_HUB else token(self.simulator, trade=False)
        headers = {"Authorization": f"Bearer {bearer}"} | ({} if notify_id is None else {"NotifyID": notify_id})
        async with stream(self.simulator, headers, **options) as frames:
            await frames.next()
            yield frames

    async def heard(self, frames: Frames, cancel: str) -> list[dict[str, Any]]:
        """What was told of the account up to the end of the cancelled order."""
        found: list[dict[str, Any]] = []
        while True:
            (event,) = await frames.events(1)
            if event["data"]["account"] == self.account:
                found.append(event)
            if event["data"]["uniqueID"] == cancel and event["data"].get("orderStatus") == "CL":
                return found

    async def heard_live(self) -> list[dict[str, Any]]:
        """What a stream tells of an order that is placed and cancelled."""
        async with self.stream() as frames:
            return await self.heard(frames, self.ended())

    async def replayed(self, notify_id: str = "0", **options: str) -> list[dict[str, Any]]:
        """What a stream tells again, and of one more order behind it."""
        async with self.stream(notify_id, **options) as frames:
            return await self.heard(frames, self.ended())

    def fetch(self, path: str, bearer: str = "") -> httpx.Response:
        return httpx.get(f"{self.simulator.url}{path}", headers={"Authorization": f"Bearer {bearer}"} if bearer else {})

    def next_id(self) -> str:
        return f"{20_000_000 + next(_numbers)}"

    @staticmethod
    def answer(response: httpx.Response) -> dict[str, Any]:
        found: dict[str, Any] = response.json()
        return found


Observation = Callable[[Hand], Awaitable[object]]


@dataclass(frozen=True)
class Ways:
    """A switch's other value, what is set besides in both ways, and what is looked at."""

    look: Observation
    _: KW_ONLY
    other: object
    besides: dict[str, object] | None = None


def ids(events: list[dict[str, Any]]) -> list[int]:
    return [event["data"]["notifyID"] for event in events]


def words(events: list[dict[str, Any]]) -> list[str]:
    return [event["data"].get("orderStatus", event["type"]) for event in events]


async def http_code(hand: Hand) -> object:
    return hand.fetch(f"api/v2/Trading/orderBook?account={hand.account}").status_code


async def same_id_twice(hand: Hand) -> object:
    request_id = hand.next_id()
    statuses = [hand.place(request_id)["status"] for _ in range(2)]
    await asyncio.sleep(0.1)
    return statuses, len(hand.rows(bool))


async def same_id_of_two_accounts(hand: Hand) -> object:
    request_id = hand.next_id()
    return [each.place(request_id)["status"] for each in (hand, Hand(hand.simulator, "0901351"))]


async def bad_signature(hand: Hand) -> object:
    body = json.dumps(order(hand.next_id(), account=hand.account)).encode()
    headers = {"Authorization": f"Bearer {token(hand.simulator, trade=True)}", "X-Signature": "00" * 256}
    answer = post_order(hand.simulator, body, headers).json()
    return answer["status"], answer["message"]


async def resumed_at_last(hand: Hand) -> object:
    before = await hand.heard_live()
    return len(await hand.replayed(str(ids(before)[-1]))) - len(before)


async def whole_replay(hand: Hand) -> object:
    hand.ended()
    return words(await hand.replayed())


async def replay_with_an_error(hand: Hand) -> object:
    hand.place(price=200_000)
    hand.rows(bool)
    return "orderError" in words(await hand.replayed())


async def first_number(hand: Hand) -> object:
    return ids(await hand.heard_live())[0] == 1


async def steps_between_numbers(hand: Hand) -> object:
    numbers = ids(await hand.heard_live())
    return numbers[1] - numbers[0]


async def number_of_an_early_error(hand: Hand) -> object:
    async with hand.stream() as frames:
        hand.place(price=200_000)
        (event,) = await frames.events(1)
        return event["data"]["notifyID"] == 0


async def statuses_told(hand: Hand) -> object:
    return words(await hand.heard_live())


async def told_of_a_fill(hand: Hand) -> object:
    async with hand.stream() as frames:
        hand.others_sell(100)
        hand.place(price=ABOVE_ALL_BIDS)
        return [event["type"] for event in await frames.events(5)][3:]


async def order_in_the_break(hand: Hand) -> object:
    hand.control("POST", "phases", {"exchange": "HOSE", "phase": "BREAK"})
    try:
        hand.place()
        return [row["status"] for row in hand.rows(bool)]
    finally:
        hand.control("DELETE", "phases/HOSE")


async def row_after_a_cancel(hand: Hand) -> object:
    cancel = hand.ended()
    (row,) = hand.answer(hand.get("orderBook"))["data"]["orders"]
    return row["uniqueID"] == cancel


async def strange_device(hand: Hand) -> object:
    return hand.place(deviceId="my laptop")["status"]


async def two_calls_of_one_kind(hand: Hand) -> object:
    return [hand.get("cashAcctBal").status_code for _ in range(2)]


async def two_kinds_of_calls(hand: Hand) -> object:
    return [hand.get(call).status_code for call in ("cashAcctBal", "stockPosition")]


async def one_call_too_many(hand: Hand) -> object:
    hand.get("cashAcctBal")
    answer = hand.get("cashAcctBal")
    return answer.status_code, answer.headers["content-type"], answer.headers.get("retry-after")


async def second_stream(hand: Hand) -> object:
    async with hand.stream():
        try:
            async with hand.stream():
                return "open"
        except AssertionError as refused:
            return "403" in str(refused) and "blocked" in str(refused)


async def is_idle_stream_alive(hand: Hand) -> object:
    async with hand.stream() as frames:
        return await _comes(frames)


async def negotiated(hand: Hand) -> object:
    answer = hand.fetch("v2.0/signalr/negotiate", token(hand.simulator, trade=False)).json()
    return answer["KeepAliveTimeout"], answer["ProtocolVersion"]


async def before_start(hand: Hand) -> object:
    async with hand.stream() as frames:
        cancel = hand.ended()
        early = await _comes(frames)
        hand.fetch(f"v2.0/signalr/start?connectionToken={quote(CONNECTION_TOKEN)}")
        if not early:
            await hand.heard(frames, cancel)
        return early


async def reconnected(hand: Hand) -> object:
    async with hand.stream() as frames:
        hand.ended()
        told = [json.loads((await frames.next())[1]) for _ in range(4)]
    async with hand.stream(action="reconnect", more=f"&messageId={told[0]['C']}") as frames:
        return words(await hand.heard(frames, hand.ended()))


async def market_order_words(hand: Hand) -> object:
    return [hand.place(orderType=word, price=0)["status"] for word in ("MTL", "MP")]


async def keys_of_a_service(hand: Hand) -> object:
    return sorted(hand.answer(hand.get("cashInAdvanceAmount", area="cash"))["data"])


async def claims(hand: Hand) -> object:
    segment = token(hand.simulator, trade=False).split(".")[1]
    found = json.loads(base64.b64decode(segment + "=" * (-len(segment) % 4)))
    return found.get("exp", 0) - found["iat"] if "exp" in found else None


async def older_token(hand: Hand) -> object:
    older = token(hand.simulator, trade=True)
    token(hand.simulator, trade=False)
    return hand.answer(hand.get("cashAcctBal", bearer=older))["status"]


def _login(hand: Hand, call: str, **more: object) -> dict[str, Any]:
    env = hand.simulator.env
    body = {"consumerID": env["SSI_API_KEY"], "consumerSecret": env["SSI_API_SECRET"], **more}
    return hand.answer(httpx.post(f"{hand.simulator.url}api/v2/Trading/{call}", json=body))


async def one_time_code(hand: Hand) -> object:
    _login(hand, "GetOTP")
    code = hand.control("GET", "one-time-code")["code"]
    return _login(hand, "AccessToken", twoFactorType=1, code=code, isSave=True)["status"]


async def two_codes_asked_for(hand: Hand) -> object:
    await one_time_code(hand)
    return [_login(hand, "GetOTP")["status"] for _ in range(2)]


async def amended_quantity(hand: Hand) -> object:
    hand.others_sell(100)
    row = hand.resting(quantity=500, price=ABOVE_ALL_BIDS)
    assert row["filled"] == 100
    amend = hand.change("ModifyOrder", row["order_id"], orderType="LO", price=ABOVE_ALL_BIDS, quantity=300)
    (row,) = hand.rows(lambda rows: rows[0]["unique_id"] == amend)
    hand.change("CancelOrder", row["order_id"])
    return row["quantity"]


async def first_picture(hand: Hand) -> object:
    async with hand.stream(hub=DATA_HUB) as frames:
        return await _subscribed(frames, "F:VIC")


async def two_channels(hand: Hand) -> object:
    async with hand.stream(hub=DATA_HUB) as frames:
        return await _subscribed(frames, "F:VIC,X:VIC")


async def changes_of_all(hand: Hand) -> object:
    """Whether a second change is told soon after the first."""
    async with hand.stream(hub=DATA_HUB) as frames:
        await _subscribed(frames, "X-QUOTE:ALL")
        hand.others_sell(100, 90_000)
        await frames.events(1)
        hand.others_sell(100, 90_100)
        return await _comes(frames)


async def opaque_fields(hand: Hand) -> object:
    data = (await hand.heard_live())[0]["data"]
    return data["prefix"], data["ipAddress"]


async def cash_after_a_buy(hand: Hand) -> object:
    hand.others_sell(100)
    before = hand.answer(hand.get("cashAcctBal"))["data"]["cashBal"]
    hand.resting(quantity=500, price=ABOVE_ALL_BIDS)
    told = hand.answer(hand.get("cashAcctBal"))["data"]
    return told["cashBal"] - before, told["paidCashT2"]


async def id_of_an_external_order(hand: Hand) -> object:
    body = {"account": hand.account, "symbol": "VIC", "side": "BUY", "price": 80_000, "quantity": 100}
    hand.control("POST", "external-orders", body)
    (row,) = hand.answer(hand.get("orderBook"))["data"]["orders"]
    return row["uniqueID"] is None


async def _comes(frames: Frames) -> bool:
    try:
        await frames.next(QUIET_SECONDS)
    except TimeoutError:
        return False
    return True


async def _subscribed(frames: Frames, channels: str) -> list[str]:
    """The channels told before the invocation is answered."""
    frames.send(f'{{"H":"{DATA_HUB}","M":"SwitchChannels","A":["{channels}"],"I":0}}')
    told: list[str] = []
    while True:
        _, text = await frames.next()
        read = json.loads(text)
        if "I" in read:
            return told
        told += [json.loads(message["A"][0])["DataType"] for message in read.get("M", [])]


def _is_resting(row: dict[str, Any], request_id: str) -> bool:
    return row["request_id"] == request_id and row["status"] in ("QU", "PF")


_ONE_A_MINUTE = {"limits": [{"endpoint": "get:*", "period": "1m", "limit": 1}]}

WAYS: dict[str, tuple[Ways, ...]] = {
    "http_errors": (Ways(http_code, other=True),),
    "duplicate_request": (Ways(same_id_twice, other="repeated"), Ways(same_id_twice, other="taken")),
    "request_ids": (Ways(same_id_of_two_accounts, other="account"),),
    "words": (Ways(bad_signature, other={"bad_signature": {"status": 403, "message": "Chữ ký sai"}}),),
    "replay": (Ways(resumed_at_last, other="after_last"),),
    "replay_keeps": (Ways(whole_replay, other=1),),
    "replay_errors": (Ways(replay_with_an_error, other=False),),
    "notify_ids": (Ways(first_number, other="account"),),
    "notify_id_step": (Ways(steps_between_numbers, other=3),),
    "number_early_errors": (Ways(number_of_an_early_error, other=False),),
    "skipped_statuses": (Ways(statuses_told, other=["SD", "QU"]),),
    "pending_statuses": (Ways(statuses_told, other=True),),
    "match_told": (Ways(told_of_a_fill, other="after_order"),),
    "pre_open": (Ways(order_in_the_break, other="reject"),),
    "books_show_last_request": (Ways(row_after_a_cancel, other=False),),
    "strict_device_id": (Ways(strange_device, other=True),),
    "limits": (Ways(two_calls_of_one_kind, other=_ONE_A_MINUTE["limits"]),),
    "limit_scope": (Ways(two_kinds_of_calls, other="all_calls", besides=dict(_ONE_A_MINUTE)),),
    "throttled": tuple(Ways(one_call_too_many, other=form, besides=dict(_ONE_A_MINUTE)) for form in ("text", "json")),
    "stream_limit": (Ways(second_stream, other=1),),
    "stream_limit_reached": (Ways(second_stream, other="oldest_ends", besides={"stream_limit": 1}),),
    "keep_alive_seconds": (Ways(is_idle_stream_alive, other=0.1),),
    "keep_alive_told": (Ways(negotiated, other=None), Ways(negotiated, other=5.0)),
    "protocol_version": (Ways(negotiated, other="1.5"),),
    "start_needed": (Ways(before_start, other=True),),
    "reconnect_replays": (Ways(reconnected, other=True),),
    "hose_market_order": (Ways(market_order_words, other="MP"),),
    "service_keys": (Ways(keys_of_a_service, other="lower"),),
    "token_seconds": (Ways(claims, other=60),),
    "token_tells_end": (Ways(claims, other=False),),
    "login_ends_older_tokens": (Ways(older_token, other=True),),
    "code_seconds": (Ways(one_time_code, other=0),),
    "codes_before_block": (Ways(two_codes_asked_for, other=1),),
    "amend_quantity": (Ways(amended_quantity, other="open"),),
    "snapshot_on_subscribe": (Ways(first_picture, other=False),),
    "one_channel_per_connection": (Ways(two_channels, other=True),),
    "all_channels_every_ms": (Ways(changes_of_all, other=60_000),),
    "cash_balance": (Ways(cash_after_a_buy, other="before_buys"),),
    "external_orders": (Ways(id_of_an_external_order, other="no_request_id"),),
    "prefix": (Ways(opaque_fields, other="x99"),),
    "ip_address": (Ways(opaque_fields, other="10.0.0.7"),),
}
