"""FC Data over REST: the day's instruments, prices, bars and indexes, each list whole or not at all."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, timedelta
from types import TracebackType
from typing import Self, TypeVar

from broker.fastconnect import market_rows
from broker.fastconnect.credentials import DEFAULT_TIMEOUTS, Credentials, Timeouts
from broker.fastconnect.queries import Queries
from broker.fastconnect.rate_limiter import RateLimiter
from broker.fastconnect.rest import Reply, Rest
from broker.fastconnect.securities import PAGE_SIZE, instruments_of, read_page
from broker.fastconnect.tokens import Logins, TokenSource
from broker.fastconnect.unknowns import SsiBehaviour, behaviour_at
from broker.fastconnect.wire_values import Fields
from broker.market_data import Bar, DailyPrice, IndexDay, IndexListing
from broker.port import NoAnswer
from market.instrument import Instrument
from market.vocabulary import Exchange

_SECURITIES = "api/v2/Market/Securities"
_DETAILS = "api/v2/Market/SecuritiesDetails"
_DAILY_PRICES = "api/v2/Market/DailyStockPrice"
_DAILY_BARS = "api/v2/Market/DailyOhlc"
_INTRADAY_BARS = "api/v2/Market/IntradayOhlc"
_INDEXES = "api/v2/Market/IndexList"
_INDEX_MEMBERS = "api/v2/Market/IndexComponents"
_INDEX_DAYS = "api/v2/Market/DailyIndex"
_LAST_PAGE = 10  # SSI's limit for pageIndex
_MOST_DAYS = 30  # SSI's limit for one question about days
_DATE = "%d/%m/%Y"

_Row = TypeVar("_Row")


class FastConnectData:
    """Implements `ReferenceData` and `MarketData`."""

    def __init__(
        self,
        credentials: Credentials,
        timeouts: Timeouts = DEFAULT_TIMEOUTS,
        behaviour: SsiBehaviour | None = None,
    ) -> None:
        known = behaviour if behaviour is not None else behaviour_at(credentials.data_url)
        self._mask = credentials.without_secrets
        self._rest = Rest(credentials.data_url, timeouts, credentials.user_agent, self._mask)
        self._tokens = TokenSource("data", Logins(self._rest, credentials, known).data)
        self._queries = Queries(
            self._rest,
            self._tokens,
            RateLimiter(known.assumed_quotas, known.quota_scope),
            patience=timeouts.turn,
            rest_seconds=known.throttled_rest_seconds,
        )

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        await self._tokens.aclose()
        await self._rest.aclose()

    async def instruments(self, trading_date: date) -> tuple[Instrument, ...] | NoAnswer:
        """Stocks, funds, ETFs and covered warrants that have a price row of `trading_date`."""
        found: list[Instrument] = []
        for exchange in Exchange:
            instruments = await self._of_exchange(exchange, trading_date)
            if isinstance(instruments, NoAnswer):
                return instruments
            found.extend(instruments)
        return tuple(found)

    async def daily_prices(
        self, exchange: Exchange, first: date, last: date, symbol: str | None = None
    ) -> tuple[DailyPrice, ...] | NoAnswer:
        params = {"symbol": symbol or "", "market": exchange.value}
        return await self._over_days(_DAILY_PRICES, params, first, last, market_rows.daily_price)

    async def daily_bars(self, symbol: str, first: date, last: date) -> tuple[Bar, ...] | NoAnswer:
        params = {"symbol": symbol, "ascending": "true"}
        return await self._over_days(_DAILY_BARS, params, first, last, market_rows.bar)

    async def intraday_bars(self, symbol: str, first: date, last: date, minutes: int = 1) -> tuple[Bar, ...] | NoAnswer:
        params = {"symbol": symbol, "ascending": "true", "resolution": str(minutes)}
        # A day has some 270 minutes, and ten pages of 1,000 rows are all that SSI tells of one question.
        return await self._over_days(_INTRADAY_BARS, params, first, last, market_rows.bar)

    async def indexes(self, exchange: Exchange) -> tuple[IndexListing, ...] | NoAnswer:
        rows = await self._rows(_INDEXES, {"exchange": exchange.value})
        return rows if isinstance(rows, NoAnswer) else market_rows.read_rows(rows, market_rows.index_listing)

    async def index_members(self, code: str) -> tuple[str, ...] | NoAnswer:
        rows = await self._rows(_INDEX_MEMBERS, {"indexCode": code})
        lists = rows if isinstance(rows, NoAnswer) else market_rows.read_rows(rows, market_rows.index_members)
        return lists if isinstance(lists, NoAnswer) else tuple(symbol for symbols in lists for symbol in symbols)

    async def index_days(self, code: str, first: date, last: date) -> tuple[IndexDay, ...] | NoAnswer:
        params = {"indexId": code, "ascending": "true"}
        return await self._over_days(_INDEX_DAYS, params, first, last, market_rows.index_day)

    async def _over_days(
        self, path: str, params: Mapping[str, str], first: date, last: date, read: Callable[[Fields], _Row]
    ) -> tuple[_Row, ...] | NoAnswer:
        found: list[_Row] = []
        for begin, end in _spans(first, last):
            rows = await self._rows(path, {**params, "fromDate": begin.strftime(_DATE), "toDate": end.strftime(_DATE)})
            span = rows if isinstance(rows, NoAnswer) else market_rows.read_rows(rows, read)
            if isinstance(span, NoAnswer):
                return span
            found.extend(span)
        return tuple(found)

    async def _of_exchange(self, exchange: Exchange, trading_date: date) -> list[Instrument] | NoAnswer:
        day = trading_date.strftime(_DATE)
        securities = await self._rows(_SECURITIES, {"market": exchange.value})
        details = await self._rows(_DETAILS, {"market": exchange.value, "symbol": ""})
        prices = await self._rows(
            _DAILY_PRICES, {"symbol": "", "fromDate": day, "toDate": day, "market": exchange.value}
        )
        if isinstance(securities, NoAnswer):
            return securities
        if isinstance(details, NoAnswer):
            return details
        if isinstance(prices, NoAnswer):
            return prices
        return instruments_of(exchange, trading_date, securities, details, prices)

    async def _rows(self, path: str, params: Mapping[str, str]) -> list[Fields] | NoAnswer:
        """Every row of a paged list."""
        rows: list[Fields] = []
        for index in range(1, _LAST_PAGE + 1):
            page_params = {**params, "pageIndex": str(index), "pageSize": str(PAGE_SIZE)}
            reply = await self._queries.ask(path, page_params)
            if not isinstance(reply, Reply):
                return NoAnswer(reply.text)
            page = read_page(reply, self._mask)
            if isinstance(page, NoAnswer):
                return NoAnswer(f"{path}, page {index}: {page.text}")
            rows.extend(page.rows)
            if len(rows) >= page.total and len(page.rows) < PAGE_SIZE:
                return rows
            if not page.rows:
                return NoAnswer(f"{path} ends after {len(rows)} of {page.total} rows")
        return NoAnswer(f"{path} has more than {_LAST_PAGE} pages")


def _spans(first: date, last: date) -> Iterator[tuple[date, date]]:
    """The days from `first` to `last` in pieces that SSI answers."""
    while first <= last:
        end = min(first + timedelta(days=_MOST_DAYS - 1), last)
        yield first, end
        first = end + timedelta(days=1)
