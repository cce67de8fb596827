"""The data host's REST calls: securities, indexes, and prices by day and by minute, with values as strings."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime

from market.vocabulary import Exchange
from simulator.bars import by_minutes
from simulator.ex_dates import adjusted
from simulator.security import DaySummary, Security
from simulator.simulation import Simulation
from simulator.wire.calls import Call
from simulator.wire.data_rows import (
    DATE_FORMAT,
    details_row,
    intraday_row,
    ohlc_row,
    security_row,
    stock_price_row,
)
from simulator.wire.envelopes import Answer, data_failure, refusal, rows
from simulator.wire.indexes import INDEXES, components_row, index_day_row, is_member, listing_row
from simulator.wire.login import Login
from simulator.wire.tokens import Invalid
from simulator.wire.vocabulary import Json

_MAXIMUM_PAGE = 1000
_DEFAULT_PAGE = 10
_MINUTES_OF_A_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class DataRest:
    simulation: Simulation
    login: Login

    def query(self, call: Call) -> Answer:
        """Answer one GET of `api/v2/Market`."""
        token = self.login.tokens.check(call.authorization)
        if isinstance(token, Invalid):
            return refusal(self.simulation.state.switches.words_of(token.reason))
        for name in ("market", "exchange"):
            if call.text(name) and call.text(name).upper() not in Exchange.__members__:
                return data_failure(f"Invalid {name}")
        self.simulation.bring_up_to_date()
        return self._rows(call)

    def _rows(self, call: Call) -> Answer:
        lists: dict[str, Callable[[Call], Answer]] = {
            "securities": lambda call: _page(call, [security_row(each) for each in self._securities(call)]),
            "securitiesdetails": lambda call: _page(call, [self._details(each) for each in self._securities(call)]),
            "dailystockprice": lambda call: self._daily(call, self._stock_price),
            "dailyohlc": lambda call: self._daily(call, ohlc_row),
            "intradayohlc": self._intraday,
            "indexlist": lambda call: _page(call, [listing_row(each) for each in _exchanges(call.text("exchange"))]),
            "indexcomponents": _index_components,
            "dailyindex": self._daily_index,
        }
        answer = lists.get(call.name)
        return answer(call) if answer else data_failure(f"{call.name} is not simulated; {', '.join(lists)} are.")

    def _securities(self, call: Call) -> list[Security]:
        """Those of the named market and symbol, or all; in the order of their symbols."""
        market, symbol = call.text("market").upper(), call.text("symbol").upper()
        found = [
            security
            for security in self.simulation.state.securities.values()
            if market in ("", security.listing.exchange) and symbol in ("", security.symbol)
        ]
        return sorted(found, key=lambda security: security.symbol)

    def _stock_price(self, day: DaySummary, security: Security) -> Json:
        actions = self.simulation.state.corporate_actions
        return stock_price_row(day, adjusted(day.last, security.symbol, day.trading_date, actions))

    def _details(self, security: Security) -> Json:
        return details_row(security, self.simulation.state.trading_date)

    def _daily(self, call: Call, row: Callable[[DaySummary, Security], Json]) -> Answer:
        """Rows of past days and of today, newest first unless `ascending`; without dates today's only."""
        span = self._span(call)
        if span is None:
            return data_failure("Invalid date")
        securities = {security.symbol: security for security in self._securities(call)}
        days = [day for day in self._days(*span) if day.symbol in securities]
        days.sort(key=lambda day: day.trading_date, reverse=not _is_ascending(call))
        return _page(call, [row(day, securities[day.symbol]) for day in days])

    def _intraday(self, call: Call) -> Answer:
        """Bars of `resolution` minutes, newest first unless `ascending`; minutes without a trade have none."""
        span = self._span(call)
        if span is None:
            return data_failure("Invalid date")
        # SSI's papers spell it both ways.
        minutes = call.number("resolution") or call.number("resollution") or 1
        if not 0 < minutes <= _MINUTES_OF_A_DAY:
            return data_failure("Invalid resolution")
        symbols = {security.symbol for security in self._securities(call)}
        known = {bar.key: bar for bar in self.simulation.history.minutes(*span, symbols)}
        # What traded since the last save is in memory only.
        first, last = (day.isoformat() for day in span)
        known |= {key: bar for key, bar in self.simulation.state.minute_bars.items() if first <= key[:10] <= last}
        bars = [known[key] for key in sorted(known) if known[key].symbol in symbols]
        found = sorted(by_minutes(bars, minutes), key=lambda bar: bar.at, reverse=not _is_ascending(call))
        return _page(call, [intraday_row(bar) for bar in found])

    def _daily_index(self, call: Call) -> Answer:
        """An index's days, newest first unless `ascending` or `order` says so; without an `indexId` of all."""
        span = self._span(call)
        if span is None:
            return data_failure("Invalid date")
        by_day: dict[date, list[DaySummary]] = {}
        for summary in self._days(*span):
            by_day.setdefault(summary.trading_date, []).append(summary)
        found = [
            index_day_row(exchange, [each for each in by_day[day] if is_member(exchange, each.symbol)])
            for day in sorted(by_day, reverse=not _is_ascending(call))
            for exchange in _exchanges_of(call.text("indexId"))
        ]
        return _page(call, found)

    def _days(self, first: date, last: date) -> list[DaySummary]:
        """Every listed security's days from `first` to `last`, today's as it stands."""
        securities = self.simulation.state.securities
        today = [security.day for security in securities.values() if first <= security.day.trading_date <= last]
        past = [day for day in self.simulation.history.days(first, last) if day.symbol in securities]
        return [*today, *past]

    def _span(self, call: Call) -> tuple[date, date] | None:
        """The days asked for, today where none is named; None when one is no date."""
        today = self.simulation.state.trading_date
        first, last = _date(call.text("fromDate"), today), _date(call.text("toDate"), today)
        return None if first is None or last is None else (first, last)


def _index_components(call: Call) -> Answer:
    return _page(call, [components_row(exchange) for exchange in _exchanges_of(call.text("indexCode"))])


def _exchanges(name: str) -> list[Exchange]:
    return [exchange for exchange in Exchange if name.upper() in ("", exchange)]


def _exchanges_of(index: str) -> list[Exchange]:
    """The exchange of an index, all where none is named, none of an unknown one."""
    return [exchange for exchange in Exchange if index.upper() in ("", INDEXES[exchange].upper())]


def _is_ascending(call: Call) -> bool:
    return call.text("ascending").lower() == "true" or call.text("order").lower() == "asc"


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
