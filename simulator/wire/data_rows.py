"""Rows of the data host: PascalCase names, and nearly every value a string."""

from datetime import date

from market.calendar import VIETNAM
from market.lots import LOT
from market.ticks import tick_size
from market.vocabulary import BandDay, InstrumentKind
from simulator.bars import MinuteBar
from simulator.security import DaySummary, Security
from simulator.wire.vocabulary import Json

DATE_FORMAT = "%d/%m/%Y"

SECURITY_TYPES = {
    InstrumentKind.STOCK: "S",
    InstrumentKind.ETF: "EF",
    InstrumentKind.FUND: "MF",
    InstrumentKind.COVERED_WARRANT: "CW",
}


def security_row(security: Security) -> Json:
    listing = security.listing
    return {
        "Market": listing.exchange.value,
        "Symbol": listing.symbol,
        "StockName": listing.name,
        "StockEnName": listing.name,
    }


def details_row(security: Security, today: date) -> Json:
    """SecuritiesDetails: one outer row per security; the tick is the one at the reference price."""
    listing = security.listing
    step = tick_size(listing.exchange, listing.kind, security.day.reference)
    details: Json = {
        "Isin": f"VN{listing.symbol}",
        "Symbol": listing.symbol,
        "SymbolName": listing.name,
        "SymbolEngName": listing.name,
        "SecType": SECURITY_TYPES[listing.kind],
        "MarketId": listing.exchange.value,
        "Exchange": listing.exchange.value,
        "Issuer": None,
        "LotSize": str(LOT),
        "IssueDate": None,
        "MaturityDate": None,
        "FirstTradingDate": today.strftime(DATE_FORMAT) if security.day.band_day is BandDay.FIRST_DAY else None,
        "LastTradingDate": None,
        "ContractMultiplier": None,
        "SettlMethod": None,
        "Underlying": None,
        "PutOrCall": None,
        "ExercisePrice": None,
        "ExerciseStyle": None,
        "ExcerciseRatio": None,
        "ListedShare": None,
        "TickPrice1": "0",
        "TickIncrement1": str(step),
        **{f"Tick{field}{level}": None for level in (2, 3, 4) for field in ("Price", "Increment")},
    }
    return {
        "RType": "y",
        "ReportDate": today.strftime(DATE_FORMAT),
        "TotalNoSym": "1",
        "RepeatedInfo": [details],
    }


def stock_price_row(day: DaySummary, adjusted_close: int) -> Json:
    """DailyStockPrice: prices in VND; `0` where the day has no trade yet, and where no foreign room is told.

    `adjusted_close` is the close as the ex-dates since then have made it.
    """
    change = day.close - day.reference
    untouched = dict.fromkeys(
        (
            "TotalDealVal",
            "TotalDealVol",
            "ForeignBuyVolTotal",
            "ForeignCurrentRoom",
            "ForeignSellVolTotal",
            "ForeignBuyValTotal",
            "ForeignSellValTotal",
            "TotalBuyTrade",
            "TotalBuyTradeVol",
            "TotalSellTrade",
            "TotalSellTradeVol",
            "NetBuySellVol",
            "NetBuySellVal",
        ),
        "0",
    )
    return {
        "TradingDate": day.trading_date.strftime(DATE_FORMAT),
        "PriceChange": str(change),
        "PerPriceChange": f"{100 * change / day.reference:.2f}",
        "CeilingPrice": str(day.ceiling),
        "FloorPrice": str(day.floor),
        "RefPrice": str(day.reference),
        "OpenPrice": str(day.open),
        "HighestPrice": str(day.high),
        "LowestPrice": str(day.low),
        "ClosePrice": str(day.last),
        "AveragePrice": str(day.average),
        "ClosePriceAdjusted": str(adjusted_close),
        "TotalMatchVol": str(day.volume),
        "TotalMatchVal": str(day.value),
        **untouched,
        "ForeignCurrentRoom": str(day.foreign_room or 0),
        "TotalTradedVol": str(day.volume),
        "TotalTradedValue": str(day.value),
        "Symbol": day.symbol,
        "Time": None,
    }


def ohlc_row(day: DaySummary, security: Security) -> Json:
    return {
        "Symbol": day.symbol,
        "Market": security.listing.exchange.value,
        "TradingDate": day.trading_date.strftime(DATE_FORMAT),
        "Time": None,
        "Open": str(day.open),
        "High": str(day.high),
        "Low": str(day.low),
        "Close": str(day.last),
        "Volume": str(day.volume),
        "Value": str(day.value),
    }


def intraday_row(bar: MinuteBar) -> Json:
    """IntradayOhlc: SSI's `Value` repeats the close."""
    local = bar.at.astimezone(VIETNAM)
    return {
        "Symbol": bar.symbol,
        "Value": str(bar.close),
        "TradingDate": local.strftime(DATE_FORMAT),
        "Time": local.strftime("%H:%M:%S"),
        "Open": str(bar.open),
        "High": str(bar.high),
        "Low": str(bar.low),
        "Close": str(bar.close),
        "Volume": str(bar.volume),
    }
