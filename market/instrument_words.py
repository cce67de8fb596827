"""What a person says of a security that no list of the broker tells: its status, what widens its band, and the share
behind a warrant (VN-A10, VN-A7, VN-A8)."""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import assert_never

from market.vocabulary import BandDay, SecurityStatus

_SYMBOL = re.compile(r"[A-Z0-9]{1,12}")
_CONVERSION = re.compile(r"([A-Z0-9]{1,12}) +(\d{1,6}(?:\.\d{1,6})?):1")


class WordAbout(StrEnum):
    STATUS = "status"
    BAND_DAY = "band_day"
    CONVERSION = "conversion"


@dataclass(frozen=True, slots=True)
class Conversion:
    """Which share a covered warrant buys; `ratio` warrants buy one, often no whole number after an adjustment."""

    underlying: str
    ratio: Decimal

    def __str__(self) -> str:
        return f"{self.underlying} {self.ratio}:1"


Said = SecurityStatus | BandDay | Conversion


@dataclass(frozen=True, slots=True)
class InstrumentWord:
    """A person's word on `symbol`, for every trading day from `first` to `last`, or without an end where that is None.

    The last word about the same thing counts for a day; one that says None takes back what was said before.
    """

    symbol: str
    about: WordAbout
    said: Said | None
    first: date
    last: date | None
    reason: str
    author: str

    @property
    def text(self) -> str | None:
        """What was said, as `said_of` reads it."""
        return None if self.said is None else str(self.said)


@dataclass(frozen=True, slots=True)
class Objection:
    """What is wrong with a word, and with which part of it."""

    part: str
    text: str


def said_of(about: WordAbout, text: str) -> Said:
    """What `text` says, in capitals or not. Raises ValueError that tells what can be said."""
    match about:
        case WordAbout.STATUS:
            return SecurityStatus(_one_of(text, SecurityStatus))
        case WordAbout.BAND_DAY:
            return BandDay(_one_of(text, BandDay))
        case WordAbout.CONVERSION:
            return conversion_of(text)
        case _:
            assert_never(about)


def objection(word: InstrumentWord) -> Objection | None:
    """Why a person's word cannot be meant."""
    if _SYMBOL.fullmatch(word.symbol) is None:
        return Objection("symbol", f"is {word.symbol!r}, not at most 12 capital letters and digits such as VIC")
    if word.last is not None and word.last < word.first:
        return Objection("until", f"is {word.last}, before the first day {word.first}")
    if isinstance(word.said, Conversion) and word.said.underlying == word.symbol:
        return Objection("said", f"makes {word.symbol} buy itself; name the share that the warrant buys")
    return None


def _one_of(text: str, known: type[StrEnum]) -> str:
    wanted = text.strip().upper().replace("-", "_")
    if wanted not in known.__members__.values():
        raise ValueError(f"is {text!r}, which is none of {', '.join(known)}")
    return wanted


def conversion_of(text: str) -> Conversion:
    """The share and ratio in a text such as `VIC 4:1`. Raises ValueError for another one."""
    found = _CONVERSION.fullmatch(text.strip().upper())
    if found is None or not Decimal(found[2]):
        raise ValueError(f"is {text!r}, not a share and a ratio such as 'VIC 4:1'")
    return Conversion(found[1], Decimal(found[2]))
