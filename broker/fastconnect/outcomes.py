"""The one table from what happened on the wire to what is proven about an order request.

Nothing that may have reached SSI is `NotSent`, and nothing that may have been taken is `Refused`.
"""

from typing import assert_never

import httpx

from broker.fastconnect.rest import UNAUTHORISED, Envelope, Exchange, Lost, Reply, Unreached, is_success, not_ssi
from broker.port import Accepted, NotSent, Outcome, Refused, Unknown

_THROTTLED = 429
# 408 and 409 prove nothing: the first copy of a request that something on the way doubled may have been taken.
_REFUSALS = frozenset({400, 403, 404, 405, 410, 411, 413, 414, 415, 422})
_BUSINESS_REFUSALS = range(40_001, 40_100)  # SSI's own codes for actions that are not allowed


def outcome_of(exchange: Exchange) -> Outcome:
    """What `exchange` proves about the order request it carried."""
    match exchange:
        case Unreached(text):
            return NotSent(text)
        case Lost(text):
            return Unknown(text)
        case Reply():
            return _of_reply(exchange)
        case _:
            assert_never(exchange)


def _of_reply(reply: Reply) -> Outcome:
    if reply.http_status == _THROTTLED:
        return _throttled(reply)
    if reply.http_status >= httpx.codes.INTERNAL_SERVER_ERROR or httpx.codes.is_redirect(reply.http_status):
        return Unknown(f"HTTP {reply.http_status}")
    if reply.envelope is None:
        return Unknown(not_ssi(reply))
    return _of_envelope(reply, reply.envelope)


def _of_envelope(reply: Reply, envelope: Envelope) -> Outcome:
    text = envelope.message or "SSI gave no reason"
    match envelope.status:
        case 200 if is_success(reply):
            return Accepted()
        case 401:
            return NotSent(f"SSI did not take the request, status {UNAUTHORISED}: {text}")
        case 429:
            return _throttled(reply)
        case status if status in _REFUSALS or status in _BUSINESS_REFUSALS:
            return Refused(str(status), text)
        case status:
            return Unknown(f"HTTP {reply.http_status}, status {status}: {text}")


def _throttled(reply: Reply) -> NotSent:
    wait = f"; Retry-After: {reply.retry_after}" if reply.retry_after else ""
    return NotSent(f"SSI's rate limit was reached (429){wait}")
