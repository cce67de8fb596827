"""Put-through trades: what a refusal says of their hours is what the table holds."""

from datetime import datetime, time

import pytest

from market.calendar import VIETNAM
from market.put_through import PUT_THROUGH_HOURS, put_through_violations
from market.violations import RuleCode
from market.vocabulary import Exchange
from tests.market.market_of_cases import at, security


@pytest.mark.parametrize("exchange", Exchange)
def test_a_refusal_tells_the_hours_of_the_table_in_both_languages(exchange: Exchange) -> None:
    listed = security(exchange)
    [refused] = put_through_violations(listed, 20_000, listed.reference, at("12:00"))
    assert refused.code is RuleCode.PHASE_TAKES_NOTHING
    assert refused.allowed == "09:00 to 11:30, 13:00 to 15:00"
    assert f"on {exchange} are made from 09:00 to 11:30 and from 13:00 to 15:00 of" in refused.message
    assert f"trên {exchange} từ 09:00 đến 11:30 và từ 13:00 đến 15:00 ngày" in refused.message_vi


def test_trades_are_made_in_every_row_up_to_its_end() -> None:
    for row in PUT_THROUGH_HOURS:
        listed = security(row.exchange)
        for clock, made in ((row.start, True), (row.end, row.end == time(14, 45))):
            now = datetime.combine(at("12:00").date(), clock, VIETNAM)
            assert (put_through_violations(listed, 20_000, listed.reference, now) == ()) is made, (row, clock)
