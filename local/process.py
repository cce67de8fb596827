"""One process of the stack: its command line, its log file, and an end that always comes."""

import os
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

import psutil

from local.failure import CannotRun
from local.waiting import StopFlag, wait_until

KILL_SECONDS = 2.0
START_TOLERANCE_SECONDS = 5.0  # the system derives a start time from the boot time, which moves with the clock
LOG_LIMIT_BYTES = 50_000_000


@dataclass(frozen=True, slots=True)
class Account:
    """The system account a process runs as, when not as ourselves."""

    name: str
    user_id: int
    group_id: int


@dataclass(frozen=True, slots=True)
class Command:
    """How to start one process. `grace_seconds` lie between the stop signal and SIGKILL."""

    name: str
    arguments: tuple[str, ...]
    folder: Path
    log: Path
    environment: Mapping[str, str] | None = None  # None: ours
    stop_signal: signal.Signals = signal.SIGTERM
    grace_seconds: float = 4.0
    account: Account | None = None


@dataclass(frozen=True, slots=True)
class Identity:
    """A pid together with the instant its process started: a pid alone may be somebody else's by now."""

    pid: int
    started_at: float


def identity_of(pid: int) -> Identity | None:
    """The identity of the running process `pid`, or None when there is none (or only a zombie)."""
    try:
        process = psutil.Process(pid)
        if process.status() == psutil.STATUS_ZOMBIE:
            return None
        return Identity(pid, process.create_time())
    except psutil.NoSuchProcess:
        return None


def is_running(identity: Identity) -> bool:
    now = identity_of(identity.pid)
    return now is not None and abs(now.started_at - identity.started_at) < START_TOLERANCE_SECONDS


class RunningProcess:
    """A started command, in a session of its own so that Ctrl-C in the terminal reaches only the supervisor."""

    def __init__(self, command: Command) -> None:
        self.command = command
        self._process = _spawn(command)
        self.identity = identity_of(self._process.pid) or Identity(self._process.pid, time.time())

    @property
    def exit_code(self) -> int | None:
        return self._process.poll()

    def ask_to_stop(self) -> None:
        if self.exit_code is None:
            self._process.send_signal(self.command.stop_signal)

    def stop(self) -> None:
        """Ask, wait the command's grace, then kill the whole group; returns when the process is gone."""
        self.ask_to_stop()
        if not wait_until(lambda: self.exit_code is not None, self.command.grace_seconds):
            self._process.kill()
            self._process.wait(KILL_SECONDS)
        kill_group(self._process.pid)


def launch(
    command: Command,
    is_ready: Callable[[], bool],
    seconds: float,
    stop: StopFlag | None = None,
    on_spawn: Callable[[RunningProcess], None] | None = None,
) -> RunningProcess:
    """Start a process and wait until it is ready. Raises `CannotRun` with the reason from its log.

    Whatever goes wrong, a stop request included, nothing of it is left running.
    """
    process = RunningProcess(command)
    try:
        if on_spawn is not None:
            on_spawn(process)
        wait_until(lambda: process.exit_code is not None or is_ready(), seconds, stop)
        code = process.exit_code
        if code is None and is_ready():
            return process
    except BaseException:
        process.stop()
        raise
    process.stop()
    what = f"was not ready within {seconds:.0f} s" if code is None else f"ended at once ({describe_exit(code)})"
    reason = last_line(command.log)
    raise CannotRun(f"{command.name} {what}{': ' + reason if reason else ''} (log: {command.log})")


def describe_exit(code: int) -> str:
    return f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"


def kill_group(group: int) -> None:
    """SIGKILL whatever is left of a process group that we made; nothing left is fine."""
    try:
        os.killpg(group, signal.SIGKILL)
    except ProcessLookupError:
        return


def last_line(log: Path) -> str:
    """The last line with text in a log file, for a one-line reason of a failure."""
    try:
        lines = [line for line in tail(log, 20) if line.strip()]
    except FileNotFoundError:
        return ""
    return lines[-1].strip() if lines else ""


def tail(log: Path, count: int) -> list[str]:
    """The last `count` lines of a file, reading at most its last 256 KiB."""
    with log.open("rb") as file:
        file.seek(max(0, file.seek(0, os.SEEK_END) - 262_144))
        return file.read().decode(errors="replace").splitlines()[-count:]


def shorten_log(log: Path, limit: int = LOG_LIMIT_BYTES) -> None:
    """Move a log over `limit` bytes to `.1`, emptying the file in place: its writers append and carry on."""
    if not log.exists() or log.stat().st_size < limit:
        return
    log.with_suffix(log.suffix + ".1").write_bytes(log.read_bytes())
    os.truncate(log, 0)


def _spawn(command: Command) -> subprocess.Popen[bytes]:
    command.log.parent.mkdir(parents=True, exist_ok=True)
    account = command.account
    try:
        with command.log.open("ab") as log:
            return subprocess.Popen(  # noqa: S603 an argument list of ours, no shell
                command.arguments,
                cwd=command.folder,
                env=command.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                user=account.user_id if account else None,
                group=account.group_id if account else None,
                extra_groups=[] if account else None,
            )
    except OSError as error:
        raise CannotRun(f"{command.name} could not be started: {command.arguments[0]}: {error.strerror}") from error
