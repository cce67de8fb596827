"""Reading orders, fills, positions, cash and the session."""

from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import pytest

from api.problems import rule_violations
from ledger.reads.orders import Execution
from ledger.reads.positions import Position
from market.calendar import VIETNAM
from market.code_meanings import UNITS
from market.deviations import PhaseDeviation
from market.offering import OFFERED
from market.violations import RuleCode, Violation
from market.vocabulary import Exchange, PhaseName, Side
from orders.evidence import Answer, BrokerReport, BrokerState, Match, RequestAnswered, RequestStarted
from orders.folding import apply
from orders.order import Action
from orders.stored import StoredOrder
from tests.api.conftest import ClientFor
from tests.api.fakes import (
    ACCOUNT,
    MARKET_NOW,
    OTHER_ACCOUNT,
    TERMS,
    FakeClock,
    FakeGateway,
    FakeLedger,
    cancelled_unsent,
    loop_time,
    stored_order,
    with_order,
)

ORDER_ID = stored_order().order.order_id
URL = f"/api/v1/orders/{ORDER_ID}"
MATCHED_AT = datetime(2026, 11, 20, 3, 5, tzinfo=UTC)


def sent(stored: StoredOrder) -> StoredOrder:
    order = apply(stored.order, RequestStarted(Action.SUBMIT, "10000000", "submit"))
    return with_order(stored, apply(order, RequestAnswered("10000000", Answer.ACCEPTED)))


def matched(stored: StoredOrder, quantity: int, price: int) -> StoredOrder:
    return with_order(stored, apply(stored.order, Match("B-1", quantity, price, MATCHED_AT)))


async def test_a_live_order_is_answered_by_its_workflow(
    client: httpx.AsyncClient, ledger: FakeLedger, gateway: FakeGateway
) -> None:
    ledger.rows[ORDER_ID] = stored_order()
    gateway.views[ORDER_ID] = matched(sent(stored_order()), 30, 85_400)
    answer = await client.get(URL)
    order = answer.json()
    assert order["source"] == "workflow"
    assert order["status"] == "partially_filled"
    assert (order["filled_quantity"], order["leaves_quantity"]) == (30, 70)
    assert order["average_price"] == 85.4
    assert order["broker_order_id"] == "B-1"
    assert answer.headers["ETag"] == f'"{order["version"]}"' == '"3"'


async def test_a_workflow_that_is_behind_its_row_is_not_believed(
    client: httpx.AsyncClient, ledger: FakeLedger, gateway: FakeGateway
) -> None:
    ledger.rows[ORDER_ID] = sent(stored_order())
    gateway.views[ORDER_ID] = stored_order()
    assert (await client.get(URL)).json()["source"] == "ledger"


async def test_a_silent_workflow_falls_back_to_the_row(
    client: httpx.AsyncClient, ledger: FakeLedger, gateway: FakeGateway
) -> None:
    ledger.rows[ORDER_ID] = stored_order()
    gateway.hangs = frozenset({"view"})
    started = loop_time()
    answer = await client.get(URL)
    assert round(loop_time() - started, 6) <= 0.3
    assert answer.json()["source"] == "ledger"


async def test_a_closed_order_is_not_asked_of_its_workflow(
    client: httpx.AsyncClient, ledger: FakeLedger, gateway: FakeGateway
) -> None:
    ledger.rows[ORDER_ID] = cancelled_unsent(stored_order())
    gateway.views[ORDER_ID] = replace(stored_order(), version=9)
    order = (await client.get(URL)).json()
    assert (order["source"], order["status"]) == ("ledger", "canceled")


async def test_the_average_price_is_rounded_half_up_to_the_dong(client: httpx.AsyncClient, ledger: FakeLedger) -> None:
    ledger.rows[ORDER_ID] = matched(matched(sent(stored_order()), 1, 85_400), 1, 85_401)
    assert (await client.get(URL)).json()["average_price"] == 85.401


async def test_a_sell_shows_its_shares_held_and_its_tax(client: httpx.AsyncClient, ledger: FakeLedger) -> None:
    sell = stored_order(terms=replace(TERMS, side=Side.SELL))
    ledger.rows[ORDER_ID] = matched(sent(sell), 40, 85_500)
    order = (await client.get(URL)).json()
    assert (order["hold_vnd"], order["hold_shares"]) == (0, 60)
    assert (order["commission_vnd"], order["tax_vnd"]) == (5_130, 3_420)


async def test_a_rejection_says_why(client: httpx.AsyncClient, ledger: FakeLedger) -> None:
    report = BrokerReport("B-1", "10000000", BrokerState.REJECTED, 100, 0, 0, 0, "Không đủ sức mua")
    order = sent(stored_order())
    ledger.rows[ORDER_ID] = with_order(order, apply(order.order, report))
    shown = (await client.get(URL)).json()
    assert (shown["status"], shown["reject_reason"]) == ("rejected", "Không đủ sức mua")


@pytest.mark.parametrize("path", ["", "/executions"])
@pytest.mark.parametrize("order_id", [ORDER_ID, "not-a-uuid", "00000000-0000-5000-8000-000000000000", "%00"])
async def test_an_order_of_others_and_no_order_look_the_same(
    client_for: ClientFor, ledger: FakeLedger, order_id: str, path: str
) -> None:
    ledger.rows[ORDER_ID] = stored_order()
    answer = await client_for("stranger").get(f"/api/v1/orders/{order_id}{path}")
    assert answer.status_code == 404
    assert answer.json()["code"] == "order_not_found"
    assert ACCOUNT not in answer.text


async def test_without_a_row_and_without_temporal_nothing_is_claimed(
    client: httpx.AsyncClient, gateway: FakeGateway
) -> None:
    gateway.reachable = False
    answer = await client.get(URL)
    assert (answer.status_code, answer.json()["code"]) == (503, "no_answer")


async def test_orders_are_listed_by_page_and_filter(client: httpx.AsyncClient, ledger: FakeLedger) -> None:
    for number in range(3):
        order_id = f"{number}dbd5dbe-5a45-5a94-8d17-4b29f04e3ab2"
        ledger.rows[order_id] = stored_order(order_id)
    ledger.rows["x"] = stored_order("x", OTHER_ACCOUNT)
    first = (await client.get("/api/v1/orders", params={"limit": 2})).json()
    second = (await client.get("/api/v1/orders", params={"limit": 2, "cursor": first["next_cursor"]})).json()
    assert [order["order_id"][0] for order in first["orders"] + second["orders"]] == ["0", "1", "2"]
    assert second["next_cursor"] is None
    filtered = await client.get("/api/v1/orders", params={"status": ["filled", "canceled"], "symbol": "VIC"})
    assert filtered.json()["orders"] == []


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("status=open", "status.0"),
        ("side=HOLD", "side"),
        ("limit=0", "limit"),
        ("limit=201", "limit"),
        ("cursor=nonsense", "cursor"),
        ("symbol=%00", "symbol"),
        ("sybmol=VIC", "sybmol"),
    ],
)
async def test_a_wrong_filter_is_named(client: httpx.AsyncClient, query: str, field: str) -> None:
    answer = await client.get(f"/api/v1/orders?{query}")
    assert answer.status_code == 400
    assert [violation["field"] for violation in answer.json()["violations"]] == [field]


async def test_executions_show_price_value_and_charges(client: httpx.AsyncClient, ledger: FakeLedger) -> None:
    ledger.rows[ORDER_ID] = stored_order()
    ledger.fills[ORDER_ID] = (
        Execution(
            execution_id="M-1",
            quantity=30,
            price=85_400,
            value=2_562_000,
            commission=3_843,
            tax=0,
            executed_at=MATCHED_AT,
            provisional=False,
            superseded=False,
        ),
    )
    found = (await client.get(f"{URL}/executions")).json()
    assert found["order_id"] == ORDER_ID
    assert found["executions"][0]["price"] == 85.4
    assert found["executions"][0]["value_vnd"] == 2_562_000
    assert found["executions"][0]["commission_vnd"] == 3_843


VIC = Position("VIC", 300, 100, 50, {date(2026, 11, 19): 150}, 85_000, 25_500_000, 1_200, 0)


async def test_positions_tell_what_can_be_sold(client: httpx.AsyncClient, ledger: FakeLedger) -> None:
    ledger.owned["VIC"] = VIC
    listed = (await client.get("/api/v1/positions")).json()
    single = (await client.get("/api/v1/positions/VIC")).json()
    assert listed["account_id"] == ACCOUNT
    assert listed["positions"][0] | {"as_of": ""} == single | {"as_of": ""}
    assert (single["quantity"], single["sellable"], single["held"]) == (300, 100, 50)
    assert single["pending"] == [{"settles_on": "2026-11-23", "quantity": 150}]
    assert (single["average_cost_vnd"], single["cost_total_vnd"], single["realized_pnl_vnd"]) == (
        85_000,
        25_500_000,
        1_200,
    )


async def test_a_position_is_valued_at_the_last_price_with_its_time(
    client: httpx.AsyncClient, ledger: FakeLedger
) -> None:
    ledger.owned["VIC"] = VIC
    unvalued = (await client.get("/api/v1/positions/VIC")).json()
    assert (unvalued["last_price"], unvalued["market_value_vnd"], unvalued["unrealized_pnl_vnd"]) == (None, None, None)
    ledger.owned["VIC"] = replace(VIC, last_price=84_300, last_price_at=MARKET_NOW)
    valued = (await client.get("/api/v1/positions/VIC")).json()
    assert (valued["last_price"], valued["last_price_at"]) == (84.3, "2026-11-20T03:00:00Z")
    assert (valued["market_value_vnd"], valued["unrealized_pnl_vnd"]) == (25_290_000, -210_000)


@pytest.mark.parametrize("symbol", ["FPT", "vic", "%00", "x" * 200])
async def test_no_position_is_a_problem(client: httpx.AsyncClient, symbol: str) -> None:
    answer = await client.get(f"/api/v1/positions/{symbol}")
    assert (answer.status_code, answer.json()["code"]) == (404, "position_not_found")


async def test_buying_power_is_the_cash_that_is_free(client: httpx.AsyncClient) -> None:
    found = (await client.get("/api/v1/positions/buying-power/available")).json()
    assert (found["buying_power_vnd"], found["held_vnd"]) == (100_000_000, 8_562_825)


async def test_the_balance_adds_up(client: httpx.AsyncClient) -> None:
    found = (await client.get("/api/v1/accounts/balance", params={"account_id": ACCOUNT})).json()
    assert found["receivable"] == [{"settles_on": "2026-11-23", "amount_vnd": 5_000_000}]
    assert found["total_vnd"] == 113_562_825


async def test_an_ambiguous_account_must_be_named(client: httpx.AsyncClient, ledger: FakeLedger) -> None:
    two = replace(ledger.users["trader"], account_ids=(ACCOUNT, OTHER_ACCOUNT), default_account_id=None)
    ledger.users["trader"] = two
    answer = await client.get("/api/v1/positions")
    assert (answer.status_code, answer.json()["code"]) == (400, "account_ambiguous")
    assert ACCOUNT in answer.json()["detail"]


def offered(*types: str) -> list[str]:
    """Of the exchange's types those that the product sends."""
    return [each for each in types if each in OFFERED.types]


async def test_the_session_tells_phase_boundary_and_order_types(client: httpx.AsyncClient) -> None:
    found = (await client.get("/api/v1/accounts/trading-session")).json()
    hose = next(exchange for exchange in found["exchanges"] if exchange["exchange"] == "HOSE")
    assert (found["trading_date"], found["is_trading_day"], found["clock"]["version"]) == ("2026-11-20", True, 4)
    assert (hose["phase"], hose["next_phase"], hose["next_boundary"]) == (
        "CONT_AM",
        "BREAK",
        "2026-11-20T11:30:00+07:00",
    )
    assert (hose["allowed_order_types"], hose["held_order_types"]) == (offered("LO", "MTL"), offered("ATC"))


async def test_lc80_a_phase_that_runs_otherwise_is_told_beside_the_timetables(
    client: httpx.AsyncClient, ledger: FakeLedger
) -> None:
    since, until = (datetime(2026, 11, 20, hour, 30, tzinfo=VIETNAM) for hour in (9, 11))
    ledger.deviations.append(PhaseDeviation(Exchange.HOSE, date(2026, 11, 20), PhaseName.HALTED, since, until))
    hose, hnx, _ = (await client.get("/api/v1/accounts/trading-session")).json()["exchanges"]
    assert (hose["phase"], hose["tabled_phase"], hose["allowed_order_types"]) == ("HALTED", "CONT_AM", [])
    assert (hnx["phase"], hnx["tabled_phase"]) == ("CONT_AM", "CONT_AM")
    assert (hose["since"], hose["next_boundary"]) == ("2026-11-20T09:30:00+07:00", "2026-11-20T11:30:00+07:00")


async def test_at_lunch_limit_orders_wait_for_the_afternoon(client: httpx.AsyncClient, clock: FakeClock) -> None:
    clock.market_now = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
    found = (await client.get("/api/v1/accounts/trading-session")).json()
    assert {exchange["phase"] for exchange in found["exchanges"]} == {"BREAK"}
    assert found["exchanges"][0]["allowed_order_types"] == []
    assert found["exchanges"][0]["held_order_types"] == offered("LO", "ATC", "MTL")


async def test_a_silent_market_clock_is_a_problem(client: httpx.AsyncClient, clock: FakeClock) -> None:
    clock.market_now = None
    answer = await client.get("/api/v1/accounts/trading-session")
    assert (answer.status_code, answer.json()["code"]) == (503, "clock_unavailable")


READS = (
    "/api/v1/orders",
    URL,
    f"{URL}/executions",
    "/api/v1/positions",
    "/api/v1/positions/VIC",
    "/api/v1/positions/buying-power/available",
    "/api/v1/accounts/balance",
    "/api/v1/accounts/trading-session",
    "/api/v1/calendar",
    "/api/v1/alerts",
)


@pytest.mark.parametrize("path", READS)
@pytest.mark.parametrize("fault", ["down", "hangs"])
async def test_without_the_database_readers_are_told_to_come_back(
    client: httpx.AsyncClient, ledger: FakeLedger, path: str, fault: str
) -> None:
    setattr(ledger, fault, True)
    answer = await client.get(path)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "2"
    assert answer.json()["code"] == "database_unavailable"


def test_every_rule_about_a_number_names_its_unit() -> None:
    for code in RuleCode:
        unit = rule_violations([Violation(code, "rule", "message", "message_vi")])[0].unit
        assert unit == UNITS.get(code), code
        if code.startswith("price") or code is RuleCode.INSUFFICIENT_CASH:
            assert unit == "VND", code
        if code.startswith("quantity") or code is RuleCode.INSUFFICIENT_SHARES:
            assert unit == "shares", code
