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
    """Only data clients choose channels. Until `silent_until` nothing is sent, and what falls into it is lost."""

    hub: str
    frames: asyncio.Queue[Frame] = field(default_factory=asyncio.Queue)
    channels: Channels = field(default_factory=Channels)
    sent: int = 0
    silent_until: float = 0.0

    def broadcast(self, text: str, lag_seconds: float = 0.0) -> None:
        self.sent += 1
        due = _now() + lag_seconds if lag_seconds else 0.0
        self.frames.put_nowait(Frame(signalr.broadcast_frame(self.hub, text, self.sent), due))

    def answer(self, invocation: object) -> None:
        self.frames.put_nowait(Frame(signalr.result_frame(invocation)))

    def hang_up(self) -> None:
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
            frame = await asyncio.wait_for(self.frames.get(), signalr.KEEP_ALIVE_SECONDS)
        except TimeoutError:
            return Frame(signalr.KEEP_ALIVE_FRAME)
        # A late frame holds up all behind it: a stream lags, it does not reorder by itself.
        await asyncio.sleep(max(0.0, frame.due - _now()))
        return frame


def _now() -> float:
    return asyncio.get_running_loop().time()
