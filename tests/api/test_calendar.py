"""The trading calendar over HTTP: reading it, an operator's word on a day, and what that changes elsewhere."""

from datetime import UTC, date, datetime
from typing import Any

import httpx
import pytest

from ledger.reads.positions import Position
from market.calendar import CalendarOverride, OverrideKind
from market.vocabulary import Exchange
from tests.api.conftest import ClientFor
from tests.api.fakes import ACCOUNT, FakeClock, FakeLedger

URL = "/api/v1/calendar"
OVERRIDES = f"{URL}/overrides"
TODAY = date(2026, 11, 20)
MONDAY = date(2026, 11, 23)
STORM = CalendarOverride(MONDAY, OverrideKind.CLOSED, "storm", "operator")
CLOSE_MONDAY = {"day": "2026-11-23", "kind": "closed", "reason": "bão số 9"}


async def days(client: httpx.AsyncClient, **query: str) -> dict[str, Any]:
    answer = await client.get(URL, params=query)
    assert answer.status_code == 200, answer.text
    return {each["day"]: each["exchanges"] for each in answer.json()["days"]}


async def test_each_day_says_whether_each_exchange_trades_and_why_not(
    client: httpx.AsyncClient, ledger: FakeLedger
) -> None:
    ledger.overrides.append(CalendarOverride(MONDAY, OverrideKind.CLOSED, "outage", "operator", Exchange.HNX))
    found = await days(client, **{"from": "2026-11-20", "to": "2026-11-24"})
    assert list(found) == ["2026-11-20", "2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24"]
    trading = {"trades": True, "reason": None, "certainty": None}
    assert found["2026-11-20"] == [{"exchange": exchange.value, **trading} for exchange in Exchange]
    assert {(each["trades"], each["reason"]) for each in found["2026-11-21"]} == {(False, "weekend")}
    assert [each["trades"] for each in found["2026-11-23"]] == [True, False, True]
    assert (found["2026-11-23"][1]["reason"], found["2026-11-23"][1]["certainty"]) == ("outage", "announced")
    assert {each["certainty"] for each in found["2026-11-24"]} == {"expected"}


async def test_a_year_without_a_notice_is_only_expected(client: httpx.AsyncClient) -> None:
    found = await days(client, **{"from": "2027-04-30", "to": "2027-04-30"})
    assert {each["certainty"] for each in found["2027-04-30"]} == {"expected"}


async def test_without_a_range_it_is_a_month_from_the_markets_today(client: httpx.AsyncClient) -> None:
    found = list(await days(client))
    assert (found[0], found[-1], len(found)) == ("2026-11-20", "2026-12-20", 31)


async def test_at_the_end_of_the_century_the_month_is_shorter(client: httpx.AsyncClient) -> None:
    assert list(await days(client, **{"from": "2099-12-30"})) == ["2099-12-30", "2099-12-31"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"from": "2026-11-20", "to": "2026-11-19"}, "to"),
        ({"from": "2026-01-01", "to": "2027-01-02"}, "to"),
        ({"from": "1700000000"}, "from"),
        ({"from": "2026-13-01"}, "from"),
        ({"from": "1999-12-31"}, "from"),
        ({"to": "2100-01-01"}, "to"),
        ({"until": "2026-11-20"}, "until"),
    ],
)
async def test_a_wrong_range_is_named(client: httpx.AsyncClient, query: dict[str, str], field: str) -> None:
    answer = await client.get(URL, params=query)
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert [violation["field"] for violation in answer.json()["violations"]] == [field]


async def test_a_year_of_days_may_be_asked_for_without_the_clock(client: httpx.AsyncClient, clock: FakeClock) -> None:
    clock.market_now = None
    assert len(await days(client, **{"from": "2026-01-01", "to": "2027-01-01"})) == 366
    answer = await client.get(URL)
    assert (answer.status_code, answer.json()["code"]) == (503, "clock_unavailable")


async def test_an_operator_closes_a_day_and_everyone_sees_it(client_for: ClientFor, ledger: FakeLedger) -> None:
    answer = await client_for("operator").post(OVERRIDES, json=CLOSE_MONDAY)
    assert answer.status_code == 201
    assert answer.json() == {
        "id": 1,
        "exchange": None,
        "author": "operator",
        "created_at": "2026-11-20T03:00:00Z",
        **CLOSE_MONDAY,
    }
    assert ledger.overrides == [CalendarOverride(MONDAY, OverrideKind.CLOSED, "bão số 9", "operator")]
    found = await days(client_for("viewer"), **{"from": "2026-11-23", "to": "2026-11-23"})
    assert {each["reason"] for each in found["2026-11-23"]} == {"bão số 9"}


async def test_one_exchange_can_be_reopened_alone(client_for: ClientFor, ledger: FakeLedger) -> None:
    body = {"day": "2026-11-24", "exchange": "HNX", "kind": "reopened", "reason": "notice"}
    assert (await client_for("operator").post(OVERRIDES, json=body)).json()["exchange"] == "HNX"
    assert ledger.overrides[0].exchange is Exchange.HNX
    found = await days(client_for("trader"), **{"from": "2026-11-24", "to": "2026-11-24"})
    assert [each["trades"] for each in found["2026-11-24"]] == [False, True, False]


@pytest.mark.parametrize("user", ["trader", "viewer"])
async def test_only_an_operator_changes_the_calendar(client_for: ClientFor, ledger: FakeLedger, user: str) -> None:
    answer = await client_for(user).post(OVERRIDES, json=CLOSE_MONDAY)
    assert (answer.status_code, answer.json()["code"]) == (403, "operator_only")
    assert answer.json()["detail"] == f"Role {user} may not do this; operator may."
    assert ledger.overrides == []


async def test_without_a_token_nobody_changes_the_calendar(client_for: ClientFor, ledger: FakeLedger) -> None:
    assert (await client_for(None).post(OVERRIDES, json=CLOSE_MONDAY)).status_code == 401
    assert ledger.overrides == []


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"day": "24.11.2026"}, "day"),
        ({"day": 1_795_000_000}, "day"),
        ({"day": "2100-01-01"}, "day"),
        ({"day": "2026-11-21", "kind": "reopened"}, "day"),
        ({"kind": "CLOSED"}, "kind"),
        ({"exchange": "NYSE"}, "exchange"),
        ({"reason": ""}, "reason"),
        ({"reason": "   "}, "reason"),
        ({"reason": "two\nlines"}, "reason"),
        ({"reason": "\x00"}, "reason"),
        ({"reason": "x" * 301}, "reason"),
        ({"author": "someone else"}, "author"),
    ],
)
async def test_a_wrong_override_is_named_and_not_written(
    client_for: ClientFor, ledger: FakeLedger, change: dict[str, object], field: str
) -> None:
    answer = await client_for("operator").post(OVERRIDES, json={**CLOSE_MONDAY, **change})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
    assert [violation["field"] for violation in answer.json()["violations"]] == [field]
    assert ledger.overrides == []


async def test_a_saturday_cannot_be_reopened_and_the_answer_says_why(client_for: ClientFor) -> None:
    body = {"day": "2026-08-22", "kind": "reopened", "reason": "make-up working day"}
    answer = await client_for("operator").post(OVERRIDES, json=body)
    assert answer.json()["detail"] == "day is Saturday 2026-08-22, and the exchanges never trade on a weekend."


async def test_while_the_database_is_silent_the_operator_is_told_to_come_back(
    client_for: ClientFor, ledger: FakeLedger
) -> None:
    client = client_for("operator")
    await client.get(URL)
    ledger.down = True
    answer = await client.post(OVERRIDES, json=CLOSE_MONDAY)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")


async def test_a_holiday_announced_late_moves_the_date_on_which_shares_and_cash_can_be_used(
    client: httpx.AsyncClient, ledger: FakeLedger
) -> None:
    ledger.owned["VIC"] = Position("VIC", 300, 100, 50, {date(2026, 11, 19): 150}, 85_000, 25_500_000, 0, 0)
    ledger.overrides.append(STORM)
    single = (await client.get("/api/v1/positions/VIC")).json()
    (listed,) = (await client.get("/api/v1/positions")).json()["positions"]
    assert single["pending"] == listed["pending"] == [{"settles_on": "2026-11-25", "quantity": 150}]
    balance = (await client.get("/api/v1/accounts/balance", params={"account_id": ACCOUNT})).json()
    assert balance["receivable"] == [{"settles_on": "2026-11-25", "amount_vnd": 5_000_000}]


async def test_trades_that_can_be_used_on_the_same_date_are_told_as_one(
    client: httpx.AsyncClient, ledger: FakeLedger
) -> None:
    pending = {date(2026, 11, 19): 100, TODAY: 50}
    ledger.owned["VIC"] = Position("VIC", 150, 0, 0, pending, 85_000, 12_750_000, 0, 0)
    ledger.overrides.append(CalendarOverride(TODAY, OverrideKind.CLOSED, "declared void", "operator"))
    found = (await client.get("/api/v1/positions/VIC")).json()["pending"]
    assert found == [{"settles_on": "2026-11-25", "quantity": 150}]


async def test_the_session_of_a_day_closed_by_a_person_is_closed_until_the_next_trading_day(
    client: httpx.AsyncClient, ledger: FakeLedger
) -> None:
    ledger.overrides.append(CalendarOverride(TODAY, OverrideKind.CLOSED, "storm", "operator"))
    found = (await client.get("/api/v1/accounts/trading-session")).json()
    hose = found["exchanges"][0]
    assert found["is_trading_day"] is False
    assert (hose["phase"], hose["next_phase"], hose["allowed_order_types"]) == ("CLOSED", "OPEN_AUCTION", [])
    assert (hose["since"], hose["next_boundary"]) == ("2026-11-19T14:45:00+07:00", "2026-11-23T09:00:00+07:00")


async def test_on_a_sunday_the_session_has_been_closed_since_friday(
    client: httpx.AsyncClient, clock: FakeClock
) -> None:
    clock.market_now = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    found = (await client.get("/api/v1/accounts/trading-session")).json()["exchanges"]
    assert [each["since"] for each in found] == [f"2026-11-20T{time}:00+07:00" for time in ("14:45", "15:00", "15:00")]
