"""`python -m bench.stack_process FOLDER PLAN`: a whole stack in FOLDER on free ports, until its input is closed.

It reads no `.env` file and nothing of the caller's configuration: a benchmark must never reach somebody's broker.
"""

import json
import sys
import threading
from importlib.metadata import version
from pathlib import Path

import httpx
from rich.console import Console

from api.tokens import issue
from bench.accounts import USER, open_accounts
from bench.plan import PLANS, Plan
from bench.symbols import RESTING_SYMBOL, SHARES
from ending import leave
from ledger.migrations import upgrade
from local.environment import Addresses, signing_key
from local.failure import CannotRun, StopRequested
from local.home import Home, lock_home, open_home
from local.ports import LOOPBACK, free_ports
from local.progress import Progress
from local.stack import Database, Stack, default_programs
from local.stack import Plan as StackPlan
from local.supervisor import Supervisor
from local.waiting import StopFlag
from market.fees import SSI_ONLINE
from orders.holds import cash_for
from settings import Settings, load_settings
from workflows.search_attributes import NAMES

_TOKEN_MINUTES = 1_440


def main() -> int:
    folder, plan = Path(sys.argv[1]), PLANS[sys.argv[2]]
    settings, home, stop = _settings(folder), open_home(folder), StopFlag()
    supervisor = Supervisor(home, stop, lambda event: print(event, file=sys.stderr))
    lock = lock_home(home)
    with stop.on_signals():
        threading.Thread(target=_stop_with_the_parent, args=(stop,), daemon=True).start()
        try:
            stack = Stack(_stack_plan(settings, home, plan), supervisor, Progress(Console(stderr=True)), stop)
            addresses = stack.start()
            print(json.dumps(_ready(settings, home, addresses)), flush=True)
            supervisor.watch()
        except (CannotRun, StopRequested) as problem:
            print(f"the stack did not start: {problem}", file=sys.stderr)
            return 1
        finally:
            supervisor.stop_all()
            lock.release()
    return 0


def _settings(folder: Path) -> Settings:
    port, temporal_port, temporal_ui_port, simulator_port = free_ports(4)
    return load_settings(
        oms_home=folder,
        host=LOOPBACK,
        port=port,
        temporal_port=temporal_port,
        temporal_ui_port=temporal_ui_port,
        simulator_port=simulator_port,
    )


def _stack_plan(settings: Settings, home: Home, plan: Plan) -> StackPlan:
    def seed(database_url: str, demo_account: str) -> None:
        with httpx.Client(base_url=_control_url(settings), trust_env=False) as control:
            control.put("participants/enabled", json={"enabled": False}).raise_for_status()
            floor = control.get(f"symbols/{RESTING_SYMBOL}").raise_for_status().json()["floor"]
            one_buy = cash_for(SSI_ONLINE, 0, SHARES * floor)
            open_accounts(database_url, demo_account, control, plan.accounts, plan.affordable_buys * one_buy)

    return StackPlan(
        settings=settings,
        home=home,
        version=version("order-management"),
        programs=default_programs(settings, home),
        database=Database(upgrade, seed),
        search_attributes=tuple(NAMES),
    )


def _ready(settings: Settings, home: Home, addresses: Addresses) -> dict[str, str]:
    return {
        "api_url": f"http://{LOOPBACK}:{settings.port}/api/v1/",
        "control_url": _control_url(settings),
        "temporal_address": addresses.temporal_address,
        "namespace": settings.temporal_namespace,
        "token": issue(USER, signing_key(settings, home), _TOKEN_MINUTES, settings.algorithm),
    }


def _control_url(settings: Settings) -> str:
    return f"http://{LOOPBACK}:{settings.simulator_port}/control/"


def _stop_with_the_parent(stop: StopFlag) -> None:
    sys.stdin.read()
    stop.set()


if __name__ == "__main__":
    leave(main())
