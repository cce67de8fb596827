"""Running the stack in this process until it is told to stop: `start`, `dev` and `setup`."""

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from cli.closing_lines import closing_lines
from cli.configuration import command_settings, product_version, progress
from cli.reloading import LogFollower, SourceWatch
from local.environment import Addresses
from local.home import Home, find_holder, lock_home, open_home
from local.orphans import end_orphans
from local.progress import Progress
from local.stack import Database, Plan, Stack, default_programs, port_claims
from local.supervisor import Supervisor
from local.waiting import StopFlag
from settings import Settings

DEV_LOGS = ("worker", "api")


@dataclass(frozen=True, slots=True)
class _Session:
    """A locked home with a supervisor; whatever it started is stopped when the session ends."""

    settings: Settings
    home: Home
    stop: StopFlag
    progress: Progress
    supervisor: Supervisor
    stack: Stack


def run_stack(*, reload: bool = False, ready_fd: int | None = None) -> None:
    """Start everything and keep it running until told to stop. Raises `CannotRun` or `StopRequested`."""
    settings = command_settings()
    with _session(settings) as session:
        addresses = session.stack.start()
        _announce(session, addresses)
        if ready_fd is not None:
            _go_to_background(session.home, ready_fd)
        _watch(session, reload=reload)
        session.progress.say("stopping")


def run_setup() -> None:
    """Bring up the database alone, migrate it, and stop it again."""
    settings = command_settings()
    with _session(settings) as session:
        session.stack.start_database()


@contextmanager
def stack_database() -> Iterator[str]:
    """The URL of the stack's database; an embedded one that no stack runs is brought up for this long.

    Raises `CannotRun` or `StopRequested`.
    """
    settings = command_settings()
    if settings.database_url is not None or find_holder(open_home(settings.oms_home)) is not None:
        from cli.stack_database import stack_database_url  # noqa: PLC0415 brings the ORM, see `_plan`

        yield stack_database_url(settings)
        return
    with _session(settings) as session:
        yield session.stack.start_database()


@contextmanager
def _session(settings: Settings) -> Iterator[_Session]:
    home = open_home(settings.oms_home)
    lock = lock_home(home)
    stop = StopFlag()
    with stop.on_signals():
        lock.announce({claim.variable: claim.port for claim in port_claims(settings)})
        shown = progress()
        orphans = end_orphans(home.processes)
        if orphans:
            shown.say(f"ended {', '.join(orphans)}: left over from a supervisor that was killed")
        supervisor = Supervisor(home, stop, _teller(home))
        try:
            plan = _plan(settings, home)
            yield _Session(settings, home, stop, shown, supervisor, Stack(plan, supervisor, shown, stop))
        finally:
            supervisor.stop_all()
            lock.release()


def _plan(settings: Settings, home: Home) -> Plan:
    # Late, because `oms start --help` and a refused lock need none of the ORM and the SDK.
    from cli.open_histories import check_open_orders  # noqa: PLC0415 see above
    from ledger.demo import seed_demo  # noqa: PLC0415 see above
    from ledger.migrations import upgrade  # noqa: PLC0415 see above
    from workflows.search_attributes import NAMES  # noqa: PLC0415 see above

    return Plan(
        settings=settings,
        home=home,
        version=product_version(),
        programs=default_programs(settings, home),
        database=Database(upgrade, seed_demo),
        search_attributes=tuple(NAMES),
        check_open_orders=check_open_orders,
    )


def _announce(session: _Session, addresses: Addresses) -> None:
    for line in closing_lines(session.settings, session.home, addresses):
        session.progress.say(line)


def _watch(session: _Session, *, reload: bool) -> None:
    if not reload:
        session.supervisor.watch()
        return
    follower = LogFollower([session.home.log(name) for name in DEV_LOGS], print)
    with SourceWatch() as sources:

        def on_tick() -> None:
            follower.forward()
            changed = sources.changed_files()
            if changed:
                session.progress.say(f"{', '.join(changed)} changed: restarting worker and API")
                session.supervisor.reload()

        session.supervisor.watch(on_tick)


def _teller(home: Home) -> Callable[[str], None]:
    def tell(event: str) -> None:
        line = f"{datetime.now().astimezone().isoformat(timespec='seconds')} {event}"
        print(line, flush=True)
        with home.log("supervisor").open("a") as log:
            log.write(line + "\n")

    return tell


def _go_to_background(home: Home, ready_fd: int) -> None:
    """Tell the waiting command that all is up, then let go of its terminal."""
    sys.stdout.flush()
    os.write(ready_fd, b"1")
    os.close(ready_fd)
    log = os.open(home.log("stack"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    for stream in (sys.stdout, sys.stderr):
        os.dup2(log, stream.fileno())
    os.close(log)
