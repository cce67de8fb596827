"""Figures of the rules that stand in no other table, each with its origin; the values are those the code uses."""

from dataclasses import dataclass
from datetime import time, timedelta

from market.broker_day import DAY_STARTS
from market.calendar import SETTLEMENT_DAYS, SETTLEMENT_TIME
from market.citations import Citation, Confidence, cite
from market.lots import LOT
from market.post_close import CLOSE_IS_TOLD
from market.sessions import PERIODIC_FROZEN_MINUTES, PLO_MATCHING_STARTS
from market.ticks import PUT_THROUGH_TICK
from market.vocabulary import Exchange


@dataclass(frozen=True, slots=True)
class FigureRow:
    """One figure; `where` is the file that holds it."""

    figure: str
    value: int | time | timedelta
    where: str
    cited: Citation


_SETTLED = cite("VN-A11", Confidence.HIGH, "S29")
_MATCHED = cite("VN-D3", Confidence.MEDIUM, "S7 S11 S13")
_FROZEN = cite("VN-A3", Confidence.HIGH, "S5 S6 S16")
_ODD = cite("VN-A6", Confidence.HIGH, "S15 S19 S60 S72")
_STEP = cite("VN-A5", Confidence.HIGH, "S8 S15 S27")
_STEP_HOSE = cite("VN-A5", Confidence.MEDIUM, "S25")
# Our own choices: the sources are those of the rule that each belongs to.
_CLOSE = cite("VN-C7", Confidence.ASSUMED, "S11 S13")
_MORNING = cite("VN-A9", Confidence.ASSUMED, "S53")

FIGURES: tuple[FigureRow, ...] = (
    FigureRow("settlement, trading days after the trade", SETTLEMENT_DAYS, "market/calendar.py", _SETTLED),
    FigureRow("settled shares and cash usable from", SETTLEMENT_TIME, "market/calendar.py", _SETTLED),
    FigureRow("PLO orders matched from", PLO_MATCHING_STARTS, "market/sessions.py", _MATCHED),
    FigureRow(
        "unchangeable end of a periodic auction, minutes", PERIODIC_FROZEN_MINUTES, "market/sessions.py", _FROZEN
    ),
    FigureRow("most shares of an odd lot", LOT - 1, "market/lots.py", _ODD),
    FigureRow(
        f"put-through step, {Exchange.HNX} and {Exchange.UPCOM}, VND", PUT_THROUGH_TICK, "market/ticks.py", _STEP
    ),
    FigureRow(f"put-through step, {Exchange.HOSE}, VND", PUT_THROUGH_TICK, "market/ticks.py", _STEP_HOSE),
    FigureRow(
        "time after the closing auction in which a last price is not yet the close",
        CLOSE_IS_TOLD,
        "market/post_close.py",
        _CLOSE,
    ),
    FigureRow("the broker's day begins at", DAY_STARTS, "market/broker_day.py", _MORNING),
)
