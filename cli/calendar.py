"""The trading calendar of a running stack from the command line: looking at it and writing a person's word down."""

import asyncio
from datetime import date, datetime, timedelta

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from cli.stack_database import with_ledger
from ledger.calendar import FIRST_DAY, LAST_DAY, objection
from ledger.ledger import Ledger
from local.failure import CannotRun
from market.calendar import VIETNAM, CalendarOverride, Closure, OverrideKind, TradingCalendar
from market.vocabulary import Exchange

DEFAULT_DAYS = 31
_WIDEST_ROW = 120


def show_calendar(first: date | None, last: date | None) -> None:
    """Print one line per day, a month from today if no days are named. Raises `CannotRun` for days it cannot show."""
    begins = first or datetime.now(VIETNAM).date()
    ends = last or begins + timedelta(days=DEFAULT_DAYS - 1)
    if not FIRST_DAY <= begins <= ends <= LAST_DAY:
        raise CannotRun(
            f"--from is {begins} and --to is {ends}: from comes first, and the calendar goes from {FIRST_DAY}"
            f" to {LAST_DAY}"
        )
    calendar = asyncio.run(with_ledger(Ledger.calendar))
    table = Table(*(Column(name, no_wrap=True) for name in ("day", "", *Exchange)), "why", box=None, pad_edge=False)
    for number in range((ends - begins).days + 1):
        table.add_row(*_row(begins + timedelta(days=number), calendar))
    Console(width=max(_WIDEST_ROW, Console().width)).print(table)


def override_day(day: date, kind: OverrideKind, exchange: Exchange | None, reason: str, user: str) -> str:
    """Close or reopen a day; returns what has been written down. Raises `CannotRun` for what cannot be meant."""
    if not reason.strip():
        raise CannotRun("--reason is empty: say what was announced, and where")
    override = CalendarOverride(day, kind, reason.strip(), user, exchange)
    wrong = objection(override)
    if wrong is not None:
        raise CannotRun(f"DAY {wrong}")
    recorded = asyncio.run(with_ledger(lambda ledger: ledger.override_calendar(override)))
    where = "on every exchange" if exchange is None else f"on {exchange}"
    return f"{recorded.override_id}: {day} is {kind.lower()} {where}, says {user}: {override.reason}"


def _row(day: date, calendar: TradingCalendar) -> tuple[str, ...]:
    closures = [calendar.closure(day, exchange) for exchange in Exchange]
    states = ("trades" if closure is None else "closed" for closure in closures)
    return day.isoformat(), f"{day:%a}", *states, "; ".join(dict.fromkeys(map(_why, filter(None, closures))))


def _why(closure: Closure) -> str:
    return escape(f"{closure.reason} ({closure.certainty.lower()})")
