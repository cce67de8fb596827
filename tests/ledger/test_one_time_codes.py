"""A one-time code in the ledger: taken once, forgotten when old, and shown by nothing."""

import logging

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from ledger.accounts import AlertKind
from ledger.database import open_engine
from ledger.ledger import Ledger
from tests.support.database import CONNECTION_ID

pytestmark = pytest.mark.stack

CODE = "918273"


async def rows(engine: AsyncEngine) -> int:
    async with engine.connect() as connection:
        return int((await connection.execute(text("SELECT count(*) FROM one_time_code"))).scalar_one())


async def test_a_code_is_taken_once_and_leaves_nothing_behind(ledger: Ledger, engine: AsyncEngine) -> None:
    await ledger.leave_one_time_code(CONNECTION_ID, CODE)
    assert await ledger.take_one_time_code(CONNECTION_ID) == CODE
    assert await ledger.take_one_time_code(CONNECTION_ID) is None
    assert await rows(engine) == 0


async def test_a_later_code_takes_the_place_of_one_that_nobody_took(ledger: Ledger, engine: AsyncEngine) -> None:
    await ledger.leave_one_time_code(CONNECTION_ID, "111111")
    await ledger.leave_one_time_code(CONNECTION_ID, CODE)
    assert await rows(engine) == 1
    assert await ledger.take_one_time_code(CONNECTION_ID) == CODE


async def test_a_code_older_than_ten_minutes_is_deleted_and_not_used(ledger: Ledger, engine: AsyncEngine) -> None:
    for age, expected in (("9 minutes 50 seconds", CODE), ("10 minutes 10 seconds", None)):
        await ledger.leave_one_time_code(CONNECTION_ID, CODE)
        async with engine.begin() as connection:
            await connection.execute(text(f"UPDATE one_time_code SET entered_at = now() - interval '{age}'"))  # noqa: S608 - ours
        assert await ledger.take_one_time_code(CONNECTION_ID) == expected
        assert await rows(engine) == 0


async def test_entering_a_code_anew_makes_it_young_again(ledger: Ledger, engine: AsyncEngine) -> None:
    await ledger.leave_one_time_code(CONNECTION_ID, CODE)
    async with engine.begin() as connection:
        await connection.execute(text("UPDATE one_time_code SET entered_at = now() - interval '1 day'"))
    await ledger.leave_one_time_code(CONNECTION_ID, CODE)
    assert await ledger.take_one_time_code(CONNECTION_ID) == CODE


async def test_a_code_is_in_no_error_of_the_database_and_in_no_statement_that_is_logged(
    database_url: str, caplog: pytest.LogCaptureFixture
) -> None:
    engine = open_engine(database_url, echo=True)
    try:
        with caplog.at_level(logging.INFO, "sqlalchemy.engine"):
            await Ledger(engine).leave_one_time_code(CONNECTION_ID, CODE)
            with pytest.raises(DBAPIError) as refused:
                await Ledger(engine).leave_one_time_code("no such connection", CODE)
    finally:
        await engine.dispose()
    assert "INSERT INTO one_time_code" in caplog.text
    assert CODE not in caplog.text + str(refused.value) + str(refused.value.orig)


async def test_an_alert_about_a_connection_is_raised_once_for_its_fact(ledger: Ledger) -> None:
    raised = [
        await ledger.raise_alert(AlertKind.CODE_OVERDUE, key, "no code by 09:00", connection_id=CONNECTION_ID)
        for key in ("monday", "monday", "tuesday")
    ]
    assert raised == [True, False, True]
    found = await ledger.alerts()
    assert [(each.kind, each.connection_id, each.key) for each in found] == [
        (AlertKind.CODE_OVERDUE, CONNECTION_ID, "tuesday"),
        (AlertKind.CODE_OVERDUE, CONNECTION_ID, "monday"),
    ]
