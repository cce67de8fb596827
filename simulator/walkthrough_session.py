"""One client of SSI's wire that writes down what it sends and hears, with words where runs differ."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

import httpx
import websockets
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.hashes import SHA256

from simulator.credentials import Credentials

_ROWS_SHOWN = 2
_WORDS = (
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+"), "<token>"),
    (re.compile(r"\b[0-9a-f]{512}\b"), "<signature>"),
    (re.compile(r'"\d{13}"'), '"<ms>"'),
    (re.compile(r'"T\d{8}'), '"T<date>'),
    (re.compile(r'("Connection(?:Token|Id)": ?")[^"]+'), r"\1…"),
)


@dataclass(slots=True)
class Session:
    """`lines` is the page so far; `token` signs in once there is one."""

    http: httpx.AsyncClient
    credentials: Credentials
    lines: list[str] = field(default_factory=list)
    token: str = ""
    has_shown_a_frame: bool = False

    def title(self, text: str, why: str) -> None:
        self.lines += [f"## {text}", "", why, ""]

    async def post(self, path: str, body: Mapping[str, object], *, signed: bool = False) -> httpx.Response:
        raw = json.dumps(body, separators=(",", ":")).encode()
        headers = {"Content-Type": "application/json"}
        if signed:
            signature = self.credentials.private_key.sign(raw, PKCS1v15(), SHA256()).hex()
            headers |= {"Authorization": f"Bearer {self.token}", "X-Signature": signature}
        answer = await self.http.post(path, content=raw, headers=headers)
        self._write(f"POST {path}", headers, raw.decode(), answer)
        return answer

    async def get(self, path: str) -> None:
        headers = {"Authorization": f"Bearer {self.token}"}
        self._write(f"GET {path}", headers, "", await self.http.get(path, headers=headers))

    def heard(self, frames: list[str]) -> None:
        """Write what the stream said: the first frame of all as it came, of the others their events."""
        shown = [json.dumps(event_of(frame)) for frame in frames]
        if not self.has_shown_a_frame:
            self.has_shown_a_frame = True
            self.lines += ["The first frame, as it comes:", "", "```json", self._in_words(frames[0]), "```", ""]
        self.lines += ["Events on the stream:", "", "```json", *map(self._in_words, shown), "```", ""]

    def _write(self, request: str, headers: Mapping[str, str], body: str, answer: httpx.Response) -> None:
        said = [request, *(f"{name}: {value}" for name, value in headers.items()), *(("", body) if body else ())]
        self.lines += ["```http", *map(self._in_words, said), "```", ""]
        shown = json.dumps(_cut(answer.json()), ensure_ascii=False)
        self.lines += ["```json", self._in_words(shown), "```", ""]

    def _in_words(self, text: str) -> str:
        keys = self.credentials
        text = text.replace(keys.consumer_id, "<consumer id>").replace(keys.consumer_secret, "<consumer secret>")
        text = text.replace(f'"{keys.pin}"', '"<PIN>"')
        for pattern, word in _WORDS:
            text = pattern.sub(word, text)
        # Inside a frame the event's quotes are escaped.
        return re.sub(r'\\"(?:\d{13}|T\d{8})', _masked_inside, text)


@dataclass(frozen=True, slots=True)
class Ears:
    """The open trading stream."""

    socket: websockets.ClientConnection

    async def until(self, request_id: str, ending: str) -> list[str]:
        """The frames up to the event of `request_id` whose status, or type, is `ending`."""
        frames = []
        while True:
            text = str(await self.socket.recv())
            event = event_of(text)
            if event is None:
                continue
            frames.append(text)
            data = event["data"]
            if data["uniqueID"] == request_id and ending in (data.get("orderStatus"), event["type"]):
                return frames


def event_of(frame: str) -> dict[str, dict[str, str]] | None:
    """The event in a broadcast; None in a frame without one."""
    messages = json.loads(frame).get("M")
    event: dict[str, dict[str, str]] | None = json.loads(messages[0]["A"][0]) if messages else None
    return event


def _masked_inside(found: re.Match[str]) -> str:
    return '\\"T<date>' if "T" in found.group() else '\\"<ms>'


def _cut(value: object) -> object:
    """Long lists without their later rows."""
    if isinstance(value, dict):
        return {name: _cut(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [*map(_cut, value[:_ROWS_SHOWN]), *(["…"] if len(value) > _ROWS_SHOWN else [])]
    return value
