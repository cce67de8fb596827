"""Classic ASP.NET SignalR from the server side: negotiate, connect, start, ping and abort for both hubs.

Frames are text: `{"C":…,"S":1,"M":[]}` first, then one broadcast per frame, `{}` as keep-alive. WebSocket pings are
never sent: they kill SSI's Node client.
"""

import json
import re
import secrets
import uuid
from urllib.parse import unquote

from starlette.datastructures import Headers, QueryParams
from starlette.responses import JSONResponse, Response

from simulator.switches import Switches

PREFIX = "v2.0/signalr/"
KEEP_ALIVE_FRAME = "{}"
TRADING_HUB = "BroadcastHubV2"
DATA_HUB = "FcMarketDataV2Hub"
_PROTOCOLS = ("1.2", "2.1")
_VERSION = re.compile("[0-9][.][0-9]")
_CURSOR = "d-sim,"
_LONGEST_NUMBER = 18


def action_of(path: str) -> str | None:
    """The SignalR action in a path, in lower case; None when the path is not SignalR's."""
    lower = path.strip("/").lower()
    return lower.removeprefix(PREFIX) if lower.startswith(PREFIX) else None


def authorization(headers: Headers, query: QueryParams) -> str:
    """The bearer's header; SSI's Java client puts the token into the query."""
    token = query.get("access_token")
    return headers.get("authorization") or (f"Bearer {token}" if token else "")


def hub_of(query: QueryParams) -> str:
    """The hub named in `connectionData`, in SSI's spelling; names are compared without case."""
    named = unquote(query.get("connectionData", "")).lower()
    return DATA_HUB if DATA_HUB.lower() in named else TRADING_HUB


def negotiated(switches: Switches, asked: str) -> JSONResponse:
    """The standard reply; `asked` is the client's `clientProtocol`."""
    return JSONResponse(
        {
            "Url": "/v2.0/signalr",
            "ConnectionToken": secrets.token_urlsafe(48),
            "ConnectionId": str(uuid.uuid4()),
            "KeepAliveTimeout": switches.keep_alive_told,
            "DisconnectTimeout": 30.0,
            "ConnectionTimeout": 110.0,
            "TryWebSockets": True,
            "ProtocolVersion": switches.protocol_version or _protocol(asked),
            "TransportConnectTimeout": 5.0,
            "LongPollDelay": 0.0,
        }
    )


def short_answer(action: str) -> Response | None:
    """The actions that need nothing but a word; None for an unknown one."""
    match action:
        case "start":
            return JSONResponse({"Response": "started"})
        case "ping":
            return JSONResponse({"Response": "pong"})
        case "abort":
            return JSONResponse({})
        case _:
            return None


def first_frame() -> str:
    return json.dumps({"C": _cursor(0), "S": 1, "M": []})


def broadcast_frame(hub: str, text: str, number: int) -> str:
    """One message for the client's `Broadcast`, whose single argument is a JSON text."""
    return json.dumps({"C": _cursor(number), "M": [{"H": hub, "M": "Broadcast", "A": [text]}]})


def result_frame(invocation: object) -> str:
    return json.dumps({"I": str(invocation)})


def position_of(cursor: str) -> int | None:
    """How far a client that reconnects has read; None when it names no cursor of ours."""
    _, _, number = cursor.rpartition(",")
    is_ours = cursor.startswith(_CURSOR) and number.isascii() and number.isdigit() and len(number) <= _LONGEST_NUMBER
    return int(number) if is_ours else None


def _protocol(asked: str) -> str:
    """What ASP.NET SignalR 2 answers: the client's own version as far as the server has it, the lowest for none.

    No constant suits all: Java's library wants 1.3 and nothing else, .NET's wants 1.4 to 2.1.
    """
    if not _VERSION.fullmatch(asked):
        return _PROTOCOLS[0]
    return max(_PROTOCOLS[0], min(asked, _PROTOCOLS[1]))


def _cursor(number: int) -> str:
    return f"{_CURSOR}{number}"
