"""The trading host's REST calls: who may make them, and what they answer."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from simulator.accounts import Account
from simulator.broker_order import BrokerOrder
from simulator.commands import Command
from simulator.simulation import Simulation
from simulator.state import ExchangeState
from simulator.switches import DuplicateRequest, RefusalName, Scope, Switches
from simulator.wire.account_rows import cash_balance, maximum_buy, stock_positions
from simulator.wire.calls import Call
from simulator.wire.envelopes import Answer, failure, refusal, success
from simulator.wire.login import Login
from simulator.wire.margin_rows import derivatives_balance, derivatives_positions, margin_state
from simulator.wire.order_requests import (
    cancel_order,
    cancel_order_echo,
    modify_order,
    modify_order_echo,
    new_order,
    new_order_echo,
)
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
            return success([limit.model_dump() for limit in self._switches.limits])
        answers: dict[str, Callable[[Call, Account], Answer]] = {
            "orderbook": self._order_book,
            "auditorderbook": self._audit_order_book,
            "orderhistory": self._order_history,
            "cashacctbal": self._cash_balance,
            "stockposition": self._stock_positions,
            "maxbuyqty": _maximum_buy,
            "maxsellqty": _maximum_sell,
            "ppmmraccount": self._margin_state,
            "derivacctbal": lambda _, account: success(derivatives_balance(account)),
            "derivposition": lambda _, account: success(derivatives_positions(account)),
        }
        answer = answers.get(call.name)
        if answer is None:
            return failure(f"{call.name} is not simulated; {', '.join(answers)} are.", 404)
        account = self.account_of(call)
        return account if isinstance(account, Answer) else answer(call, account)

    def account_of(self, call: Call) -> Account | Answer:
        """The account named by a caller who may read, as it stands now, or SSI's refusal."""
        refused = self._refused(call)
        if refused is not None:
            return refused
        if not call.text("account"):
            return failure("'Account' must not be empty")
        self.simulation.bring_up_to_date()
        account = self.simulation.state.accounts.get(call.text("account"))
        return failure("Account is not exist.") if account is None else account

    def refused_to_trade(self, call: Call) -> Answer | None:
        """Why a signed request may not be carried out for its sender; None when it may."""
        return self._refused(call) or self._not_allowed_to_trade(call)

    def read_order(self, call: Call) -> tuple[Command, Json] | Answer:
        """The command in a NewOrder, ModifyOrder or CancelOrder and the echo for its sender, or SSI's refusal."""
        refused = self.refused_to_trade(call)
        if refused is not None:
            return refused
        read = _read(call, self.simulation.state)
        if isinstance(read, Answer) or not self._is_used(read[0]):
            return read
        match self._switches.duplicate_request:
            case DuplicateRequest.REFUSED:
                return self._refusal(RefusalName.DUPLICATE_REQUEST, read[0].request_id)
            case DuplicateRequest.REPEATED:
                return taken(*read)
            case DuplicateRequest.TAKEN:
                return read

    @property
    def _switches(self) -> Switches:
        return self.simulation.state.switches

    def _is_used(self, command: Command) -> bool:
        by_account = self._switches.request_ids is Scope.ACCOUNT
        return self.simulation.inbox.is_used(command.request_id, command.account if by_account else "")

    def _refused(self, call: Call) -> Answer | None:
        use = self.login.tokens.check(call.authorization)
        if isinstance(use, Invalid):
            return self._refusal(use.reason)
        return None if use is not TokenUse.DATA else self._refusal(RefusalName.BAD_TOKEN)

    def _not_allowed_to_trade(self, call: Call) -> Answer | None:
        key = self.login.credentials.private_key.public_key()
        if not is_signed(call.raw, call.signature, key):
            return self._refusal(RefusalName.BAD_SIGNATURE)
        may_trade = self.login.tokens.check(call.authorization) is TokenUse.TRADE
        if may_trade or self.login.is_code(call.text("code")):
            return None
        return self._refusal(RefusalName.WRONG_CODE)

    def _refusal(self, name: RefusalName, given: str = "") -> Answer:
        return refusal(self._switches.words_of(name), given)

    def _order_book(self, _: Call, account: Account) -> Answer:
        return success(
            {"account": account.number, "orders": [order_row(order, self._switches) for order in self._orders(account)]}
        )

    def _audit_order_book(self, _: Call, account: Account) -> Answer:
        return success(
            {"account": account.number, "orders": [audit_row(order, self._switches) for order in self._orders(account)]}
        )

    def _order_history(self, call: Call, account: Account) -> Answer:
        days = []
        for name, label in (("startDate", "Start Date"), ("endDate", "End Date")):
            if not call.text(name):
                return failure(f"'{label}' must not be empty; {label.replace(' ', '')} is required.")
            try:
                days.append(datetime.strptime(call.text(name), "%d/%m/%Y").date())  # noqa: DTZ007 - a date without a time
            except ValueError:
                return failure(f"'{label}' must be a date such as 31/12/2026.")
        stored = self.simulation.history.orders(days[0], days[1])
        past = [order for order in stored if order.account == account.number]
        today = self._orders(account) if days[0] <= self.simulation.state.trading_date <= days[1] else []
        # SSI's history forgets the request id.
        rows = [{**order_row(order, self._switches), "uniqueID": None} for order in (*past, *today)]
        return success({"orderHistories": rows, "account": account.number})

    def _cash_balance(self, _: Call, account: Account) -> Answer:
        return success(cash_balance(self.simulation.state, account))

    def _stock_positions(self, _: Call, account: Account) -> Answer:
        return success(stock_positions(self.simulation.state, account))

    def _margin_state(self, _: Call, account: Account) -> Answer:
        return success(margin_state(self.simulation.state, account))

    def _orders(self, account: Account) -> list[BrokerOrder]:
        state = self.simulation.state
        shown = (order for order in state.orders.values() if not state.is_hidden(order))
        return [order for order in shown if order.account == account.number]


def taken(command: Command, echo: Json) -> Answer:
    """The answer to a request that will be carried out."""
    return success({"requestID": command.request_id, "requestData": echo})


def _maximum_buy(call: Call, account: Account) -> Answer:
    return success(maximum_buy(account, call.number("price") or 0))


def _maximum_sell(call: Call, account: Account) -> Answer:
    sellable = account.position(call.text("instrumentID").upper()).sellable
    return success({"account": account.number, "maxSellQty": sellable})


def _read(call: Call, state: ExchangeState) -> tuple[Command, Json] | Answer:
    if call.name == "neworder":
        order = new_order(call, state)
        return order if isinstance(order, Answer) else (order, new_order_echo(order, call, state.switches))
    if call.name == "modifyorder":
        change = modify_order(call, state)
        return change if isinstance(change, Answer) else (change, modify_order_echo(change, call, state.switches))
    cancel = cancel_order(call, state)
    return cancel if isinstance(cancel, Answer) else (cancel, cancel_order_echo(cancel, call))
