"""Which order types a phase takes (VN-A2), and what each type is (VN-A4)."""

from dataclasses import dataclass
from enum import StrEnum

from market.citations import Citation, Confidence, cite
from market.vocabulary import Exchange, OrderType, PhaseName

_LO, _ATO, _ATC = OrderType.LO, OrderType.ATO, OrderType.ATC
_MTL, _MOK, _MAK, _PLO = OrderType.MTL, OrderType.MOK, OrderType.MAK, OrderType.PLO

_HOSE = cite("VN-A2", Confidence.HIGH, "S1 S5 S10 S14 S15")
_HNX = cite("VN-A2", Confidence.HIGH, "S2 S7 S11 S15")
_UPCOM = cite("VN-A2", Confidence.HIGH, "S3 S8 S15")
_RESTRICTED = cite("VN-A2", Confidence.HIGH, "S5 S10 S16")


@dataclass(frozen=True, slots=True)
class TakenRow:
    """The types a phase of an exchange takes; a phase without a row takes none."""

    exchange: Exchange
    phase: PhaseName
    types: frozenset[OrderType]
    cited: Citation


TAKEN: tuple[TakenRow, ...] = (
    TakenRow(Exchange.HOSE, PhaseName.OPEN_AUCTION, frozenset({_LO, _ATO}), _HOSE),
    TakenRow(Exchange.HOSE, PhaseName.CONT_AM, frozenset({_LO, _MTL}), _HOSE),
    TakenRow(Exchange.HOSE, PhaseName.CONT_PM, frozenset({_LO, _MTL}), _HOSE),
    TakenRow(Exchange.HOSE, PhaseName.PERIODIC_AUCTION, frozenset({_LO}), _RESTRICTED),
    TakenRow(Exchange.HOSE, PhaseName.CLOSE_AUCTION, frozenset({_LO, _ATC}), _HOSE),
    TakenRow(Exchange.HNX, PhaseName.CONT_AM, frozenset({_LO, _MTL, _MOK, _MAK}), _HNX),
    TakenRow(Exchange.HNX, PhaseName.CONT_PM, frozenset({_LO, _MTL, _MOK, _MAK}), _HNX),
    TakenRow(Exchange.HNX, PhaseName.CLOSE_AUCTION, frozenset({_LO, _ATC}), _HNX),
    TakenRow(Exchange.HNX, PhaseName.PLO, frozenset({_PLO}), _HNX),
    TakenRow(Exchange.UPCOM, PhaseName.CONT_AM, frozenset({_LO}), _UPCOM),
    TakenRow(Exchange.UPCOM, PhaseName.CONT_PM, frozenset({_LO}), _UPCOM),
)

_NONE: frozenset[OrderType] = frozenset()
_TAKEN = {(row.exchange, row.phase): row.types for row in TAKEN}


def types_taken(exchange: Exchange, phase: PhaseName) -> frozenset[OrderType]:
    """What the exchange itself accepts in `phase`, whatever this product sends."""
    return _TAKEN.get((exchange, phase), _NONE)


class Remainder(StrEnum):
    """What becomes of the part that is not filled when the order meets the market."""

    RESTS = "RESTS"
    BECOMES_LIMIT = "BECOMES_LIMIT"
    CANCELLED = "CANCELLED"


class Expiry(StrEnum):
    """When an unfilled order dies."""

    END_OF_DAY = "END_OF_DAY"
    END_OF_PHASE = "END_OF_PHASE"
    AT_ONCE = "AT_ONCE"


@dataclass(frozen=True, slots=True)
class TypeRow:
    """What a type is. `needs_opposite`: without an opposite limit order at entry it is cancelled at once (VN-C4)."""

    order_type: OrderType
    meaning: str
    remainder: Remainder
    expires: Expiry
    cited: Citation
    has_price: bool
    partial_fills: bool
    needs_opposite: bool


_LAW = cite("VN-A4", Confidence.HIGH, "S17 S59")
_AUCTION = cite("VN-A4", Confidence.HIGH, "S1 S5 S7")
_MARKET = cite("VN-C4", Confidence.HIGH, "S1 S2 S4 S20 S21")
_POST = cite("VN-D3", Confidence.MEDIUM, "S7 S11 S13")

TYPES: tuple[TypeRow, ...] = (
    TypeRow(
        _LO, "limit", Remainder.RESTS, Expiry.END_OF_DAY, _LAW, has_price=True, partial_fills=True, needs_opposite=False
    ),
    TypeRow(
        _ATO,
        "at the open",
        Remainder.CANCELLED,
        Expiry.END_OF_PHASE,
        _AUCTION,
        has_price=False,
        partial_fills=True,
        needs_opposite=False,
    ),
    TypeRow(
        _ATC,
        "at the close",
        Remainder.CANCELLED,
        Expiry.END_OF_PHASE,
        _AUCTION,
        has_price=False,
        partial_fills=True,
        needs_opposite=False,
    ),
    TypeRow(
        _MTL,
        "market to limit",
        Remainder.BECOMES_LIMIT,
        Expiry.END_OF_DAY,
        _MARKET,
        has_price=False,
        partial_fills=True,
        needs_opposite=True,
    ),
    TypeRow(
        _MOK,
        "match or kill",
        Remainder.CANCELLED,
        Expiry.AT_ONCE,
        _MARKET,
        has_price=False,
        partial_fills=False,
        needs_opposite=True,
    ),
    TypeRow(
        _MAK,
        "match and kill",
        Remainder.CANCELLED,
        Expiry.AT_ONCE,
        _MARKET,
        has_price=False,
        partial_fills=True,
        needs_opposite=True,
    ),
    TypeRow(
        _PLO,
        "post close, at the closing price",
        Remainder.CANCELLED,
        Expiry.END_OF_PHASE,
        _POST,
        has_price=False,
        partial_fills=True,
        needs_opposite=False,
    ),
)

_TYPES = {row.order_type: row for row in TYPES}


def type_row(order_type: OrderType) -> TypeRow:
    return _TYPES[order_type]
