"""What SSI's clients in Java, .NET, C++ and Node need of the wire that its Python clients do not show."""

import json
from collections.abc import Callable
from itertools import count

import httpx
import pytest

from tests.contract.listening import until
from tests.contract.raw_wire import CLOSE, PING, TEXT, data_token, order, post_order, signature, stream, token
from tests.support.simulator_process import SimulatorProcess

pytestmark = pytest.mark.stack

request_ids = map(str, count(30_000_001))


def compact(body: dict[str, object]) -> bytes:
    return json.dumps(body, separators=(",", ":")).encode()


def pascal(name: str) -> str:
    return name[0].upper() + name[1:]


def ended(simulator: SimulatorProcess, request_id: str) -> str:
    """The status of an order once it is in the broker's books."""
    with simulator.control as control:
        found: str = until(
            lambda: next(
                (row["status"] for row in control.get("orders").json() if row["request_id"] == request_id), None
            )
        )
    return found


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(compact, id="compact, as Node, Java and .NET"),
        pytest.param(lambda body: json.dumps(body).encode(), id="with blanks, as Python"),
        pytest.param(lambda body: json.dumps(body, indent=2).encode(), id="over several lines"),
        pytest.param(
            lambda body: json.dumps({**body, "userAgent": "máy tính"}, ensure_ascii=False).encode(), id="UTF-8"
        ),
        pytest.param(lambda body: json.dumps({**body, "userAgent": "máy tính"}).encode(), id="escaped"),
        pytest.param(lambda body: compact(dict(reversed(body.items()))), id="another order of keys"),
        pytest.param(lambda body: compact({pascal(name): value for name, value in body.items()}), id="PascalCase"),
        pytest.param(lambda body: compact({**body, "modifiable": True}), id="a key that only Java and .NET send"),
    ],
)
def test_a_signature_is_over_the_bodys_bytes_however_they_are_written(
    simulator: SimulatorProcess, written: Callable[[dict[str, object]], bytes]
) -> None:
    request_id = next(request_ids)
    answer = post_order(simulator, written(order(request_id))).json()
    assert (answer["status"], answer["data"]["requestID"]) == (200, request_id)
    assert ended(simulator, request_id) in ("RS", "SD", "QU")


def test_the_same_json_in_other_bytes_has_another_signature(simulator: SimulatorProcess) -> None:
    body = order(next(request_ids))
    headers = {
        "Authorization": f"Bearer {token(simulator, trade=True)}",
        "X-Signature": signature(simulator, compact(body)),
    }
    answer = post_order(simulator, json.dumps(body).encode(), headers).json()
    assert (answer["status"], answer["message"]) == (401, "Invalid signature")


@pytest.mark.parametrize(
    "spelled", [("Authorization", "X-Signature"), ("authorization", "x-signature"), ("AUTHORIZATION", "X-SIGNATURE")]
)
@pytest.mark.parametrize("upper", [False, True], ids=["lower-case hex", "upper-case hex"])
def test_header_names_and_hexadecimal_digits_are_read_in_any_case(
    simulator: SimulatorProcess, spelled: tuple[str, str], upper: bool
) -> None:
    body = compact(order(next(request_ids)))
    signed = signature(simulator, body)
    given = f"bearer {token(simulator, trade=True)}" if upper else f"Bearer {token(simulator, trade=True)}"
    headers = dict(zip(spelled, (given, signed.upper() if upper else signed), strict=True))
    assert post_order(simulator, body, headers).json()["status"] == 200


STALE = {"Authorization": "Bearer ey.of.yesterday", "X-Signature": "00" * 128}


@pytest.mark.parametrize("path", ["Trading/AccessToken", "Trading/GetOTP", "Market/AccessToken"])
def test_a_login_with_headers_of_an_earlier_session_is_taken(simulator: SimulatorProcess, path: str) -> None:
    """Clients that keep one set of headers send what signed and carried their last request."""
    env = simulator.env
    body = {"consumerID": env["SSI_API_KEY"], "consumerSecret": env["SSI_API_SECRET"], "isSave": True}
    answer = httpx.post(simulator.url + f"api/v2/{path}", json={**body, "code": env["SSI_PIN"]}, headers=STALE)
    assert (answer.status_code, answer.json()["status"]) == (200, 200)


def test_a_host_header_may_lack_its_port(simulator: SimulatorProcess) -> None:
    body = compact(order(next(request_ids)))
    headers = {
        "Host": "127.0.0.1",
        "Authorization": f"Bearer {token(simulator, trade=True)}",
        "X-Signature": signature(simulator, body),
    }
    assert post_order(simulator, body, headers).json()["status"] == 200
    negotiated = httpx.get(simulator.url + "v2.0/signalr/negotiate?connectionData=[]", headers=headers)
    assert (negotiated.request.headers["Host"], negotiated.json()["Url"]) == ("127.0.0.1", "/v2.0/signalr")


@pytest.mark.parametrize("hub", ["BroadcastHubV2", "FcMarketDataV2Hub"])
async def test_a_connect_with_a_tid_and_a_host_without_its_port_is_a_connect(
    simulator: SimulatorProcess, hub: str
) -> None:
    """Node's and Java's libraries add the number of a browser's tab, always 10."""
    headers = {"Host": "127.0.0.1", "Authorization": f"Bearer {token(simulator, trade=False)}"}
    async with stream(simulator, headers, hub=hub, more="&tid=10") as frames:
        assert json.loads((await frames.next())[1])["S"] == 1


def test_a_read_token_trades_with_the_code_in_the_order_only(simulator: SimulatorProcess) -> None:
    for code, status in (("", 400), ("wrong", 400), (simulator.env["SSI_PIN"], 200)):
        body = compact(order(next(request_ids), code=code))
        headers = {
            "Authorization": f"Bearer {token(simulator, trade=False)}",
            "X-Signature": signature(simulator, body),
        }
        assert post_order(simulator, body, headers).json()["status"] == status, code


@pytest.mark.parametrize(
    ("price", "quantity", "status"),
    [
        (80_000, 100, 200),
        (80_000.0, 100, 200),
        ("80000", "100", 200),
        (8e4, 100.0, 200),
        (80_000.5, 100, 400),
        (80_000, 100.5, 400),
        (None, 100, 400),
        ("NaN", 100, 400),
        (80_000, True, 400),
    ],
)
def test_numbers_are_read_as_clients_write_them(
    simulator: SimulatorProcess, price: object, quantity: object, status: int
) -> None:
    body = compact(order(next(request_ids), price=price, quantity=quantity))
    assert post_order(simulator, body).json()["status"] == status


def test_answers_have_ssis_keys_and_number_formats(simulator: SimulatorProcess) -> None:
    request_id = next(request_ids)
    answer = post_order(simulator, compact(order(request_id)))
    assert answer.headers["content-type"] == "application/json"
    # The text, because a reader of JSON no longer shows whether a number was written as a double.
    assert '"price":80000.0' in answer.text
    assert '"quantity":100,' in answer.text
    assert list(answer.json()) == ["message", "status", "data"]
    assert set(answer.json()["data"]["requestData"]) == {
        *("instrumentID", "market", "buySell", "orderType", "channelID", "price", "quantity", "account", "stopOrder"),
        *("stopPrice", "stopType", "stopStep", "lossStep", "profitStep"),
    }
    ended(simulator, request_id)
    headers = {"Authorization": f"Bearer {token(simulator, trade=False)}"}
    book = httpx.get(simulator.url + "api/v2/Trading/orderBook?account=0901351", headers=headers).text
    assert f'"uniqueID":"{request_id}"' in book
    assert '"avgPrice":0.0' in book
    assert '"inputTime":"' in book


def test_what_is_not_known_is_answered_in_json_too(simulator: SimulatorProcess) -> None:
    for path in ("api/v2/Trading/nothing", "api/v2/Market/nothing", "api/v2/fco/list", "favicon.ico"):
        answer = httpx.get(simulator.url + path)
        assert isinstance(answer.json()["message"], str), path


def test_javas_offer_of_http_2_does_not_cost_the_body(simulator: SimulatorProcess) -> None:
    body = compact(order(next(request_ids)))
    headers = {
        "Connection": "Upgrade, HTTP2-Settings",
        "Upgrade": "h2c",
        "HTTP2-Settings": "AAEAAEAAAAIAAAAAAAMAAAAAAAQBAAAAAAUAAEAAAAYABgAA",
        "Authorization": f"Bearer {token(simulator, trade=True)}",
        "X-Signature": signature(simulator, body),
    }
    assert post_order(simulator, body, headers).json()["status"] == 200


@pytest.mark.parametrize(
    ("protocol", "told"),
    [("1.3", "1.3"), ("1.5", "1.5"), ("2.0", "2.0"), ("2.1", "2.1"), ("3.0", "2.1"), ("1.0", "1.2"), ("?", "1.2")],
)
@pytest.mark.parametrize("hub", ["BroadcastHubV2", "broadcasthubv2", "fcmarketdatav2hub"])
def test_negotiation_gives_the_standard_reply_in_the_version_that_the_client_speaks(
    simulator: SimulatorProcess, protocol: str, told: str, hub: str
) -> None:
    """Java's library takes its own 1.3 only, .NET's nothing below 1.4."""
    query = {"connectionData": json.dumps([{"name": hub}]), "clientProtocol": protocol, "_": "1700000000000"}
    headers = {"Authorization": f"Bearer {token(simulator, trade=False)}"}
    for method in ("GET", "POST"):
        answer = httpx.request(method, simulator.url + "v2.0/signalr/negotiate", params=query, headers=headers)
        reply = answer.json()
        assert (reply["Url"], reply["ProtocolVersion"], reply["TryWebSockets"]) == ("/v2.0/signalr", told, True)
        assert set(reply) == {
            *("Url", "ConnectionToken", "ConnectionId", "KeepAliveTimeout", "DisconnectTimeout", "ConnectionTimeout"),
            *("TryWebSockets", "ProtocolVersion", "TransportConnectTimeout", "LongPollDelay"),
        }


def test_abort_and_ping_need_no_token(simulator: SimulatorProcess) -> None:
    for method in ("GET", "POST"):
        assert httpx.request(method, simulator.url + "v2.0/signalr/abort?transport=serverSentEvents").status_code == 200
        assert httpx.request(method, simulator.url + "v2.0/signalr/ping").json() == {"Response": "pong"}


@pytest.mark.parametrize("hub", ["BroadcastHubV2", "FcMarketDataV2Hub"])
async def test_abort_closes_the_stream_that_it_names_and_no_other(simulator: SimulatorProcess, hub: str) -> None:
    """.NET's library waits in Stop() until the socket is closed, for half a minute."""
    abort = simulator.url + "v2.0/signalr/abort?transport=webSockets"
    headers = {"Authorization": f"Bearer {token(simulator, trade=False)}"}
    async with stream(simulator, headers, hub=hub) as frames, httpx.AsyncClient() as http:
        assert json.loads((await frames.next())[1])["S"] == 1
        for another in ("", "&connectionToken=", "&connectionToken=another"):
            assert (await http.post(abort + another)).status_code == 200
        frames.send(json.dumps({"H": hub, "M": "nothing", "A": [], "I": "1"}))
        assert json.loads((await frames.next())[1]) == {"I": "1"}
        assert (await http.post(abort + "&connectionToken=a%2Bb%2F%3D")).status_code == 200
        assert (await frames.next())[0] == CLOSE


async def test_an_idle_stream_is_kept_alive_with_text_frames_and_never_with_pings(simulator: SimulatorProcess) -> None:
    """A WebSocket ping kills SSI's Node client; its pong cannot be sent on a present Node."""
    headers = {"Authorization": f"Bearer {token(simulator, trade=False)}", "NotifyID": "-1"}
    async with stream(simulator, headers) as frames:
        opcode, text = await frames.next()
        first = json.loads(text)
        assert (opcode, first["S"], first["M"], type(first["C"])) == (TEXT, 1, [], str)
        opcode, text = await frames.next(seconds=15)
    assert opcode not in (PING, CLOSE)
    assert (opcode, text) == (TEXT, "{}")


@pytest.mark.parametrize("number", [0, 7, "3"])
async def test_an_invocation_is_answered_under_its_number_as_text(
    simulator: SimulatorProcess, number: int | str
) -> None:
    headers = {"Authorization": f"Bearer {data_token(simulator)}"}
    async with stream(simulator, headers, hub="FCMARKETDATAV2HUB") as frames:
        frames.send(json.dumps({"H": "fcmarketdatav2hub", "M": "switchchannels", "A": ["F:NONE"], "I": number}))
        assert json.loads((await frames.next())[1])["S"] == 1
        assert json.loads((await frames.next())[1]) == {"I": str(number)}


async def test_a_stream_resumes_from_notify_id_0_minus_1_or_n(simulator: SimulatorProcess) -> None:
    given = token(simulator, trade=False)
    seen = next(request_ids)
    assert post_order(simulator, compact(order(seen))).json()["status"] == 200
    async with stream(simulator, {"Authorization": f"Bearer {given}", "NotifyID": "0"}) as frames:
        told = await frames.events(1)
        while told[-1]["data"].get("orderStatus") != "QU" or told[-1]["data"]["uniqueID"] != seen:
            told += await frames.events(1)
    last = told[-1]["data"]["notifyID"]
    assert [event["data"]["notifyID"] for event in told] == list(range(1, last + 1))

    for spelled in ("NotifyID", "notifyid", "NOTIFYID"):
        async with stream(simulator, {"Authorization": f"Bearer {given}", spelled: str(last)}) as frames:
            assert [event["data"]["notifyID"] for event in await frames.events(1)] == [last]

    for headers, more in (
        ({"Authorization": f"Bearer {given}", "NotifyID": "-1"}, ""),
        ({"Authorization": f"Bearer {given}"}, ""),
        ({}, f"&access_token={given}"),  # Java sends no NotifyID, and its token in the query
    ):
        async with stream(simulator, headers, more=more) as frames:
            assert json.loads((await frames.next())[1])["S"] == 1
            fresh = next(request_ids)
            post_order(simulator, compact(order(fresh)))
            assert (await frames.events(1))[0]["data"]["uniqueID"] == fresh


async def test_a_reconnect_with_groups_and_cursor_is_a_connect(simulator: SimulatorProcess) -> None:
    """The .NET and Java libraries send what they were last told; SSI resumes by NotifyID alone."""
    headers = {"Authorization": f"Bearer {token(simulator, trade=False)}", "NotifyID": "1"}
    more = "&messageId=d-sim%2C3&groupsToken=abc%2B%2F%3D&tid=10"
    async with stream(simulator, headers, action="reconnect", more=more) as frames:
        assert (await frames.events(1))[0]["data"]["notifyID"] == 1
