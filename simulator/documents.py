"""Writes the pages of faults and unknowns from their tables: `python -m simulator.documents` in the project's root."""

from pathlib import Path

from simulator.fault_kinds import FAULTS, Counts, FaultRow
from simulator.unknowns_page import PAGE as UNKNOWNS_PAGE
from simulator.unknowns_page import unknowns_page

PAGE = Path("docs/simulator/faults.md")

_HEAD = """\
# Faults

Made from the table in `simulator/fault_kinds.py` by `python -m simulator.documents`; change the table, not this page.

A fault is armed on the control page (`/control/`) or with one call, and happens at the next occasions that fit:

```bash
curl -sS -X POST http://127.0.0.1:8010/control/faults -H 'Content-Type: application/json' \\
  -d '{"kind": "drop_reply_after_taking", "path": "NewOrder", "times": 1}'
curl -sS http://127.0.0.1:8010/control/faults              # what is still armed
curl -sS -X DELETE http://127.0.0.1:8010/control/faults    # nothing any more
```

| field | left out | meaning |
|---|---|---|
| `kind` | | one of those below |
| `times` | 1 | how many occasions; `null`: each one until it is cleared |
| `value` | 0 | a number whose meaning is the kind's; in brackets what 0 stands for |
| `probability` | 1.0 | chance at each occasion, drawn from the simulator's seed |
| `path` | any | only calls whose URL ends in this, such as `NewOrder` or `auditOrderBook`, in any case |
| `account`, `symbol` | any | only what concerns them |

"Any" path does not mean SignalR's calls: to befall `negotiate`, `connect` or `reconnect` a fault names it.

Armed faults, how often each may still happen, and executions that one has put off are kept over a restart, also over
`kill -9`. Chance begins anew with the seed.
"""

_TITLES = {
    Counts.CALLS: "HTTP calls",
    Counts.MESSAGES: "Messages of the trading stream",
    Counts.ORDERS: "Orders and requests on them",
    Counts.EXECUTIONS: "Executions",
}

_TAIL = """\
## Without a fault

| wanted | call |
|---|---|
| an execution after an order's end | `POST /control/orders/{order_id}/late-fill` |
| an execution taken back, a price corrected | `POST /control/orders/{order_id}/bust`, `/correction` |
| an order that the client did not send | `POST /control/external-orders` |
| the trading streams dropped now | `POST /control/stream/hang-up` |
| a security halted and resumed | `POST /control/symbols/{symbol}/halt`, `/resume` |
| today's reference with its band, or the last price | `PUT /control/symbols/{symbol}` with `reference`, `last` |
| a dividend, new shares, rights, a split | `POST /control/corporate-actions`: [how](README.md#ex-dates-and-prices) |
| a first day, or another day with a wide band | `PUT /control/symbols/{symbol}` with `band_day` (VN-A7) |
| an exchange halted, an auction stretched | `POST /control/phases`, then `DELETE /control/phases/{exchange}` |
| a closed day, of one exchange or of all; a holiday that trades | `POST /control/calendar` |
| rate limits, HTTP codes, statuses, texts, whatever SSI might do | `PUT /control/settings`: [unknowns](unknowns.md) |
"""


def faults_page() -> str:
    return "\n".join([_HEAD, *(_section(counts) for counts in Counts), _TAIL])


def _section(counts: Counts) -> str:
    rows = "".join(_row(row) for row in FAULTS if row.counts is counts)
    return (
        f"## {_TITLES[counts]}\n\n| kind | what happens | value | what becomes of an order |\n|---|---|---|---|\n{rows}"
    )


def _row(row: FaultRow) -> str:
    return f"| `{row.kind}` | {row.meaning} | {row.value} | {row.outcome} |\n"


def write(root: Path) -> None:
    (root / PAGE).write_text(faults_page(), encoding="utf-8")
    (root / UNKNOWNS_PAGE).write_text(unknowns_page(), encoding="utf-8")


if __name__ == "__main__":
    write(Path.cwd())
