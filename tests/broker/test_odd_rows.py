"""A row of the broker's book that cannot be read: it hides no other order, fills nothing and proves no absence."""

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from activities.inbox_messages import from_book
from broker.fastconnect.books import read_book
from broker.fastconnect.wire_values import read_json
from broker.port import Book, BookRow, BookTerms, OddRow
from market.vocabulary import OrderType, Side
from orders.evidence import BrokerReport, BrokerState
from tests.broker import client as made
from tests.broker.test_books import row

OURS, OTHER = "10000001", "10000002"
SYMBOL, SIDE = "FPT", Side.BUY


def read(*rows: object) -> Book:
    answer = read_json(json.dumps({"account": made.ACCOUNT, "orders": list(rows)}))
    found = read_book(answer, made.ACCOUNT)
    assert isinstance(found, Book)
    return found


def lacks(book: Book, request_id: str = OURS, others: tuple[str, ...] = ()) -> bool:
    return book.lacks({request_id}, SYMBOL, SIDE, others)


ODD = {
    "an average of nothing beside a fill": ({"avgPrice": 0}, "avgPrice"),
    "an empty average beside a fill": ({"avgPrice": ""}, "avgPrice"),
    "no status": ({"orderStatus": None}, "orderStatus"),
    "an empty status": ({"orderStatus": " "}, "orderStatus"),
    "no quantity": ({"quantity": None}, "quantity"),
    "a fill in words": ({"filledQty": "some"}, "filledQty"),
    "half a share": ({"filledQty": 0.5}, "filledQty"),
    "a fill below zero": ({"filledQty": -100}, "filledQty"),
    "too many shares": ({"quantity": 10**9 + 1}, "quantity"),
    "no cancelled quantity": ({"cancelQty": []}, "cancelQty"),
    "an error that is no order": ({"lastErrorEvent": "0"}, "lastErrorEvent"),
}


@pytest.mark.parametrize(("changes", "field"), ODD.values(), ids=ODD)
def test_an_odd_row_is_kept_with_its_reason_and_hides_no_other(changes: dict[str, object], field: str) -> None:
    book = read(row(**changes), row(uniqueID=OTHER, orderID="2"))
    (odd,) = book.odd
    assert [each.request_id for each in book.rows] == [OTHER]
    assert (odd.account, odd.broker_order_id, odd.request_id) == (made.ACCOUNT, "20417733", OURS)
    assert field in odd.reason
    kept = json.loads(odd.raw)
    assert all(str(kept[name]) == str(value) for name, value in row(**changes).items())


@pytest.mark.parametrize("changes", [changes for changes, _ in ODD.values()], ids=ODD)
def test_an_odd_row_proves_the_absence_of_no_order_that_it_may_be(changes: dict[str, object]) -> None:
    book = read(row(**changes))
    assert not lacks(book)
    assert not lacks(book, OTHER)
    assert lacks(book, OTHER, others=("20417733",))


NAMELESS: dict[str, object] = {
    "no ids": row(quantity=None, uniqueID=None, orderID=None),
    "a list as ids": row(quantity=None, uniqueID=[OURS], orderID=["20417733"]),
    "no request id": row(quantity=None, uniqueID=None),
    "no order id": row(quantity=None, uniqueID=OTHER, orderID=""),
    "ids but nothing else wrong": row(uniqueID="", orderID=""),
    "a text": "row",
    "nothing": None,
    "a list": [row()],
}


@pytest.mark.parametrize("item", NAMELESS.values(), ids=NAMELESS)
def test_with_an_odd_row_of_an_unreadable_id_the_book_proves_the_absence_of_no_order_at_all(item: object) -> None:
    book = read(item, row(uniqueID=OTHER, orderID="2"))
    assert len(book.odd) == len(book.rows) == 1
    assert not lacks(book)
    assert not lacks(book, "10000009")


def test_an_odd_row_without_a_request_id_concerns_the_order_of_its_known_order_id_only() -> None:
    book = read(row(quantity=None, uniqueID=None))
    assert lacks(book, others=("20417733",))
    assert not lacks(book, others=("2",))


def test_an_understood_row_that_names_no_request_may_be_any_order_of_its_terms() -> None:
    book = read(row(uniqueID=None))
    assert not lacks(book)
    assert lacks(book, others=("20417733",))
    assert book.lacks({OURS}, SYMBOL, Side.SELL)
    assert book.lacks({OURS}, "VIC", SIDE)
    assert not read(row(uniqueID=None, orderType="?")).lacks({OURS}, "VIC", SIDE)


def test_a_row_of_another_request_may_be_ours_changed_on_iboard_until_its_order_is_known() -> None:
    changed = read(row(uniqueID=OTHER))
    assert not lacks(changed)
    assert lacks(changed, others=("20417733",))
    assert changed.lacks({OURS}, "VIC", SIDE)
    assert not lacks(read(row()))
    assert lacks(read())


@pytest.mark.parametrize("written", [10_000_001, 10_000_001.0, " 10000001 "])
def test_an_id_that_is_written_otherwise_is_the_same_id(written: object) -> None:
    assert not lacks(read(row(uniqueID=written)))
    assert not lacks(read(row(uniqueID=written, quantity=None)))


def test_an_odd_derivative_order_is_left_out() -> None:
    assert read(row(marketID="VNFE", quantity=None)) == Book(())


def test_a_status_that_is_not_known_is_no_odd_row_but_ends_nothing() -> None:
    (found,) = read(row(orderStatus="PCK")).rows
    assert found.report.state is BrokerState.UNRECOGNISED


def test_an_odd_row_goes_into_the_inbox_as_it_came_and_is_evidence_of_nothing() -> None:
    (message,) = from_book(read(row(avgPrice="")), {})
    assert message.evidence is None
    assert '"avgPrice": ""' in message.raw
    assert (message.broker_order_id, message.request_ids) == ("20417733", ())
    assert "Order 20417733" in message.problem
    assert "avgPrice" in message.problem


def test_all_odd_rows_of_an_order_are_one_problem_whatever_else_they_tell() -> None:
    first, second = from_book(read(row(avgPrice=""), row(avgPrice="", filledQty=200)), {})
    assert first.key != second.key
    assert first.problem_about == second.problem_about
    (nameless,) = from_book(read("row"), {})
    assert nameless.problem_about not in ("", first.problem_about)


ANYTHING = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["0", "FF", "CL", OURS, OTHER]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.text(max_size=4), inner, max_size=2),
    max_leaves=4,
)
SPOILT = st.dictionaries(st.sampled_from(sorted(set(row()) - {"marketID"})), ANYTHING, max_size=6)


@given(changes=SPOILT, dropped=st.sets(st.sampled_from(sorted(set(row()) - {"marketID"}))), item=ANYTHING)
def test_whatever_a_row_holds_it_is_read_or_odd_and_never_absence_or_a_fill_of_its_own(
    changes: dict[str, object], dropped: set[str], item: object
) -> None:
    ours = {name: value for name, value in row(**changes).items() if name not in dropped}
    beside = row(uniqueID=OTHER, orderID="2", filledQty=0)
    book = read(ours, beside, item)
    rest = read(beside)
    assert rest.rows[0] in book.rows
    assert len(book.rows) + len(book.odd) == 3
    assert all(_is_sound(each.report) for each in book.rows)
    kept_its_id = "uniqueID" not in {*changes, *dropped}
    if kept_its_id or book.odd:
        assert not lacks(book)
    facts = [message.evidence for message in from_book(Book((), book.odd), {})]
    assert facts == [None] * len(book.odd)


def _is_sound(report: BrokerReport) -> bool:
    return bool(report.filled) == bool(report.filled_value) and bool(report.broker_order_id or report.request_id)


def test_an_external_row_without_a_request_id_hides_no_order_of_ours() -> None:
    terms = BookTerms(SYMBOL, SIDE, OrderType.LO, 200, 98_500)
    report = BrokerReport("7", "", BrokerState.WORKING, 200, 0, 0, 0)
    found = BookRow(made.ACCOUNT, "7", "", report, None, terms)
    assert not Book((found,)).lacks({OURS}, SYMBOL, SIDE)
    assert Book((replace(found, external=True),)).lacks({OURS}, SYMBOL, SIDE)


def test_what_an_odd_row_says_stays_out_of_its_repr() -> None:
    assert "secret" not in repr(OddRow("", "", "", "", "secret"))
