"""Where the market's clock starts, so that a session is open whatever the hour on the wall."""

from datetime import UTC, date, datetime

import pytest

from simulator.clock import first_instant, next_session, reset, started
from tests.simulator.market_of_one import at

WEDNESDAY, SUNDAY = date(2026, 11, 25), date(2026, 11, 29)


@pytest.mark.parametrize(
    ("wall", "market"),
    [
        (at("10:17", WEDNESDAY), at("10:17", WEDNESDAY)),
        (at("11:00", WEDNESDAY), at("10:00", WEDNESDAY)),
        (at("02:00", WEDNESDAY), at("10:00", WEDNESDAY)),
        (at("09:05", WEDNESDAY), at("10:00", WEDNESDAY)),
        (at("22:00", WEDNESDAY), at("10:00", WEDNESDAY)),
        (at("10:17", SUNDAY), at("10:00", date(2026, 11, 27))),
    ],
)
def test_a_new_market_starts_in_an_open_session(wall: datetime, market: datetime) -> None:
    assert first_instant(wall.astimezone(UTC)) == market


@pytest.mark.parametrize(
    ("stopped", "resumed"),
    [
        (at("10:17", WEDNESDAY), at("10:17", WEDNESDAY)),
        (at("08:30", WEDNESDAY), at("08:30", WEDNESDAY)),
        (at("11:45", WEDNESDAY), at("11:45", WEDNESDAY)),
        (at("14:35", WEDNESDAY), at("14:35", WEDNESDAY)),
        (at("14:50", WEDNESDAY), at("14:50", WEDNESDAY)),
        (at("15:00", WEDNESDAY), at("09:20", date(2026, 11, 26))),
        (at("15:10", date(2026, 11, 27)), at("09:20", date(2026, 11, 30))),
        (at("10:00", SUNDAY), at("09:20", date(2026, 11, 30))),
    ],
)
def test_a_market_goes_on_where_it_stood_until_its_day_is_over(stopped: datetime, resumed: datetime) -> None:
    assert next_session(stopped) == resumed


def test_a_changed_rate_goes_on_from_the_same_market_time() -> None:
    clock = started(at("10:00"), datetime(2026, 1, 1, tzinfo=UTC), 1, 4)
    wall = datetime(2026, 1, 1, 0, 1, tzinfo=UTC)
    faster = reset(clock, wall, rate=60)
    assert (faster.at(wall), faster.rate, faster.version) == (at("10:01"), 60, 5)
