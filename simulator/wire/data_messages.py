"""Contents of the data stream's messages about one security: X, X-QUOTE, X-TRADE, F, R, B and OL."""

import json
from dataclasses import dataclass
from datetime import datetime

from market.calendar import VIETNAM
from market.feed_sessions import FEED_SESSIONS, FeedSession
from market.phases import AUCTIONS, PhaseName
from market.vocabulary import Exchange, SecurityStatus, Side
from simulator.security import Board, Security
from simulator.state import ExchangeState
from simulator.venue import trial_auction
from simulator.wire.data_rows import DATE_FORMAT
from simulator.wire.vocabulary import Json

MAXIMUM_LEVELS = 10
_HOSE_LEVELS = 3
_ODD_LOT_LEVELS = 3

PERIODIC_SESSION = "PCA"
"""SSI's papers name no code for a periodic auction; a client must bear one it does not know."""

# The last row of a phase counts: CLOSED is C, although PT may be shown then too.
_SESSIONS = {phase: row.session.value for row in FEED_SESSIONS for phase in row.phases}
_SESSIONS[PhaseName.PERIODIC_AUCTION] = PERIODIC_SESSION

_STATUSES = {
    SecurityStatus.NORMAL: "N",
    SecurityStatus.WARNED: "N",
    SecurityStatus.CONTROLLED: "N",
    SecurityStatus.RESTRICTED: "ST",
    SecurityStatus.HALTED: "H",
    SecurityStatus.SUSPENDED: "S",
}


@dataclass(frozen=True, slots=True)
class View:
    """One security at the market's present instant."""

    state: ExchangeState
    security: Security

    @property
    def session(self) -> str:
        if not self.security.is_tradable:
            return FeedSession.HALT.value
        return _SESSIONS[self.state.phase_of_security(self.security).name]

    @property
    def status(self) -> str:
        return _STATUSES[self.security.day.status]

    @property
    def session_end(self) -> datetime:
        """A phase that is stretched shows the same session with another end."""
        return self.state.phase_of_security(self.security).end

    @property
    def exchange(self) -> str:
        return self.security.listing.exchange.value


def message(channel: str, content: Json) -> str:
    """SSI's double coding: the content is JSON text inside JSON."""
    return json.dumps({"DataType": channel, "Content": json.dumps(content)})


def session_status(view: View) -> Json:
    """Content of channel F."""
    return {"RType": "F", "MarketId": view.exchange, **_head(view), **_session(view), "Exchange": view.exchange}


def snapshot(view: View) -> Json:
    """Content of channel X: the day's figures and the best prices; numbers are doubles."""
    day = view.security.day
    return {
        "RType": "X",
        **_trade_figures(view),
        "Open": float(day.open),
        "High": float(day.high),
        "Low": float(day.low),
        "Close": float(day.last),
        **_depths(view.security, Board.ROUND, MAXIMUM_LEVELS),
    }


def quote(view: View) -> Json:
    """Content of channel X-QUOTE: the best prices alone."""
    return {
        "RType": "X-QUOTE",
        **_head(view),
        "Exchange": view.exchange,
        **_depths(view.security, Board.ROUND, MAXIMUM_LEVELS),
        "TradingSession": view.session,
    }


def last_trade(view: View) -> Json:
    """Content of channel X-TRADE: the day's figures without the book."""
    day = view.security.day
    return {
        "RType": "X-TRADE",
        **_trade_figures(view),
        "Highest": float(day.high),
        "Lowest": float(day.low),
        "Side": None,
    }


def foreign_room(view: View) -> Json | None:
    """Content of channel R; None where the exchange tells no room."""
    room = view.security.day.foreign_room
    if room is None:
        return None
    traded = dict.fromkeys(("BuyVol", "SellVol", "BuyVal", "SellVal"), 0.0)
    return {
        "RType": "R",
        **_head(view),
        "Isin": f"VN{view.security.symbol}",
        "TotalRoom": float(room),
        "CurrentRoom": float(room),
        **traded,
        "MarketId": view.exchange,
        "Exchange": view.exchange,
    }


def bar(view: View) -> Json | None:
    """Content of channel B: one per trade; None before the day's first one."""
    day = view.security.day
    if not day.trades:
        return None
    return {
        "RType": "B",
        "Symbol": view.security.symbol,
        "TradingTime": _head(view)["Time"],
        "Open": float(day.last),
        "High": float(day.last),
        "Low": float(day.last),
        "Close": float(day.last),
        "Volume": float(day.last_quantity),
        "Value": 0.0,
    }


def odd_lots(view: View) -> Json:
    """Content of channel OL: the odd-lot board, whose trades set no price of the day."""
    day = view.security.day
    figures = dict.fromkeys(("Open", "High", "Low", "LastPrice", "LastVol", "TotalVal", "TotalVol"), 0.0)
    return {
        "RType": "OL",
        **_head(view),
        "StockNo": view.security.symbol,
        "Ceiling": float(day.ceiling),
        "Floor": float(day.floor),
        "RefPrice": float(day.reference),
        **figures,
        **_depths(view.security, Board.ODD, _ODD_LOT_LEVELS),
        "Exchange": view.exchange,
        **_session(view),
        "Change": 0.0,
        "RatioChange": 0.0,
        "StockType": "S",
    }


def _trade_figures(view: View) -> Json:
    day = view.security.day
    change = day.close - day.reference
    return {
        **_head(view),
        "Isin": f"VN{view.security.symbol}",
        "Ceiling": float(day.ceiling),
        "Floor": float(day.floor),
        "RefPrice": float(day.reference),
        "AvgPrice": float(day.average),
        "PriorVal": float(day.reference),
        "LastPrice": float(day.last),
        "LastVol": float(day.last_quantity),
        "TotalVal": float(day.value),
        "TotalVol": float(day.volume),
        "MarketId": view.exchange,
        "Exchange": view.exchange,
        **_session(view),
        "Change": float(change),
        "RatioChange": round(100 * change / day.reference, 2),
        "EstMatchedPrice": float(_estimated_price(view)),
    }


def _estimated_price(view: View) -> int:
    """What the running auction would come to; 0 outside auctions and while no buy meets a sell."""
    security = view.security
    if not security.is_tradable or view.state.phase_of_security(security).name not in AUCTIONS:
        return 0
    return trial_auction(security.books[Board.ROUND], security.day.close, security.grid).price or 0


def _depths(security: Security, board: Board, width: int) -> Json:
    """Prices and shares of both sides; HOSE shows three levels, unused ones are 0."""
    shown = min(width, _HOSE_LEVELS) if security.listing.exchange is Exchange.HOSE else width
    fields: Json = {}
    for side, name in ((Side.BUY, "Bid"), (Side.SELL, "Ask")):
        levels = security.books[board].depth(side, shown)
        levels += [(0, 0)] * (width - len(levels))
        for number, (price, quantity) in enumerate(levels, start=1):
            fields[f"{name}Price{number}"] = float(price)
            fields[f"{name}Vol{number}"] = float(quantity)
    return fields


def _session(view: View) -> Json:
    return {"TradingSession": view.session, "TradingStatus": view.status}


def _head(view: View) -> Json:
    local = view.state.stamp.astimezone(VIETNAM)
    return {
        "TradingDate": view.security.day.trading_date.strftime(DATE_FORMAT),
        "Time": local.strftime("%H:%M:%S"),
        "Symbol": view.security.symbol,
    }
