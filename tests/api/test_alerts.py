"""What a person must look at, as the API tells it."""

import httpx
import pytest

from ledger.accounts import AlertKind
from ledger.reads.alerts import Alert
from tests.api.fakes import ACCOUNT, MARKET_NOW, FakeLedger

URL = "/api/v1/alerts"
HALT = Alert("k1", AlertKind.SESSION_CONTRADICTION, None, None, None, "HOSE shows HALT", MARKET_NOW)
SHORT = Alert("k2", AlertKind.SHORTFALL, ACCOUNT, None, "o-1", "100 VND are missing", MARKET_NOW)
STRANGERS = Alert("k3", AlertKind.SHORTFALL, "0777777", None, "o-2", "9 VND are missing", MARKET_NOW)


async def test_alerts_of_the_market_and_of_own_accounts_are_told_newest_first(
    client: httpx.AsyncClient, ledger: FakeLedger
) -> None:
    ledger.raised = [HALT, SHORT, STRANGERS]
    found = (await client.get(URL)).json()["alerts"]
    assert [each["key"] for each in found] == ["k2", "k1"]
    assert found[1] == {
        "key": "k1",
        "kind": "session_contradiction",
        "account_id": None,
        "connection_id": None,
        "order_id": None,
        "text": "HOSE shows HALT",
        "raised_at": "2026-11-20T03:00:00Z",
    }
    assert [each["key"] for each in (await client.get(URL, params={"limit": 1})).json()["alerts"]] == ["k2"]


@pytest.mark.parametrize("limit", ["0", "201", "x"])
async def test_a_limit_out_of_range_is_refused(client: httpx.AsyncClient, limit: str) -> None:
    answer = await client.get(URL, params={"limit": limit})
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid_request")
