"""The trading host's REST calls: who may make them, and what they answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from simulator.broker_order import BrokerOrder
from simulator.commands import Command
from simulator.simulation import Simulation
from simulator.state import ExchangeState
from simulator.wire.account_rows import cash_balance, maximum_buy, stock_positions
from simulator.wire.calls import Call
from simulator.wire.envelopes import Answer, failure, success, unauthorized
from simulator.wire.login import Login
from simulator.wire.order_requests import cancel_order, cancel_order_echo, new_order, new_order_echo
from simulator.wire.signing import is_signed
from simulator.wire.tokens import Invalid, TokenUse
from simulator.wire.vocabulary import Json, audit_row, order_row


@dataclass(frozen=True, slots=True)
class TradingRest:
    simulation: Simulation
    login: Login

    def query(self, call: Call) -> Answer:
        """Answer one GET of `api/v2/Trading`."""
        refused = self._refused(call)
        if refused is not None:
            return refused
        if call.name == "ratelimit":
            return success([{"endpoint": "*", "period": "1s", "limit": 1000}])
        answers: dict[str, Callable[[Call], Answer]] = {
            "orderbook": self._order_book,
            "auditorderbook": self._audit_order_book,
            "orderhistory": self._order_history,
            "cashacctbal": self._cash_balance,
            "stockposition": self._stock_positions,
            "maxbuyqty": self._maximum_buy,
            "maxsellqty": self._maximum_sell,
        }
        answer = answers.get(call.name)
        if answer is None:
            return failure(f"{call.name} is not simulated; {', '.join(answers)} are.", 404)
        if not call.text("account"):
            return failure("'Account' must not be empty")
        self.simulation.bring_up_to_date()
        if call.text("account") not in self.simulation.state.accounts:
            return failure("Account is not exist.")
        return answer(call)

    def read_order(self, call: Call) -> tuple[Command, Json] | Answer:
        """The command in a NewOrder or CancelOrder and the echo for its sender, or SSI's refusal."""
        refused = self._refused(call) or self._not_allowed_to_trade(call)
        if refused is not None:
            return refused
        read = _read(call, self.simulation.state)
        if not isinstance(read, Answer) and self.simulation.inbox.is_used(read[0].request_id):
            return failure(f"Request ID {read[0].request_id} is duplicated.")
        return read

    def _refused(self, call: Call) -> Answer | None:
        use = self.login.tokens.check(call.authorization)
        if isinstance(use, Invalid):
            return unauthorized(use.reason)
        return None if use is not TokenUse.DATA else unauthorized("Unauthorized")

    def _not_allowed_to_trade(self, call: Call) -> Answer | None:
        key = self.login.credentials.private_key.public_key()
        if not is_signed(call.raw, call.signature, key):
            return unauthorized("Invalid signature")
        may_trade = self.login.tokens.check(call.authorization) is TokenUse.TRADE
        if may_trade or self.login.is_code(call.text("code")):
            return None
        return failure("Wrong PIN or OTP.")

    def _order_book(self, call: Call) -> Answer:
        rows = [order_row(order) for order in self._orders(call)]
        return success({"account": call.text("account"), "orders": rows})

    def _audit_order_book(self, call: Call) -> Answer:
        rows = [audit_row(order) for order in self._orders(call)]
        return success({"account": call.text("account"), "orders": rows})

    def _order_history(self, call: Call) -> Answer:
        days = []
        for name, label in (("startDate", "Start Date"), ("endDate", "End Date")):
            try:
                days.append(datetime.strptime(call.text(name), "%d/%m/%Y").date())  # noqa: DTZ007 - a date without a time
            except ValueError:
                return failure(f"'{label}' must be a date such as 31/12/2026.")
        account = call.text("account")
        past = [order for order in self.simulation.history.orders(days[0], days[1]) if order.account == account]
        today = self._orders(call) if days[0] <= self.simulation.state.trading_date <= days[1] else []
        # SSI's history forgets the request id.
        rows = [{**order_row(order), "uniqueID": None} for order in (*past, *today)]
        return success({"orderHistories": rows, "account": account})

    def _cash_balance(self, call: Call) -> Answer:
        state = self.simulation.state
        return success(cash_balance(state, state.accounts[call.text("account")]))

    def _stock_positions(self, call: Call) -> Answer:
        state = self.simulation.state
        return success(stock_positions(state, state.accounts[call.text("account")]))

    def _maximum_buy(self, call: Call) -> Answer:
        account = self.simulation.state.accounts[call.text("account")]
        return success(maximum_buy(account, call.number("price") or 0))

    def _maximum_sell(self, call: Call) -> Answer:
        account = self.simulation.state.accounts[call.text("account")]
        sellable = account.position(call.text("instrumentID").upper()).sellable
        return success({"account": account.number, "maxSellQty": sellable})

    def _orders(self, call: Call) -> list[BrokerOrder]:
        account = call.text("account")
        return [order for order in self.simulation.state.orders.values() if order.account == account]


def _read(call: Call, state: ExchangeState) -> tuple[Command, Json] | Answer:
    if call.name == "neworder":
        order = new_order(call, state)
        return order if isinstance(order, Answer) else (order, new_order_echo(order, call))
    cancel = cancel_order(call, state)
    return cancel if isinstance(cancel, Answer) else (cancel, cancel_order_echo(cancel, call))
