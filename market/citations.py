"""How a row of a rule table names its origin: the rule's id, how sure it is, and the dated sources that say so."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from market.sources import SOURCES, Source


class Confidence(StrEnum):
    """High: several agreeing sources or the law's text; medium: one good source; low: they differ; assumed: none."""

    HIGH = "H"
    MEDIUM = "M"
    LOW = "L"
    ASSUMED = "A"


@dataclass(frozen=True, slots=True)
class Citation:
    """The origin of one row: `rule` is the id in docs/technical/market-rules.md."""

    rule: str
    confidence: Confidence
    sources: tuple[Source, ...]

    @property
    def as_of(self) -> date:
        """The newest date on which one of the sources was true: its own date, or the day it was read."""
        return max(source.as_of for source in self.sources)


def cite(rule: str, confidence: Confidence, sources: str) -> Citation:
    """A citation of `sources`, their ids parted by blanks; an unknown id is a mistake in the table."""
    return Citation(rule, confidence, tuple(SOURCES[source_id] for source_id in sources.split()))
