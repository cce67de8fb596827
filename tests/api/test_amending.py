"""PUT /orders/{order_id}: one change at a time, durable, and never shown as done before it is."""

from dataclasses import replace

import httpx
import pytest

from api.ledger_port import DatabaseUnavailable
from ledger.reads.orders import AmendWish
from market.violations import RuleCode, Violation
from market.vocabulary import OrderType
from orders.evidence import (
    AmendAsked,
    Answer,
    BrokerReport,
    BrokerState,
    CancelAsked,
    Evidence,
    Match,
    RequestAnswered,
    RequestStarted,
)
from orders.folding import apply
from orders.order import Action
from orders.stored import StoredOrder
from tests.api.conftest import BRIEF_BODY, ClientFor
from tests.api.fakes import (
    MARKET_NOW,
    FakeGateway,
    FakeLedger,
    cancel_asked,
    cancelled_unsent,
    loop_time,
    stored_order,
    with_order,
)

ORDER_ID = stored_order().order.order_id
URL = f"/api/v1/orders/{ORDER_ID}"
DEARER = {"price": 85.6}
KEY = {"Idempotency-Key": "key-1"}
NOT_NOW = Violation(
    RuleCode.AMEND_NOT_NOW, "VN-A3", "Not in this phase.", "Không phải bây giờ.", allowed="2026-11-20T13:00+07:00"
)
TOO_DEAR = Violation(
    RuleCode.PRICE_ABOVE_CEILING, "VN-A7", "Above the ceiling.", "Vượt trần.", given=95_000, allowed=91_400
)


def folded(stored: StoredOrder, *evidence: Evidence) -> StoredOrder:
    order = stored.order
    for each in evidence:
        order = apply(order, each)
    return with_order(stored, order)


def live(stored: StoredOrder) -> StoredOrder:
    return folded(
        stored,
        RequestStarted(Action.SUBMIT, "10000000", "submit"),
        RequestAnswered("10000000", Answer.ACCEPTED),
        BrokerReport("B-1", "10000000", BrokerState.WORKING, 100, 0, 0, 0, price=85_500),
    )


def asked(intent_id: str, price: int | None = 85_600, violations: tuple[Violation, ...] = ()) -> AmendAsked:
    return AmendAsked(intent_id, "trader", MARKET_NOW, price, violations=violations)


def sent(intent_id: str) -> tuple[Evidence, ...]:
    return asked(intent_id), RequestStarted(Action.AMEND, "10000001", intent_id)


@pytest.fixture
def row(ledger: FakeLedger) -> StoredOrder:
    ledger.rows[ORDER_ID] = live(stored_order())
    return ledger.rows[ORDER_ID]


class Handled:
    """A workflow that books the wish with its `violations`, after what came `before`; with an `after` it was sent."""

    def __init__(self, gateway: FakeGateway, ledger: FakeLedger) -> None:
        self._gateway = gateway
        self._ledger = ledger
        self.violations: tuple[Violation, ...] = ()
        self.before: tuple[Evidence, ...] = ()
        self.after: tuple[Evidence, ...] = ()
        gateway.amend_outcome = self.outcome  # type: ignore[method-assign] # as a worker would answer

    async def outcome(self, order_id: str, intent_id: str) -> StoredOrder:
        amend, _ = self._gateway.amends[-1]
        wish = AmendAsked(intent_id, amend.user, MARKET_NOW, amend.price, amend.quantity, self.violations)
        leaving = RequestStarted(Action.AMEND, "10000001", intent_id)
        self._ledger.rows[order_id] = folded(
            self._ledger.rows[order_id], *self.before, wish, *((leaving, *self.after) if self.after else ())
        )
        return self._ledger.rows[order_id]


@pytest.fixture
def handled(gateway: FakeGateway, ledger: FakeLedger) -> Handled:
    return Handled(gateway, ledger)


async def test_lc54_an_order_has_its_new_price_from_the_brokers_word_on(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, row: StoredOrder
) -> None:
    gateway.hangs = frozenset({"amend_outcome"})
    started = loop_time()
    first = await client.put(URL, json=DEARER, headers=KEY)
    assert round(loop_time() - started, 6) <= 0.4
    assert (first.status_code, first.json()["outcome"], first.json()["order"]["price"]) == (202, "pending", 85.5)
    intent_id = gateway.amends[0][0].intent_id
    ledger.rows[ORDER_ID] = folded(row, *sent(intent_id), RequestAnswered("10000001", Answer.ACCEPTED))
    waiting = (await client.get(URL)).json()
    assert (waiting["status"], waiting["price"]) == ("pending_replace", 85.5)
    assert (waiting["amend"]["state"], waiting["amend"]["price"], waiting["amend"]["quantity"]) == (
        "pending",
        85.6,
        None,
    )
    word = BrokerReport("B-1", "10000001", BrokerState.WORKING, 100, 0, 0, 0, price=85_600)
    ledger.rows[ORDER_ID] = folded(ledger.rows[ORDER_ID], word)
    again = await client.put(URL, json=DEARER, headers=KEY)
    assert (again.status_code, again.json()["outcome"], again.json()["order"]["price"]) == (200, "done", 85.6)
    assert len(gateway.amends) == 1


@pytest.mark.usefixtures("handled")
async def test_an_order_that_we_still_hold_has_its_new_quantity_at_once(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger
) -> None:
    ledger.rows[ORDER_ID] = stored_order()
    answer = await client.put(URL, json={"quantity": 300})
    assert (answer.status_code, answer.json()["outcome"]) == (200, "done")
    order = answer.json()["order"]
    assert (order["quantity"], order["status"], order["source"]) == (300, "accepted", "workflow")
    assert answer.headers["ETag"] == f'"{order["version"]}"'
    wish, with_row = gateway.amends[0]
    assert (wish.price, wish.quantity, wish.user) == (None, 300, "trader")
    assert with_row == stored_order()


async def test_lc58_the_worse_of_both_terms_is_held_while_the_broker_decides_and_given_back(
    client: httpx.AsyncClient, ledger: FakeLedger, row: StoredOrder
) -> None:
    before = (await client.get(URL)).json()["hold_vnd"]
    ledger.rows[ORDER_ID] = folded(row, *sent("amend-1"))
    assert (await client.get(URL)).json()["hold_vnd"] > before
    ledger.rows[ORDER_ID] = folded(ledger.rows[ORDER_ID], RequestAnswered("10000001", Answer.REFUSED, "E12", "not now"))
    assert (await client.get(URL)).json()["hold_vnd"] == before


async def test_lc58_all_has_filled_and_the_larger_quantity_is_still_held_for(
    client: httpx.AsyncClient, ledger: FakeLedger, row: StoredOrder
) -> None:
    more = AmendAsked("amend-1", "trader", MARKET_NOW, quantity=300)
    ledger.rows[ORDER_ID] = folded(
        row,
        more,
        RequestStarted(Action.AMEND, "10000001", "amend-1"),
        Match("B-1", 100, 85_500, MARKET_NOW),
    )
    order = (await client.get(URL)).json()
    assert (order["filled_quantity"], order["leaves_quantity"]) == (100, 0)
    assert order["hold_vnd"] > 200 * 85_500


async def test_lc59_a_second_amendment_while_one_is_open_is_refused(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, row: StoredOrder
) -> None:
    ledger.rows[ORDER_ID] = folded(row, *sent("somebody-elses"))
    answer = await client.put(URL, json={"quantity": 300})
    assert (answer.status_code, answer.json()["code"]) == (409, "change_open")
    assert answer.json()["order_id"] == ORDER_ID
    assert not gateway.amends


@pytest.mark.usefixtures("row")
async def test_lc59_the_second_of_two_at_the_same_moment_is_refused(
    client: httpx.AsyncClient, handled: Handled
) -> None:
    handled.before = sent("somebody-elses")
    answer = await client.put(URL, json={"quantity": 300})
    assert (answer.status_code, answer.json()["code"]) == (409, "change_open")
    assert "Another amendment" in answer.json()["detail"]


async def test_an_order_that_is_being_cancelled_is_not_amended(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, row: StoredOrder
) -> None:
    ledger.rows[ORDER_ID] = cancel_asked(row, "cancel-1")
    answer = await client.put(URL, json=DEARER)
    assert (answer.status_code, answer.json()["code"]) == (409, "change_open")
    assert "A cancel" in answer.json()["detail"]
    assert not gateway.amends


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"price": 85.6, "quantity": 300}, "amend_price_and_quantity"),
        ({}, "amend_changes_nothing"),
        ({"price": None, "quantity": None}, "amend_changes_nothing"),
    ],
)
@pytest.mark.usefixtures("row")
async def test_lc61_one_amendment_is_a_price_or_a_quantity(
    client: httpx.AsyncClient, gateway: FakeGateway, body: dict[str, object], code: str
) -> None:
    answer = await client.put(URL, json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "amend_denied")
    (violation,) = answer.json()["violations"]
    assert (violation["code"], violation["rule"], violation["allowed"]) == (code, "VN-A3", "price or quantity")
    assert violation["message"]
    assert violation["message_vi"]
    assert not gateway.amends


@pytest.mark.parametrize(
    ("body", "field", "says"),
    [
        ({"price": 85_600}, "price", "did you mean 85.6?"),
        ({"price": "85.6"}, "price", "JSON number"),
        ({"price": 85.60001}, "price", "finer than one dong"),
        ({"quantity": 300.0}, "quantity", "whole number of shares"),
        ({"quantity": 0}, "quantity", "out of range"),
        ({"price": 85.6, "side": "SELL"}, "side", "not a field"),
    ],
)
@pytest.mark.usefixtures("row")
async def test_wrong_terms_are_named(
    client: httpx.AsyncClient, gateway: FakeGateway, body: dict[str, object], field: str, says: str
) -> None:
    answer = await client.put(URL, json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    (violation,) = answer.json()["violations"]
    assert violation["field"] == field
    assert says in violation["message"]
    assert not gateway.amends


@pytest.mark.parametrize(
    ("violations", "status", "code"),
    [
        ((NOT_NOW,), 409, "amend_not_allowed_in_phase"),
        ((TOO_DEAR,), 422, "amend_denied"),
        ((NOT_NOW, TOO_DEAR), 422, "amend_denied"),
    ],
)
@pytest.mark.usefixtures("row")
async def test_every_broken_rule_is_told_and_the_same_again_when_the_request_is_repeated(
    client: httpx.AsyncClient,
    gateway: FakeGateway,
    handled: Handled,
    violations: tuple[Violation, ...],
    status: int,
    code: str,
) -> None:
    handled.violations = violations
    first, again = [await client.put(URL, json=DEARER, headers=KEY) for _ in range(2)]
    for answer in (first, again):
        assert (answer.status_code, answer.json()["code"]) == (status, code)
        told = [(each["code"], each["allowed"]) for each in answer.json()["violations"]]
        assert told == [(each.code.value, each.allowed) for each in violations]
        assert answer.headers["ETag"] == '"3"'
    assert len(gateway.amends) == 1
    order = (await client.get(URL)).json()
    assert (order["price"], order["status"], order["amend"]["code"]) == (85.5, "working", "breaks_rules")
    assert len(order["amend"]["violations"]) == len(violations)


@pytest.mark.usefixtures("row")
async def test_what_the_broker_refuses_is_told_in_its_words(client: httpx.AsyncClient, handled: Handled) -> None:
    handled.after = (RequestAnswered("10000001", Answer.REFUSED, "E12", "not now"),)
    answer = await client.put(URL, json=DEARER)
    assert answer.status_code == 200
    assert (answer.json()["outcome"], answer.json()["reason"]) == ("refused", "E12 not now")
    assert (answer.json()["order"]["amend"]["state"], answer.json()["order"]["price"]) == ("refused", 85.5)


async def test_an_amendment_that_a_cancel_has_overtaken_says_so(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, row: StoredOrder
) -> None:
    await client.put(URL, json=DEARER, headers=KEY)
    ledger.rows[ORDER_ID] = folded(row, asked(gateway.amends[0][0].intent_id), CancelAsked("cancel-1", "trader"))
    answer = await client.put(URL, json=DEARER, headers=KEY)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "refused")
    assert answer.json()["reason"] == "A cancel was asked for before the amendment had left; nothing was sent."
    assert answer.json()["order"]["amend"]["code"] == "superseded_by_cancel"


@pytest.mark.parametrize("how", ["filled", "canceled_unsent"])
async def test_a_closed_order_is_too_late(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, row: StoredOrder, how: str
) -> None:
    report = BrokerReport("B-1", "", BrokerState.FILLED, 100, 100, 8_550_000, 0)
    ledger.rows[ORDER_ID] = folded(row, report) if how == "filled" else cancelled_unsent(stored_order())
    answer = await client.put(URL, json=DEARER)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "too_late")
    assert answer.json()["reason"] == f"The order is closed: {how}."
    assert not gateway.amends


@pytest.mark.usefixtures("row")
async def test_the_last_fill_makes_an_amendment_too_late(client: httpx.AsyncClient, handled: Handled) -> None:
    handled.after = (BrokerReport("B-1", "", BrokerState.FILLED, 100, 100, 8_550_000, 0),)
    answer = await client.put(URL, json=DEARER)
    assert (answer.json()["outcome"], answer.json()["reason"]) == ("too_late", "The order is closed: filled.")


@pytest.mark.usefixtures("row")
async def test_one_key_names_one_amendment_and_never_a_cancel(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    for key in ("key-1", "key-1", "key-2"):
        await client.put(URL, json=DEARER, headers={"Idempotency-Key": key})
    await client.put(URL, json=DEARER)
    await client.delete(URL, headers=KEY)
    first, again, other, keyless = [amend.intent_id for amend, _ in gateway.amends]
    assert first == again
    assert len({first, other, keyless, gateway.cancels[0][0].intent_id}) == 4


@pytest.mark.parametrize("body", [{"price": 85.7}, {"quantity": 300}])
@pytest.mark.parametrize("state", ["open", "refused"])
async def test_a_key_used_for_another_amendment_changes_nothing(
    client: httpx.AsyncClient,
    gateway: FakeGateway,
    ledger: FakeLedger,
    row: StoredOrder,
    body: dict[str, object],
    state: str,
) -> None:
    await client.put(URL, json=DEARER, headers=KEY)
    intent_id = gateway.amends[0][0].intent_id
    refused = asked(intent_id, violations=(TOO_DEAR,))
    ledger.rows[ORDER_ID] = folded(row, *((refused,) if state == "refused" else sent(intent_id)))
    answer = await client.put(URL, json=body, headers=KEY)
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    assert len(gateway.amends) == 1


async def test_a_repeated_request_waits_for_its_own_open_amendment(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, row: StoredOrder
) -> None:
    await client.put(URL, json=DEARER, headers=KEY)
    ledger.rows[ORDER_ID] = folded(row, *sent(gateway.amends[0][0].intent_id))
    answer = await client.put(URL, json=DEARER, headers=KEY)
    assert (answer.status_code, answer.json()["outcome"]) == (202, "pending")


async def test_an_order_just_received_takes_the_wish(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.hangs = frozenset({"place", "amend_outcome"})
    received = await client.post("/api/v1/orders", json=BRIEF_BODY)
    answer = await client.put(received.headers["Location"], json=DEARER)
    assert (answer.status_code, answer.json()["outcome"]) == (202, "pending")
    assert answer.json()["order"]["status"] == "received"
    assert gateway.amends[0][1] is None


async def test_a_live_order_that_cannot_be_read_takes_the_wish(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger, row: StoredOrder
) -> None:
    await client.get(URL)
    gateway.views[ORDER_ID] = row
    ledger.down = True
    answer = await client.put(URL, json=DEARER)
    assert (answer.status_code, answer.json()["outcome"]) == (202, "pending")
    assert answer.json()["order"]["source"] == "workflow"


@pytest.mark.usefixtures("row")
async def test_an_amendment_of_another_version_is_stale(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    answer = await client.put(URL, json=DEARER, headers={"If-Match": '"1"'})
    assert (answer.status_code, answer.json()["code"], answer.headers["ETag"]) == (412, "version_stale", '"2"')
    assert not gateway.amends


@pytest.mark.usefixtures("row", "handled")
async def test_an_amendment_that_moved_the_version_itself_may_be_repeated(
    client: httpx.AsyncClient, gateway: FakeGateway, ledger: FakeLedger
) -> None:
    ledger.rows[ORDER_ID] = stored_order()
    headers = {**KEY, "If-Match": '"1"'}
    first, again = [await client.put(URL, json=DEARER, headers=headers) for _ in range(2)]
    assert [answer.status_code for answer in (first, again)] == [200, 200]
    assert first.json()["order"]["version"] == again.json()["order"]["version"] == 2
    assert len(gateway.amends) == 1


@pytest.mark.usefixtures("row")
async def test_an_undelivered_wish_asks_to_repeat(client: httpx.AsyncClient, gateway: FakeGateway) -> None:
    gateway.hangs = frozenset({"ask_amend"})
    started = loop_time()
    answer = await client.put(URL, json=DEARER)
    assert round(loop_time() - started, 6) <= 0.4
    assert (answer.status_code, answer.json()["code"]) == (503, "no_answer")
    assert "amendment" in answer.json()["detail"]


@pytest.mark.parametrize(
    ("user", "status", "code"), [("viewer", 403, "role_may_not_trade"), ("stranger", 404, "order_not_found")]
)
@pytest.mark.usefixtures("row")
async def test_only_who_may_trade_the_account_amends(
    client_for: ClientFor, gateway: FakeGateway, user: str, status: int, code: str
) -> None:
    answer = await client_for(user).put(URL, json=DEARER)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not gateway.amends


async def test_an_unknown_order_cannot_be_amended(client: httpx.AsyncClient) -> None:
    answer = await client.put(URL, json=DEARER)
    assert (answer.status_code, answer.json()["code"]) == (404, "order_not_found")


@pytest.mark.parametrize(("reserve", "held"), [(91_400, 9_153_710), (None, 0)])
async def test_a_buy_without_a_price_shows_what_is_held_at_its_reserve(
    client: httpx.AsyncClient, ledger: FakeLedger, reserve: int | None, held: int
) -> None:
    stored = stored_order(terms=replace(stored_order().order.terms, order_type=OrderType.ATO, price=None))
    ledger.rows[ORDER_ID] = replace(stored, order=replace(stored.order, reserve_price=reserve))
    order = (await client.get(URL)).json()
    assert (order["price"], order["hold_vnd"], order["amend"]) == (None, held, None)


async def test_api07_an_order_lists_every_amendment_with_who_asked_and_what_became_of_it(
    client: httpx.AsyncClient, ledger: FakeLedger, row: StoredOrder
) -> None:
    refused = asked("first", 85_550, (TOO_DEAR,))
    done = (
        RequestAnswered("10000001", Answer.ACCEPTED),
        BrokerReport("B-1", "10000001", BrokerState.WORKING, 100, 0, 0, 0, price=85_600),
    )
    lost = replace(asked("third", None), quantity=200), RequestStarted(Action.AMEND, "10000002", "third")
    unknown = RequestAnswered("10000002", Answer.UNKNOWN)
    ledger.rows[ORDER_ID] = folded(row, refused, *sent("second"), *done, *lost, unknown)
    ledger.wishes[ORDER_ID] = tuple(AmendWish(each, "trader", MARKET_NOW) for each in ("first", "second", "third"))
    found = (await client.get(URL)).json()
    told = [
        [each[name] for name in ("intent_id", "state", "code", "price", "quantity")] for each in found["amendments"]
    ]
    assert told == [
        ["first", "refused", "breaks_rules", 85.55, None],
        ["second", "done", "", 85.6, None],
        ["third", "unknown", "", None, 200],
    ]
    assert {(each["user"], each["asked_at"]) for each in found["amendments"]} == {("trader", "2026-11-20T03:00:00Z")}
    assert [each["code"] for each in found["amendments"][0]["violations"]] == ["price_above_ceiling"]
    assert found["amend"]["intent_id"] == "third"


async def test_api07_who_asked_is_not_told_while_the_ledger_cannot_be_read(
    client: httpx.AsyncClient, ledger: FakeLedger, row: StoredOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(_order_id: str) -> tuple[AmendWish, ...]:
        raise DatabaseUnavailable

    ledger.rows[ORDER_ID] = folded(row, *sent("first"))
    monkeypatch.setattr(ledger, "amend_wishes", away)
    (amendment,) = (await client.get(URL)).json()["amendments"]
    assert (amendment["state"], amendment["price"], amendment["user"]) == ("sending", 85.6, None)


async def test_api07_an_order_that_nobody_amended_lists_nothing(client: httpx.AsyncClient, row: StoredOrder) -> None:
    assert row.order.last_amend is None
    assert (await client.get(URL)).json()["amendments"] == []
    assert "amendments" not in (await client.get("/api/v1/orders")).json()["orders"][0]
