"""OMS_HOME: where a stack keeps its data, and the lock that lets only one stack use it."""

import fcntl
import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any

from local.failure import CannotRun
from local.ports import can_bind, free_port


@dataclass(frozen=True, slots=True)
class Home:
    """The folder and the files in it."""

    folder: Path

    @property
    def lock(self) -> Path:
        return self.folder / "lock"

    @property
    def processes(self) -> Path:
        return self.folder / "run" / "processes.json"

    @property
    def state(self) -> Path:
        return self.folder / "run" / "state.json"

    @property
    def worker_ready(self) -> Path:
        return self.folder / "run" / "worker.ready"

    @property
    def postgres(self) -> Path:
        return self.folder / "postgres"

    @property
    def postgres_port(self) -> Path:
        return self.folder / "postgres" / "port"

    @property
    def temporal(self) -> Path:
        return self.folder / "temporal"

    @property
    def simulator(self) -> Path:
        return self.folder / "simulator"

    @property
    def ssi_environment(self) -> Path:
        return self.simulator / "ssi.env"

    @property
    def secret_key(self) -> Path:
        return self.folder / "secret.key"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    def log(self, process: str) -> Path:
        return self.logs / f"{process}.log"


@dataclass(frozen=True, slots=True)
class Holder:
    """The stack that runs on a home: its supervisor's pid, since when (ISO, UTC) and on which ports."""

    pid: int
    since: str
    ports: Mapping[str, int]

    def __str__(self) -> str:
        ports = ", ".join(f"{variable}={port}" for variable, port in self.ports.items())
        return f"process {self.pid} since {self.since}" + (f" ({ports})" if ports else "")


def open_home(folder: Path) -> Home:
    """Make the folder and its parts, readable for us alone. Raises `CannotRun` when that is not possible."""
    home = Home(folder.expanduser().absolute())
    try:
        for part in (home.folder, home.processes.parent, home.logs, home.postgres, home.temporal, home.simulator):
            part.mkdir(mode=0o700, parents=True, exist_ok=True)
        probe = home.folder / "run" / "writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise CannotRun(f"OMS_HOME={folder} cannot be used: {error.strerror}: set it to a folder of yours") from error
    return home


class HomeLock:
    """The lock on a home, held while this object is open; the system releases it when the process dies."""

    def __init__(self, home: Home, file: IO[str]) -> None:
        self._home = home
        self._file = file

    def announce(self, ports: Mapping[str, int]) -> None:
        """Write down who holds the lock, for the message of a second start."""
        holder = Holder(os.getpid(), datetime.now(UTC).isoformat(timespec="seconds"), dict(ports))
        self._file.seek(0)
        self._file.truncate()
        json.dump(asdict(holder), self._file)
        self._file.flush()

    def release(self) -> None:
        self._file.truncate(0)
        self._file.close()


def lock_home(home: Home) -> HomeLock:
    """Take the lock or raise `CannotRun` naming the holder."""
    lock = _try_lock(home)
    if lock is not None:
        return lock
    holder = _read_holder(home)
    raise CannotRun(
        f"OMS_HOME={home.folder} is in use by {holder or 'another process'}:"
        " stop it with `./deploy.sh stop`, or set OMS_HOME to another folder"
    )


def find_holder(home: Home) -> Holder | None:
    """Who runs on this home right now, or None."""
    if not home.lock.exists():
        return None
    lock = _try_lock(home)
    if lock is None:
        return _read_holder(home)
    lock.release()
    return None


def secret_key(home: Home) -> str:
    """The key that signs tokens of this home's stack: made once, readable for us alone."""
    try:
        with os.fdopen(os.open(home.secret_key, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
    except FileExistsError:
        pass  # made by an earlier start
    return home.secret_key.read_text().strip()


def postgres_port(home: Home, wanted: int | None) -> int:
    """`wanted`, else the port of the last start, else a free one, which is remembered."""
    if wanted is not None:
        return wanted
    remembered = int(home.postgres_port.read_text()) if home.postgres_port.exists() else None
    if remembered is not None and can_bind(remembered):
        return remembered
    port = free_port()
    home.postgres_port.write_text(str(port))
    return port


def write_json(file: Path, value: Any) -> None:
    """Replace a file at once, so that a reader never sees half of it."""
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_text(json.dumps(value, indent=1))
    unfinished.replace(file)


def read_json(file: Path) -> Any:
    """The file's value, or None when there is no such file."""
    try:
        return json.loads(file.read_text())
    except FileNotFoundError:
        return None


def _try_lock(home: Home) -> HomeLock | None:
    file = home.lock.open("a+")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        file.close()
        return None
    return HomeLock(home, file)


def _read_holder(home: Home) -> Holder | None:
    try:
        return Holder(**json.loads(home.lock.read_text()))
    except (json.JSONDecodeError, TypeError):
        return None  # the holder has only just taken the lock and not written itself down yet
