"""A cancel in a phase that takes none is refused with the time of the next one that does (VN-A3)."""

from datetime import UTC, date, datetime

import httpx
import pytest
from sqlalchemy.exc import OperationalError

from market.calendar import CalendarOverride, OverrideKind, TradingCalendar
from orders.evidence import Answer, BrokerReport, BrokerState, RequestAnswered, RequestStarted
from orders.folding import apply
from orders.order import Action
from tests.api.fakes import FakeClock, FakeGateway, FakeLedger, stored_order, with_order

STORED = stored_order()
ORDER_ID = STORED.order.order_id
URL = f"/api/v1/orders/{ORDER_ID}"
MORNING = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
BREAK = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
CLOSING = datetime(2026, 11, 20, 7, 35, tzinfo=UTC)


@pytest.fixture(autouse=True)
def working(ledger: FakeLedger) -> None:
    order = apply(STORED.order, RequestStarted(Action.SUBMIT, "10000000", "submit"))
    order = apply(order, RequestAnswered("10000000", Answer.ACCEPTED))
    order = apply(order, BrokerReport("B-1", "10000000", BrokerState.WORKING, 100, 0, 0, 0))
    ledger.rows[ORDER_ID] = with_order(STORED, order)


async def test_lc47_a_cancel_in_the_lunch_break_is_refused_with_the_next_time(
    client: httpx.AsyncClient, clock: FakeClock, gateway: FakeGateway
) -> None:
    clock.market_now = BREAK
    answer = await client.delete(URL)
    assert (answer.status_code, answer.json()["code"]) == (409, "cancel_not_allowed_in_phase")
    (violation,) = answer.json()["violations"]
    assert (violation["code"], violation["allowed"]) == ("cancel_not_now", "2026-11-20T13:00+07:00")
    assert not gateway.cancels


async def test_lc48_an_order_carried_into_the_closing_auction_stays_as_it_is(
    client: httpx.AsyncClient, clock: FakeClock, gateway: FakeGateway
) -> None:
    clock.market_now = CLOSING
    answer = await client.delete(URL)
    assert (answer.status_code, answer.json()["violations"][0].get("allowed")) == (409, None)
    assert not gateway.cancels


@pytest.mark.parametrize("now", [MORNING, None])
async def test_a_cancel_goes_out_in_a_phase_that_takes_it_and_when_the_phase_is_not_known(
    client: httpx.AsyncClient, clock: FakeClock, gateway: FakeGateway, now: datetime | None
) -> None:
    clock.market_now = now
    assert (await client.delete(URL)).status_code in (200, 202)
    assert len(gateway.cancels) == 1


async def test_an_order_that_we_still_hold_is_cancelled_in_any_phase(
    client: httpx.AsyncClient, clock: FakeClock, gateway: FakeGateway, ledger: FakeLedger
) -> None:
    clock.market_now = BREAK
    ledger.rows[ORDER_ID] = STORED
    assert (await client.delete(URL)).status_code in (200, 202)
    assert len(gateway.cancels) == 1


async def test_a_day_closed_by_a_person_takes_no_cancel(
    client: httpx.AsyncClient, clock: FakeClock, gateway: FakeGateway, ledger: FakeLedger
) -> None:
    clock.market_now = MORNING
    ledger.overrides.append(CalendarOverride(date(2026, 11, 20), OverrideKind.CLOSED, "storm", "operator"))
    answer = await client.delete(URL)
    assert (answer.status_code, answer.json()["code"]) == (409, "cancel_not_allowed_in_phase")
    assert not gateway.cancels


async def test_a_cancel_goes_out_while_the_calendar_cannot_be_read(
    client: httpx.AsyncClient, clock: FakeClock, gateway: FakeGateway, ledger: FakeLedger
) -> None:
    async def unreadable() -> TradingCalendar:
        raise OperationalError("SELECT 1", {}, ConnectionRefusedError("connection refused"))

    clock.market_now = BREAK
    ledger.calendar = unreadable  # type: ignore[method-assign] # one fault
    assert (await client.delete(URL)).status_code in (200, 202)
    assert len(gateway.cancels) == 1
