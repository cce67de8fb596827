"""What an operator does to an account from the command line, written down with a name and a reason (LC-99)."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

from cli.stack_database import with_ledger
from ledger.account_acts import Act, ActRefusal, Adjustment, NotOurs
from ledger.accounts import UnknownAccountError
from ledger.ledger import Ledger
from ledger.postings import CASH
from local.failure import CannotRun

CASH_ASSET = "cash"
_WHY_NOT = {
    ActRefusal.UNKNOWN_ASSET: "ASSET is not known: it is cash, or a symbol such as VIC",
    ActRefusal.MORE_THAN_FREE: "AMOUNT takes more than is available: cancel the orders that hold it first",
    ActRefusal.KEY_TAKEN: "this act has been done before in another way",
    ActRefusal.NOT_WAITING: "no order of that id waits to be taken in: `oms alerts` names those that do",
}


def adjust_account(account_id: str, asset: str, amount: int, reason: str, user: str) -> str:
    """Book what an account has more or less than is booked; returns what has been written down. Raises `CannotRun`."""
    if amount == 0:
        raise CannotRun("AMOUNT is 0: say how much VND or how many shares, negative for less")
    name = CASH if asset.lower() == CASH_ASSET else asset.upper()
    wanted = Adjustment(account_id, name, amount, user, _given(reason), uuid4().hex)
    act = _done(account_id, lambda ledger: ledger.adjust(wanted))
    unit = "VND of cash" if name == CASH else f"shares of {name}"
    return f"{act.act_id}: {account_id} has {amount:+} {unit}, says {user}: {act.reason}. It is now {act.state}."


def resume_account(account_id: str, reason: str, user: str) -> str:
    """Let an account trade again; returns what has been written down. Raises `CannotRun`."""
    words = _given(reason)
    act = _done(account_id, lambda ledger: ledger.resume_account(account_id, user, words, uuid4().hex))
    return f"{act.act_id}: {account_id} is {act.state} again, says {user}: {act.reason}."


def say_not_ours(account_id: str, broker_order_id: str, reason: str, user: str) -> str:
    """Let an order be taken in that may be one of ours; returns what has been written down. Raises `CannotRun`."""
    word = NotOurs(account_id, broker_order_id.strip(), user, _given(reason), uuid4().hex)
    act = _done(account_id, lambda ledger: ledger.say_not_ours(word))
    return (
        f"{act.act_id}: order {act.broker_order_id} at the broker is none of ours, says {user}: {act.reason}. "
        "It is taken in within a minute."
    )


def _done(account_id: str, work: Callable[[Ledger], Awaitable[Act | ActRefusal]]) -> Act:
    try:
        done = asyncio.run(with_ledger(work))
    except UnknownAccountError:
        raise CannotRun(f"there is no account {account_id}") from None
    if isinstance(done, ActRefusal):
        raise CannotRun(_WHY_NOT[done])
    return done


def _given(reason: str) -> str:
    if not reason.strip():
        raise CannotRun("--reason is empty: say what explains it")
    return reason.strip()
