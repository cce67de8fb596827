"""What an exchange's word about a security does to its trading (VN-A10)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from market.citations import Citation, Confidence, cite
from market.vocabulary import Exchange, SecurityStatus

_FRIDAY = 4


class Trading(StrEnum):
    AS_USUAL = "AS_USUAL"
    PERIODIC_AUCTIONS = "PERIODIC_AUCTIONS"
    FRIDAYS_ONLY = "FRIDAYS_ONLY"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class StatusRow:
    exchange: Exchange
    status: SecurityStatus
    trading: Trading
    cited: Citation


def _everywhere(status: SecurityStatus, trading: Trading, cited: Citation) -> tuple[StatusRow, ...]:
    return tuple(StatusRow(exchange, status, trading, cited) for exchange in Exchange)


STATUSES: tuple[StatusRow, ...] = (
    *_everywhere(SecurityStatus.NORMAL, Trading.AS_USUAL, cite("VN-A10", Confidence.HIGH, "S1 S2 S3")),
    *_everywhere(SecurityStatus.WARNED, Trading.AS_USUAL, cite("VN-A10", Confidence.MEDIUM, "S46")),
    *_everywhere(SecurityStatus.CONTROLLED, Trading.AS_USUAL, cite("VN-A10", Confidence.MEDIUM, "S46")),
    StatusRow(
        Exchange.HOSE,
        SecurityStatus.RESTRICTED,
        Trading.PERIODIC_AUCTIONS,
        cite("VN-A10", Confidence.HIGH, "S5 S6 S10 S16 S45"),
    ),
    # VN-D5: no dated text after KRX; Fridays were the rule before it.
    StatusRow(Exchange.HNX, SecurityStatus.RESTRICTED, Trading.FRIDAYS_ONLY, cite("VN-D5", Confidence.LOW, "S7 S45")),
    StatusRow(Exchange.UPCOM, SecurityStatus.RESTRICTED, Trading.FRIDAYS_ONLY, cite("VN-D5", Confidence.LOW, "S45")),
    *_everywhere(SecurityStatus.HALTED, Trading.NONE, cite("VN-A10", Confidence.HIGH, "S5 S45")),
    *_everywhere(SecurityStatus.SUSPENDED, Trading.NONE, cite("VN-A10", Confidence.HIGH, "S5 S45")),
)

_TRADING = {(row.exchange, row.status): row.trading for row in STATUSES}


def trading_of(exchange: Exchange, status: SecurityStatus) -> Trading:
    return _TRADING[exchange, status]


def status_of_phases(exchange: Exchange, status: SecurityStatus) -> SecurityStatus:
    """The status whose phases a security of `status` has: one that does not trade has the exchange's own."""
    return SecurityStatus.NORMAL if trading_of(exchange, status) is Trading.NONE else status


def trades_on(exchange: Exchange, status: SecurityStatus, day: date) -> bool:
    """Whether a security of `status` trades on `day`, supposing that `day` is a trading day."""
    match trading_of(exchange, status):
        case Trading.AS_USUAL | Trading.PERIODIC_AUCTIONS:
            return True
        case Trading.FRIDAYS_ONLY:
            return day.weekday() == _FRIDAY
        case Trading.NONE:
            return False
