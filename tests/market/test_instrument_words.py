"""What a person may say of a security, how it is written, and what cannot be meant."""

from datetime import date
from decimal import Decimal

import pytest

from market.instrument_words import Conversion, InstrumentWord, Said, WordAbout, objection, said_of
from market.vocabulary import BandDay, SecurityStatus

MONDAY, FRIDAY = date(2026, 11, 23), date(2026, 11, 27)


def word(said: Said | None = None, last: date | None = None, symbol: str = "VIC") -> InstrumentWord:
    return InstrumentWord(symbol, WordAbout.STATUS, said, MONDAY, last, "Notice 123", "minh")


@pytest.mark.parametrize(
    ("about", "text", "said"),
    [
        (WordAbout.STATUS, "restricted", SecurityStatus.RESTRICTED),
        (WordAbout.STATUS, " SUSPENDED ", SecurityStatus.SUSPENDED),
        (WordAbout.BAND_DAY, "return-day", BandDay.RETURN_DAY),
        (WordAbout.BAND_DAY, "LARGE_CASH_EX_DATE", BandDay.LARGE_CASH_EX_DATE),
        (WordAbout.CONVERSION, "vic 4:1", Conversion("VIC", Decimal(4))),
        (WordAbout.CONVERSION, "VIC 3.8765:1", Conversion("VIC", Decimal("3.8765"))),
    ],
)
def test_a_word_is_read_as_it_is_written_and_written_as_it_is_read(about: WordAbout, text: str, said: Said) -> None:
    assert said_of(about, text) == said
    assert said_of(about, str(said)) == said


@pytest.mark.parametrize(
    ("about", "text", "allowed"),
    [
        (WordAbout.STATUS, "forbidden", "NORMAL, WARNED, CONTROLLED, RESTRICTED, HALTED, SUSPENDED"),
        (WordAbout.BAND_DAY, "RESTRICTED", "RETURN_DAY"),
        (WordAbout.CONVERSION, "4:1", "'VIC 4:1'"),
        (WordAbout.CONVERSION, "VIC 0:1", "'VIC 4:1'"),
        (WordAbout.CONVERSION, "VIC 4:2", "'VIC 4:1'"),
        (WordAbout.STATUS, "", "NORMAL"),
    ],
)
def test_what_cannot_be_said_is_told_with_what_can(about: WordAbout, text: str, allowed: str) -> None:
    with pytest.raises(ValueError, match=allowed) as raised:
        said_of(about, text)
    assert repr(text) in str(raised.value)


def test_a_word_for_one_day_or_without_an_end_can_be_meant() -> None:
    assert [objection(word(last=last)) for last in (None, MONDAY, FRIDAY)] == [None] * 3
    assert objection(word(Conversion("VIC", Decimal(4)), symbol="CVIC2601")) is None


@pytest.mark.parametrize(
    ("said", "part"),
    [
        (word(last=date(2026, 11, 20)), "until"),
        (word(Conversion("VIC", Decimal(4))), "said"),
        (word(symbol="vic!"), "symbol"),
    ],
)
def test_a_word_that_cannot_be_meant_is_refused_with_its_part(said: InstrumentWord, part: str) -> None:
    wrong = objection(said)
    assert wrong is not None
    assert wrong.part == part
