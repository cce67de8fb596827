"""The market's time as the API shows it: the wall clock, or the simulator's clock that can be set."""

from datetime import UTC, datetime
from typing import Protocol

import httpx
from pydantic import AwareDatetime, BaseModel, NonNegativeInt, ValidationError

from market.clock import MarketClock

_TIMEOUT_SECONDS = 1.0
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_WALL = MarketClock(anchor_wall=_EPOCH, anchor_market=_EPOCH, rate=1, version=0)


class Clock(Protocol):
    async def read(self) -> MarketClock | None:
        """The clock as it is set now; None while it does not answer."""
        ...


class WallClock:
    """Market time is wall time."""

    async def read(self) -> MarketClock | None:
        return _WALL


class _Setting(BaseModel):
    anchor_wall: AwareDatetime
    anchor_market: AwareDatetime
    rate: NonNegativeInt
    version: NonNegativeInt


class RemoteClock:
    """The clock at `url`, read anew each time: what people look at is never a stale setting."""

    def __init__(self, url: str, http: httpx.AsyncClient) -> None:
        self._url = url
        self._http = http

    async def read(self) -> MarketClock | None:
        try:
            response = await self._http.get(self._url, timeout=_TIMEOUT_SECONDS)
            setting = _Setting.model_validate_json(response.raise_for_status().content)
        except (httpx.HTTPError, ValidationError):
            return None
        return MarketClock(setting.anchor_wall, setting.anchor_market, setting.rate, setting.version)
