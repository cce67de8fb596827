"""The one table from what happened on the wire to what is proven about an order request.

Nothing that may have reached SSI is `NotSent`, and nothing that may have been taken is `Refused`.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import httpx

from broker.fastconnect.rest import Exchange, Lost, Obstacle, Reply, Unreached, is_success, not_ssi
from broker.fastconnect.unknowns import LIVE, SsiBehaviour
from broker.port import Accepted, NotSent, Outcome, Refused, Unknown

_OK = 200
_THROTTLED = 429
_REFUSALS = frozenset({400, 403, 404, 405, 410, 411, 413, 414, 415, 422})
_BUSINESS_REFUSALS = range(40_001, 40_100)  # SSI's own codes for actions that are not allowed
_LONGEST_REST_SECONDS = 3_600.0


class Proof(StrEnum):
    """Which outcome a row of the table gives."""

    ACCEPTED = "Accepted"
    REFUSED = "Refused"
    NOT_SENT = "NotSent"
    UNKNOWN = "Unknown"


Test = Callable[[Exchange, SsiBehaviour], bool]


@dataclass(frozen=True, slots=True)
class Row:
    """The first row whose `test` holds decides; `seen` and `because` stand in the documentation."""

    case: str
    seen: str
    proof: Proof
    because: str
    test: Test


def _kept_here(obstacle: Obstacle) -> Test:
    return lambda exchange, _: isinstance(exchange, Unreached) and exchange.obstacle is obstacle


def _answered(test: Callable[[Reply], bool]) -> Test:
    return lambda exchange, _: isinstance(exchange, Reply) and test(exchange)


def _status(test: Callable[[int, SsiBehaviour], bool]) -> Test:
    def holds(exchange: Exchange, behaviour: SsiBehaviour) -> bool:
        envelope = exchange.envelope if isinstance(exchange, Reply) else None
        return envelope is not None and test(envelope.status, behaviour)

    return holds


def _is_refusal(status: int, _: SsiBehaviour) -> bool:
    return status in _REFUSALS or status in _BUSINESS_REFUSALS


def _error_that_does_not_count(exchange: Exchange, behaviour: SsiBehaviour) -> bool:
    failed = isinstance(exchange, Reply) and not is_success(exchange)
    return failed and not behaviour.envelope_in_http_error_counts


def _server_error(reply: Reply) -> bool:
    return reply.http_status >= httpx.codes.INTERNAL_SERVER_ERROR


TABLE: tuple[Row, ...] = (
    Row(
        "no-turn",
        "the rate limits leave no turn before the send's deadline",
        Proof.NOT_SENT,
        "the request waits here",
        _kept_here(Obstacle.NO_TURN),
    ),
    Row(
        "needs-otp",
        "no trading token, and only a person's one-time code brings one",
        Proof.NOT_SENT,
        "the request waits here",
        _kept_here(Obstacle.NEEDS_OTP),
    ),
    Row(
        "no-token",
        "the login is refused or not answered",
        Proof.NOT_SENT,
        "without a token the request is not sent",
        _kept_here(Obstacle.NO_TOKEN),
    ),
    Row(
        "no-connection",
        "no connection: unknown host, connect refused or timed out, failed TLS, no free connection",
        Proof.NOT_SENT,
        "the only three errors of httpx before the first byte",
        _kept_here(Obstacle.NO_CONNECTION),
    ),
    Row(
        "lost",
        "timeout at write or read, reset, close, torn or undecodable answer, total time over",
        Proof.UNKNOWN,
        "bytes may have left",
        lambda exchange, _: isinstance(exchange, Lost),
    ),
    Row(
        "http-429",
        "HTTP 429, whatever its body",
        Proof.NOT_SENT,
        "a throttle stands before the order engine",
        _answered(lambda reply: reply.http_status == _THROTTLED),
    ),
    Row(
        "http-5xx",
        "HTTP 5xx, whatever its body",
        Proof.UNKNOWN,
        "a crash or a proxy's timeout may come after the order was taken",
        _answered(_server_error),
    ),
    Row(
        "http-3xx",
        "HTTP 3xx; redirects are not followed",
        Proof.UNKNOWN,
        "whoever answered, it was not SSI",
        _answered(lambda reply: httpx.codes.is_redirect(reply.http_status)),
    ),
    Row(
        "not-ssi",
        "HTML, broken JSON, an empty body, another type, no whole `status`",
        Proof.UNKNOWN,
        "whoever answered, it was not SSI's word on the order",
        _answered(lambda reply: reply.envelope is None),
    ),
    Row(
        "http-error-body",
        "SSI's body in an HTTP 4xx, where `envelope_in_http_error_counts` is false",
        Proof.UNKNOWN,
        "SSI-U1",
        _error_that_does_not_count,
    ),
    Row(
        "accepted",
        "`status` 200 in HTTP 2xx",
        Proof.ACCEPTED,
        "SSI has it; what becomes of it is told on the stream",
        lambda exchange, behaviour: (
            _answered(is_success)(exchange, behaviour) and _status(lambda status, _: status == _OK)(exchange, behaviour)
        ),
    ),
    Row(
        "unauthorised",
        "`status` 401 (`unauthorised_statuses`)",
        Proof.NOT_SENT,
        "stopped before the order engine; the token is renewed (SSI-U3)",
        _status(lambda status, behaviour: status in behaviour.unauthorised_statuses),
    ),
    Row(
        "status-429",
        "`status` 429",
        Proof.NOT_SENT,
        "a throttle stands before the order engine",
        _status(lambda status, _: status == _THROTTLED),
    ),
    Row(
        "duplicate",
        "`status` 408 or 409 (`duplicate_statuses`)",
        Proof.UNKNOWN,
        "an earlier copy may have been taken (SSI-U2)",
        _status(lambda status, behaviour: status in behaviour.duplicate_statuses),
    ),
    Row(
        "refused",
        "`status` 400, 403, 404, 405, 410, 411, 413, 414, 415, 422 or 40001 to 40099",
        Proof.REFUSED,
        "SSI's own no, before the order engine",
        _status(_is_refusal),
    ),
    Row(
        "other-status",
        "any other `status`, and 200 in HTTP 4xx",
        Proof.UNKNOWN,
        "SSI's codes do not tell whether the order was taken",
        lambda _exchange, _behaviour: True,
    ),
)


def row_of(exchange: Exchange, behaviour: SsiBehaviour = LIVE) -> Row:
    """The row that decides."""
    return next(row for row in TABLE if row.test(exchange, behaviour))


def outcome_of(exchange: Exchange, behaviour: SsiBehaviour = LIVE, *, sent_before: bool = False) -> Outcome:
    """What `exchange` proves about the order request it carried; after an earlier send only a yes proves anything."""
    proof = row_of(exchange, behaviour).proof
    if sent_before and proof is not Proof.ACCEPTED:
        return Unknown(f"an earlier send of this request may have arrived; now: {_words(exchange)}")
    match proof:
        case Proof.ACCEPTED:
            return Accepted()
        case Proof.NOT_SENT:
            return _not_sent(exchange)
        case Proof.REFUSED:
            return _refused(exchange)
        case Proof.UNKNOWN:
            return Unknown(_words(exchange))
        case _:
            assert_never(proof)


def is_throttled(exchange: Exchange) -> bool:
    """Whether SSI's rate limit was reached."""
    return row_of(exchange).case in ("http-429", "status-429")


def is_unauthorised(exchange: Exchange, behaviour: SsiBehaviour) -> bool:
    """Whether SSI no longer takes the token that `exchange` carried."""
    refused = isinstance(exchange, Reply) and exchange.unauthorised
    return refused or row_of(exchange, behaviour).case == "unauthorised"


def told_rest(reply: Reply) -> float:
    """The seconds of `Retry-After`; 0 where it tells none that can be used."""
    try:
        seconds = float(reply.retry_after)
    except ValueError:
        return 0.0
    return min(max(seconds, 0.0), _LONGEST_REST_SECONDS) if math.isfinite(seconds) else 0.0


def _not_sent(exchange: Exchange) -> NotSent:
    if isinstance(exchange, Unreached):
        return NotSent(exchange.text, min(exchange.wait_seconds, _LONGEST_REST_SECONDS), exchange.needs_otp)
    throttled = isinstance(exchange, Reply) and is_throttled(exchange)
    return NotSent(_words(exchange), told_rest(exchange) if throttled and isinstance(exchange, Reply) else 0.0)


def _refused(exchange: Exchange) -> Outcome:
    if not isinstance(exchange, Reply) or exchange.envelope is None:
        return Unknown(_words(exchange))
    return Refused(str(exchange.envelope.status), exchange.envelope.message or "SSI gave no reason")


def _words(exchange: Exchange) -> str:
    match exchange:
        case Unreached(text=text) | Lost(text=text):
            return text
        case Reply() if is_throttled(exchange):
            wait = f"; Retry-After: {exchange.retry_after}" if exchange.retry_after else ""
            return f"SSI's rate limit was reached (429){wait}"
        case Reply():
            return _words_of_reply(exchange)
        case _:
            assert_never(exchange)


def _words_of_reply(reply: Reply) -> str:
    if _server_error(reply) or httpx.codes.is_redirect(reply.http_status):
        return f"HTTP {reply.http_status}"
    if reply.envelope is None:
        return not_ssi(reply)
    return f"HTTP {reply.http_status}, status {reply.envelope.status}: {reply.envelope.message or 'SSI gave no reason'}"
