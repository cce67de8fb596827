"""The days on which the exchanges stay closed, each with its certainty and source (VN-A12)."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cache

from holidays import country_holidays

from market.citations import Citation, Confidence, cite

NUMBER_NOT_FOUND = "number not found"
"""Stands for the number of a notice of which only reports were found."""


class Certainty(StrEnum):
    """Announced by an exchange or known to have been closed; expected by law, no notice; or guessed from it."""

    ANNOUNCED = "ANNOUNCED"
    EXPECTED = "EXPECTED"
    GUESSED = "GUESSED"


@dataclass(frozen=True, slots=True)
class ClosedDay:
    """A weekday without trading and settlement; `notice` is the number of the exchange's or the law's own notice.

    It is `NUMBER_NOT_FOUND` where the number is not known, and empty for a guessed day, which has no notice yet.
    """

    day: date
    reason: str
    certainty: Certainty
    cited: Citation
    notice: str = ""


_HIGH, _MEDIUM, _LOW = Confidence.HIGH, Confidence.MEDIUM, Confidence.LOW
_TET_2025 = cite("VN-A12", _HIGH, "S44")
_SPRING_2025 = cite("VN-A12", _HIGH, "S41")
_NATIONAL_DAY_2025 = cite("VN-A12", _HIGH, "S42")
_LIST_2026 = cite("VN-A12", _HIGH, "S38")
_TET_2026 = cite("VN-A12", _HIGH, "S38 S39")
_LATER_2026 = cite("VN-C8", _MEDIUM, "S40")
_CULTURE_DAY = cite("VN-C8", _MEDIUM, "S43 S44")
_LAW = cite("VN-A12", _LOW, "S44")
_TET_LETTER = "VNX letter 1403/SGDVN-THHC"


def _notice(
    cited: Citation, reason: str, year: int, *month_days: tuple[int, int], notice: str = NUMBER_NOT_FOUND
) -> tuple[ClosedDay, ...]:
    days = (date(year, month, day) for month, day in month_days)
    return tuple(ClosedDay(day, reason, Certainty.ANNOUNCED, cited, notice) for day in days)


NOTICED_DAYS: tuple[ClosedDay, ...] = (
    *_notice(_TET_2025, "New Year", 2025, (1, 1)),
    *_notice(_TET_2025, "Tet", 2025, (1, 27), (1, 28), (1, 29), (1, 30), (1, 31)),
    *_notice(_TET_2025, "Hung Kings", 2025, (4, 7)),
    *_notice(_SPRING_2025, "Reunification and Labour Day", 2025, (4, 30), (5, 1), (5, 2), notice="SSC letter 3193"),
    *_notice(_NATIONAL_DAY_2025, "National Day", 2025, (9, 1), (9, 2)),
    *_notice(_LIST_2026, "New Year", 2026, (1, 1)),
    *_notice(_LATER_2026, "not in the list of December, no notice read: the first session was 01-05", 2026, (1, 2)),
    *_notice(_TET_2026, "Tet", 2026, (2, 16), (2, 17), (2, 18), (2, 19), (2, 20), notice=_TET_LETTER),
    *_notice(_LIST_2026, "Hung Kings (observed)", 2026, (4, 27)),
    *_notice(_LIST_2026, "Reunification and Labour Day", 2026, (4, 30), (5, 1)),
    *_notice(_LIST_2026, "National Day; 08-31 swapped with Saturday 08-22", 2026, (8, 31), (9, 1), (9, 2)),
    ClosedDay(
        date(2026, 11, 24),
        "Vietnam Culture Day, no exchange's notice found",
        Certainty.EXPECTED,
        _CULTURE_DAY,
        "Politburo Resolution 80-NQ/TW",
    ),
)
"""What notices say. The December list is not final: a day may be swapped into a holiday later (VN-C8)."""

NOTICED_YEARS = frozenset(row.day.year for row in NOTICED_DAYS)


@cache
def closed_days(year: int) -> dict[date, ClosedDay]:
    """The closed weekdays of `year`: by notice where there is one, else guessed from the legal holidays."""
    rows = NOTICED_DAYS if year in NOTICED_YEARS else guessed_days(year)
    return {row.day: row for row in rows if row.day.year == year}


def guessed_days(year: int) -> tuple[ClosedDay, ...]:
    """The legal holidays of `year` that fall on weekdays, Tet estimated from the moon; to be replaced by notices."""
    legal = sorted(country_holidays("VN", years=year, language="en_US").items())
    return tuple(ClosedDay(day, name, Certainty.GUESSED, _LAW) for day, name in legal if not is_weekend(day))


def is_weekend(day: date) -> bool:
    return day.weekday() >= 5  # noqa: PLR2004 - Saturday and Sunday; a make-up Saturday does not trade (VN-A1)
