"""SSI's limits on calls as its gateway counts them: a window opens with its first call, one too many is a 429."""

import math
from dataclasses import dataclass, field

from starlette.responses import JSONResponse, Response

from simulator.switches import Limit, LimitScope, Switches, Throttled

_TOO_MANY = 429


@dataclass(slots=True)
class Window:
    """`since` in seconds of the wall's steady clock."""

    since: float
    calls: int = 0


@dataclass(frozen=True, slots=True)
class Exceeded:
    """The limit that a call broke; the next one is taken in `wait` seconds."""

    limit: Limit
    wait: float


@dataclass(slots=True)
class Limits:
    """What was called lately; the limits themselves stand in the switches and may change at any time."""

    windows: dict[tuple[str, str, Limit], Window] = field(default_factory=dict)

    def take(self, switches: Switches, method: str, name: str, account: str, now: float) -> Exceeded | None:
        """Count a call of `account` (empty: the connection key's); None when it is within every limit."""
        each = switches.limit_scope is LimitScope.EACH_CALL
        covering = [limit for limit in switches.limits if limit.covers(method, name)]
        windows = [(limit, self._window((account, name if each else "", limit), now)) for limit in covering]
        for limit, window in windows:
            if window.calls >= limit.limit:
                return Exceeded(limit, window.since + limit.seconds - now)
        for _, window in windows:
            window.calls += 1
        return None

    def _window(self, key: tuple[str, str, Limit], now: float) -> Window:
        window = self.windows.get(key)
        if window is None or now >= window.since + key[2].seconds:
            window = self.windows[key] = Window(now)
        return window


def throttled(form: Throttled, allowed: str, wait: float, *, http_errors: bool = False) -> Response:
    """The answer to one call too many; `allowed` such as `5 per 1s`."""
    text = f"API calls quota exceeded! maximum admitted {allowed}."
    match form:
        case Throttled.TEXT_WITH_RETRY_AFTER:
            return Response(text, _TOO_MANY, {"Retry-After": str(max(1, math.ceil(wait)))}, "text/plain")
        case Throttled.TEXT:
            return Response(text, _TOO_MANY, media_type="text/plain")
        case Throttled.JSON:
            body = {"message": text, "status": _TOO_MANY, "data": None}
            return JSONResponse(body, _TOO_MANY if http_errors else 200)
