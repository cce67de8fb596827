"""The trading calendar in force, kept without a deploy: the published table, people's overrides above it (LC-82), and
the phases that the feed shows to run otherwise than their table says (LC-80).

Nothing is cached between transactions: whoever decides about an order or settles money reads the calendar with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

from sqlalchemy import insert, text
from sqlalchemy.ext.asyncio import AsyncConnection

from ledger.tables import CALENDAR_OVERRIDE, PHASE_DEVIATION
from market.calendar import PUBLISHED, VIETNAM, CalendarOverride, OverrideKind, TradingCalendar
from market.closed_days import is_weekend
from market.deviations import PhaseDeviation
from market.vocabulary import Exchange, PhaseName

FIRST_DAY, LAST_DAY = date(2000, 7, 28), date(2099, 12, 31)
"""What the calendar can be asked and told about: the first session in Vietnam; as far as Tet is computed."""

# Only the day written last: phases of the past decide nothing any more.
CALENDAR = """jsonb_build_array(
    (SELECT jsonb_agg(jsonb_build_array(day, exchange, kind, reason, author) ORDER BY id) FROM calendar_override),
    (
        SELECT jsonb_agg(jsonb_build_array(day, exchange, phase, since, until) ORDER BY id) FROM phase_deviation
        WHERE day = (SELECT day FROM phase_deviation ORDER BY id DESC LIMIT 1)
    )
)"""
"""SQL of one value for `calendar_of`, for statements that read other things in the same round trip."""

_READ = text(f"SELECT {CALENDAR} AS calendar")

Rows = Sequence[Sequence[str | None]] | None


@dataclass(frozen=True, slots=True)
class RecordedOverride:
    """An override as it is stored for good."""

    override_id: int
    override: CalendarOverride
    created_at: datetime


async def read_calendar(connection: AsyncConnection) -> TradingCalendar:
    """The calendar as this connection's transaction sees it; the same instance while the overrides are the same."""
    return calendar_of((await connection.execute(_READ)).scalar_one())


def calendar_of(value: tuple[Rows, Rows]) -> TradingCalendar:
    """The calendar from the value of `CALENDAR`."""
    overrides, deviations = value
    return _calendar(_standing(map(_override, overrides or ())), _last_words(map(_deviation, deviations or ())))


def objection(override: CalendarOverride) -> str | None:
    """Why a person's word cannot be meant; a make-up Saturday is worked and not traded (VN-A1)."""
    if not FIRST_DAY <= override.day <= LAST_DAY:
        return f"is {override.day}, and the calendar goes from {FIRST_DAY} to {LAST_DAY}"
    if override.kind is OverrideKind.REOPENED and is_weekend(override.day):
        return f"is {override.day:%A} {override.day}, and the exchanges never trade on a weekend"
    return None


async def record_override(connection: AsyncConnection, override: CalendarOverride) -> RecordedOverride:
    """Write down a person's word on one day; it is never changed, a later one takes its place."""
    exchange = None if override.exchange is None else override.exchange.value
    written = insert(CALENDAR_OVERRIDE).values(
        day=override.day,
        exchange=exchange,
        kind=override.kind.value,
        reason=override.reason,
        author=override.author,
    )
    columns = (CALENDAR_OVERRIDE.c.id, CALENDAR_OVERRIDE.c.created_at)
    row = (await connection.execute(written.returning(*columns))).one()
    return RecordedOverride(row.id, override, row.created_at)


async def record_deviation(connection: AsyncConnection, deviation: PhaseDeviation) -> None:
    """Write down how a phase runs; it is never changed, a later one with the same `since` takes its place."""
    await connection.execute(
        insert(PHASE_DEVIATION).values(
            day=deviation.day,
            exchange=deviation.exchange.value,
            phase=deviation.phase.value,
            since=deviation.since,
            until=deviation.until,
        )
    )


def _override(row: Sequence[str | None]) -> CalendarOverride:
    day, exchange, kind, reason, author = row
    return CalendarOverride(
        day=date.fromisoformat(str(day)),
        kind=OverrideKind(str(kind)),
        reason=str(reason),
        author=str(author),
        exchange=None if exchange is None else Exchange(exchange),
    )


def _deviation(row: Sequence[str | None]) -> PhaseDeviation:
    day, exchange, phase, since, until = map(str, row)
    return PhaseDeviation(
        exchange=Exchange(exchange),
        day=date.fromisoformat(day),
        phase=PhaseName(phase),
        since=datetime.fromisoformat(since).astimezone(VIETNAM),
        until=datetime.fromisoformat(until).astimezone(VIETNAM),
    )


def _last_words(deviations: Iterable[PhaseDeviation]) -> tuple[PhaseDeviation, ...]:
    """In the order in which each was first written down."""
    last = {(each.exchange, each.since): each for each in deviations}
    return tuple(last.values())


def _standing(overrides: Iterable[CalendarOverride]) -> tuple[CalendarOverride, ...]:
    """The last word on each day and exchange; a word on all exchanges sets aside earlier words on single ones."""
    last: dict[tuple[date, str], CalendarOverride] = {}
    for override in overrides:
        if override.exchange is None:
            for exchange in Exchange:
                last.pop((override.day, exchange.value), None)
        last[override.day, override.exchange.value if override.exchange else ""] = override
    return tuple(last[place] for place in sorted(last))


# Calendars are compared by identity, and phases are cached by them: equal overrides must give the same calendar.
@lru_cache(maxsize=16)
def _calendar(overrides: tuple[CalendarOverride, ...], deviations: tuple[PhaseDeviation, ...]) -> TradingCalendar:
    return TradingCalendar(overrides, deviations) if overrides or deviations else PUBLISHED
