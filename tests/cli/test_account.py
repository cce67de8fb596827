"""`oms account` against a ledger: what it writes down, and what it refuses."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from typer.testing import CliRunner

from cli.main import app
from ledger.database import open_engine
from ledger.ledger import Ledger
from local.failure import CannotRun
from risk.checks import TradingState
from tests.support.database import ACCOUNT_ID
from tests.support.ledger_orders import open_market

pytestmark = pytest.mark.stack


def oms(*arguments: str) -> str:
    """What the command prints; its expected failures are raised, as `oms` itself turns them into one line."""
    result = CliRunner().invoke(app, ["account", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


def with_ledger(database_url: str, work: Callable[[Ledger], Awaitable[object]]) -> object:
    async def run() -> object:
        engine = open_engine(database_url)
        try:
            return await work(Ledger(engine))
        finally:
            await engine.dispose()

    return asyncio.run(run())


@pytest.fixture
def account_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The account owns 1,000 VND and 100 VIC, and is blocked."""
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("USER", "lan")

    async def prepare(ledger: Ledger) -> None:
        await open_market(ledger, cash=1_000, VIC=100)
        await ledger.block(ACCOUNT_ID, "balances:1", "VIC: 100 shares booked, 90 at the broker")

    with_ledger(database_url, prepare)
    return database_url


def state_in(database_url: str) -> object:
    async def read(ledger: Ledger) -> TradingState | None:
        account = await ledger.account(ACCOUNT_ID)
        return None if account is None else account.state

    return with_ledger(database_url, read)


def test_lc99_an_adjustment_by_a_named_person_clears_the_block(account_database: str) -> None:
    told = oms("adjust", ACCOUNT_ID, "vic", "-10", "--reason", " sold elsewhere ")
    assert told == "1: 0901351 has -10 shares of VIC, says lan: sold elsewhere. It is now active.\n"
    assert state_in(account_database) is TradingState.ACTIVE
    told = oms("adjust", ACCOUNT_ID, "cash", "500", "--reason", "deposit", "--user", "minh")
    assert told == "2: 0901351 has +500 VND of cash, says minh: deposit. It is now active.\n"


def test_an_operator_resumes_an_account(account_database: str) -> None:
    assert oms("resume", ACCOUNT_ID, "--reason", "asked SSI") == "1: 0901351 is active again, says lan: asked SSI.\n"
    assert state_in(account_database) is TradingState.ACTIVE


@pytest.mark.usefixtures("account_database")
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("adjust", ACCOUNT_ID, "cash", "0", "--reason", "x"), "AMOUNT is 0"),
        (("adjust", ACCOUNT_ID, "cash", "-1001", "--reason", "x"), "more than is available"),
        (("adjust", ACCOUNT_ID, "XYZ", "100", "--reason", "x"), "ASSET is not known"),
        (("adjust", ACCOUNT_ID, "cash", "5", "--reason", " "), "--reason is empty"),
        (("adjust", "9999999", "cash", "5", "--reason", "x"), "there is no account 9999999"),
        (("resume", "9999999", "--reason", "x"), "there is no account 9999999"),
        (("resume", ACCOUNT_ID, "--reason", ""), "--reason is empty"),
    ],
)
def test_what_cannot_be_meant_is_refused_in_one_line(arguments: tuple[str, ...], words: str) -> None:
    with pytest.raises(CannotRun, match=words):
        oms(*arguments)
