"""The last lines of a start: where everything is, and an order that can be pasted."""

import json
import os
import shlex
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from local.environment import Addresses, has_demo, runs_simulator
from local.home import Home
from local.probes import read_json_from
from local.stack import api_url
from settings import PROJECT_FOLDER, Settings

DEMO_SYMBOL = "VIC"
VND_PER_PRICE_UNIT = 1000  # prices cross the API in thousand VND


def closing_lines(settings: Settings, home: Home, addresses: Addresses) -> Iterator[str]:
    """The lines, made from what runs. The curl buys at the ceiling: no ask can be above it, so it fills."""
    yield ""
    yield f"API              {api_url(settings)}/docs"
    if settings.temporal_address is None:
        ui = f"http://localhost:{settings.temporal_ui_port}"
        yield f"Orders           {ui}/namespaces/{settings.temporal_namespace}/workflows"
    if runs_simulator(settings):
        yield f"Simulator        http://localhost:{settings.simulator_port}/control/"
    if settings.database_url is None:
        yield f"Database         {addresses.database_url.replace('+psycopg', '')}"
    yield f"Logs             {deploy_command(settings)} logs -f   (files in {home.logs})"
    if not has_demo(settings):
        return
    yield ""
    ceiling = _ceiling(settings.simulator_port)
    if ceiling is None:
        yield f"(no example order: the simulator did not tell the ceiling of {DEMO_SYMBOL})"
        return
    yield "Place an order that fills:"
    yield demo_curl(settings, ceiling)


def demo_curl(settings: Settings, ceiling: int) -> str:
    """A curl that buys at `ceiling` (VND)."""
    order = {
        "symbol": DEMO_SYMBOL,
        "side": "BUY",
        "order_type": "LO",
        "quantity": 100,
        "price": "PRICE",
        "market": "HOSE",
        "time_in_force": "DAY",
    }
    body = json.dumps(order).replace('"PRICE"', thousand_vnd(ceiling))
    return (
        f"curl -sS -X POST {api_url(settings)}/api/v1/orders"
        f' -H "Authorization: Bearer $({deploy_command(settings)} token)"'
        f" -H 'Content-Type: application/json' -d '{body}'"
    )


def thousand_vnd(dong: int) -> str:
    """85500 → `85.5`."""
    return f"{(Decimal(dong) / VND_PER_PRICE_UNIT).normalize():f}"


def deploy_command(settings: Settings) -> str:
    """How to call deploy.sh from where the person is, on the same OMS_HOME."""
    here = Path.cwd() == PROJECT_FOLDER
    script = "./deploy.sh" if here else shlex.quote(str(PROJECT_FOLDER / "deploy.sh"))
    home = os.environ.get("OMS_HOME")
    return f"OMS_HOME={shlex.quote(str(settings.oms_home.absolute()))} {script}" if home else script


def _ceiling(simulator_port: int) -> int | None:
    answer = read_json_from(simulator_port, f"/control/symbols/{DEMO_SYMBOL}")
    ceiling = answer.get("ceiling") if isinstance(answer, dict) else None
    return ceiling if isinstance(ceiling, int) else None
