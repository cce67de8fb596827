"""What runs and what it wrote: `status` and `logs`."""

import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Column, Table

from cli.configuration import command_home, progress
from cli.reloading import LogFollower
from local.failure import CannotRun
from local.home import Home, find_holder, read_json
from local.orphans import find_orphans
from local.process import Identity, is_running, tail

FOLLOW_SECONDS = 0.2
WIDEST_ROW = 120  # a URL that is cut cannot be clicked
COLUMNS = ("process", "state", "pid", "uptime", "restarts", "port", "url")


def show_status() -> int:
    """Print a table of the processes. Returns 0 when all of them run."""
    home = command_home()
    shown = progress()
    holder = find_holder(home)
    if holder is None:
        left = ", ".join(orphan.name for orphan in find_orphans(home.processes))
        shown.say(f"not running (OMS_HOME={home.folder})")
        if left:
            shown.say(f"left over from a supervisor that was killed: {left}; the next start or stop ends them")
        return 1
    shown.say(f"OMS_HOME={home.folder}, {holder}")
    processes = (read_json(home.state) or {}).get("processes", [])
    table = Table(*(Column(name, no_wrap=True) for name in COLUMNS), box=None, pad_edge=False)
    for process in processes:
        table.add_row(*_row(process))
    Console(width=max(WIDEST_ROW, Console().width)).print(table)
    return 0 if processes and all(_state(process) == "running" for process in processes) else 1


def show_logs(process: str | None, lines: int, *, follow: bool) -> None:
    """Print the end of one log or of all. Raises `CannotRun` naming the logs when there is no such one."""
    home = command_home()
    logs = _logs(home, process)
    for log in logs:
        for line in tail(log, lines):
            _print(line, log if process is None else None)
    if follow:
        follower = LogFollower(logs, print, prefix=process is None)
        while True:
            follower.forward()
            time.sleep(FOLLOW_SECONDS)


def _logs(home: Home, process: str | None) -> list[Path]:
    there = sorted(home.logs.glob("*.log"))
    if process is None:
        return there
    chosen = [log for log in there if log.stem == process]
    if not chosen:
        names = ", ".join(log.stem for log in there) or "none yet"
        raise CannotRun(f"no log of {process!r}; there are: {names}")
    return chosen


def _print(line: str, log: Path | None) -> None:
    print(line if log is None else f"{log.stem:<10} | {line}")


def _row(process: dict[str, Any]) -> tuple[str, ...]:
    uptime = int(time.time() - process["started_at"])
    return (
        process["name"],
        _state(process),
        str(process["pid"]),
        f"{uptime // 3600}:{uptime % 3600 // 60:02}:{uptime % 60:02}",
        str(process["restarts"]),
        str(process["port"] or ""),
        process["url"] or "",
    )


def _state(process: dict[str, Any]) -> str:
    alive = is_running(Identity(process["pid"], process["started_at"]))
    state = str(process["state"])
    return state if alive or state != "running" else "died"
