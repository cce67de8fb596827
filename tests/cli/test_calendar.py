"""`oms calendar` against a ledger: what it prints, what it writes down, and what it refuses."""

import asyncio
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.main import app
from ledger.database import open_engine
from ledger.ledger import Ledger
from local.failure import CannotRun
from market.calendar import TradingCalendar
from market.vocabulary import Exchange

MONDAY = date(2026, 11, 23)
CULTURE_DAY = date(2026, 11, 24)


def oms(*arguments: str) -> str:
    """What the command prints; its expected failures are raised, as `oms` itself turns them into one line."""
    result = CliRunner().invoke(app, ["calendar", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def calendar_database(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("USER", "lan")
    return database_url


def calendar_in(database_url: str) -> TradingCalendar:
    async def read() -> TradingCalendar:
        engine = open_engine(database_url)
        try:
            return await Ledger(engine).calendar()
        finally:
            await engine.dispose()

    return asyncio.run(read())


def row(shown: str, day: date) -> list[str]:
    (line,) = (line for line in shown.splitlines() if line.startswith(day.isoformat()))
    return line.rstrip().split(maxsplit=5)[1:]


@pytest.mark.stack
def test_a_day_that_is_closed_is_shown_as_closed_and_by_whom_it_was(calendar_database: str) -> None:
    written = oms("close", "2026-11-23", "--reason", " bão số 9 [HOSE] ")
    assert written == "1: 2026-11-23 is closed on every exchange, says lan: bão số 9 [HOSE]\n"
    assert not calendar_in(calendar_database).is_trading_day(MONDAY)
    shown = oms("show", "--from", "2026-11-20", "--to", "2026-11-24")
    assert len(shown.splitlines()) == 6
    assert row(shown, date(2026, 11, 20)) == ["Fri", "trades", "trades", "trades"]
    assert row(shown, MONDAY) == ["Mon", "closed", "closed", "closed", "bão số 9 [HOSE] (announced)"]
    assert row(shown, CULTURE_DAY)[-1].endswith("(expected)")


@pytest.mark.stack
def test_one_exchange_is_reopened_by_a_named_user(calendar_database: str) -> None:
    written = oms("reopen", "2026-11-24", "--exchange", "HNX", "--reason", "notice", "--user", "minh")
    assert written == "1: 2026-11-24 is reopened on HNX, says minh: notice\n"
    found = calendar_in(calendar_database)
    assert [found.is_trading_day(CULTURE_DAY, exchange) for exchange in Exchange] == [False, True, False]
    assert row(oms("show", "--from", "2026-11-24", "--to", "2026-11-24"), CULTURE_DAY)[1:4] == [
        "closed",
        "trades",
        "closed",
    ]


@pytest.mark.stack
@pytest.mark.usefixtures("calendar_database")
def test_without_days_a_month_is_shown() -> None:
    assert len(oms("show").splitlines()) == 32


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("close", "2026-11-23", "--reason", " "), "--reason is empty"),
        (("reopen", "2026-08-22", "--reason", "make-up day"), "DAY is Saturday 2026-08-22, and the exchanges never"),
        (("close", "1999-01-01", "--reason", "typo"), "DAY is 1999-01-01, and the calendar goes from"),
        (("show", "--from", "2026-11-24", "--to", "2026-11-23"), "--from is 2026-11-24 and --to is 2026-11-23"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_reason(arguments: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(CannotRun, match=complaint):
        oms(*arguments)


def test_a_day_that_is_no_date_is_refused() -> None:
    result = CliRunner().invoke(app, ["calendar", "close", "24.11.2026", "--reason", "x"])
    assert result.exit_code == 2
    assert "does not match the format" in result.output


def test_a_database_that_does_not_answer_is_one_clear_complaint(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://oms@127.0.0.1:1/oms")
    with pytest.raises(CannotRun, match="the database does not answer; is the stack running"):
        oms("show")


def test_without_a_stack_the_folder_to_name_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("OMS_HOME", str(tmp_path / "home"))
    with pytest.raises(CannotRun, match=r"no stack has run in OMS_HOME=.*home: set it to the folder"):
        oms("show")
