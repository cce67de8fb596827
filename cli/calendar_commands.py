"""`oms calendar`: what its commands are called and take."""

from datetime import date, datetime
from typing import Annotated

import typer

from market.vocabulary import Exchange

# ruff: noqa: PLC0415 - each command imports what it needs when it runs, as all commands do

calendar = typer.Typer(
    help="Look at the trading calendar, close or reopen a day.", no_args_is_help=True, rich_markup_mode=None
)

_FORMATS = ["%Y-%m-%d"]
Day = Annotated[datetime, typer.Argument(formats=_FORMATS, help="For example 2026-11-24.", show_default=False)]
OnExchange = Annotated[Exchange | None, typer.Option(help="Left out: all of them, and settlement too.")]
Reason = Annotated[str, typer.Option(help="What was announced, and where.")]
User = Annotated[str, typer.Option(help="Who says so; defaults to the login name.", envvar="USER")]


@calendar.command()
def show(
    *,
    first: Annotated[
        datetime | None, typer.Option("--from", formats=_FORMATS, help="Left out: today.", show_default=False)
    ] = None,
    last: Annotated[
        datetime | None, typer.Option("--to", formats=_FORMATS, help="Left out: a month later.", show_default=False)
    ] = None,
) -> None:
    """Show the days, and why an exchange is closed."""
    from cli.calendar import show_calendar

    show_calendar(_date(first), _date(last))


@calendar.command()
def close(day: Day, *, reason: Reason, exchange: OnExchange = None, user: User = "operator") -> None:
    """Close a day that the published calendar trades on (LC-82)."""
    from cli.calendar import override_day
    from market.calendar import OverrideKind

    print(override_day(day.date(), OverrideKind.CLOSED, exchange, reason, user))


@calendar.command()
def reopen(day: Day, *, reason: Reason, exchange: OnExchange = None, user: User = "operator") -> None:
    """Trade on a day that the published calendar, or a person, has closed."""
    from cli.calendar import override_day
    from market.calendar import OverrideKind

    print(override_day(day.date(), OverrideKind.REOPENED, exchange, reason, user))


def _date(given: datetime | None) -> date | None:
    return None if given is None else given.date()
