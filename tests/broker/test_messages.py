"""Reading stream messages: every status code, every event, and the quirks that SSI's documents and captures show."""

import hashlib
import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from broker.fastconnect import messages
from broker.fastconnect.messages import read_message
from broker.port import BrokerMessage, Irrelevant, NotUnderstood
from market.vocabulary import Side
from orders.evidence import BrokerReport, BrokerState, Match, RequestFailed
from tests.broker.stream_messages import match_event, message, order_event, short_order_error


def report(raw: str) -> BrokerReport:
    reading = read_message(raw)
    assert isinstance(reading, BrokerMessage)
    assert isinstance(reading.fact, BrokerReport)
    return reading.fact


def hashed(raw: str) -> str:
    return f"sha256:{hashlib.sha256(raw.encode()).hexdigest()}"


def numbered(number: int, raw: str) -> str:
    """The key of a numbered message: the number and a digest, the same each time."""
    key = read_message(raw).key
    assert key.startswith(f"notify:{number}:")
    return key


@pytest.mark.parametrize(
    ("code", "state"),
    [
        ("WA", BrokerState.PENDING),
        ("RS", BrokerState.PENDING),
        ("SD", BrokerState.PENDING),
        ("IAV", BrokerState.HELD),
        ("QU", BrokerState.WORKING),
        ("Qu", BrokerState.WORKING),
        ("PF", BrokerState.WORKING),
        ("WM", BrokerState.AMEND_PENDING),
        ("WC", BrokerState.CANCEL_PENDING),
        ("FF", BrokerState.FILLED),
        ("FFPC", BrokerState.CANCELED),
        ("CL", BrokerState.CANCELED),
        ("RJ", BrokerState.REJECTED),
        ("rj", BrokerState.REJECTED),
        ("EX", BrokerState.EXPIRED),
        ("SOI", BrokerState.UNRECOGNISED),
        ("PD", BrokerState.UNRECOGNISED),
    ],
)
def test_each_status_code_has_its_state(code: str, state: BrokerState) -> None:
    assert report(order_event(orderStatus=code)).state is state


def test_an_order_event_is_read_whole() -> None:
    raw = order_event(orderStatus="PF", filledQty=100, osQty=100, avgPrice=98500.0, uniqueID="10000007")
    assert read_message(raw) == BrokerMessage(
        key=numbered(51, raw),
        account="0712341",
        request_ids=("10000007", "10000001"),
        broker_order_id="20417733",
        sequence=51,
        fact=BrokerReport("20417733", "10000007", BrokerState.WORKING, 200, 100, 9_850_000, 0, price=98_500, number=51),
        symbol="FPT",
        side=Side.BUY,
    )


def test_numbers_written_as_text_read_alike() -> None:
    texts = order_event(notifyID="51", quantity="200", filledQty="100.0", cancelQty="0", avgPrice="98500", uniqueID=7)
    read = BrokerReport("20417733", "7", BrokerState.PENDING, 200, 100, 9_850_000, 0, price=98_500, number=51)
    assert report(texts) == read


@pytest.mark.parametrize(
    ("average", "filled", "value"),
    [("98533.33", 300, 29_559_999), ("98533.333333333333", 300, 29_560_000), ("0.1", 5, 1), ("85550.5", 1, 85_551)],
)
def test_the_filled_value_is_rounded_in_decimals(average: str, filled: int, value: int) -> None:
    raw = order_event(filledQty=filled, avgPrice=0).replace('"avgPrice": 0', f'"avgPrice": {average}')
    assert report(raw).filled_value == value


def test_the_largest_order_still_fits_the_ledger() -> None:
    largest = report(order_event(quantity=10**9, filledQty=10**9, avgPrice=10**8))
    assert largest.filled_value == 10**17 < 2**63


def test_a_cancel_reports_the_cancelled_shares() -> None:
    cancelled = report(order_event(orderStatus="FFPC", filledQty=100, avgPrice=98500, cancelQty=100, osQty=0))
    assert (cancelled.state, cancelled.filled, cancelled.cancelled) == (BrokerState.CANCELED, 100, 100)


def test_a_rejection_tells_its_reason_and_zero_is_none() -> None:
    rejected = report(
        order_event(orderStatus="RJ", orderID="T20230504w3810000001", rejectReason="Invalid market status")
    )
    assert (rejected.state, rejected.text) == (BrokerState.REJECTED, "Invalid market status")
    assert report(order_event(rejectReason="0")).text == ""
    assert report(order_event(rejectReason=None)).text == ""


def test_a_match_event_is_read_whole() -> None:
    assert read_message(match_event()) == BrokerMessage(
        key=numbered(54, match_event()),
        account="0712341",
        request_ids=("10000001",),
        broker_order_id="20417733",
        sequence=54,
        fact=Match("20417733", 100, 98_500, datetime(2020, 11, 25, 4, 8, 1, 849_000, tzinfo=UTC), number=54),
        symbol="FPT",
        side=Side.BUY,
    )


def test_the_short_order_error_is_read() -> None:
    raw = short_order_error()
    text = "Price 1,600.00 exceeds ceiling price 808.50!"
    fact = RequestFailed("10000001", "", "ERR500", text)
    assert read_message(raw) == BrokerMessage(hashed(raw), "", ("10000001",), "", None, fact)


def test_the_full_order_error_names_both_requests() -> None:
    raw = short_order_error(
        notifyID=15_455, account="0712341", orderID="20417733", uniqueID="10000009", origRequestID="10000001"
    )
    reading = read_message(raw)
    assert isinstance(reading, BrokerMessage)
    assert (reading.key, reading.sequence) == (numbered(15_455, raw), 15_455)
    assert reading.request_ids == ("10000009", "10000001")
    assert reading.broker_order_id == "20417733"


def test_portfolio_news_is_irrelevant() -> None:
    data = {"account": "0712348", "notifyID": 27, "data": None, "clientPortfoliosOpen": [{"martketID": "VNFE"}]}
    raw = message("clientPortfolioEvent", data, {})
    assert read_message(raw) == Irrelevant(numbered(27, raw), 27)


def test_an_order_of_the_derivatives_market_is_irrelevant() -> None:
    raw = order_event(marketID="VNFE", price=1452.7, filledQty=1, avgPrice=1452.7)
    assert read_message(raw) == Irrelevant(numbered(51, raw), 51)


def test_messages_without_a_number_have_a_key_of_their_own() -> None:
    first, second = short_order_error(), short_order_error(uniqueID="10000002")
    assert read_message(first).key == read_message(first).key
    assert read_message(first).key != read_message(second).key


@pytest.mark.parametrize(("changes", "side"), [({"buySell": "s"}, Side.SELL), ({"buySell": None}, None)])
def test_a_message_tells_its_symbol_and_its_side_where_it_knows_them(
    changes: dict[str, object], side: Side | None
) -> None:
    reading = read_message(match_event(instrumentID="fpt", **changes))
    assert isinstance(reading, BrokerMessage)
    assert (reading.symbol, reading.side) == ("FPT", side)


def test_leading_zeros_of_a_request_id_are_kept() -> None:
    reading = read_message(order_event(uniqueID="02365132", origRequestID=""))
    assert isinstance(reading, BrokerMessage)
    assert reading.request_ids == ("02365132",)


def test_an_order_of_somebody_else_without_request_ids_is_still_read() -> None:
    reading = read_message(order_event(uniqueID=None, origRequestID=None))
    assert isinstance(reading, BrokerMessage)
    assert reading.request_ids == ()


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (order_event(orderStatus=...), "message.data.orderStatus is missing"),
        (order_event(quantity=...), "message.data.quantity is missing, not a number"),
        (order_event(filledQty="many"), "message.data.filledQty is str, not a number"),
        (order_event(filledQty=-1), "message.data.filledQty is -1, below zero"),
        (order_event(filledQty=2.5), "message.data.filledQty is 2.5, not a whole number"),
        (order_event(quantity=10**9 + 1), "message.data.quantity is 1000000001, above 1000000000 shares"),
        (order_event(filledQty=10**15, avgPrice=98500), "message.data.filledQty is 1000000000000000, above"),
        (order_event(cancelQty=2**63), "message.data.cancelQty is "),
        (order_event(filledQty=100, avgPrice=100_000_000.5), "avgPrice is 100000000.5, not between 0 and 100000000"),
        (order_event(filledQty=100, avgPrice=-1), "message.data.avgPrice is -1, not between"),
        (match_event(matchQty=10**9 + 1), "message.data.matchQty is 1000000001, above"),
        (match_event(matchPrice=10**8 + 1), "message.data.matchPrice is 100000001, not between"),
        (match_event(matchPrice=-98500), "message.data.matchPrice is -98500, not between"),
        (order_event(filledQty=100, avgPrice=0), "avgPrice is 0 although 100 shares were filled"),
        (order_event(filledQty=100, avgPrice="NaN"), "message.data.avgPrice is str, not a number"),
        (order_event(orderID="", uniqueID="", origRequestID=""), "neither uniqueID nor orderID"),
        (match_event(matchQty=0), "an execution of 0 shares"),
        (match_event(matchPrice=1452.7), "message.data.matchPrice is 1452.7, not a whole number"),
        (match_event(matchTime="soon"), "message.data.matchTime is str, not a number"),
        (match_event(matchTime=10**15), "not a time in milliseconds"),
        (short_order_error(uniqueID=""), "message.data.uniqueID is missing or empty"),
        (message("newEvent", {"notifyID": 7}, {}), "messages of type newEvent are not known"),
        (json.dumps({"type": "orderEvent", "data": None}), "message.data is missing, not an object"),
        (json.dumps(["orderEvent"]), "message is list, not an object"),
        ("ERR002 Duplicate login session", "not JSON"),
        ("[" * 100_000, "nested too deeply"),
        ('{"type":"orderEvent","data":{"quantity":1e99999999999999999999}}', "not JSON"),
        ("", "not JSON"),
    ],
)
def test_what_has_no_known_form_says_why(raw: str, reason: str) -> None:
    reading = read_message(raw)
    assert isinstance(reading, NotUnderstood)
    assert reason in reading.reason


def test_a_mistake_in_the_reading_is_a_message_that_is_not_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_data: object) -> None:
        raise KeyError("nobody expected this")

    monkeypatch.setattr(messages, "read_report", broken)
    raw = order_event()
    reason = "reading it failed (KeyError: 'nobody expected this')"
    assert read_message(raw) == NotUnderstood(hashed(raw), 51, reason)


def test_a_message_that_is_not_understood_keeps_its_number() -> None:
    raw = order_event(quantity=...)
    reading = read_message(raw)
    assert (reading.key, getattr(reading, "sequence", None)) == (hashed(raw), 51)


@pytest.mark.parametrize(
    "other",
    [
        match_event(account="0712348"),
        match_event(orderID="20417734"),
        match_event(matchQty=200),
        match_event(matchPrice=98_600),
        match_event(matchTime="1606277281850"),
        order_event(notifyID=54),
    ],
)
def test_one_number_on_two_contents_is_two_messages(other: str) -> None:
    assert read_message(other).key != read_message(match_event()).key


def test_a_report_with_other_figures_under_a_number_used_before_is_another_message() -> None:
    before, after = order_event(), order_event(orderStatus="PF", filledQty=100, avgPrice=98_500)
    assert read_message(before).key != read_message(after).key


@pytest.mark.parametrize(
    "again",
    [
        match_event(),
        match_event(ipAddress="10.0.0.2"),
        match_event(matchQty="100.0", matchPrice=98_500, notifyID="54"),
        match_event().replace(" ", ""),
    ],
)
def test_a_redelivered_message_keeps_its_key_whatever_json_it_is_written_in(again: str) -> None:
    assert read_message(again).key == read_message(match_event()).key


def test_a_key_is_short_whatever_the_ids_in_it() -> None:
    assert len(read_message(match_event(orderID="x" * 100_000)).key) < 100


def test_text_is_made_fit_for_the_database() -> None:
    assert report(order_event(rejectReason="bad\x00 \ud800!")).text == "bad\ufffd ?!"


names = st.sampled_from(sorted({**json.loads(order_event())["data"], **json.loads(match_event())["data"]}))
scalars = st.none() | st.booleans() | st.integers() | st.floats() | st.text()
values = st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=5)
kinds = st.sampled_from(["orderEvent", "orderMatchEvent", "orderError", "clientPortfolioEvent"])


@given(st.text() | values.map(json.dumps))
def test_reading_never_raises_on_any_text(raw: str) -> None:
    assert read_message(raw) == read_message(raw)


@given(kinds, st.dictionaries(names, values), st.sampled_from([order_event(), match_event(), short_order_error()]))
def test_reading_never_raises_on_any_fields(kind: str, changes: dict[str, object], base: str) -> None:
    raw = message(kind, json.loads(base)["data"], changes)
    assert isinstance(read_message(raw), BrokerMessage | Irrelevant | NotUnderstood)


@pytest.mark.parametrize("price", [0, None, "NaN", -1, 10**9, "98500.5", []])
def test_a_price_that_cannot_be_read_hides_no_fill(price: object) -> None:
    read = report(order_event(price=price, filledQty=100, avgPrice=98_500))
    assert (read.price, read.filled) == (None, 100)
