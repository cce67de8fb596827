"""The preview of an order: the ledger's verdict in the API's words, with nothing placed."""

from datetime import UTC, date, datetime

import httpx

from ledger.previewing import Estimate, Preview
from market.phases import phase_at
from market.terms import OrderTerms
from market.violations import RuleCode, Violation
from market.vocabulary import Exchange, OrderType, Side
from orders.holds import Hold
from tests.api.conftest import BRIEF_BODY, ClientFor
from tests.api.fakes import ACCOUNT, MARKET_NOW, FakeClock, FakeGateway, FakeLedger

URL = "/api/v1/orders/preview"
_TERMS = OrderTerms("VIC", Exchange.HOSE, Side.BUY, OrderType.LO, 100, 85_500)


async def test_a_preview_tells_hold_fees_and_when_it_would_be_sent(
    client: httpx.AsyncClient, ledger: FakeLedger, gateway: FakeGateway
) -> None:
    phase = phase_at(Exchange.HOSE, MARKET_NOW)
    estimate = Estimate(85_500, 8_550_000, 12_825, 0, date(2026, 11, 25))
    ledger.preview_answer = Preview(
        (), (), Hold(8_562_825), estimate, phase, MARKET_NOW, datetime(2026, 11, 20, 8, tzinfo=UTC)
    )
    answer = await client.post(URL, json=BRIEF_BODY)
    assert answer.status_code == 200
    found = answer.json()
    assert (found["accepted"], found["violations"], found["hold_vnd"], found["phase"]) == (
        True,
        [],
        8_562_825,
        "CONT_AM",
    )
    assert found["estimate"] == {
        "price": 85.5,
        "value_vnd": 8_550_000,
        "commission_vnd": 12_825,
        "tax_vnd": 0,
        "settles_on": "2026-11-25",
    }
    assert [asked[:2] for asked in ledger.previewed] == [(ACCOUNT, _TERMS)]
    assert not gateway.placed
    assert not ledger.rows


async def test_a_preview_of_an_order_that_breaks_rules_lists_them_all(
    client: httpx.AsyncClient, ledger: FakeLedger
) -> None:
    broken = tuple(
        Violation(code, "VN-A5", "no", "không") for code in (RuleCode.PRICE_OFF_TICK, RuleCode.INSUFFICIENT_CASH)
    )
    ledger.preview_answer = Preview(broken, (), Hold(), None, None, None, None)
    found = (await client.post(URL, json=BRIEF_BODY)).json()
    assert not found["accepted"]
    assert [each["code"] for each in found["violations"]] == ["price_off_tick", "insufficient_cash"]


async def test_a_viewer_may_not_preview(client_for: ClientFor) -> None:
    answer = await client_for("viewer").post(URL, json=BRIEF_BODY)
    assert (answer.status_code, answer.json()["code"]) == (403, "role_may_not_trade")


async def test_without_the_market_clock_there_is_no_preview(client: httpx.AsyncClient, clock: FakeClock) -> None:
    clock.market_now = None
    answer = await client.post(URL, json=BRIEF_BODY)
    assert (answer.status_code, answer.json()["code"]) == (503, "clock_unavailable")
