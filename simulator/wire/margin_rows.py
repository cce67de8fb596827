"""Purchasing power and margin (PP/MMR), and the derivatives side, of a plain cash account: mostly zeros."""

from simulator.accounts import Account
from simulator.state import ExchangeState
from simulator.wire.account_rows import cash_balance, market_value
from simulator.wire.vocabulary import Json

_NOTHING = (
    *("collateralAsset", "liability", "eeOrigin", "callMargin", "callForcesell", "marginCall", "debt"),
    *("accruedInterest", "holdRight", "preLoan", "cia", "ppCredit", "creditLimit", "marginCallLMVSold", "eeCredit"),
    *("eE90", "eE80", "eE70", "eE60", "eE50", "fees"),
)
_ASSETS = ("cash", "validNonCash", "totalValue", "maxValidNonCash", "cashWithdrawable", "ee")
_WARNING_LEVELS = {"usedLimitWarningLevel1": 75.0, "usedLimitWarningLevel2": 85.0, "usedLimitWarningLevel3": 90.0}


def margin_state(state: ExchangeState, account: Account) -> Json:
    """What ppmmraccount says of an account that borrows nothing: all shares are its own, and no call can come."""
    cash, shares = cash_balance(state, account), market_value(state, account)
    power = account.purchasing_power
    return {
        "account": account.number,
        **dict.fromkeys(_NOTHING, 0),
        "equity": cash["totalAssets"],
        "ee": power,
        "cashBalance": account.cash,
        "purchasingPower": power,
        "lmv": shares,
        "withdrawal": power,
        "collateralA": 0,
        "buyUnmatch": cash["unMatchedBuyVolume"],
        "sellUnmatch": cash["unMatchedSellVolume"],
        "ap": account.bought_today,
        "apT1": 0,
        "ar": cash["receivingCashT2"],
        "arT1": cash["receivingCashT1"],
        "totalAssets": cash["totalAssets"],
        "totalEquity": cash["totalAssets"],
        "lmvNonMarginable": shares,
        "callLMW": 0.0,
        "forceLMV": 0.0,
        "marginRatio": 0.0,
        "action": "",
    }


def derivatives_balance(account: Account) -> Json:
    """What derivAcctBal says of an account without derivatives."""
    totals = ("accountBalance", "fee", "commission", "interest", "loan", "deliveryAmount", "floatingPL", "totalPL")
    limits = ("marginable", "depositable", "rcCall", "withdrawable", "nonCashDrawableRCCall")
    margin = {"marginReq": 0, "accountRatio": 0.0, **_WARNING_LEVELS, "marginCall": 0}
    return {
        "account": account.number,
        **dict.fromkeys((*totals, *limits), 0),
        "internalAssets": dict.fromkeys(_ASSETS, 0),
        "exchangeAssets": dict.fromkeys(_ASSETS, 0),
        "internalMargin": {"initialMargin": 0, "deliveryMargin": 0, **margin},
        "exchangeMargin": margin,
    }


def derivatives_positions(account: Account) -> Json:
    """What derivPosition says of an account without derivatives."""
    return {"account": account.number, "openPosition": [], "closePosition": []}
