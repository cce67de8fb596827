"""The data stream's messages for the channels X (everything) and F (session status), one security each."""

import json
from datetime import datetime

from market.calendar import VIETNAM
from market.phases import PhaseName
from market.vocabulary import Exchange, Side
from simulator.security import Board, Security
from simulator.wire.data_rows import DATE_FORMAT
from simulator.wire.vocabulary import Json

MAXIMUM_LEVELS = 10
_HOSE_LEVELS = 3

_SESSIONS = {
    PhaseName.OPEN_AUCTION: "ATO",
    PhaseName.CONT_AM: "LO",
    PhaseName.BREAK: "BREAK",
    PhaseName.CONT_PM: "LO",
    PhaseName.CLOSE_AUCTION: "ATC",
    PhaseName.PLO: "PT",
    PhaseName.CLOSED: "C",
}


def message(channel: str, content: Json) -> str:
    """SSI's double coding: the content is JSON text inside JSON."""
    return json.dumps({"DataType": channel, "Content": json.dumps(content)})


def session_status(security: Security, phase: PhaseName, now: datetime) -> Json:
    """Content of channel F."""
    return {
        "RType": "F",
        "MarketId": security.listing.exchange.value,
        **_time(security, now),
        "Symbol": security.symbol,
        "TradingSession": _SESSIONS[phase],
        "TradingStatus": "N",
        "Exchange": security.listing.exchange.value,
    }


def snapshot(security: Security, phase: PhaseName, now: datetime) -> Json:
    """Content of channel X: the day's figures and the best prices; numbers are doubles."""
    day = security.day
    change = day.close - day.reference
    return {
        "RType": "X",
        **_time(security, now),
        "Isin": f"VN{security.symbol}",
        "Symbol": security.symbol,
        "Ceiling": float(day.ceiling),
        "Floor": float(day.floor),
        "RefPrice": float(day.reference),
        "Open": float(day.open),
        "High": float(day.high),
        "Low": float(day.low),
        "Close": float(day.last),
        "AvgPrice": float(day.average),
        "PriorVal": float(day.reference),
        "LastPrice": float(day.last),
        "LastVol": float(day.last_quantity),
        "TotalVal": float(day.value),
        "TotalVol": float(day.volume),
        **_depth(security, Side.BUY, "Bid"),
        **_depth(security, Side.SELL, "Ask"),
        "MarketId": security.listing.exchange.value,
        "Exchange": security.listing.exchange.value,
        "TradingSession": _SESSIONS[phase],
        "TradingStatus": "N",
        "Change": float(change),
        "RatioChange": round(100 * change / day.reference, 2),
        "EstMatchedPrice": 0.0,
    }


def _depth(security: Security, side: Side, name: str) -> Json:
    shown = _HOSE_LEVELS if security.listing.exchange is Exchange.HOSE else MAXIMUM_LEVELS
    levels = security.books[Board.ROUND].depth(side, shown)
    levels += [(0, 0)] * (MAXIMUM_LEVELS - len(levels))
    fields: Json = {}
    for number, (price, quantity) in enumerate(levels, start=1):
        fields[f"{name}Price{number}"] = float(price)
        fields[f"{name}Vol{number}"] = float(quantity)
    return fields


def _time(security: Security, now: datetime) -> Json:
    local = now.astimezone(VIETNAM)
    return {
        "TradingDate": security.day.trading_date.strftime(DATE_FORMAT),
        "Time": local.strftime("%H:%M:%S"),
    }
