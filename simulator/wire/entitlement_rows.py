"""What an account has from corporate actions, in SSI's fields; which values SSI writes there is our guess."""

from collections.abc import Iterator
from datetime import date

from market.ex_dates import CorporateActionKind
from simulator.accounts import Account
from simulator.corporate_actions import Claim, CorporateAction
from simulator.ex_dates import record_date
from simulator.state import ExchangeState
from simulator.wire.data_rows import DATE_FORMAT
from simulator.wire.vocabulary import Json

_IN_SHARES = frozenset({CorporateActionKind.SHARE_DIVIDEND, CorporateActionKind.BONUS_ISSUE})


def dividend_rows(state: ExchangeState, account: Account) -> list[Json]:
    """ors/dividend: one row for each right of the account from its ex-date on, paid or not."""
    return [_dividend_row(state, action, claim) for action, claim in _rights(state, account)]


def exercisable_rows(state: ExchangeState, account: Account) -> list[Json]:
    """ors/exercisableQuantity: the rights to subscribe; `ors/create` is refused, so none is ever exercised."""
    return [
        {
            "EntitlementID": str(action.number),
            "InstrumentID": action.symbol,
            "SubscriptionPrice": action.price,
            "ExecutedRateFrom": action.held,
            "ExecutedRateTo": action.received,
            "SubscriptionPeriodFrom": _day(action.ex_date),
            "SubscriptionPeriodTo": _day(action.pay_date),
            "ExerciseableQuantity": claim.quantity,
            "ExerciseableReceiveQuantity": claim.offered,
            "ExercisedReceiveQuantity": 0,
            "ExercisedQuantity": 0,
            "PayableDate": _day(action.pay_date),
        }
        for action, claim in _rights(state, account)
        if claim.offered and not claim.paid
    ]


def _rights(state: ExchangeState, account: Account) -> Iterator[tuple[CorporateAction, Claim]]:
    actions = {action.number: action for action in state.corporate_actions}
    for claim in account.claims:
        yield actions[claim.action], claim


def _dividend_row(state: ExchangeState, action: CorporateAction, claim: Claim) -> Json:
    is_offer = action.kind is CorporateActionKind.RIGHTS_ISSUE
    period = (_day(action.ex_date), _day(action.pay_date)) if is_offer else (None, None)
    return {
        "stockDividend": "T" if action.kind in _IN_SHARES else "F",
        "instrumentID": action.symbol,
        "quantity": claim.quantity,
        "executedRate": f"{action.held}:{action.received}" if action.received else str(action.cash),
        "closeDate": _day(record_date(action, state.calendar)),
        "paidDate": _day(claim.pay_date) if claim.paid else None,
        "amount": claim.cash,
        "status": "Paid" if claim.paid else "Pending",
        "receivedQuantity": claim.shares,
        "issueInstrument": action.symbol if action.received else None,
        "distributedFlag": "T" if claim.paid else "F",
        "payableDate": _day(claim.pay_date),
        "subscriptionPrice": action.price,
        "subscriptionAmount": claim.offered * action.price,
        "subscriptionQuantity": claim.offered,
        "subscriptionPeriodFrom": period[0],
        "subscriptionPeriodTo": period[1],
        "entitlementID": str(action.number),
    }


def _day(day: date) -> str:
    return day.strftime(DATE_FORMAT)
