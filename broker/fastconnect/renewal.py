"""When a token is renewed, and until when a person has to act: before 09:00, and before the token ends."""

from datetime import UTC, datetime, time, timedelta

from market.calendar import PUBLISHED, VIETNAM, TradingCalendar, next_trading_day
from market.vocabulary import Exchange

BEFORE_EXPIRY = timedelta(seconds=600)
_MORNING = time(8, 30)
_OPENING = time(9)
_CLOSE = time(15)


def renewal_due(taken_at: float, expires_at: float) -> float:
    """Seconds since 1970 at which to renew: ten minutes before the end, and at 08:30 a token from before that would
    end during the day's session."""
    last_call = expires_at - BEFORE_EXPIRY.total_seconds()
    end = _local(expires_at)
    morning = datetime.combine(end.date(), _MORNING, VIETNAM).timestamp()
    ends_in_session = morning < expires_at <= datetime.combine(end.date(), _CLOSE, VIETNAM).timestamp()
    return min(last_call, morning) if ends_in_session and taken_at < morning else last_call


def needed_by(instant: float, calendar: TradingCalendar = PUBLISHED) -> datetime:
    """The first moment from `instant` on at which an exchange trades, so that orders must be able to leave (UTC)."""
    local = _local(instant)
    day = local.date()
    if calendar.is_trading_day(day, Exchange.HOSE) and local.time() < _CLOSE:
        return max(local, datetime.combine(day, _OPENING, VIETNAM)).astimezone(UTC)
    following = next_trading_day(day, calendar, Exchange.HOSE)
    return datetime.combine(following, _OPENING, VIETNAM).astimezone(UTC)


def _local(instant: float) -> datetime:
    return datetime.fromtimestamp(instant, VIETNAM)
