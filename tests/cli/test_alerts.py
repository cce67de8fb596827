"""`oms alerts` against a ledger."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from typer.testing import CliRunner

from cli.main import app
from cli.stack_database import with_ledger
from ledger.accounts import AlertKind
from ledger.ledger import Ledger
from local.failure import CannotRun


def oms_alerts(*arguments: str) -> list[str]:
    result = CliRunner().invoke(app, ["alerts", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output.splitlines()


def halted(number: int) -> Callable[[Ledger], Awaitable[bool]]:
    kind = AlertKind.SESSION_CONTRADICTION
    return lambda ledger: ledger.raise_alert(kind, f"key {number}", f"HOSE shows HALT [{number}]")


@pytest.mark.stack
def test_alerts_are_shown_with_their_words_the_newest_first(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", database_url)
    assert oms_alerts() == ["no alerts"]
    for number in (1, 2):
        asyncio.run(with_ledger(halted(number)))
    heading, newest, oldest = oms_alerts()
    assert heading.split() == ["raised", "kind", "about", "what"]
    assert "HALT [2]" in newest
    assert "HALT [1]" in oldest
    assert len(oms_alerts("--most", "1")) == 2


def test_without_a_database_it_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql+psycopg://oms@127.0.0.1:9/oms")
    with pytest.raises(CannotRun, match="the database does not answer"):
        oms_alerts()
