"""`oms alerts`: what a person must look at, the newest first."""

import asyncio

from rich.console import Console
from rich.markup import escape
from rich.table import Column, Table

from cli.stack_database import with_ledger
from ledger.reads.alerts import Alert
from market.calendar import VIETNAM

_WIDEST_ROW = 160


def show_alerts(most: int) -> None:
    """Print one line per alert, or that there is none. Raises `CannotRun`."""
    found = asyncio.run(with_ledger(lambda ledger: ledger.alerts(most)))
    if not found:
        print("no alerts")
        return
    table = Table(*(Column(name, no_wrap=name != "what") for name in ("raised", "kind", "about", "what")), box=None)
    for alert in found:
        raised = alert.raised_at.astimezone(VIETNAM).isoformat(timespec="seconds")
        table.add_row(raised, alert.kind, escape(_about(alert)), escape(alert.text))
    Console(width=max(_WIDEST_ROW, Console().width)).print(table)


def _about(alert: Alert) -> str:
    return alert.account_id or alert.connection_id or "market"
