"""Phases that run otherwise than the table says: stretched, begun early, halted (VN-C1, LC-80)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from market.vocabulary import Exchange, PhaseName


@dataclass(frozen=True, slots=True)
class PhaseDeviation:
    """`exchange` stands in `phase` from `since` up to `until`, whatever the table says of that time of `day`."""

    exchange: Exchange
    day: date
    phase: PhaseName
    since: datetime
    until: datetime


class Span(NamedTuple):
    """Some time of a day in one phase; `start` belongs to it, `end` does not."""

    phase: PhaseName
    start: datetime
    end: datetime
    number: int = 0


_CONTINUOUS = frozenset({PhaseName.CONT_AM, PhaseName.CONT_PM})


def overlaid(table: Iterable[Span], deviations: Iterable[PhaseDeviation], *, periodic: bool) -> tuple[Span, ...]:
    """The table's spans with what deviates laid over them; a later deviation covers an earlier one.

    What is covered of the table's phases is lost: post-close trading begins when a late closing auction has ended, and
    its own end stays where it is (VN-D3; no source says so, our reading).
    Stocks that trade by `periodic` auctions are never in continuous trading, however long the others are.
    """
    spans = tuple(table)
    for deviation in deviations:
        if deviation.since < deviation.until and not (periodic and deviation.phase in _CONTINUOUS):
            spans = tuple(_joined(sorted(_cut(spans, deviation), key=lambda span: span.start)))
    return spans


def _cut(spans: Iterable[Span], deviation: PhaseDeviation) -> Iterator[Span]:
    yield Span(deviation.phase, deviation.since, deviation.until)
    for span in spans:
        if span.start < deviation.since:
            yield span._replace(end=min(span.end, deviation.since))
        if deviation.until < span.end:
            yield span._replace(start=max(span.start, deviation.until))


def _joined(spans: Iterable[Span]) -> Iterator[Span]:
    """A phase that goes on is one span with its first start; auctions with numbers of their own stay apart."""
    open_span: Span | None = None
    for span in spans:
        if open_span is None:
            open_span = span
        elif (span.phase, span.number, span.start) == (open_span.phase, open_span.number, open_span.end):
            open_span = open_span._replace(end=span.end)
        else:
            yield open_span
            open_span = span
    if open_span is not None:
        yield open_span
