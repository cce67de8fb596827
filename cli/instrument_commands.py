"""`oms instrument`: what its commands are called and take."""

from datetime import date, datetime
from typing import Annotated

import typer

from market.instrument_words import WordAbout

# ruff: noqa: PLC0415 - each command imports what it needs when it runs, as all commands do

instrument = typer.Typer(
    help="Look at a security; say its status, or what else no list of the broker tells.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_FORMATS = ["%Y-%m-%d"]
Symbol = Annotated[str, typer.Argument(help="For example VIC.", show_default=False)]
First = Annotated[datetime, typer.Option("--from", formats=_FORMATS, help="The first day.", show_default=False)]
Last = Annotated[
    datetime | None, typer.Option("--until", formats=_FORMATS, help="The last day; left out: without an end.")
]
Reason = Annotated[str, typer.Option(help="What was announced, and where.")]
User = Annotated[str, typer.Option(help="Who says so; defaults to the login name.", envvar="USER")]


@instrument.command()
def show(symbol: Symbol) -> None:
    """Show a security as it stands on its last day with data, and everything that people said of it."""
    from cli.instrument import show_instrument

    show_instrument(symbol)


@instrument.command("set")
def say(
    symbol: Symbol,
    *,
    first: First,
    last: Last = None,
    reason: Reason,
    status: Annotated[str | None, typer.Option(help="Such as restricted or suspended (VN-A10).")] = None,
    band_day: Annotated[str | None, typer.Option(help="What widens the band, such as return_day (VN-A7).")] = None,
    conversion: Annotated[str | None, typer.Option(help="A warrant's share and ratio: 'VIC 4:1' (VN-A8).")] = None,
    user: User = "operator",
) -> None:
    """Say what no list of the broker tells; the last word about a thing counts."""
    from cli.instrument import say_of_instrument

    given = {WordAbout.STATUS: status, WordAbout.BAND_DAY: band_day, WordAbout.CONVERSION: conversion}
    words = {about: text for about, text in given.items() if text is not None}
    for line in say_of_instrument(symbol, words, first.date(), _date(last), reason, user):
        print(line)


@instrument.command()
def clear(
    symbol: Symbol,
    *,
    first: First,
    last: Last = None,
    reason: Reason,
    about: Annotated[WordAbout | None, typer.Option(help="Left out: everything.")] = None,
    user: User = "operator",
) -> None:
    """Take back what people said: what the broker tells counts again. Nothing is erased."""
    from cli.instrument import say_of_instrument

    words = dict.fromkeys(WordAbout if about is None else (about,))
    for line in say_of_instrument(symbol, words, first.date(), _date(last), reason, user):
        print(line)


def _date(given: datetime | None) -> date | None:
    return None if given is None else given.date()
