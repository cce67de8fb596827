"""Cash balance and stock positions of an account in SSI's fields; all money in VND."""

from datetime import date

from market.calendar import TradingCalendar
from market.fees import commission
from market.vocabulary import Side
from simulator.accounts import Account, Pending, amount_by_age, trading_days_since
from simulator.broker_order import BrokerOrder
from simulator.state import ExchangeState
from simulator.switches import CashBalance
from simulator.wire.vocabulary import Json


def cash_balance(state: ExchangeState, account: Account) -> Json:
    """cashAcctBal: `cashBal` is the cash left before holds; proceeds due on the day itself count as T1 (SSI-U19)."""
    today = state.trading_date
    due_last = amount_by_age(account.receivables, today, 0, state.calendar)
    due_first = sum(pending.amount for pending in account.receivables) - due_last
    pays_at_once = state.switches.cash_balance is CashBalance.LESS_BUYS
    unpaid = 0 if pays_at_once else max(0, account.bought_today)
    open_orders = [order for order in state.orders.values() if order.account == account.number and order.is_open]
    return {
        "account": account.number,
        "cashBal": account.cash + unpaid,
        "cashOnHold": 0,
        "secureAmount": account.held,
        "withdrawable": account.purchasing_power,
        "receivingCashT1": due_first,
        "receivingCashT2": due_last,
        "matchedBuyVolume": account.bought_today,
        "matchedSellVolume": account.sold_today,
        "debt": 0,
        "unMatchedBuyVolume": _open_value(open_orders, Side.BUY),
        "unMatchedSellVolume": _open_value(open_orders, Side.SELL),
        "paidCashT1": 0,
        "paidCashT2": unpaid,
        "cia": 0,
        "purchasingPower": account.purchasing_power,
        "totalAssets": account.cash + due_first + due_last + account.unpaid_cash + market_value(state, account),
    }


def stock_positions(state: ExchangeState, account: Account) -> Json:
    """stockPosition: `onHand` counts everything owned, `sellableQty` what is settled and not held for a sale.

    `bonus` is what a corporate action has brought and not paid out yet; it is not on hand.
    """
    unpaid = {claim.symbol for claim in account.claims if claim.shares and not claim.paid}
    rows = [_position_row(state, account, symbol) for symbol in sorted({*account.positions, *unpaid})]
    return {
        "account": account.number,
        "totalMarketValue": market_value(state, account),
        "stockPositions": rows,
    }


def maximum_buy(account: Account, price: int) -> Json:
    """maxBuyQty: whole lots whose value and commission the purchasing power covers."""
    power = account.purchasing_power
    lots = power // (price * 100) if price > 0 else 0
    while lots and lots * 100 * price + commission(account.fees, lots * 100 * price) > power:
        lots -= 1
    return {
        "account": account.number,
        "maxBuyQty": lots * 100,
        "marginRatio": "100%",
        "purchasingPower": power,
    }


def _position_row(state: ExchangeState, account: Account, symbol: str) -> Json:
    position = account.position(symbol)
    today, calendar = state.trading_date, state.calendar
    return {
        "marketID": "VN",
        "instrumentID": symbol,
        "onHand": position.on_hand,
        "block": 0,
        "bonus": account.unpaid_shares(symbol),
        "buyT0": amount_by_age(position.bought, today, 0, calendar),
        "buyT1": amount_by_age(position.bought, today, 1, calendar),
        "buyT2": _older(position.bought, today, calendar),
        "sellT0": amount_by_age(position.sold, today, 0, calendar),
        "sellT1": amount_by_age(position.sold, today, 1, calendar),
        "sellT2": _older(position.sold, today, calendar),
        "avgPrice": round(position.cost / position.on_hand, 2) if position.on_hand else 0.0,
        "mortgage": 0,
        "sellableQty": position.sellable,
        "holdForTrade": position.held,
        "marketPrice": state.securities[symbol].day.close,
    }


def _older(pending: list[Pending], today: date, calendar: TradingCalendar) -> int:
    return sum(item.amount for item in pending if trading_days_since(item.trade_date, today, calendar) > 1)


def _open_value(orders: list[BrokerOrder], side: Side) -> int:
    return sum(order.leaves * (order.reserve_price or order.price) for order in orders if order.side is side)


def market_value(state: ExchangeState, account: Account) -> int:
    return sum(position.on_hand * state.securities[symbol].day.close for symbol, position in account.positions.items())
