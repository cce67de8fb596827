"""What an ex-date does at the roll: reference and band of the security, and what its holders get (VN-C2)."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from market.bands import band_for
from market.calendar import TradingCalendar, next_trading_day
from market.ex_dates import CorporateActionKind, ex_date_band_day, ex_date_reference
from simulator.accounts import Account, Pending
from simulator.corporate_actions import Claim, CorporateAction
from simulator.security import DaySummary, Security
from simulator.state import ExchangeState


def announce(state: ExchangeState, action: CorporateAction) -> None:
    state.corporate_actions.append(action)


def withdraw(state: ExchangeState, action: CorporateAction) -> None:
    """The action does not take place; nothing has come of it yet."""
    state.corporate_actions.remove(action)


def next_ex_date(state: ExchangeState) -> date:
    return next_trading_day(state.trading_date, state.calendar)


def actions_ahead(state: ExchangeState, symbol: str) -> list[CorporateAction]:
    return [each for each in state.corporate_actions if each.is_ahead and each.symbol == symbol]


def go_ex(state: ExchangeState) -> None:
    """Carry out the actions whose ex-date the day that has just begun is, or was while the market was closed."""
    due = [each for each in state.corporate_actions if each.is_ahead and each.ex_date <= state.trading_date]
    for symbol in dict.fromkeys(each.symbol for each in due):
        actions = [each for each in due if each.symbol == symbol]
        security = state.securities[symbol]
        base = security.day.reference
        for account in state.accounts.values():
            _entitle(account, actions, state.trading_date)
        security.day = _ex_day(security, actions)
        carried_out = {
            each.number: replace(each, ex_date=state.trading_date, base=base, reference=security.day.reference)
            for each in actions
        }
        state.corporate_actions = [carried_out.get(each.number, each) for each in state.corporate_actions]


def adjusted(price: int, symbol: str, day: date, actions: Sequence[CorporateAction]) -> int:
    """A price (VND) of a past `day` as charts show it after the ex-dates that have come since."""
    ex_dates = {
        each.ex_date: (each.base, each.reference) for each in actions if each.symbol == symbol and each.ex_date > day
    }
    for base, reference in ex_dates.values():
        if base and reference:
            price = price * reference // base
    return price


def pay(account: Account, today: date) -> bool:
    """Make usable what is paid by `today`; whether anything was."""
    due = [claim for claim in account.claims if not claim.paid and claim.pay_date <= today]
    for claim in due:
        account.cash += claim.cash
        if claim.shares:
            account.own_position(claim.symbol).settled += claim.shares
    account.claims = [replace(claim, paid=True) if claim in due else claim for claim in account.claims]
    return bool(due)


def record_date(action: CorporateAction, calendar: TradingCalendar) -> date:
    """The day on which settled holders are listed: the one after the ex-date, as trades settle on T+2 (VN-A11)."""
    return next_trading_day(action.ex_date, calendar)


def _ex_day(security: Security, actions: list[CorporateAction]) -> DaySummary:
    listing, day = security.listing, security.day
    entitlements = [each.entitlement for each in actions]
    treasury = any(each.treasury for each in actions)
    band_day = ex_date_band_day(listing.exchange, day.reference, entitlements, treasury=treasury)
    reference = ex_date_reference(listing.exchange, listing.kind, day.reference, entitlements)
    band = band_for(listing.exchange, listing.kind, reference, day=band_day)
    return replace(day, reference=band.reference, ceiling=band.ceiling, floor=band.floor, band_day=band_day)


def _entitle(account: Account, actions: list[CorporateAction], ex_date: date) -> None:
    """By all shares owned when the last day with the right ended, those not yet settled included."""
    quantity = account.position(actions[0].symbol).on_hand
    if quantity <= 0:
        return
    for action in actions:
        new = action.shares_for(quantity)
        claim = Claim(action.number, action.symbol, quantity, max(action.pay_date, ex_date))
        match action.kind:
            case CorporateActionKind.CASH_DIVIDEND:
                account.claims.append(replace(claim, cash=quantity * action.cash))
            case CorporateActionKind.SHARE_DIVIDEND | CorporateActionKind.BONUS_ISSUE:
                account.claims.append(replace(claim, shares=new))
            case CorporateActionKind.RIGHTS_ISSUE:
                account.claims.append(replace(claim, offered=new))
            case CorporateActionKind.SPLIT:
                _split(account, action)


def _split(account: Account, action: CorporateAction) -> None:
    """All shares at once, also those on their way to settlement: their number changes, not what they cost."""
    position = account.own_position(action.symbol)
    on_hand = action.shares_for(position.on_hand)
    position.bought = [Pending(each.trade_date, action.shares_for(each.amount)) for each in position.bought]
    position.settled = on_hand - sum(each.amount for each in position.bought)
