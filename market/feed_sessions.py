"""What the feed shows of an exchange's session, and where that contradicts calendar and table (VN-C1)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from market.calendar import PUBLISHED, TradingCalendar, day_of
from market.citations import Citation, Confidence, cite
from market.phases import phase_at
from market.vocabulary import Exchange, PhaseName

GRACE = timedelta(seconds=60)
"""How far the feed may be off around a boundary before it contradicts the table."""


class FeedSession(StrEnum):
    """SSI FastConnect's session codes; LO is continuous trading, PT the time after the close, C closed."""

    ATO = "ATO"
    LO = "LO"
    ATC = "ATC"
    PT = "PT"
    C = "C"
    BREAK = "BREAK"
    HALT = "HALT"


@dataclass(frozen=True, slots=True)
class FeedSessionRow:
    """The phases during which a feed shows `session`."""

    session: FeedSession
    phases: tuple[PhaseName, ...]
    cited: Citation


_CODES = cite("VN-C1", Confidence.MEDIUM, "S54")

FEED_SESSIONS: tuple[FeedSessionRow, ...] = (
    FeedSessionRow(FeedSession.ATO, (PhaseName.OPEN_AUCTION,), _CODES),
    FeedSessionRow(FeedSession.LO, (PhaseName.CONT_AM, PhaseName.CONT_PM), _CODES),
    FeedSessionRow(FeedSession.BREAK, (PhaseName.BREAK,), _CODES),
    FeedSessionRow(FeedSession.ATC, (PhaseName.CLOSE_AUCTION,), _CODES),
    # On HOSE put-through goes on after order matching is closed.
    FeedSessionRow(FeedSession.PT, (PhaseName.PLO, PhaseName.CLOSED), _CODES),
    FeedSessionRow(FeedSession.C, (PhaseName.CLOSED,), _CODES),
    FeedSessionRow(FeedSession.HALT, (PhaseName.HALTED,), _CODES),
)

PHASES_SHOWN = {row.session: row.phases for row in FEED_SESSIONS}
_IDLE = frozenset({FeedSession.C, FeedSession.PT})


class ContradictionKind(StrEnum):
    OPEN_ON_CLOSED_DAY = "OPEN_ON_CLOSED_DAY"
    CLOSED_ON_TRADING_DAY = "CLOSED_ON_TRADING_DAY"
    HALTED = "HALTED"
    OTHER_PHASE = "OTHER_PHASE"


@dataclass(frozen=True, slots=True)
class Contradiction:
    """The feed shows what calendar and table do not expect: somebody must look."""

    kind: ContradictionKind
    exchange: Exchange
    at: datetime
    shown: FeedSession
    expected: PhaseName


def contradiction(
    exchange: Exchange, shown: FeedSession, now: datetime, calendar: TradingCalendar = PUBLISHED
) -> Contradiction | None:
    """Where the feed's session and the table differ by more than `GRACE`; None when they agree.

    Phases that are known to deviate contradict the table as before.
    """
    calendar = calendar.tabled
    phase = phase_at(exchange, now, calendar=calendar)
    moments = (now - GRACE, now, now + GRACE)
    if any(phase_at(exchange, moment, calendar=calendar).name in PHASES_SHOWN[shown] for moment in moments):
        return None
    return Contradiction(_kind(exchange, shown, now, calendar), exchange, now, shown, phase.name)


def _kind(exchange: Exchange, shown: FeedSession, now: datetime, calendar: TradingCalendar) -> ContradictionKind:
    trading = calendar.is_trading_day(day_of(now), exchange)
    if shown is FeedSession.HALT:
        return ContradictionKind.HALTED
    if not trading:
        return ContradictionKind.OPEN_ON_CLOSED_DAY
    return ContradictionKind.CLOSED_ON_TRADING_DAY if shown in _IDLE else ContradictionKind.OTHER_PHASE
