"""Where processes read the market's time: the wall clock, or the simulator's clock that can be set and stretched."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol

import httpx
from pydantic import AwareDatetime, BaseModel, NonNegativeInt, ValidationError

from market.clock import MarketClock

FRESH_SECONDS = 0.5
"""A setting of the clock is followed within this time."""

_TIMEOUT_SECONDS = 1.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

WALL_CLOCK = MarketClock(anchor_wall=_EPOCH, anchor_market=_EPOCH, rate=1, version=0)


class ClockUnread(Exception):  # noqa: N818 - the state of a clock, not a mistake of ours
    """The market clock did not answer and was never read before."""


class ClockSource(Protocol):
    async def read(self) -> MarketClock:
        """The clock as it is set now, at most half a second old. Raises `ClockUnread`."""
        ...


class WallClock:
    """Market time is wall time."""

    async def read(self) -> MarketClock:
        return WALL_CLOCK


class _Setting(BaseModel):
    anchor_wall: AwareDatetime
    anchor_market: AwareDatetime
    rate: NonNegativeInt
    version: NonNegativeInt


class SimulatedClock:
    """The clock at `url`; while that does not answer, the last setting read stays in force."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._http = httpx.AsyncClient(timeout=_TIMEOUT_SECONDS, trust_env=False)
        self._clock: MarketClock | None = None
        self._tried_at = 0.0
        self._reading = asyncio.Lock()

    async def aclose(self) -> None:
        await self._http.aclose()

    async def read(self) -> MarketClock:
        async with self._reading:
            if self._clock is None or time.monotonic() - self._tried_at >= FRESH_SECONDS:
                await self._renew()
            if self._clock is None:
                raise ClockUnread(f"the market clock at {self._url} did not answer")
            return self._clock

    async def _renew(self) -> None:
        self._tried_at = time.monotonic()
        try:
            response = await self._http.get(self._url)
            setting = _Setting.model_validate_json(response.raise_for_status().content)
        except (httpx.HTTPError, ValidationError):
            return
        self._clock = MarketClock(setting.anchor_wall, setting.anchor_market, setting.rate, setting.version)
