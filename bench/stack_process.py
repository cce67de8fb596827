"""`python -m bench.stack_process FOLDER PLAN`: a whole stack in FOLDER on free ports, until its input is closed.

It reads no `.env` file and nothing of the caller's configuration: a benchmark must never reach somebody's broker.
"""

import json
import math
import sys
import threading
from pathlib import Path

import httpx
from rich.console import Console

from bench.accounts import open_accounts
from bench.plan import PLANS, Plan
from bench.symbols import RESTING_SYMBOL, SHARES
from cli.own_stack import OwnStack, control_url, own_settings, own_stack
from ending import leave
from local.failure import CannotRun, StopRequested
from local.ports import LOOPBACK
from local.progress import Progress
from local.waiting import StopFlag, wait_until
from market.fees import SSI_ONLINE
from market.reserve import cash_for


def main() -> int:
    settings, plan, stop = own_settings(Path(sys.argv[1])), PLANS[sys.argv[2]], StopFlag()
    threading.Thread(target=_stop_with_the_parent, args=(stop,), daemon=True).start()

    def seed(database_url: str, demo_account: str) -> None:
        _seed(database_url, demo_account, control_url(settings), plan)

    try:
        with own_stack(settings, Progress(Console(stderr=True)), stop, seed) as stack:
            print(json.dumps(_ready(stack)), flush=True)
            wait_until(stop.is_set, math.inf)
    except (CannotRun, StopRequested) as problem:
        print(f"the stack did not start: {problem}", file=sys.stderr)
        return 1
    return 0


def _seed(database_url: str, demo_account: str, control_interface: str, plan: Plan) -> None:
    with httpx.Client(base_url=control_interface, trust_env=False) as control:
        control.put("participants/enabled", json={"enabled": False}).raise_for_status()
        floor = control.get(f"symbols/{RESTING_SYMBOL}").raise_for_status().json()["floor"]
        one_buy = cash_for(SSI_ONLINE, 0, SHARES * floor)
        open_accounts(database_url, demo_account, control, plan.accounts, plan.affordable_buys * one_buy)


def _ready(stack: OwnStack) -> dict[str, str]:
    return {
        "api_url": f"http://{LOOPBACK}:{stack.settings.port}/api/v1/",
        "control_url": control_url(stack.settings),
        "temporal_address": stack.addresses.temporal_address,
        "namespace": stack.settings.temporal_namespace,
        "token": stack.token(),
    }


def _stop_with_the_parent(stop: StopFlag) -> None:
    sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    leave(main())
