"""`oms account open` and `oms account grant`: a live account and its users come into being, once and as described."""

import asyncio
from decimal import Decimal
from pathlib import Path

import httpx
import pytest

from api.app import create_app
from api.resources import Resources
from api.tokens import issue
from ledger.database import open_engine
from ledger.ledger import Ledger
from local.failure import CannotRun
from local.home import find_holder, open_home
from tests.api.fakes import FakeClock, FakeGateway, FakeLedger
from tests.cli.test_account import oms

pytestmark = pytest.mark.stack

SECRET = "a-secret-of-at-least-thirty-two-bytes"
LAN = ("open", "0905555", "--investor", "Lan Nguyen", "--plan", "standard", "--channel", "online")
LANS = "investor Lan Nguyen (Vietnamese; other accounts: none), commission 0.15 %, tax on sales 0.1 %."


@pytest.fixture(autouse=True)
def database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", database_url)
    return database_url


def balance(database_url: str, user: str, account_id: str | None = None) -> httpx.Response:
    """What the API tells the user of an account's cash."""

    async def ask() -> httpx.Response:
        engine = open_engine(database_url)
        app = create_app(Resources(Ledger(engine), FakeGateway(FakeLedger()), FakeClock(), SECRET, "HS256"))
        headers = {"Authorization": f"Bearer {issue(user, SECRET, 5, 'HS256')}"}
        parameters = {} if account_id is None else {"account_id": account_id}
        try:
            async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://oms") as client:
                return await client.get("/api/v1/accounts/balance", headers=headers, params=parameters)
        finally:
            await engine.dispose()

    return asyncio.run(ask())


def test_an_account_is_opened_once_and_told_again() -> None:
    assert oms(*LAN) == f"0905555 is open: {LANS}\n"
    assert oms(*LAN) == f"0905555 was open already: {LANS}\n"


def test_a_second_account_of_an_investor_tells_the_first() -> None:
    oms(*LAN)
    others = ("--investor", " Lan  Nguyen ", "--plan", "STANDARD", "--channel", "STAFF")
    assert oms("open", "0906666", *others) == (
        "0906666 is open: investor Lan Nguyen (Vietnamese; other accounts: 0905555),"
        " commission 0.35 %, tax on sales 0.1 %.\n"
    )


def test_an_account_that_is_there_is_never_changed_and_each_difference_is_told() -> None:
    oms(*LAN)
    others = ("--investor", "Minh Tran", "--plan", "self_directed", "--channel", "online", "--foreign")
    with pytest.raises(CannotRun) as refused:
        oms("open", "0905555", *others)
    assert str(refused.value) == (
        "account 0905555 is there already: its investor is Lan Nguyen, not Minh Tran; its commission is 0.15 %, not"
        " 0.027 %; its investor's nationality is Vietnamese, not foreign. Nothing was changed;"
        " `oms account set-fees` changes rates"
    )
    assert "was open already" in oms(*LAN)


def test_a_person_sets_the_rates_of_another_plan() -> None:
    oms(*LAN)
    assert oms("set-fees", "0905555", "--plan", "self_directed", "--channel", "online") == (
        "0905555: commission 0.027 % (before: 0.15 %), tax on sales 0.1 % (before: 0.1 %),"
        " for orders accepted from now on.\n"
    )
    assert "commission 0.027 %" in oms(*LAN, "--plan", "self_directed")


def test_an_embedded_database_that_no_stack_runs_is_brought_up_for_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("OMS_HOME", str(tmp_path))
    assert f"0905555 is open: {LANS}" in oms(*LAN)
    assert f"0905555 was open already: {LANS}" in oms(*LAN)
    assert find_holder(open_home(tmp_path)) is None


def test_a_granted_user_sees_the_account_over_the_api(database: str) -> None:
    oms(*LAN)
    assert balance(database, "hoa").status_code == 401
    assert oms("grant", "0905555", "hoa", "--role", "trader", "--default") == (
        "hoa is trader in 0905555; a request that names no account means 0905555.\n"
    )
    seen = balance(database, "hoa")
    assert (seen.status_code, seen.json(parse_float=Decimal)["account_id"]) == (200, "0905555")
    assert balance(database, "hoa", "0901351").status_code == 404
    oms("grant", "0901351", "hoa", "--role", "trader")
    assert balance(database, "hoa", "0901351").json()["account_id"] == "0901351"
    assert balance(database, "hoa").json()["account_id"] == "0905555"


def test_a_known_users_role_is_changed_on_request_only() -> None:
    oms(*LAN)
    with pytest.raises(CannotRun, match=r"viewer is viewer, and a role holds in every account of a user \(0901351\)"):
        oms("grant", "0905555", "viewer", "--role", "trader")
    assert oms("grant", "0905555", "viewer", "--role", "trader", "--change-role") == (
        "viewer is trader in 0901351, 0905555; a request that names no account means 0901351.\n"
    )


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((*LAN, "--plan", "gold"), "--plan was 'gold': allowed are standard, self_directed"),
        ((*LAN, "--channel", "fax"), "--channel was 'fax': allowed are online, staff"),
        ((*LAN, "--plan", "self_directed", "--channel", "staff"), "allowed with --plan self_directed are online"),
        ((*LAN, "--investor", " "), "--investor is empty"),
        (("open", "09 05", *LAN[2:]), "BROKER_ACCOUNT was '09 05'"),
        (("set-fees", "9999999", *LAN[4:]), "there is no account 9999999"),
        (("grant", "0901351", "hoa", "--role", "boss"), "--role was 'boss': allowed are viewer, trader, operator"),
        (("grant", "0901351", "", "--role", "viewer"), "USER is empty"),
        (("grant", "9999999", "hoa", "--role", "viewer"), "there is no account 9999999"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CannotRun, match=words):
        oms(*arguments)
