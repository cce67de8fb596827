"""SSI's services around trading (`cash/`, `ors/`, `stock/`): what an account could ask for is told, nothing is moved.

Cash and shares come and go through `/control/accounts` instead.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from market.calendar import VIETNAM, usable_from
from market.fees import commission, sale_tax
from market.vocabulary import Side
from simulator.accounts import Account
from simulator.broker_order import BrokerOrder
from simulator.simulation import Simulation
from simulator.switches import KeyCase
from simulator.wire.calls import Call
from simulator.wire.data_rows import DATE_FORMAT, SECURITY_TYPES
from simulator.wire.entitlement_rows import dividend_rows, exercisable_rows
from simulator.wire.envelopes import Answer, failure, success
from simulator.wire.trading_rest import TradingRest
from simulator.wire.vocabulary import Json

AREAS = frozenset({"api/v2/cash", "api/v2/ors", "api/v2/stock"})
_MOVEMENTS = frozenset(
    {
        *("api/v2/cash/vsdcashdw", "api/v2/cash/transferinternal", "api/v2/cash/createcashinadvance"),
        *("api/v2/ors/create", "api/v2/stock/transfer"),
    }
)


@dataclass(frozen=True, slots=True)
class ServicesRest:
    simulation: Simulation
    trading: TradingRest

    def query(self, area: str, call: Call) -> Answer:
        """Answer one GET."""
        queries: dict[str, Callable[[Call, Account], Answer]] = {
            "api/v2/cash/cashinadvanceamount": self._advance_amounts,
            "api/v2/cash/unsettlesoldtransaction": self._unsettled_sales,
            "api/v2/cash/transferhistories": _nothing("transferHistories", with_account=False),
            "api/v2/cash/cashinadvancehistories": _nothing("CIAHistories"),
            "api/v2/cash/estcashinadvancefee": _advance_fee,
            "api/v2/ors/dividend": self._dividends,
            "api/v2/ors/exercisablequantity": self._exercisable,
            "api/v2/ors/histories": _nothing("onlineRightSubscriptionHistories"),
            "api/v2/stock/transferable": self._transferable,
            "api/v2/stock/transferhistories": _nothing("stockTransferHistories"),
        }
        answer = queries.get(f"{area}/{call.name}")
        if answer is None:
            return failure(f"{area}/{call.name} is not simulated; {', '.join(queries)} are.", 404)
        account = self.trading.account_of(call)
        if isinstance(account, Answer):
            return account
        told = answer(call, account)
        if self.simulation.state.switches.service_keys is KeyCase.LOWER:
            return replace(told, body={name: _with_lower_keys(value) for name, value in told.body.items()})
        return told

    def move(self, area: str, call: Call) -> Answer:
        """Refuse one POST; its token and signature are checked as an order's are."""
        if f"{area}/{call.name}" not in _MOVEMENTS:
            return failure(f"{area}/{call.name} is not simulated; {', '.join(sorted(_MOVEMENTS))} are refused.", 404)
        refused = self.trading.refused_to_trade(call) or self.trading.account_of(call)
        if isinstance(refused, Answer):
            return refused
        return failure(f"{call.name} is not simulated: move cash and shares with /control/accounts/<number>/movements")

    def _dividends(self, _: Call, account: Account) -> Answer:
        return success({"account": account.number, "dividends": dividend_rows(self.simulation.state, account)})

    def _exercisable(self, _: Call, account: Account) -> Answer:
        rows = exercisable_rows(self.simulation.state, account)
        return success({"account": account.number, "exercisableQuantities": rows})

    def _advance_amounts(self, _: Call, account: Account) -> Answer:
        """Proceeds on their way; only their net value is kept, and nobody advances any of it."""
        calendar = self.simulation.state.calendar
        amounts = [
            {
                "DueDate": usable_from(pending.trade_date, calendar).astimezone(VIETNAM).strftime(DATE_FORMAT),
                "SellValue": pending.amount,
                "NetSellValue": pending.amount,
                "Advance": 0,
                "CashAdvance": 0,
            }
            for pending in account.receivables
        ]
        return success({"account": account.number, "CIAAmounts": amounts})

    def _unsettled_sales(self, call: Call, account: Account) -> Answer:
        """Sales whose cash comes on `settleDate` (any day when it is left out)."""
        wanted = call.text("settleDate")
        state = self.simulation.state
        waiting = {pending.trade_date for pending in account.receivables}
        first = min(waiting, default=state.trading_date)
        past = self.simulation.history.orders(first, state.trading_date)
        sales = [
            _sale_row(order, account)
            for order in (*past, *state.orders.values())
            if order.account == account.number
            and order.side is Side.SELL
            and order.filled
            and _trade_date(order).date() in waiting
            and wanted in ("", usable_from(_trade_date(order).date(), state.calendar).strftime(DATE_FORMAT))
        ]
        return success({"account": account.number, "orders": sales})

    def _transferable(self, _: Call, account: Account) -> Answer:
        securities = self.simulation.state.securities
        rows = [
            {
                "instrumentID": symbol,
                "quantity": position.sellable,
                "instrumentType": SECURITY_TYPES[securities[symbol].listing.kind],
            }
            for symbol, position in sorted(account.positions.items())
            if position.sellable > 0
        ]
        return success({"account": account.number, "transferableStocks": rows})


def _nothing(name: str, *, with_account: bool = True) -> Callable[[Call, Account], Answer]:
    def answer(_: Call, account: Account) -> Answer:
        return success({**({"account": account.number} if with_account else {}), name: []})

    return answer


def _with_lower_keys(value: object) -> object:
    if isinstance(value, dict):
        return {key[:1].lower() + key[1:]: _with_lower_keys(each) for key, each in value.items()}
    return [_with_lower_keys(each) for each in value] if isinstance(value, list) else value


def _advance_fee(call: Call, account: Account) -> Answer:
    amounts = {"ciaAmount": call.number("ciaAmount") or 0, "receiveAmount": call.number("receiveAmount") or 0}
    return success({"account": account.number, **amounts, "fee": 0})


def _sale_row(order: BrokerOrder, account: Account) -> Json:
    charges = commission(account.fees, order.filled_value) + sale_tax(account.fees, order.filled_value)
    return {
        "TradeDate": _trade_date(order).strftime(DATE_FORMAT),
        "InstrumentID": order.symbol,
        "Quantity": order.filled,
        "Price": order.average_price,
        "NetSellValue": order.filled_value - charges,
    }


def _trade_date(order: BrokerOrder) -> datetime:
    return order.entered_at.astimezone(VIETNAM)
