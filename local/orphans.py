"""A record of the processes we started, so that the next start can end those of a supervisor that was killed."""

import os
import signal
from dataclasses import dataclass
from pathlib import Path

from local.home import read_json, write_json
from local.process import Identity, is_running, kill_group
from local.waiting import wait_until

ORPHAN_GRACE_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class ProcessRecord:
    """A started process; pid and start time together say whether it is still the same one."""

    name: str
    identity: Identity
    stop_signal: int


def save_records(file: Path, records: list[ProcessRecord]) -> None:
    """Write down what runs, in the order of the start."""
    write_json(
        file,
        [
            {
                "name": record.name,
                "pid": record.identity.pid,
                "started_at": record.identity.started_at,
                "stop_signal": record.stop_signal,
            }
            for record in records
        ],
    )


def load_records(file: Path) -> list[ProcessRecord]:
    return [
        ProcessRecord(entry["name"], Identity(entry["pid"], entry["started_at"]), entry["stop_signal"])
        for entry in read_json(file) or []
    ]


def find_orphans(file: Path) -> list[ProcessRecord]:
    """The recorded processes that still run. Only meaningful while no supervisor holds the home."""
    return [record for record in load_records(file) if is_running(record.identity)]


def end_orphans(file: Path) -> list[str]:
    """End them, last started first, and return their names in this order. The caller holds the home's lock."""
    orphans = list(reversed(find_orphans(file)))
    for orphan in orphans:
        _end(orphan)
    file.unlink(missing_ok=True)
    return [orphan.name for orphan in orphans]


def _end(record: ProcessRecord) -> None:
    _signal(record.identity.pid, record.stop_signal)
    if not wait_until(lambda: not is_running(record.identity), ORPHAN_GRACE_SECONDS):
        _signal(record.identity.pid, signal.SIGKILL)
        wait_until(lambda: not is_running(record.identity), ORPHAN_GRACE_SECONDS)
    kill_group(record.identity.pid)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return  # it ended by itself meanwhile
