"""Signed-in queries. They change nothing at SSI, so one that failed on an old token is asked once more."""

from collections.abc import Mapping

from broker.fastconnect.rest import Envelope, Exchange, Reply, Rest, Unreached, answer_of
from broker.fastconnect.tokens import LoginFailed, TokenSource
from broker.port import NoAnswer


async def query(rest: Rest, tokens: TokenSource, path: str, params: Mapping[str, str]) -> Envelope | NoAnswer:
    """A trading query's envelope."""
    return answer_of(await ask(rest, tokens, path, params))


async def ask(rest: Rest, tokens: TokenSource, path: str, params: Mapping[str, str]) -> Exchange:
    """One GET; a token that SSI no longer takes is renewed once."""
    exchange = await _ask_once(rest, tokens, path, params)
    if isinstance(exchange, Reply) and exchange.unauthorised:
        return await _ask_once(rest, tokens, path, params)
    return exchange


async def _ask_once(rest: Rest, tokens: TokenSource, path: str, params: Mapping[str, str]) -> Exchange:
    token = await tokens.token()
    if isinstance(token, LoginFailed):
        return Unreached(token.text)
    exchange = await rest.call("GET", path, token=token.value, params=params)
    if isinstance(exchange, Reply) and exchange.unauthorised:
        tokens.discard(token)
    return exchange
