"""Channel MI: an index of each exchange at this moment."""

from market.calendar import VIETNAM
from market.vocabulary import Exchange
from simulator.state import ExchangeState
from simulator.wire.data_rows import DATE_FORMAT
from simulator.wire.indexes import INDEXES, index_figures
from simulator.wire.vocabulary import Json

_NOT_SIMULATED = ("TotalQttyPt", "TotalValuePt", "TotalQttyOd", "TotalValueOd")


def index_message(state: ExchangeState, exchange: Exchange) -> Json:
    """Content of channel MI; numbers are doubles, the session is null there, as SSI often leaves it."""
    figures = index_figures([each.day for each in state.securities.values() if each.listing.exchange is exchange])
    local = state.stamp.astimezone(VIETNAM)
    return {
        "IndexId": INDEXES[exchange],
        "IndexValEst": 0.0,
        "IndexValue": figures.value,
        "PriorIndexValue": figures.prior,
        "TradingDate": state.trading_date.strftime(DATE_FORMAT),
        "Time": local.strftime("%H:%M:%S"),
        "IndexName": INDEXES[exchange],
        "TotalTrade": float(figures.trades),
        "TotalQtty": float(figures.volume),
        "TotalValue": float(figures.traded_value),
        "AllQty": float(figures.volume),
        "AllValue": float(figures.traded_value),
        "Advances": float(figures.advances),
        "NoChanges": float(figures.unchanged),
        "Declines": float(figures.declines),
        "Ceilings": float(figures.ceilings),
        "Floors": float(figures.floors),
        **dict.fromkeys(_NOT_SIMULATED, 0.0),
        "Change": figures.change,
        "RatioChange": figures.ratio,
        "Exchange": exchange.value,
        "IndexType": "Main",
        "TradingSession": None,
        "MarketId": exchange.value,
        "RType": "MI",
    }
