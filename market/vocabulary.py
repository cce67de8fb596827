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


class PhaseName(StrEnum):
    """What an exchange does at an hour (VN-A1); PERIODIC_AUCTION is one of HOSE's auctions of restricted stocks."""

    CLOSED = "CLOSED"
    OPEN_AUCTION = "OPEN_AUCTION"
    CONT_AM = "CONT_AM"
    BREAK = "BREAK"
    CONT_PM = "CONT_PM"
    PERIODIC_AUCTION = "PERIODIC_AUCTION"
    CLOSE_AUCTION = "CLOSE_AUCTION"
    PLO = "PLO"
    HALTED = "HALTED"


class BandDay(StrEnum):
    """What makes the price band of a day wider than usual (VN-A7)."""

    NORMAL = "NORMAL"
    FIRST_DAY = "FIRST_DAY"
    RETURN_DAY = "RETURN_DAY"
    TREASURY_SHARES_EX_DATE = "TREASURY_SHARES_EX_DATE"
    LARGE_CASH_EX_DATE = "LARGE_CASH_EX_DATE"


class Whereabouts(StrEnum):
    """Where an unfilled order waits: with us, with the broker before its phase, or in the exchange's book."""

    HELD_HERE = "HELD_HERE"
    AT_BROKER = "AT_BROKER"
    AT_EXCHANGE = "AT_EXCHANGE"
