"""When each phase of a trading day starts and ends, as rows of one table (VN-A1)."""

from dataclasses import dataclass
from datetime import time
from itertools import pairwise

from market.citations import Citation, Confidence, cite
from market.vocabulary import Exchange, PhaseName

_HOSE = cite("VN-A1", Confidence.HIGH, "S1 S5 S10 S15")
_HNX = cite("VN-A1", Confidence.HIGH, "S2 S7 S11 S15")
_HNX_POST = cite("VN-A1", Confidence.MEDIUM, "S7 S11 S13")
_UPCOM = cite("VN-A1", Confidence.HIGH, "S3 S8 S15")
_PERIODIC = cite("VN-A1", Confidence.HIGH, "S5 S6 S10 S16")

_NINE, _QUARTER_PAST_NINE, _BREAK, _AFTERNOON = time(9), time(9, 15), time(11, 30), time(13)
_CLOSING, _CLOSED, _LATE = time(14, 30), time(14, 45), time(15)


@dataclass(frozen=True, slots=True)
class SessionRow:
    """One phase of every trading day; `start` belongs to it, `end` does not."""

    exchange: Exchange
    phase: PhaseName
    start: time
    end: time
    cited: Citation


SESSIONS: tuple[SessionRow, ...] = (
    SessionRow(Exchange.HOSE, PhaseName.OPEN_AUCTION, _NINE, _QUARTER_PAST_NINE, _HOSE),
    SessionRow(Exchange.HOSE, PhaseName.CONT_AM, _QUARTER_PAST_NINE, _BREAK, _HOSE),
    SessionRow(Exchange.HOSE, PhaseName.BREAK, _BREAK, _AFTERNOON, _HOSE),
    SessionRow(Exchange.HOSE, PhaseName.CONT_PM, _AFTERNOON, _CLOSING, _HOSE),
    SessionRow(Exchange.HOSE, PhaseName.CLOSE_AUCTION, _CLOSING, _CLOSED, _HOSE),
    SessionRow(Exchange.HNX, PhaseName.CONT_AM, _NINE, _BREAK, _HNX),
    SessionRow(Exchange.HNX, PhaseName.BREAK, _BREAK, _AFTERNOON, _HNX),
    SessionRow(Exchange.HNX, PhaseName.CONT_PM, _AFTERNOON, _CLOSING, _HNX),
    SessionRow(Exchange.HNX, PhaseName.CLOSE_AUCTION, _CLOSING, _CLOSED, _HNX),
    SessionRow(Exchange.HNX, PhaseName.PLO, _CLOSED, _LATE, _HNX_POST),
    SessionRow(Exchange.UPCOM, PhaseName.CONT_AM, _NINE, _BREAK, _UPCOM),
    SessionRow(Exchange.UPCOM, PhaseName.BREAK, _BREAK, _AFTERNOON, _UPCOM),
    SessionRow(Exchange.UPCOM, PhaseName.CONT_PM, _AFTERNOON, _LATE, _UPCOM),
)

PLO_MATCHING_STARTS = time(14, 55)
"""HNX collects post-close orders from 14:45 and matches none before this time (VN-D3)."""


def _every_quarter(start: time, end: time) -> tuple[SessionRow, ...]:
    minutes = range(start.hour * 60 + start.minute, end.hour * 60 + end.minute + 1, 15)
    marks = [time(minute // 60, minute % 60) for minute in minutes]
    return tuple(
        SessionRow(Exchange.HOSE, PhaseName.PERIODIC_AUCTION, first, last, _PERIODIC) for first, last in pairwise(marks)
    )


PERIODIC_SESSIONS: tuple[SessionRow, ...] = (
    SessionRow(Exchange.HOSE, PhaseName.OPEN_AUCTION, _NINE, _QUARTER_PAST_NINE, _PERIODIC),
    *_every_quarter(_QUARTER_PAST_NINE, _BREAK),
    SessionRow(Exchange.HOSE, PhaseName.BREAK, _BREAK, _AFTERNOON, _PERIODIC),
    *_every_quarter(_AFTERNOON, _CLOSING),
    SessionRow(Exchange.HOSE, PhaseName.CLOSE_AUCTION, _CLOSING, _CLOSED, _PERIODIC),
)
"""A day of a restricted HOSE stock: fifteen call auctions instead of continuous trading (VN-A10)."""

PERIODIC_FROZEN_MINUTES = 5
"""The last minutes of a periodic auction, in which nothing is amended or cancelled (VN-A3)."""


def sessions_of(exchange: Exchange, *, restricted: bool) -> tuple[SessionRow, ...]:
    """The rows of one exchange in the order of the day."""
    if restricted and exchange is Exchange.HOSE:
        return PERIODIC_SESSIONS
    return tuple(row for row in SESSIONS if row.exchange is exchange)
