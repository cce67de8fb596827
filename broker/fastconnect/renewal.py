"""When a token is renewed, and until when a person has to act: before the first exchange opens, and before it ends."""

from datetime import UTC, datetime, timedelta

from broker.port import MORNING_RENEWAL
from market.calendar import PUBLISHED, VIETNAM, TradingCalendar
from market.phases import PhaseName, phase_at
from market.sessions import SESSIONS
from market.vocabulary import Exchange

BEFORE_EXPIRY = timedelta(seconds=600)
_LAST_CLOSE = max(row.end for row in SESSIONS)


def renewal_due(taken_at: float, expires_at: float) -> float:
    """Seconds since 1970 at which to renew: ten minutes before the end, and in the morning a token from before that
    would end during the day's session."""
    last_call = expires_at - BEFORE_EXPIRY.total_seconds()
    end = _local(expires_at)
    morning = datetime.combine(end.date(), MORNING_RENEWAL, VIETNAM).timestamp()
    ends_in_session = morning < expires_at <= datetime.combine(end.date(), _LAST_CLOSE, VIETNAM).timestamp()
    return min(last_call, morning) if ends_in_session and taken_at < morning else last_call


def needed_by(instant: float, calendar: TradingCalendar = PUBLISHED) -> datetime:
    """The first moment from `instant` on at which an exchange trades, so that orders must be able to leave (UTC)."""
    local = _local(instant)
    return min(_opens(exchange, local, calendar) for exchange in Exchange).astimezone(UTC)


def _opens(exchange: Exchange, local: datetime, calendar: TradingCalendar) -> datetime:
    phase = phase_at(exchange, local, calendar=calendar)
    return phase.end if phase.name is PhaseName.CLOSED else local


def _local(instant: float) -> datetime:
    return datetime.fromtimestamp(instant, VIETNAM)
