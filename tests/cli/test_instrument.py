"""`oms instrument` against a ledger: what it prints, what it writes down, and what it refuses."""

import asyncio
from datetime import date

import pytest
from typer.testing import CliRunner

from cli.main import app
from ledger.database import open_engine
from ledger.ledger import Ledger
from local.failure import CannotRun
from market.instrument import Instrument
from market.vocabulary import SecurityStatus
from tests.support.ledger_orders import DAY, INSTRUMENTS

RESTRICT = ("set", "vic", "--status", "restricted", "--from", "2026-11-20", "--reason", " Notice 123 [HOSE] ")


def oms(*arguments: str) -> str:
    """What the command prints; its expected failures are raised, as `oms` itself turns them into one line."""
    result = CliRunner().invoke(app, ["instrument", *arguments], catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.output


@pytest.fixture
def listed(database_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("USER", "lan")
    asyncio.run(_save(database_url))
    return database_url


async def _save(database_url: str) -> None:
    engine = open_engine(database_url)
    try:
        await Ledger(engine).save_instruments(INSTRUMENTS)
    finally:
        await engine.dispose()


def vic_in(database_url: str, day: date = DAY) -> Instrument | None:
    async def read() -> Instrument | None:
        engine = open_engine(database_url)
        try:
            return await Ledger(engine).instrument("VIC", day)
        finally:
            await engine.dispose()

    return asyncio.run(read())


def status_in(database_url: str) -> SecurityStatus | None:
    found = vic_in(database_url)
    return None if found is None else found.status


@pytest.mark.stack
def test_a_status_that_a_person_says_is_in_force_and_shown_with_who_said_it(listed: str) -> None:
    assert oms(*RESTRICT) == (
        "1: status of VIC is RESTRICTED from 2026-11-20, says lan: Notice 123 [HOSE]\n"
        "VIC on 2026-11-20: HOSE STOCK, RESTRICTED, NORMAL band 79,600 to 91,400 VND\n"
    )
    assert status_in(listed) is SecurityStatus.RESTRICTED
    first, _, line = oms("show", "VIC").splitlines()
    assert first == "VIC on 2026-11-20: HOSE STOCK, RESTRICTED, NORMAL band 79,600 to 91,400 VND"
    assert line.split() == ["1", "status", "RESTRICTED", "2026-11-20", "lan", "Notice", "123", "[HOSE]"]


@pytest.mark.stack
def test_two_things_may_be_said_at_once_by_a_named_user_and_until_a_day(listed: str) -> None:
    written = oms(*RESTRICT, "--band-day", "return-day", "--until", "2026-11-20", "--user", "minh")
    assert written.splitlines()[:2] == [
        "1: status of VIC is RESTRICTED from 2026-11-20 until 2026-11-20, says minh: Notice 123 [HOSE]",
        "2: band day of VIC is RETURN_DAY from 2026-11-20 until 2026-11-20, says minh: Notice 123 [HOSE]",
    ]
    assert status_in(listed) is SecurityStatus.RESTRICTED


@pytest.mark.stack
def test_what_was_said_is_taken_back_alone_or_all_at_once(listed: str) -> None:
    oms(*RESTRICT, "--band-day", "large_cash_ex_date")
    back = ("clear", "VIC", "--from", "2026-11-20", "--reason", "lifted")
    assert "status of VIC is as the broker tells again from 2026-11-20, says lan: lifted" in oms(
        *back, "--about", "status"
    )
    assert "NORMAL, LARGE_CASH_EX_DATE band" in oms("show", "VIC")
    assert len(oms(*back).splitlines()) == 4
    assert vic_in(listed) == INSTRUMENTS[0]
    assert len(oms("show", "VIC").splitlines()) == 2 + 6


@pytest.mark.stack
@pytest.mark.usefixtures("listed")
def test_a_security_that_no_list_has_named_is_said_to_be_unknown() -> None:
    assert oms("show", "ABC") == "ABC: no reference data\nnobody has said anything of it\n"
    assert oms("set", "ABC", *RESTRICT[2:]).endswith("ABC: no list has ever named it\n")


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("set", "VIC", "--from", "2026-11-20", "--reason", "x"), "nothing is said: give --status"),
        ((*RESTRICT[:-1], " "), "--reason is empty"),
        ((*RESTRICT, "--status", "forbidden"), "--status is 'forbidden', which is none of NORMAL, WARNED"),
        ((*RESTRICT, "--conversion", "4:1"), "--conversion is '4:1', not a share and a ratio such as 'VIC 4:1'"),
        ((*RESTRICT, "--until", "2026-11-19"), "until is 2026-11-19, before the first day 2026-11-20"),
        (("set", "vic!", *RESTRICT[2:]), "symbol is 'VIC!', not at most 12"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_reason(arguments: tuple[str, ...], complaint: str) -> None:
    with pytest.raises(CannotRun, match=complaint):
        oms(*arguments)
