"""The one table of what can go wrong on purpose: each fault's name, what it counts, and what its `value` means."""

from dataclasses import dataclass
from enum import StrEnum


class FaultKind(StrEnum):
    REPLY_DELAY_MS = "reply_delay_ms"
    HANG_BEFORE_TAKING = "hang_before_taking"
    HANG_AFTER_TAKING = "hang_after_taking"
    REFUSE_CONNECTIONS = "refuse_connections"
    DROP_BEFORE_TAKING = "drop_before_taking"
    DROP_REPLY_AFTER_TAKING = "drop_reply_after_taking"
    TOO_MANY_REQUESTS = "too_many_requests"
    SERVER_ERROR_BEFORE_TAKING = "server_error_before_taking"
    SERVER_ERROR_AFTER_TAKING = "server_error_after_taking"
    TRUNCATED_REPLY = "truncated_reply"
    EXPIRED_TOKEN = "expired_token"  # noqa: S105 - a name, no secret
    RESTART_WITH_TOKEN_LOSS = "restart_with_token_loss"  # noqa: S105 - a name, no secret
    LOST_CANCEL_ANSWER = "lost_cancel_answer"
    BOOK_PAGE_FAILS = "book_page_fails"
    STREAM_DROP = "stream_drop"
    STREAM_SILENCE = "stream_silence"
    STREAM_LAG_MS = "stream_lag_ms"
    MESSAGE_LOST = "message_lost"
    MESSAGE_DUPLICATED = "message_duplicated"
    MESSAGES_REORDERED = "messages_reordered"
    FILL_BEFORE_ACK = "fill_before_ack"
    LATE_FILL_AFTER_CANCEL = "late_fill_after_cancel"
    FILL_AFTER_REJECT = "fill_after_reject"
    FILL_AFTER_EXPIRY = "fill_after_expiry"
    OVERFILL = "overfill"
    BUST = "bust"
    CORRECTION = "correction"
    CANCEL_REFUSED = "cancel_refused"
    ORDER_ID_CHANGED_ON_AMEND = "order_id_changed_on_amend"
    BOOK_MISSES_ORDER = "book_misses_order"
    CLOCK_SKEW = "clock_skew"
    UNKNOWN_EXTERNAL_ORDER = "unknown_external_order"


class Counts(StrEnum):
    """What one occurrence of a fault is."""

    CALLS = "calls"
    MESSAGES = "messages"
    ORDERS = "orders"
    EXECUTIONS = "executions"


@dataclass(frozen=True, slots=True)
class FaultRow:
    """`value` says what the number is and, in brackets, what 0 stands for; empty where it means nothing."""

    kind: FaultKind
    counts: Counts
    meaning: str
    value: str = ""


_CALLS, _MESSAGES = Counts.CALLS, Counts.MESSAGES
_ORDERS, _EXECUTIONS = Counts.ORDERS, Counts.EXECUTIONS

FAULTS: tuple[FaultRow, ...] = (
    FaultRow(FaultKind.REPLY_DELAY_MS, _CALLS, "The call is done at once and answered late", "milliseconds"),
    FaultRow(FaultKind.HANG_BEFORE_TAKING, _CALLS, "The call is neither done nor answered", "milliseconds (10 min)"),
    FaultRow(FaultKind.HANG_AFTER_TAKING, _CALLS, "The call is done and never answered", "milliseconds (10 min)"),
    FaultRow(
        FaultKind.REFUSE_CONNECTIONS,
        _CALLS,
        "The connection breaks and the port refuses new ones, /control included",
        "milliseconds (1 s)",
    ),
    FaultRow(FaultKind.DROP_BEFORE_TAKING, _CALLS, "The connection breaks before the call is done"),
    FaultRow(FaultKind.DROP_REPLY_AFTER_TAKING, _CALLS, "The call is done, the connection breaks without an answer"),
    FaultRow(FaultKind.TOO_MANY_REQUESTS, _CALLS, "HTTP 429 in plain text, the call is not done", "Retry-After in s"),
    FaultRow(FaultKind.SERVER_ERROR_BEFORE_TAKING, _CALLS, "An HTML error page, the call is not done", "code (502)"),
    FaultRow(FaultKind.SERVER_ERROR_AFTER_TAKING, _CALLS, "An HTML error page although the call is done", "code (502)"),
    FaultRow(FaultKind.TRUNCATED_REPLY, _CALLS, "The call is done, its JSON ends in the middle"),
    FaultRow(FaultKind.EXPIRED_TOKEN, _CALLS, "The token is called expired, the call is not done"),
    FaultRow(
        FaultKind.RESTART_WITH_TOKEN_LOSS,
        _CALLS,
        "The connection and every stream break, and no token given so far is good any more",
    ),
    FaultRow(FaultKind.LOST_CANCEL_ANSWER, _CALLS, "A CancelOrder is done, the connection breaks without an answer"),
    FaultRow(FaultKind.BOOK_PAGE_FAILS, _CALLS, "A query is answered with a failure", "only this pageIndex (any)"),
    FaultRow(FaultKind.STREAM_DROP, _MESSAGES, "The trading streams break instead of telling"),
    FaultRow(
        FaultKind.STREAM_SILENCE,
        _MESSAGES,
        "From a message on the trading streams stay open and say nothing, not even keep-alives",
        "milliseconds (30 s)",
    ),
    FaultRow(FaultKind.STREAM_LAG_MS, _MESSAGES, "A message and all behind it come late", "milliseconds"),
    FaultRow(FaultKind.MESSAGE_LOST, _MESSAGES, "A message is not sent; a resumed stream has it"),
    FaultRow(FaultKind.MESSAGE_DUPLICATED, _MESSAGES, "A message is sent twice"),
    FaultRow(
        FaultKind.MESSAGES_REORDERED, _MESSAGES, "A message is sent after the next one", "at the latest after ms (1 s)"
    ),
    FaultRow(
        FaultKind.FILL_BEFORE_ACK, _CALLS, "A NewOrder is carried out and told before it is answered", "ms ahead (300)"
    ),
    FaultRow(FaultKind.LATE_FILL_AFTER_CANCEL, _ORDERS, "What was cancelled trades after all", "market ms later"),
    FaultRow(FaultKind.FILL_AFTER_REJECT, _ORDERS, "A new order is rejected, then fills", "market ms later"),
    FaultRow(FaultKind.FILL_AFTER_EXPIRY, _ORDERS, "An expired order fills after all", "market ms later"),
    FaultRow(FaultKind.OVERFILL, _EXECUTIONS, "A filled order trades beyond its quantity", "shares (100)"),
    FaultRow(FaultKind.BUST, _EXECUTIONS, "An execution is taken back", "market ms later"),
    FaultRow(FaultKind.CORRECTION, _EXECUTIONS, "An execution's price is corrected by a tick", "market ms later"),
    FaultRow(FaultKind.CANCEL_REFUSED, _ORDERS, "A cancel is refused that the exchange would have taken"),
    FaultRow(FaultKind.ORDER_ID_CHANGED_ON_AMEND, _ORDERS, "An amended order gets another order id"),
    FaultRow(FaultKind.BOOK_MISSES_ORDER, _ORDERS, "A new order is not in the books yet", "market ms (5 s)"),
    FaultRow(FaultKind.CLOCK_SKEW, _ORDERS, "SSI's times of what a request does are off", "milliseconds, signed"),
    FaultRow(
        FaultKind.UNKNOWN_EXTERNAL_ORDER,
        _ORDERS,
        "With a new order comes one of the same terms that no client sent, as from the iBoard app",
    ),
)
