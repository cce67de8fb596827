"""Violence against the processes of a whole stack: at named points of their code, one by one, or all at once."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from local.home import find_holder, read_json
from local.orphans import load_records
from local.process import identity_of
from tests.support.whole_stack import WholeStack, eventually

BACK_AGAIN_SECONDS = 40.0
"""The supervisor waits up to ten seconds before a restart, and a loaded machine starts slowly."""


def failpoints(stack: WholeStack) -> Path:
    return Path(stack.environment["OMS_FAILPOINTS"])


def arm(stack: WholeStack, point: str, victim: int | None = None) -> Path:
    """Let the next process that passes `point` die there, or kill `victim` there; the file is gone once it did."""
    armed = failpoints(stack) / point
    unfinished = armed.with_suffix(".unfinished")
    unfinished.write_text("" if victim is None else str(victim))
    unfinished.replace(armed)  # a reader never sees a file without its victim
    return armed


def wait_until_fired(armed: Path, patience: float = BACK_AGAIN_SECONDS) -> None:
    eventually(armed.exists, lambda exists: not exists, patience)


def pid_of(stack: WholeStack, name: str) -> int:
    """The process as the supervisor last started it."""
    return next(int(each["pid"]) for each in _processes(stack) if each["name"] == name)


def kill(stack: WholeStack, name: str) -> int:
    """SIGKILL one process and return its id; it is gone when this returns."""
    victim = pid_of(stack, name)
    os.kill(victim, signal.SIGKILL)
    wait_until_gone(victim)
    return victim


def wait_until_gone(pid: int) -> None:
    eventually(lambda: identity_of(pid), lambda identity: identity is None)


def wait_until_back(stack: WholeStack, name: str, killed: int) -> None:
    """Until another process than `killed` runs under the name and is ready."""

    def is_back() -> bool:
        return any(
            each["name"] == name and each["pid"] != killed and each["state"] == "running" for each in _processes(stack)
        )

    eventually(is_back, bool, BACK_AGAIN_SECONDS)


def wait_until_all_run(stack: WholeStack) -> None:
    """Until the supervisor has started again whatever died."""

    def missing() -> list[str]:
        return [each["name"] for each in _processes(stack) if each["state"] != "running" or not _lives(each)]

    eventually(missing, lambda names: not names, BACK_AGAIN_SECONDS)


@contextmanager
def no_restarts(stack: WholeStack) -> Iterator[None]:
    """The supervisor stands still: what dies stays dead until the block ends."""
    supervisor = supervisor_of(stack)
    os.kill(supervisor, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(supervisor, signal.SIGCONT)


@contextmanager
def frozen(stack: WholeStack, name: str) -> Iterator[None]:
    """A process and all it started hang until the block ends: it holds its port and answers nothing."""
    process = psutil.Process(pid_of(stack, name))
    process.suspend()  # first, so that it starts no more of them
    hanging = [process, *process.children(recursive=True)]
    for each in hanging:
        each.suspend()
    try:
        yield
    finally:
        for each in hanging:
            each.resume()


def cut_the_power(stack: WholeStack) -> None:
    """SIGKILL the supervisor first, so that it restarts nothing, and then everything it ran."""
    supervisor = supervisor_of(stack)
    os.kill(supervisor, signal.SIGKILL)
    for record in load_records(stack.home.processes):
        if identity_of(record.identity.pid) is not None:
            os.killpg(record.identity.pid, signal.SIGKILL)
            wait_until_gone(record.identity.pid)
    wait_until_gone(supervisor)


def supervisor_of(stack: WholeStack) -> int:
    holder = find_holder(stack.home)
    assert holder is not None, "no supervisor runs"
    return holder.pid


def _lives(process: dict[str, Any]) -> bool:
    return identity_of(process["pid"]) is not None


def _processes(stack: WholeStack) -> list[dict[str, Any]]:
    return list((read_json(stack.home.state) or {}).get("processes", []))
