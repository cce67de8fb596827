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


@dataclass(frozen=True, slots=True, kw_only=True)
class FaultRow:
    """`value` says what the number is and, in brackets, what 0 stands for; empty where it means nothing.

    `outcome` is what the order management service makes of it, proven by a test on a whole stack.
    """

    kind: FaultKind
    counts: Counts
    meaning: str
    outcome: str
    value: str = ""


_FOUND = "Unknown with its hold; found by its request id in stream or book; never sent again"
_NEVER_ARRIVED = "Unknown with its hold, never sent again; closed by the day's end or by a person"

FAULTS: tuple[FaultRow, ...] = (
    FaultRow(
        kind=FaultKind.REPLY_DELAY_MS,
        counts=Counts.CALLS,
        meaning="The call is done at once and answered late",
        value="milliseconds",
        outcome="The answer is waited for, or the stream tells first; one order",
    ),
    FaultRow(
        kind=FaultKind.HANG_BEFORE_TAKING,
        counts=Counts.CALLS,
        meaning="The call is neither done nor answered",
        value="milliseconds (10 min)",
        outcome=_NEVER_ARRIVED,
    ),
    FaultRow(
        kind=FaultKind.HANG_AFTER_TAKING,
        counts=Counts.CALLS,
        meaning="The call is done and never answered",
        value="milliseconds (10 min)",
        outcome=_FOUND,
    ),
    FaultRow(
        kind=FaultKind.REFUSE_CONNECTIONS,
        counts=Counts.CALLS,
        meaning="The connection breaks and the port refuses new ones, /control included",
        value="milliseconds (1 s)",
        outcome=(
            "What was being sent is unknown with its hold; what comes later was not sent and goes "
            "out when the port opens"
        ),
    ),
    FaultRow(
        kind=FaultKind.DROP_BEFORE_TAKING,
        counts=Counts.CALLS,
        meaning="The connection breaks before the call is done",
        outcome=_NEVER_ARRIVED,
    ),
    FaultRow(
        kind=FaultKind.DROP_REPLY_AFTER_TAKING,
        counts=Counts.CALLS,
        meaning="The call is done, the connection breaks without an answer",
        outcome=_FOUND,
    ),
    FaultRow(
        kind=FaultKind.TOO_MANY_REQUESTS,
        counts=Counts.CALLS,
        meaning="HTTP 429 in plain text, the call is not done",
        value="Retry-After in s",
        outcome="Proven not sent: waits and goes out under a new request id; one order",
    ),
    FaultRow(
        kind=FaultKind.SERVER_ERROR_BEFORE_TAKING,
        counts=Counts.CALLS,
        meaning="An HTML error page, the call is not done",
        value="code (502)",
        outcome=_NEVER_ARRIVED,
    ),
    FaultRow(
        kind=FaultKind.SERVER_ERROR_AFTER_TAKING,
        counts=Counts.CALLS,
        meaning="An HTML error page although the call is done",
        value="code (502)",
        outcome=_FOUND,
    ),
    FaultRow(
        kind=FaultKind.TRUNCATED_REPLY,
        counts=Counts.CALLS,
        meaning="The call is done, its JSON ends in the middle",
        outcome=_FOUND,
    ),
    FaultRow(
        kind=FaultKind.EXPIRED_TOKEN,
        counts=Counts.CALLS,
        meaning="The token is called expired, the call is not done",
        outcome="Proven not sent: one new login, then it goes out under a new request id; one order",
    ),
    FaultRow(
        kind=FaultKind.RESTART_WITH_TOKEN_LOSS,
        counts=Counts.CALLS,
        meaning="The connection and every stream break, and no token given so far is good any more",
        outcome=(
            "What was being sent is unknown with its hold; the next request logs in anew, the stream "
            "resumes where it broke"
        ),
    ),
    FaultRow(
        kind=FaultKind.LOST_CANCEL_ANSWER,
        counts=Counts.CALLS,
        meaning="A CancelOrder is done, the connection breaks without an answer",
        outcome="Pending cancel until the broker's word proves the end; it frees the hold",
    ),
    FaultRow(
        kind=FaultKind.BOOK_PAGE_FAILS,
        counts=Counts.CALLS,
        meaning="A query is answered with a failure",
        value="only this pageIndex (any)",
        outcome="It proves nothing and closes nothing; asked again until it tells",
    ),
    FaultRow(
        kind=FaultKind.STREAM_DROP,
        counts=Counts.MESSAGES,
        meaning="The trading streams break instead of telling",
        outcome="Resumed before the first gap; the books are read; each fill is booked once",
    ),
    FaultRow(
        kind=FaultKind.STREAM_SILENCE,
        counts=Counts.MESSAGES,
        meaning="From a message on the trading streams stay open and say nothing, not even keep-alives",
        value="milliseconds (30 s)",
        outcome="Fills are found in the book within 15 s, their executions when the next message shows the gap",
    ),
    FaultRow(
        kind=FaultKind.STREAM_LAG_MS,
        counts=Counts.MESSAGES,
        meaning="A message and all behind it come late",
        value="milliseconds",
        outcome="The hold is kept until the word is there; each fill is booked once",
    ),
    FaultRow(
        kind=FaultKind.MESSAGE_LOST,
        counts=Counts.MESSAGES,
        meaning="A message is not sent; a resumed stream has it",
        outcome="The gap in the numbers opens the stream again before it; each fill is booked once",
    ),
    FaultRow(
        kind=FaultKind.MESSAGE_DUPLICATED,
        counts=Counts.MESSAGES,
        meaning="A message is sent twice",
        outcome="The second changes nothing",
    ),
    FaultRow(
        kind=FaultKind.MESSAGES_REORDERED,
        counts=Counts.MESSAGES,
        meaning="A message is sent after the next one",
        value="at the latest after ms (1 s)",
        outcome="The same order in the end; an older figure moves nothing back",
    ),
    FaultRow(
        kind=FaultKind.FILL_BEFORE_ACK,
        counts=Counts.CALLS,
        meaning="A NewOrder is carried out and told before it is answered",
        value="ms ahead (300)",
        outcome="Filled; the late answer changes nothing",
    ),
    FaultRow(
        kind=FaultKind.LATE_FILL_AFTER_CANCEL,
        counts=Counts.ORDERS,
        meaning="What was cancelled trades after all",
        value="market ms later",
        outcome="Booked; filled when it is whole, else cancelled with more filled",
    ),
    FaultRow(
        kind=FaultKind.FILL_AFTER_REJECT,
        counts=Counts.ORDERS,
        meaning="A new order is rejected, then fills",
        value="market ms later",
        outcome="Booked, marked and alerted",
    ),
    FaultRow(
        kind=FaultKind.FILL_AFTER_EXPIRY,
        counts=Counts.ORDERS,
        meaning="An expired order fills after all",
        value="market ms later",
        outcome="Booked, marked and alerted",
    ),
    FaultRow(
        kind=FaultKind.OVERFILL,
        counts=Counts.EXECUTIONS,
        meaning="A filled order trades beyond its quantity",
        value="shares (100)",
        outcome="Booked in full, marked and alerted; the account may only reduce until a person resumes it",
    ),
    FaultRow(
        kind=FaultKind.BUST,
        counts=Counts.EXECUTIONS,
        meaning="An execution is taken back",
        value="market ms later",
        outcome=(
            "The later figures are booked and what they made void is reversed: fewer filled, then cancelled or "
            "working again as the broker says; marked and alerted"
        ),
    ),
    FaultRow(
        kind=FaultKind.CORRECTION,
        counts=Counts.EXECUTIONS,
        meaning="An execution's price is corrected by a tick",
        value="market ms later",
        outcome="Booked as the new average tells; marked and alerted",
    ),
    FaultRow(
        kind=FaultKind.CANCEL_REFUSED,
        counts=Counts.ORDERS,
        meaning="A cancel is refused that the exchange would have taken",
        outcome="Working as before, the cancel `refused` with the reason; another may follow",
    ),
    FaultRow(
        kind=FaultKind.ORDER_ID_CHANGED_ON_AMEND,
        counts=Counts.ORDERS,
        meaning="An amended order gets another order id",
        outcome="Still one order; fills on either id are booked",
    ),
    FaultRow(
        kind=FaultKind.BOOK_MISSES_ORDER,
        counts=Counts.ORDERS,
        meaning="A new order is not in the books yet",
        value="market ms (5 s)",
        outcome="Absence proves nothing: unknown with its hold, asked again, never sent again",
    ),
    FaultRow(
        kind=FaultKind.CLOCK_SKEW,
        counts=Counts.ORDERS,
        meaning="SSI's times of what a request does are off",
        value="milliseconds, signed",
        outcome="Followed by its numbers, not by its times",
    ),
    FaultRow(
        kind=FaultKind.UNKNOWN_EXTERNAL_ORDER,
        counts=Counts.ORDERS,
        meaning="With a new order comes one of the same terms that no client sent, as from the iBoard app",
        outcome="Taken in as an external order beside ours; hold, fills and position follow",
    ),
)
