"""A security's reference data of today over HTTP, and an operator's wish to have them loaded again."""

from dataclasses import replace
from datetime import UTC, date, datetime

import httpx
import pytest

from api.numbers import parse_json
from market.vocabulary import BandDay, SecurityStatus
from tests.api.conftest import ClientFor
from tests.api.fakes import INSTRUMENT, FakeClock, FakeGateway, FakeLedger

URL = "/api/v1/instruments/VIC"
LOAD = "/api/v1/instruments/load"
TODAY = date(2026, 11, 20)


@pytest.fixture(autouse=True)
def vic_is_listed_today(ledger: FakeLedger) -> None:
    ledger.listed = {("VIC", TODAY): INSTRUMENT}


@pytest.mark.parametrize("user", ["trader", "viewer", "operator"])
async def test_whoever_is_signed_in_reads_the_days_band_in_thousand_vnd(client_for: ClientFor, user: str) -> None:
    answer = await client_for(user).get(URL)
    assert answer.status_code == 200
    assert answer.json() == {
        "symbol": "VIC",
        "name": "Vingroup",
        "exchange": "HOSE",
        "kind": "STOCK",
        "trading_date": "2026-11-20",
        "reference": 85.5,
        "ceiling": 91.4,
        "floor": 79.6,
        "status": "NORMAL",
        "band_day": "NORMAL",
        "foreign_room": None,
        "conversion": None,
    }


async def test_without_a_token_nothing_is_told(client_for: ClientFor) -> None:
    assert (await client_for(None).get(URL)).status_code == 401


async def test_status_first_day_and_foreign_room_are_shown_as_they_are_known(
    client: httpx.AsyncClient, ledger: FakeLedger
) -> None:
    known = replace(INSTRUMENT, status=SecurityStatus.HALTED, band_day=BandDay.FIRST_DAY, foreign_room=0)
    ledger.listed = {("VIC", TODAY): replace(known, reference=85_550)}
    found = parse_json((await client.get(URL)).text)
    assert (found["status"], found["band_day"], found["foreign_room"]) == ("HALTED", "FIRST_DAY", 0)
    assert str(found["reference"]) == "85.55"


async def test_yesterdays_data_are_not_shown_on_a_new_day(client: httpx.AsyncClient, clock: FakeClock) -> None:
    clock.market_now = datetime(2026, 11, 22, 23, 30, tzinfo=UTC)  # Monday, 06:30 in Vietnam
    answer = await client.get(URL)
    assert (answer.status_code, answer.json()["code"]) == (404, "instrument_not_found")
    assert answer.json()["detail"] == "Nothing is known of VIC on 2026-11-23; yesterday's data are never used."


async def test_over_the_weekend_fridays_data_are_shown(client: httpx.AsyncClient, clock: FakeClock) -> None:
    clock.market_now = datetime(2026, 11, 22, 3, 0, tzinfo=UTC)
    assert (await client.get(URL)).json()["trading_date"] == "2026-11-20"


@pytest.mark.parametrize("symbol", ["ABC", "vic", "%00", "V" * 40])
async def test_a_symbol_that_is_not_listed_is_a_404_problem(client: httpx.AsyncClient, symbol: str) -> None:
    answer = await client.get(f"/api/v1/instruments/{symbol}")
    assert (answer.status_code, answer.json()["code"]) == (404, "instrument_not_found")


@pytest.mark.parametrize("path", [URL, LOAD])
async def test_without_the_market_clock_today_is_not_guessed(
    client_for: ClientFor, clock: FakeClock, gateway: FakeGateway, path: str
) -> None:
    clock.market_now = None
    answer = await client_for("operator").request("POST" if path == LOAD else "GET", path)
    assert (answer.status_code, answer.json()["code"]) == (503, "clock_unavailable")
    assert gateway.loads == []


async def test_while_the_database_is_silent_the_reader_is_told_to_come_back(
    client: httpx.AsyncClient, ledger: FakeLedger
) -> None:
    await client.get(URL)
    ledger.down = True
    answer = await client.get(URL)
    assert (answer.status_code, answer.json()["code"]) == (503, "database_unavailable")


async def test_an_operator_has_the_days_data_loaded_again(client_for: ClientFor, gateway: FakeGateway) -> None:
    answer = await client_for("operator").post(LOAD)
    assert answer.status_code == 202
    assert answer.json() == {"trading_date": "2026-11-20", "workflow_id": "reference-data-2026-11-20"}
    assert gateway.loads == [TODAY]


@pytest.mark.parametrize(("user", "status"), [("trader", 403), ("viewer", 403), (None, 401)])
async def test_only_an_operator_has_them_loaded(
    client_for: ClientFor, gateway: FakeGateway, user: str | None, status: int
) -> None:
    assert (await client_for(user).post(LOAD)).status_code == status
    assert gateway.loads == []


@pytest.mark.parametrize("hangs", [False, True])
async def test_a_load_that_could_not_be_asked_for_may_be_asked_for_again(
    client_for: ClientFor, gateway: FakeGateway, hangs: bool
) -> None:
    gateway.reachable = hangs
    gateway.hangs = frozenset({"load_reference_data"} if hangs else ())
    answer = await client_for("operator").post(LOAD)
    assert (answer.status_code, answer.json()["code"]) == (503, "load_not_started")
    assert answer.headers["Retry-After"] == "2"
