"""One open connection of a hub: a queue of frames that only its own task sends, in order, some later than others."""

import asyncio
from dataclasses import dataclass, field

from starlette.websockets import WebSocket, WebSocketDisconnect

from simulator.wire import signalr
from simulator.wire.channels import Channels


@dataclass(frozen=True, slots=True)
class Frame:
    """`text` None ends the connection; not sent before `due`, in seconds of the event loop."""

    text: str | None
    due: float = 0.0


@dataclass(eq=False, slots=True)
class Connection:
    """Only data clients choose channels. Until `silent_until` nothing is sent, and what falls into it is lost.

    Before `started` nothing but keep-alives is sent, and the rest waits. `position` is the cursor told last: that of
    the trading stream's message, or a count.
    """

    hub: str
    token: str = ""
    keep_alive_seconds: float = 10.0
    started: asyncio.Event = field(default_factory=asyncio.Event)
    frames: asyncio.Queue[Frame] = field(default_factory=asyncio.Queue)
    channels: Channels = field(default_factory=Channels)
    position: int = 0
    silent_until: float = 0.0
    held_back: dict[tuple[str, str], str] = field(default_factory=dict)
    let_go_at: float = 0.0

    def broadcast(self, text: str, lag_seconds: float = 0.0, position: int | None = None) -> None:
        self.position = self.position + 1 if position is None else position
        due = _now() + lag_seconds if lag_seconds else 0.0
        self.frames.put_nowait(Frame(signalr.broadcast_frame(self.hub, text, self.position), due))

    def let_go(self, every_seconds: float) -> None:
        """Send the latest of what was held back, if the last time was long enough ago."""
        if not self.held_back or _now() < self.let_go_at + every_seconds:
            return
        held, self.held_back, self.let_go_at = self.held_back, {}, _now()
        for text in held.values():
            self.broadcast(text)

    def answer(self, invocation: object) -> None:
        self.frames.put_nowait(Frame(signalr.result_frame(invocation)))

    def hang_up(self) -> None:
        self.started.set()
        self.frames.put_nowait(Frame(None))

    def fall_silent(self, seconds: float) -> None:
        self.silent_until = _now() + seconds

    async def send_all(self, socket: WebSocket) -> None:
        """Send frames, and keep-alives between them, until the connection ends."""
        while True:
            frame = await self._next()
            if frame.text is None:
                await socket.close()
                return
            if _now() < self.silent_until:
                continue
            try:
                await socket.send_text(frame.text)
            except (WebSocketDisconnect, RuntimeError):
                return  # the client has gone; the receiving side ends the connection

    async def _next(self) -> Frame:
        try:
            async with asyncio.timeout(self.keep_alive_seconds):
                await self.started.wait()
                frame = await self.frames.get()
        except TimeoutError:
            return Frame(signalr.KEEP_ALIVE_FRAME)
        # A late frame holds up all behind it: a stream lags, it does not reorder by itself.
        await asyncio.sleep(max(0.0, frame.due - _now()))
        return frame


def _now() -> float:
    return asyncio.get_running_loop().time()
