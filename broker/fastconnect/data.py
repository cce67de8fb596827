"""FC Data over REST: the day's instruments of the three exchanges, whole or not at all."""

from collections.abc import Mapping
from datetime import date
from types import TracebackType
from typing import Self

from broker.fastconnect.credentials import DEFAULT_TIMEOUTS, Credentials, Timeouts
from broker.fastconnect.queries import ask
from broker.fastconnect.rest import Reply, Rest
from broker.fastconnect.securities import PAGE_SIZE, instruments_of, read_page
from broker.fastconnect.tokens import TokenSource, data_login
from broker.fastconnect.wire_values import Fields
from broker.port import NoAnswer
from market.instrument import Instrument
from market.vocabulary import Exchange

_SECURITIES = "api/v2/Market/Securities"
_DETAILS = "api/v2/Market/SecuritiesDetails"
_DAILY_PRICES = "api/v2/Market/DailyStockPrice"
_LAST_PAGE = 10  # SSI's limit for pageIndex


class FastConnectData:
    """Implements `ReferenceData`."""

    def __init__(self, credentials: Credentials, timeouts: Timeouts = DEFAULT_TIMEOUTS) -> None:
        self._rest = Rest(credentials.data_url, timeouts, credentials.user_agent)
        self._tokens = TokenSource("data", data_login(self._rest, credentials))

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

    async def _of_exchange(self, exchange: Exchange, trading_date: date) -> list[Instrument] | NoAnswer:
        day = trading_date.strftime("%d/%m/%Y")
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
            reply = await ask(self._rest, self._tokens, path, page_params)
            if not isinstance(reply, Reply):
                return NoAnswer(reply.text)
            page = read_page(reply)
            if isinstance(page, NoAnswer):
                return NoAnswer(f"{path}, page {index}: {page.text}")
            rows.extend(page.rows)
            if len(rows) >= page.total and len(page.rows) < PAGE_SIZE:
                return rows
            if not page.rows:
                return NoAnswer(f"{path} ends after {len(rows)} of {page.total} rows")
        return NoAnswer(f"{path} has more than {_LAST_PAGE} pages")
