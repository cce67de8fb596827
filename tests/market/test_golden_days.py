"""One day of each exchange, minute by minute: its phases, the types it takes, and whether orders can be changed."""

from datetime import datetime, timedelta
from itertools import groupby

import pytest

from market.calendar import PUBLISHED, TradingCalendar
from market.deviations import PhaseDeviation
from market.offering import EVERYTHING
from market.permissions import change_permission
from market.phases import next_boundary, phase_at, previous_boundary
from market.sending import next_sending
from market.vocabulary import Exchange, OrderType, PhaseName, SecurityStatus, Whereabouts
from tests.market.market_of_cases import DAY, HNX, HOSE, UPCOM, at

NORMAL, RESTRICTED = SecurityStatus.NORMAL, SecurityStatus.RESTRICTED
GOLDEN = {
    (HOSE, NORMAL): """
        00:00 CLOSED takes -; LO fixed
        09:00 OPEN_AUCTION takes LO ATO; LO fixed
        09:15 CONT_AM takes LO MTL; LO free
        11:30 BREAK takes -; LO fixed
        13:00 CONT_PM takes LO MTL; LO free
        14:30 CLOSE_AUCTION takes LO ATC; LO fixed
        14:45 CLOSED takes -; LO fixed
    """,
    (HNX, NORMAL): """
        00:00 CLOSED takes -; LO fixed
        09:00 CONT_AM takes LO MTL MOK MAK; LO free
        11:30 BREAK takes -; LO fixed
        13:00 CONT_PM takes LO MTL MOK MAK; LO free
        14:30 CLOSE_AUCTION takes LO ATC; LO fixed
        14:45 PLO takes PLO; LO fixed
        15:00 CLOSED takes -; LO fixed
    """,
    (UPCOM, NORMAL): """
        00:00 CLOSED takes -; LO fixed
        09:00 CONT_AM takes LO; LO free
        11:30 BREAK takes -; LO fixed
        13:00 CONT_PM takes LO; LO free
        15:00 CLOSED takes -; LO fixed
    """,
}


def minutes() -> list[datetime]:
    return [at("00:00") + timedelta(minutes=minute) for minute in range(24 * 60)]


def line(exchange: Exchange, status: SecurityStatus, now: datetime, calendar: TradingCalendar) -> str:
    phase = phase_at(exchange, now, status, calendar)
    taken = [order_type for order_type in OrderType if phase.takes(order_type, EVERYTHING)]
    free = change_permission(Whereabouts.AT_EXCHANGE, OrderType.LO, exchange, now, status, calendar).allowed
    number = f" {phase.number}" if phase.number else ""
    return f"{phase.name}{number} takes {' '.join(taken) or '-'}; LO {'free' if free else 'fixed'}"


def day_of(exchange: Exchange, status: SecurityStatus, calendar: TradingCalendar = PUBLISHED) -> list[str]:
    told = [(line(exchange, status, now, calendar), now) for now in minutes()]
    firsts = (next(group) for _, group in groupby(told, key=lambda each: each[0]))
    return [f"{now:%H:%M} {words}" for words, now in firsts]


DISTURBED = TradingCalendar(
    (),
    (
        PhaseDeviation(HOSE, DAY, PhaseName.OPEN_AUCTION, at("09:15"), at("09:22")),
        PhaseDeviation(HOSE, DAY, PhaseName.HALTED, at("10:45"), at("11:05")),
        PhaseDeviation(HOSE, DAY, PhaseName.CLOSE_AUCTION, at("14:45"), at("14:51")),
    ),
)
"""An opening auction that goes on for seven minutes, a halt in the morning, a closing auction of six more minutes."""

GOLDEN_DISTURBED = {
    NORMAL: """
        00:00 CLOSED takes -; LO fixed
        09:00 OPEN_AUCTION takes LO ATO; LO fixed
        09:22 CONT_AM takes LO MTL; LO free
        10:45 HALTED takes -; LO fixed
        11:05 CONT_AM takes LO MTL; LO free
        11:30 BREAK takes -; LO fixed
        13:00 CONT_PM takes LO MTL; LO free
        14:30 CLOSE_AUCTION takes LO ATC; LO fixed
        14:51 CLOSED takes -; LO fixed
    """,
    RESTRICTED: """
        00:00 CLOSED takes -; LO fixed
        09:00 OPEN_AUCTION takes LO ATO; LO fixed
        09:22 PERIODIC_AUCTION 1 takes LO; LO free
        09:25 PERIODIC_AUCTION 1 takes LO; LO fixed
        09:30 PERIODIC_AUCTION 2 takes LO; LO free
        09:40 PERIODIC_AUCTION 2 takes LO; LO fixed
        09:45 PERIODIC_AUCTION 3 takes LO; LO free
        09:55 PERIODIC_AUCTION 3 takes LO; LO fixed
        10:00 PERIODIC_AUCTION 4 takes LO; LO free
        10:10 PERIODIC_AUCTION 4 takes LO; LO fixed
        10:15 PERIODIC_AUCTION 5 takes LO; LO free
        10:25 PERIODIC_AUCTION 5 takes LO; LO fixed
        10:30 PERIODIC_AUCTION 6 takes LO; LO free
        10:40 PERIODIC_AUCTION 6 takes LO; LO fixed
        10:45 HALTED takes -; LO fixed
        11:05 PERIODIC_AUCTION 8 takes LO; LO free
        11:10 PERIODIC_AUCTION 8 takes LO; LO fixed
        11:15 PERIODIC_AUCTION 9 takes LO; LO free
        11:25 PERIODIC_AUCTION 9 takes LO; LO fixed
        11:30 BREAK takes -; LO fixed
    """,
}


@pytest.mark.parametrize("status", GOLDEN_DISTURBED)
def test_a_day_with_a_stretched_auction_and_a_halt_goes_as_written(status: SecurityStatus) -> None:
    expected = [row.strip() for row in GOLDEN_DISTURBED[status].strip().splitlines()]
    assert day_of(HOSE, status, DISTURBED)[: len(expected)] == expected
    assert day_of(HNX, status, DISTURBED) == day_of(HNX, status)


def test_orders_live_through_a_disturbed_day_as_long_as_its_phases_do() -> None:
    for order_type, sent, at_once, dies in (
        (OrderType.ATO, "09:17", "09:17", "09:22"),
        (OrderType.MTL, "09:17", "09:22", "14:51"),
        (OrderType.LO, "10:50", "11:05", "14:51"),
        (OrderType.ATC, "14:48", "14:48", "14:51"),
    ):
        sending = next_sending(HOSE, order_type, at(sent), calendar=DISTURBED)
        assert sending is not None
        assert (sending.at, sending.lives_until) == (at(at_once), at(dies))


@pytest.mark.parametrize(("exchange", "status"), GOLDEN)
def test_a_day_of_an_exchange_goes_as_written(exchange: Exchange, status: SecurityStatus) -> None:
    expected = [row.strip() for row in GOLDEN[exchange, status].strip().splitlines()]
    assert day_of(exchange, status) == expected


def test_a_day_of_a_restricted_stock_has_fifteen_auctions_that_freeze_in_their_last_five_minutes() -> None:
    day = day_of(HOSE, RESTRICTED)
    auctions = [row for row in day if "PERIODIC_AUCTION" in row]
    assert auctions[:2] == [
        "09:15 PERIODIC_AUCTION 1 takes LO; LO free",
        "09:25 PERIODIC_AUCTION 1 takes LO; LO fixed",
    ]
    assert auctions[-1] == "14:25 PERIODIC_AUCTION 15 takes LO; LO fixed"
    assert len(auctions) == 30
    assert [row for row in day if row not in auctions] == [
        "00:00 CLOSED takes -; LO fixed",
        "09:00 OPEN_AUCTION takes LO ATO; LO fixed",
        "11:30 BREAK takes -; LO fixed",
        "14:30 CLOSE_AUCTION takes LO ATC; LO fixed",
        "14:45 CLOSED takes -; LO fixed",
    ]


@pytest.mark.parametrize("exchange", Exchange)
@pytest.mark.parametrize("status", SecurityStatus)
def test_every_minute_lies_between_its_boundaries(exchange: Exchange, status: SecurityStatus) -> None:
    for now in minutes():
        before, after = previous_boundary(exchange, now, status), next_boundary(exchange, now, status)
        assert before <= now < after
        assert phase_at(exchange, after, status) != phase_at(exchange, now, status)
        assert phase_at(exchange, before, status).start <= before


@pytest.mark.parametrize("exchange", Exchange)
@pytest.mark.parametrize("order_type", OrderType)
def test_an_order_is_sent_in_a_phase_that_takes_it_and_lives_into_no_other_day(
    exchange: Exchange, order_type: OrderType
) -> None:
    for now in minutes()[::7]:
        sending = next_sending(exchange, order_type, now)
        if sending is None:
            continue
        assert now <= sending.at <= sending.lives_until
        assert phase_at(exchange, sending.at).takes(order_type, EVERYTHING)
        assert sending.lives_until.date() == sending.trading_date


def test_types_that_no_phase_takes_are_never_sent() -> None:
    assert next_sending(UPCOM, OrderType.ATC, at("10:00")) is None
    assert next_sending(HNX, OrderType.ATO, at("10:00")) is None


@pytest.mark.parametrize(
    ("exchange", "order_type", "sent", "dies"),
    [
        (HOSE, OrderType.ATO, "09:00", "09:15"),
        (HOSE, OrderType.LO, "09:00", "14:45"),
        (HOSE, OrderType.MTL, "10:00", "14:45"),
        (HNX, OrderType.MAK, "10:00", "10:00"),
        (HNX, OrderType.ATC, "14:30", "14:45"),
        (HNX, OrderType.PLO, "14:45", "15:00"),
        (UPCOM, OrderType.LO, "10:00", "15:00"),
    ],
)
def test_each_type_lives_until_its_own_end(exchange: Exchange, order_type: OrderType, sent: str, dies: str) -> None:
    sending = next_sending(exchange, order_type, at(sent))
    assert sending is not None
    assert (sending.at, sending.lives_until) == (at(sent), at(dies))
