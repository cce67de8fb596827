"""The market stream: FC Data's hub, one connection per channel, each connected again by itself."""

import asyncio
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import aclosing
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

import structlog

from broker.fastconnect.credentials import DEFAULT_TIMEOUTS, Credentials, Timeouts
from broker.fastconnect.following import BackOff
from broker.fastconnect.frames import DATA_HUB, invocation
from broker.fastconnect.market_messages import read_market_message
from broker.fastconnect.rest import Rest
from broker.fastconnect.stream import HubStream, hub_url
from broker.fastconnect.tokens import Logins, TokenSource
from broker.fastconnect.unknowns import SsiBehaviour, behaviour_at
from broker.market_data import DataReopened, MarketMessage
from broker.port import StreamLost

CHANNELS = ("F", "X", "R", "B", "MI")

_SWITCH = "SwitchChannels"
_ALL = "ALL"
# A consumer that is slow holds the sockets up instead of filling the memory.
_MOST_WAITING = 10_000

_log = structlog.get_logger()

_Item = MarketMessage | DataReopened


class FastConnectFeed:
    """Implements `MarketFeed`; `now` is the market's time, for messages that carry no date."""

    def __init__(
        self,
        credentials: Credentials,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        behaviour: SsiBehaviour | None = None,
        channels: Sequence[str] = CHANNELS,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._now = now
        self._behaviour = behaviour if behaviour is not None else behaviour_at(credentials.data_stream_url)
        mask, agent = credentials.without_secrets, credentials.user_agent
        self._rest = Rest(credentials.data_url, timeouts, agent, mask)
        self._hub = Rest(hub_url(credentials.data_stream_url), timeouts, agent, mask)
        self._tokens = TokenSource("data stream", Logins(self._rest, credentials, self._behaviour).data)
        self._stream = HubStream(
            DATA_HUB, credentials.data_stream_url, self._hub, self._tokens, timeouts, self._behaviour
        )
        self._channels = tuple(channels)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._tokens.aclose()
        await self._hub.aclose()
        await self._rest.aclose()

    async def follow(self, symbols: Sequence[str] = ()) -> AsyncGenerator[_Item, None]:
        """Messages of all channels about `symbols` (none: all); indexes are always all."""
        arrived: asyncio.Queue[_Item] = asyncio.Queue(_MOST_WAITING)
        tasks = [asyncio.create_task(self._follow(words, arrived)) for words in self._subscriptions(symbols)]
        try:
            while True:
                yield await _next(arrived, tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    def _subscriptions(self, symbols: Sequence[str]) -> list[str]:
        names = "-".join(symbols) or _ALL
        words = [f"{channel}:{_ALL if channel == 'MI' else names}" for channel in self._channels]
        return [",".join(words)] if self._behaviour.channels_share_a_connection else words

    async def _follow(self, words: str, arrived: asyncio.Queue[_Item]) -> None:
        back_off, clock, again = BackOff(), asyncio.get_running_loop().time, False
        while True:
            begun = clock()
            try:
                async with aclosing(self._stream.messages({}, invocation(DATA_HUB, _SWITCH, words, 0))) as messages:
                    async for raw in messages:
                        if again:
                            await arrived.put(DataReopened())
                            again = False
                        if raw:
                            await arrived.put(read_market_message(raw, self._now()))
            except StreamLost as lost:
                _log.warning("market_stream_lost", channels=words, reason=str(lost))
            again = True
            back_off.lasted(clock() - begun)
            await asyncio.sleep(back_off.pause())


async def _next(arrived: asyncio.Queue[_Item], tasks: Sequence[asyncio.Task[None]]) -> _Item:
    """The next message; a follower that broke on what nobody expected is not waited for in vain."""
    taking = asyncio.ensure_future(arrived.get())
    try:
        await asyncio.wait({taking, *tasks}, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            if task.done():
                task.result()
        return await taking
    finally:
        taking.cancel()
