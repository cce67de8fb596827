"""How an account, its investor and its users come into being from the command line."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncEngine

from cli.running import stack_database
from cli.stack_database import with_engine
from ledger import account_opening, granting
from ledger.account_opening import AccountDiffers, NewAccount
from ledger.accounts import Account, Role, UnknownAccountError
from ledger.granting import NewGrant, RoleDiffers
from local.failure import CannotRun
from market.fees import Channel, FeePlan, FeeSchedule, channels_of, fee_schedule

_Answer = TypeVar("_Answer")
_Named = TypeVar("_Named", bound=StrEnum)
_PPM_OF_A_PERCENT = 10_000


def open_account(broker_account: str, investor: str, plan: str, channel: str, *, is_foreign: bool) -> str:
    """Make an account known, once; returns how it stands. Raises `CannotRun` for one that is known otherwise."""
    if not broker_account.isalnum():
        raise CannotRun(f"BROKER_ACCOUNT was {broker_account!r}: it is the account's number at SSI, such as 0901351")
    fees = _fees(_one_of(FeePlan, "--plan", plan), _one_of(Channel, "--channel", channel))
    wanted = NewAccount(broker_account, _words("--investor", investor), fees, is_foreign)
    done = _done(broker_account, lambda engine: account_opening.open_account(engine, wanted))
    if isinstance(done, AccountDiffers):
        differences = "; ".join(_differences(done.stored, wanted))
        raise CannotRun(
            f"account {broker_account} is there already: {differences}."
            " Nothing was changed; `oms account set-fees` changes rates"
        )
    is_now = "is open" if done.is_new else "was open already"
    others = ", ".join(done.siblings) or "none"
    investor_now = f"{wanted.investor} ({_nationality(is_foreign)}; other accounts: {others})"
    return (
        f"{broker_account} {is_now}: investor {investor_now},"
        f" commission {_percent(fees.commission_ppm)}, tax on sales {_percent(fees.sale_tax_ppm)}."
    )


def set_fees(account_id: str, plan: str, channel: str) -> str:
    """Give an account the rates of another plan or channel; returns what changed. Raises `CannotRun`."""
    fees = _fees(_one_of(FeePlan, "--plan", plan), _one_of(Channel, "--channel", channel))
    before = _done(account_id, lambda engine: account_opening.set_fees(engine, account_id, fees))
    return (
        f"{account_id}: commission {_percent(fees.commission_ppm)} (before: {_percent(before.commission_ppm)}),"
        f" tax on sales {_percent(fees.sale_tax_ppm)} (before: {_percent(before.sale_tax_ppm)}),"
        " for orders accepted from now on."
    )


def grant_account(account_id: str, user: str, role: str, *, is_default: bool, changes_role: bool) -> str:
    """Let a user use an account; returns all that the user may do. Raises `CannotRun`."""
    asked = _one_of(Role, "--role", role)
    wanted = NewGrant(account_id, _words("USER", user), asked, is_default=is_default, changes_role=changes_role)
    done = _done(account_id, lambda engine: granting.grant_account(engine, wanted))
    if isinstance(done, RoleDiffers):
        raise CannotRun(
            f"{wanted.user} is {done.stored.role}, and a role holds in every account of a user"
            f" ({', '.join(done.stored.account_ids) or 'none yet'}): add --change-role to make it {wanted.role} in all"
        )
    default = done.default_account_id
    unnamed = f"means {default}" if default else "is answered only while there is one account"
    accounts = ", ".join(done.account_ids)
    return f"{done.user} is {done.role} in {accounts}; a request that names no account {unnamed}."


def _done(account_id: str, work: Callable[[AsyncEngine], Awaitable[_Answer]]) -> _Answer:
    try:
        with stack_database() as url:
            return asyncio.run(with_engine(url, work))
    except UnknownAccountError:
        raise CannotRun(f"there is no account {account_id}: `oms account open` makes one") from None


def _fees(plan: FeePlan, channel: Channel) -> FeeSchedule:
    channels = channels_of(plan)
    if channel not in channels:
        allowed = ", ".join(each.lower() for each in channels)
        raise CannotRun(f"--channel was {channel.lower()}: allowed with --plan {plan.lower()} are {allowed}")
    return fee_schedule(plan, channel)


def _differences(stored: Account, wanted: NewAccount) -> Iterator[str]:
    told = (
        ("investor", stored.investor_id, wanted.investor),
        ("commission", _percent(stored.fees.commission_ppm), _percent(wanted.fees.commission_ppm)),
        ("tax on sales", _percent(stored.fees.sale_tax_ppm), _percent(wanted.fees.sale_tax_ppm)),
        ("investor's nationality", _nationality(stored.is_foreign), _nationality(wanted.is_foreign)),
        ("number at the broker", stored.broker_account, wanted.broker_account),
    )
    return (f"its {what} is {there}, not {asked}" for what, there, asked in told if there != asked)


def _one_of(kind: type[_Named], option: str, given: str) -> _Named:
    for each in kind:
        if each.lower() == given.lower():
            return each
    raise CannotRun(f"{option} was {given!r}: allowed are {', '.join(each.lower() for each in kind)}")


def _words(option: str, given: str) -> str:
    words = " ".join(given.split())
    if not words:
        raise CannotRun(f"{option} is empty: say who it is")
    return words


def _nationality(is_foreign: bool) -> str:  # noqa: FBT001 the one thing it words
    return "foreign" if is_foreign else "Vietnamese"


def _percent(ppm: int) -> str:
    return f"{Decimal(ppm) / _PPM_OF_A_PERCENT} %"
