"""`python -m bench.soak MINUTES SEED`: a soak on a stack of its own; 0 when every order is accounted for."""

import shutil
import signal
import sys
import tempfile
import time
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import date
from pathlib import Path
from types import FrameType
from typing import NoReturn

from rich.console import Console

from bench.soak.accounting import Mischief, Verdict, judge
from bench.soak.client import Client, Unanswered, prices_of
from bench.soak.mishaps import mishaps
from bench.soak.reaper import Reaper
from bench.soak.schedule import Wish, wishes
from ending import leave
from tests.support.killing import wait_until_all_run
from tests.support.reckoning import ACCOUNT, reckon
from tests.support.standing import say_what_is_not_ours
from tests.support.trading import OPEN, Trading, trading_on
from tests.support.whole_stack import WholeStack, eventually, running_stack

REST_SECONDS = 240.0
_PEOPLE = 48
_AFTER_THE_CLOSE = "15:15:01"

console = Console()


def main(minutes: float, seed: int) -> int:
    signal.signal(signal.SIGTERM, _end)
    folder = Path(tempfile.mkdtemp(prefix="oms-soak-"))
    console.print(f"soak of {minutes:g} minutes with seed {seed} in {folder}")
    try:
        with running_stack(folder / "home") as stack:
            verdict = _soak(stack, minutes * 60, seed)
    except (AssertionError, Unanswered) as finding:
        return _failed(folder, str(finding) or repr(finding))
    console.print(verdict.table)
    if verdict.faults:
        return _failed(folder, "\n".join(verdict.faults))
    console.print("every order is accounted for: none lost, none doubled, the ledger agrees to the dong")
    shutil.rmtree(folder, ignore_errors=True)
    return 0


def _end(number: int, _frame: FrameType | None) -> NoReturn:
    """Asked to end, the soak takes its stack with it."""
    raise SystemExit(128 + number)


def _failed(folder: Path, what: str) -> int:
    console.print(f"[bold]NOT accounted for[/bold] (logs and data in {folder}):\n{what}", soft_wrap=True)
    return 1


def _soak(stack: WholeStack, seconds: float, seed: int) -> Verdict:
    with trading_on(stack) as trading:
        trading.next_day()
        client = Client(trading.api, prices_of(trading.control.get("symbols").raise_for_status().json()))
        orders = list(wishes(seed, seconds))
        reaper = Reaper(stack, mishaps(seed, seconds))
        reaper.start()
        try:
            _place(client, orders)
            reaper.finish()
        finally:
            reaper.call_off()
        rests = time.monotonic()
        wait_until_all_run(stack)
        reaper.leave_the_rest_alone()
        trading.wait_until_ready()
        _come_to_rest(trading, client)
        account = reckon(stack, REST_SECONDS)
        mischief = Mischief(reaper.kills, reaper.faults, reaper.resumed)
        return judge(len(orders), client.answers, account, mischief, time.monotonic() - rests)


def _place(client: Client, orders: list[Wish]) -> None:
    """Open loop: an order leaves at its time, whatever became of those before it."""
    started = time.monotonic()
    with ThreadPoolExecutor(_PEOPLE) as people, ThreadPoolExecutor(_PEOPLE) as repeaters:
        placing: list[Future[None]] = []
        try:
            for wish in orders:
                time.sleep(max(0.0, started + wish.at - time.monotonic()))
                placing.append(people.submit(client.carry_out, wish, repeaters))
            for each in placing:
                each.result()
        except BaseException:
            people.shutdown(wait=False, cancel_futures=True)
            raise


def _come_to_rest(trading: Trading, client: Client) -> None:
    """Cancel every second open order, and let the day's end close the rest, also what is unknown.

    An unknown order and a strange one of its kind at the broker wait for each other until a person tells them apart.
    """
    for order_id in _open_orders(trading)[::2]:
        client.cancel(order_id)
    trading.set_clock(_AFTER_THE_CLOSE)
    today = date.fromisoformat(trading.control.get("clock").raise_for_status().json()["trading_date"])

    def waiting() -> list[str]:
        return [*say_what_is_not_ours(trading.stack, today), *_open_orders(trading)]

    eventually(waiting, lambda still: not still, REST_SECONDS)


def _open_orders(trading: Trading) -> list[str]:
    found: list[str] = []
    cursor: str | None = None
    wanted = sorted(OPEN - {"received"})
    while True:
        chosen = [("account_id", ACCOUNT), ("limit", "200"), *(("status", each) for each in wanted)]
        page = trading.api.get("/orders", params=[*chosen, *([("cursor", cursor)] if cursor else [])])
        listed = page.raise_for_status().json()
        found += [order["order_id"] for order in listed["orders"]]
        if (cursor := listed["next_cursor"]) is None:
            return found


if __name__ == "__main__":
    try:
        code = main(float(sys.argv[1]), int(sys.argv[2]))
    except (SystemExit, KeyboardInterrupt) as end:
        code = end.code if isinstance(end, SystemExit) and isinstance(end.code, int) else 130
    leave(code)
