"""The data host's REST calls: securities, their details and daily prices, with values as strings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from market.vocabulary import Exchange
from simulator.security import DaySummary, Security
from simulator.simulation import Simulation
from simulator.wire.calls import Call
from simulator.wire.data_rows import DATE_FORMAT, details_row, ohlc_row, security_row, stock_price_row
from simulator.wire.envelopes import Answer, data_failure, rows, unauthorized
from simulator.wire.login import Login
from simulator.wire.tokens import Invalid
from simulator.wire.vocabulary import Json

_MAXIMUM_PAGE = 1000
_DEFAULT_PAGE = 10


@dataclass(frozen=True, slots=True)
class DataRest:
    simulation: Simulation
    login: Login

    def query(self, call: Call) -> Answer:
        """Answer one GET of `api/v2/Market`."""
        token = self.login.tokens.check(call.authorization)
        if isinstance(token, Invalid):
            return unauthorized(token.reason)
        market = call.text("market").upper()
        if market and market not in Exchange.__members__:
            return data_failure("Invalid market")
        self.simulation.bring_up_to_date()
        return self._rows(call)

    def _rows(self, call: Call) -> Answer:
        match call.name:
            case "securities":
                return _page(call, [security_row(security) for security in self._securities(call)])
            case "securitiesdetails":
                return _page(call, [self._details(security) for security in self._securities(call)])
            case "dailystockprice":
                return self._daily(call, stock_price_row)
            case "dailyohlc":
                return self._daily(call, ohlc_row)
            case _:
                return data_failure(f"{call.name} is not simulated")

    def _securities(self, call: Call) -> list[Security]:
        """Those of the named market and symbol, or all; in the order of their symbols."""
        market, symbol = call.text("market").upper(), call.text("symbol").upper()
        found = [
            security
            for security in self.simulation.state.securities.values()
            if market in ("", security.listing.exchange) and symbol in ("", security.symbol)
        ]
        return sorted(found, key=lambda security: security.symbol)

    def _details(self, security: Security) -> Json:
        return details_row(security, self.simulation.state.trading_date)

    def _daily(self, call: Call, row: Callable[[DaySummary, Security], Json]) -> Answer:
        """Rows of past days and of today, newest first; without dates today's only."""
        state = self.simulation.state
        first = _date(call.text("fromDate"), state.trading_date)
        last = _date(call.text("toDate"), state.trading_date)
        if first is None or last is None:
            return data_failure("Invalid date")
        securities = {security.symbol: security for security in self._securities(call)}
        today = [security.day for security in securities.values() if first <= security.day.trading_date <= last]
        past = [day for day in self.simulation.history.days(first, last) if day.symbol in securities]
        days = [*today, *sorted(past, key=lambda day: day.trading_date, reverse=True)]
        return _page(call, [row(day, securities[day.symbol]) for day in days])


def _date(text: str, default: date) -> date | None:
    if not text:
        return default
    try:
        return datetime.strptime(text, DATE_FORMAT).date()  # noqa: DTZ007 - a date without a time
    except ValueError:
        return None


def _page(call: Call, found: list[Json]) -> Answer:
    index = max(1, call.number("pageIndex") or 1)
    size = min(_MAXIMUM_PAGE, call.number("pageSize") or _DEFAULT_PAGE)
    return rows(found[(index - 1) * size : index * size], len(found))
