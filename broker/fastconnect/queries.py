"""Signed-in queries. They change nothing at SSI, so one that failed on an old token is asked once more."""

from collections.abc import Mapping

from broker.fastconnect.outcomes import is_throttled, told_rest
from broker.fastconnect.quotas import Call, Urgency, call_name
from broker.fastconnect.rate_limiter import RateLimiter
from broker.fastconnect.rest import Envelope, Exchange, Obstacle, Reply, Rest, Unreached, answer_of
from broker.fastconnect.tokens import LoginFailed, TokenSource
from broker.port import NoAnswer


class Queries:
    """GET calls to one host. `patience` is the longest wait for a turn, `rest_seconds` the pause after a 429 that
    tells none."""

    def __init__(
        self, rest: Rest, tokens: TokenSource, limiter: RateLimiter, *, patience: float, rest_seconds: float
    ) -> None:
        self._rest = rest
        self._tokens = tokens
        self._limiter = limiter
        self._patience = patience
        self._rest_seconds = rest_seconds

    async def envelope(self, path: str, params: Mapping[str, str]) -> Envelope | NoAnswer:
        """A trading query's envelope."""
        return answer_of(await self.ask(path, params))

    async def ask(self, path: str, params: Mapping[str, str]) -> Exchange:
        """One GET; a token that SSI no longer takes is renewed once."""
        exchange = await self._ask_once(path, params)
        if isinstance(exchange, Reply) and exchange.unauthorised:
            return await self._ask_once(path, params)
        return exchange

    async def _ask_once(self, path: str, params: Mapping[str, str]) -> Exchange:
        token = await self._tokens.token()
        if isinstance(token, LoginFailed):
            return Unreached(token.text, Obstacle.NO_TOKEN)
        call = Call(params.get("account", ""), "GET", call_name(path), Urgency.QUERY)
        late = await self._limiter.turn(call, self._patience)
        if late is not None:
            return Unreached(f"no turn for {call.name} under SSI's rate limits", Obstacle.NO_TURN, late.seconds)
        exchange = await self._rest.call("GET", path, token=token.value, params=params)
        if isinstance(exchange, Reply) and exchange.unauthorised:
            self._tokens.discard(token)
        if isinstance(exchange, Reply) and is_throttled(exchange):
            self._limiter.pause(call, told_rest(exchange) or self._rest_seconds)
        return exchange
