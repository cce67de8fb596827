"""The closed sets every room speaks in: exchanges, sides, order types, kinds and statuses of securities."""

from enum import StrEnum


class Exchange(StrEnum):
    HOSE = "HOSE"
    HNX = "HNX"
    UPCOM = "UPCOM"


class Side(StrEnum):
    BUY = "BUY"
    SELL = "SELL"


class OrderType(StrEnum):
    """Order types of the KRX era: MTL is market-to-limit, MOK fill-or-kill, MAK immediate-or-cancel (VN-A4)."""

    LO = "LO"
    ATO = "ATO"
    ATC = "ATC"
    MTL = "MTL"
    MOK = "MOK"
    MAK = "MAK"
    PLO = "PLO"


class TimeInForce(StrEnum):
    DAY = "DAY"


class InstrumentKind(StrEnum):
    STOCK = "STOCK"
    FUND = "FUND"
    ETF = "ETF"
    COVERED_WARRANT = "COVERED_WARRANT"


class SecurityStatus(StrEnum):
    """What an exchange has declared about a security (VN-A10)."""

    NORMAL = "NORMAL"
    WARNED = "WARNED"
    CONTROLLED = "CONTROLLED"
    RESTRICTED = "RESTRICTED"
    HALTED = "HALTED"
    SUSPENDED = "SUSPENDED"
