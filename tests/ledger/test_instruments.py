"""Reference data by day, and alerts that concern the market alone."""

from dataclasses import replace
from datetime import date

import pytest

from ledger.accounts import AlertKind
from ledger.ledger import Ledger
from market.vocabulary import BandDay, SecurityStatus
from tests.support.ledger_orders import DAY, INSTRUMENTS

pytestmark = pytest.mark.stack

VIC = INSTRUMENTS[0]
NEXT_DAY = date(2026, 11, 23)


async def test_each_day_has_its_own_row_and_an_earlier_one_stays(ledger: Ledger) -> None:
    monday = replace(VIC, trading_date=NEXT_DAY, reference=86_000, ceiling=92_000, floor=80_000)
    assert await ledger.renew_instruments([VIC]) == 1
    assert await ledger.instrument("VIC", NEXT_DAY) is None
    await ledger.renew_instruments([monday])
    assert await ledger.instrument("VIC", DAY) == VIC
    assert await ledger.instrument("VIC", NEXT_DAY) == monday
    assert (await ledger.instruments_loaded(DAY), await ledger.instruments_loaded(NEXT_DAY)) == (1, 1)


async def test_a_list_that_tells_no_status_does_not_end_a_halt(ledger: Ledger) -> None:
    await ledger.save_instruments([replace(VIC, status=SecurityStatus.HALTED, foreign_room=100)])
    told = replace(VIC, ceiling=102_600, floor=68_400, band_day=BandDay.FIRST_DAY)
    await ledger.renew_instruments([told])
    assert await ledger.instrument("VIC", DAY) == replace(told, status=SecurityStatus.HALTED, foreign_room=100)


async def test_a_room_that_the_list_tells_replaces_the_one_before(ledger: Ledger) -> None:
    await ledger.save_instruments([replace(VIC, foreign_room=100)])
    await ledger.renew_instruments([replace(VIC, foreign_room=40)])
    assert await ledger.instrument("VIC", DAY) == replace(VIC, foreign_room=40)


async def test_a_list_without_rows_changes_nothing(ledger: Ledger) -> None:
    assert await ledger.renew_instruments([]) == 0


async def test_an_alert_of_the_market_is_raised_once_and_its_first_words_stand(ledger: Ledger) -> None:
    key = "band_discrepancy:2026-11-20:VIC"
    assert await ledger.raise_alert(AlertKind.BAND_DISCREPANCY, key, "first")
    assert not await ledger.raise_alert(AlertKind.BAND_DISCREPANCY, key, "second")
    assert await ledger.raise_alert(AlertKind.BAND_DISCREPANCY, f"{key}2", "another")
    assert [(each.text, each.account_id, each.connection_id) for each in await ledger.alerts()] == [
        ("another", None, None),
        ("first", None, None),
    ]
