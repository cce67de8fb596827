"""What nobody outside SSI knows about FastConnect v2, and the switch for each that a stand-in has to choose.

The numbers are those of the unknowns `SSI-U..` in docs/technical/ssi-client.md.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Switch:
    """`ways`: what the values do, the default first."""

    name: str
    ways: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """`note` says why there is no switch, or what is left without one."""

    number: int
    unknown: str
    switches: tuple[Switch, ...] = ()
    note: str = ""


UNKNOWNS: tuple[Unknown, ...] = (
    Unknown(
        1,
        "the HTTP code of refusals",
        (Switch("http_errors", "`false`: HTTP 200, the status is in the body; `true`: in the HTTP code too"),),
    ),
    Unknown(
        2,
        "the answer to a repeated requestID, and within what it must be unique; it is freed when a day begins",
        (
            Switch(
                "duplicate_request",
                "`refused`; `repeated`: answered like the first one and not done; `taken`: done once more",
            ),
            Switch("request_ids", "`key`: unique over all accounts; `account`: within an account"),
        ),
    ),
    Unknown(
        3,
        "words and status of refusals",
        (
            Switch(
                "words",
                '`{}`; `{"expired_token": {"status": 403, "message": "…"}}` rewords one; also `duplicate_request`'
                " (a 409 for SSI-U2), `wrong_code`, `missing_token`, `bad_token`, `bad_signature`, `wrong_device_id`,"
                " `blocked_codes`",
            ),
        ),
    ),
    Unknown(
        4,
        "NotifyID: inclusive or not, what is kept and replayed, how it counts",
        (
            Switch("replay", "`with_last`: NotifyID n begins with message n; `after_last`: with the one after it"),
            Switch("replay_keeps", "`null`: the whole day; a number: only so many of the latest"),
            Switch("replay_errors", "`true`; `false`: an orderError is told once and never replayed"),
            Switch("notify_ids", "`key`: one count for all accounts; `account`: each account counts from 1"),
            Switch("notify_id_step", "`1`: no holes; more: the count leaves holes"),
            Switch("number_early_errors", "`true`; `false`: the refusal of a new order has notifyID 0"),
        ),
    ),
    Unknown(
        5,
        "which statuses are streamed, and in which order",
        (
            Switch("skipped_statuses", '`[]`; `["SD", "QU", "PF"]`: these are not told on the stream'),
            Switch("pending_statuses", "`false`; `true`: WM and WC before a change"),
            Switch("match_told", "`before_order`; `after_order`: the orderMatchEvent follows its orderEvent"),
        ),
    ),
    Unknown(
        6,
        "what becomes of an order before its session",
        (Switch("pre_open", "`broker`: parked (IAV) until its phase; `reject`: RJ, Invalid market status"),),
    ),
    Unknown(
        7,
        "which request id a book's row shows after a change",
        (Switch("books_show_last_request", "`true`: the one of the change; `false`: the one of the new order"),),
    ),
    Unknown(
        8,
        "how strictly deviceId is checked",
        (Switch("strict_device_id", "`false`: not at all; `true`: one plain MAC address or a refusal"),),
    ),
    Unknown(
        9,
        "the rate limits, the form of a 429, how many streams a key may have",
        (
            Switch(
                "limits",
                'told by `rateLimit` and enforced; `[{"endpoint": "*", "period": "1s", "limit": 1000}]`: not felt;'
                " SSI's guide shows 5 in `1s` and 30 in `5s`",
            ),
            Switch("limit_scope", "`each_call`: each call of an account by itself; `all_calls`: all that it covers"),
            Switch(
                "throttled",
                "`text_with_retry_after`: HTTP 429, plain text; `text`: without that header; `json`: SSI's own body",
            ),
            Switch("stream_limit", "`null`: any number; a number: so many streams of each hub"),
            Switch("stream_limit_reached", "`refused`: HTTP 403 to the new one; `oldest_ends`: the oldest is dropped"),
        ),
    ),
    Unknown(
        10,
        "negotiate's values, `start`, `reconnect`",
        (
            Switch("keep_alive_seconds", "`10`: how often an idle stream says `{}`"),
            Switch("keep_alive_told", "`20`: negotiate's KeepAliveTimeout; `null`: none is told"),
            Switch(
                "protocol_version",
                "`null`: negotiate's ProtocolVersion is the client's own between 1.2 and 2.1; `\"1.3\"`: that for all",
            ),
            Switch("start_needed", "`false`; `true`: before `start` a stream says nothing but `{}`, the rest waits"),
            Switch("reconnect_replays", "`false`; `true`: `reconnect` goes on after the cursor in `messageId`"),
        ),
    ),
    Unknown(11, "whether the paper host is alive", note="of no concern to a stand-in"),
    Unknown(
        12,
        "what v2 calls HOSE's market-to-limit order since KRX",
        (Switch("hose_market_order", "`MTL`; `MP`: that word is taken and told, MTL is refused"),),
        "when v2 ends is of no concern",
    ),
    Unknown(
        13,
        "the letter case of answers about cash, rights and transfers",
        (Switch("service_keys", "`as_in_papers`: mixed; `lower`: a small first letter"),),
        "types and status texts: nothing of the kind ever happens here",
    ),
    Unknown(
        14,
        "the life of tokens and codes",
        (
            Switch("token_seconds", "`28800`: real seconds, for tokens given from now on"),
            Switch("token_tells_end", "`true`; `false`: no `exp` in the token"),
            Switch("login_ends_older_tokens", "`false`: they live side by side; `true`: the newest of a host only"),
            Switch("code_seconds", "`null`: a one-time code is good until the next; a number: so many real seconds"),
            Switch("codes_before_block", "`null`: any number; a number: GetOTP refuses more until a code is used"),
        ),
    ),
    Unknown(
        15,
        "what ModifyOrder's quantity counts of an order that has traded in part",
        (Switch("amend_quantity", "`whole`: the order's whole quantity; `open`: what shall still be open"),),
    ),
    Unknown(
        16,
        "how the data stream begins, and how fast `ALL` is",
        (
            Switch("snapshot_on_subscribe", "`true`: SwitchChannels starts with a picture; `false`: changes only"),
            Switch("one_channel_per_connection", "`false`; `true`: only the first channel named counts"),
            Switch("all_channels_every_ms", "`0`: at once; more: a channel's ALL tells the latest so often"),
        ),
        "`BackTest` is not simulated",
    ),
    Unknown(
        17,
        "`ipAddress` and `origOrderId`",
        (Switch("ip_address", '`"127.0.0.1"`'),),
        "`origOrderId` is filled only by the fault `order_id_changed_on_amend`",
    ),
    Unknown(
        18,
        "from which hour DailyStockPrice has the day's row",
        note="it has it at once here; a foreign room of 0 is told as 0",
    ),
    Unknown(
        19,
        "which cash is `cashBal`",
        (
            Switch(
                "cash_balance",
                "`less_buys`: it loses what a filled buy costs at once; `before_buys`: when the day has ended, and"
                " until then `paidCashT2` tells it",
            ),
        ),
        "fees are paid at once both ways",
    ),
    Unknown(
        20,
        "what `prefix` means",
        (Switch("prefix", '`"s01"`: three characters, also in the id of an order that was never accepted'),),
    ),
    Unknown(
        21,
        "the `uniqueID` of an order from iBoard",
        (
            Switch(
                "external_orders",
                "`own_request_id`: eight digits beginning with 9; `no_request_id`: null, also as origRequestID, until"
                " an API client changes the order",
            ),
        ),
    ),
)
