"""The accounts of a new simulation."""

from collections.abc import Mapping

from market.fees import SSI_ONLINE, FeeSchedule
from simulator.accounts import Account, Position
from simulator.symbols import LISTINGS

DEFAULT_ACCOUNT = "0901351"
DEFAULT_CASH = 1_000_000_000

_DEFAULT_SHARES = {"FPT": 10_000, "VIC": 5_000, "SHS": 20_000, "ACV": 10_000}
_FIRST_PRICES = {listing.symbol: listing.first_reference for listing in LISTINGS}


def new_account(number: str, cash: int, shares: Mapping[str, int], fees: FeeSchedule = SSI_ONLINE) -> Account:
    """An account with settled `cash` (VND) and settled shares, bought at the first day's reference prices."""
    positions = {
        symbol: Position(settled=quantity, cost=quantity * _FIRST_PRICES[symbol]) for symbol, quantity in shares.items()
    }
    return Account(number=number, cash=cash, fees=fees, positions=positions)


def starting_accounts() -> tuple[Account, ...]:
    return (new_account(DEFAULT_ACCOUNT, DEFAULT_CASH, _DEFAULT_SHARES),)
