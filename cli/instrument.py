"""A security of a running stack from the command line: looking at it and writing a person's word down."""

import asyncio
from collections.abc import Mapping
from datetime import date

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from cli.stack_database import with_ledger
from ledger.instrument_words import RecordedWord, WordInForce
from ledger.ledger import Ledger
from local.failure import CannotRun
from market.instrument import Instrument
from market.instrument_words import InstrumentWord, Said, WordAbout, objection, said_of

_WIDEST_ROW = 120


def show_instrument(symbol: str) -> None:
    """Print the security and what was said of it. Raises `CannotRun`."""
    name = symbol.upper()

    async def read(ledger: Ledger) -> tuple[Instrument | None, tuple[RecordedWord, ...]]:
        return await ledger.latest_instrument(name), await ledger.words_on(name)

    instrument, words = asyncio.run(with_ledger(read))
    print(f"{name}: no reference data" if instrument is None else _line(instrument))
    if not words:
        print("nobody has said anything of it")
        return
    table = Table(
        *(Column(each, no_wrap=True) for each in ("", "about", "said", "from", "until", "by")), "why", box=None
    )
    for each in words:
        word = each.word
        until = "" if word.last is None else word.last.isoformat()
        told = word.text or "taken back"
        row = (str(each.word_id), word.about, told, word.first.isoformat(), until, word.author, word.reason)
        table.add_row(*map(escape, row))
    Console(width=max(_WIDEST_ROW, Console().width)).print(table)


def say_of_instrument(
    symbol: str, said: Mapping[WordAbout, str | None], first: date, last: date | None, reason: str, user: str
) -> list[str]:
    """Write down one word about each thing, None to take earlier ones back; returns what was written, and the security
    as it stands then. Raises `CannotRun` for what cannot be meant."""
    if not said:
        raise CannotRun("nothing is said: give --status, --band-day or --conversion")
    if not reason.strip():
        raise CannotRun("--reason is empty: say what was announced, and where")
    name = symbol.upper()
    words = [
        InstrumentWord(name, about, _said(about, text), first, last, reason.strip(), user)
        for about, text in said.items()
    ]
    for word in words:
        wrong = objection(word)
        if wrong is not None:
            raise CannotRun(f"{wrong.part} {wrong.text}")

    async def write(ledger: Ledger) -> list[WordInForce]:
        return [await ledger.say_of_instrument(word) for word in words]

    recorded = asyncio.run(with_ledger(write))
    instrument = recorded[-1].instrument
    stands = f"{name}: no list has ever named it" if instrument is None else _line(instrument)
    return [*(_written(each.recorded) for each in recorded), stands]


def _said(about: WordAbout, text: str | None) -> Said | None:
    if text is None:
        return None
    try:
        return said_of(about, text)
    except ValueError as error:
        raise CannotRun(f"--{about.replace('_', '-')} {error}") from None


def _written(recorded: RecordedWord) -> str:
    word = recorded.word
    until = "" if word.last is None else f" until {word.last}"
    what = "as the broker tells again" if word.text is None else word.text
    about = word.about.replace("_", " ")
    says = f"{about} of {word.symbol} is {what} from {word.first}{until}"
    return f"{recorded.word_id}: {says}, says {word.author}: {word.reason}"


def _line(instrument: Instrument) -> str:
    warrant = "" if instrument.conversion is None else f", buys {instrument.conversion}"
    return (
        f"{instrument.symbol} on {instrument.trading_date}: {instrument.exchange} {instrument.kind},"
        f" {instrument.status}, {instrument.band_day} band {instrument.floor:,} to {instrument.ceiling:,} VND{warrant}"
    )
