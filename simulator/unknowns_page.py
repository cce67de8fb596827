"""The page of what nobody outside SSI knows, written from the table; `python -m simulator.documents` stores it."""

from pathlib import Path

from simulator.unknowns import UNKNOWNS, Unknown

PAGE = Path("docs/simulator/unknowns.md")

_HEAD = """\
# What nobody knows about SSI, and the simulator's switch for it

Made from the table in `simulator/unknowns.py` by `python -m simulator.documents`; change the table, not this page.

The numbers are those of the unknowns `SSI-U..`, which [the client's page](../technical/ssi-client.md) explains.
The first way of each switch is the default; a client should work with both.
Switches are set while it runs and kept over restarts:

```bash
curl -sS -X PUT http://127.0.0.1:8010/control/settings -H 'Content-Type: application/json' \\
  -d '{"http_errors": true, "skipped_statuses": ["SD", "QU"]}'      # what is not named stays
curl -sS http://127.0.0.1:8010/control/settings                     # how they stand
curl -sS http://127.0.0.1:8010/control/settings/unknowns            # this table as JSON
curl -sS -X DELETE http://127.0.0.1:8010/control/settings           # all back to their defaults
```

`limits` can also be given at the start: `SIMULATOR_LIMITS=5/1s,30/5s ./deploy.sh simulator`.
Nobody meets the default of 1000 of each call in a second, so a first program is never
throttled; those of SSI's guide are one setting away.

| | unknown | switch | ways |
|---|---|---|---|
"""


def unknowns_page() -> str:
    return _HEAD + "".join(_rows(unknown) for unknown in UNKNOWNS)


def _rows(unknown: Unknown) -> str:
    notes = [("", unknown.note)] if unknown.note else []
    ways = [*((f"`{switch.name}`", switch.ways) for switch in unknown.switches), *notes]
    heads = [(f"{unknown.number}", unknown.unknown), *[("", "")] * (len(ways) - 1)]
    return "".join(
        f"| {number} | {what} | {name} | {way} |\n" for (number, what), (name, way) in zip(heads, ways, strict=True)
    )
