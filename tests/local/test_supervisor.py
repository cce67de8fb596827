"""What dies is restarted and told; the end comes in reverse order."""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from local.home import Home, open_home, read_json
from local.orphans import load_records
from local.process import Command, is_running
from local.supervisor import Part, Supervisor
from local.waiting import StopFlag, wait_until

SECONDS = 10.0
WAIT = "import signal, sys, time; signal.signal(signal.SIGTERM, lambda *_: (print('bye', flush=True), sys.exit())); "


class Watched:
    """A supervisor that watches in a thread, with the lines it told."""

    def __init__(self, folder: Path) -> None:
        self.home = open_home(folder)
        self.told: list[str] = []
        self.stop = StopFlag()
        self.supervisor = Supervisor(self.home, self.stop, self.told.append)
        self._thread: threading.Thread | None = None

    def watch(self, on_tick: Callable[[], None] = lambda: None) -> None:
        self._thread = threading.Thread(target=self.supervisor.watch, args=(on_tick,))
        self._thread.start()

    def end(self) -> None:
        self.stop.set()
        if self._thread is not None:
            self._thread.join()
        self.supervisor.stop_all()

    def state(self, name: str) -> dict[str, Any]:
        (found,) = [process for process in read_json(self.home.state)["processes"] if process["name"] == name]
        return dict(found)

    def tells(self, text: str) -> bool:
        return wait_until(lambda: any(text in line for line in self.told), SECONDS)


@pytest.fixture
def watched(tmp_path: Path) -> Iterator[Watched]:
    watched = Watched(tmp_path / "home")
    yield watched
    watched.end()


def part(home: Home, name: str, code: str = "print('up', flush=True); time.sleep(60)", **options: Any) -> Part:
    log = home.log(name)
    command = Command(name, (sys.executable, "-c", WAIT + code), home.folder, log)
    return Part(name, command, lambda: "up" in log.read_text(), SECONDS, **options)


def test_a_process_that_dies_is_restarted_and_told(watched: Watched) -> None:
    watched.supervisor.start(part(watched.home, "worker"))
    first = watched.state("worker")
    watched.watch()
    os.kill(first["pid"], signal.SIGKILL)
    assert watched.tells("worker ended (signal SIGKILL), restarting in 0.1 s")
    assert watched.tells("worker is ready again")
    again = watched.state("worker")
    assert (again["state"], again["restarts"]) == ("running", 1)
    assert again["pid"] != first["pid"]


def test_a_process_that_keeps_dying_is_restarted_at_longer_intervals(watched: Watched) -> None:
    code = "import pathlib; mark = pathlib.Path('died'); print('up', flush=True); mark.exists() and sys.exit(3); "
    watched.supervisor.start(part(watched.home, "api", code + "time.sleep(60)"))
    (watched.home.folder / "died").touch()
    watched.watch()
    os.kill(watched.state("api")["pid"], signal.SIGKILL)
    assert watched.tells("api ended (exit code 3), restarting in 0.5 s")
    assert watched.tells("api ended (exit code 3), restarting in 1 s")


def test_the_end_comes_in_reverse_order_and_leaves_no_record(watched: Watched) -> None:
    for name in ("postgres", "worker"):
        watched.supervisor.start(part(watched.home, name))
    records = load_records(watched.home.processes)
    assert [record.name for record in records] == ["postgres", "worker"]
    watched.end()
    ends = [watched.home.log(name).stat().st_mtime_ns for name in ("postgres", "worker")]
    assert ends[1] <= ends[0]
    assert not any(is_running(record.identity) for record in records)
    assert not watched.home.processes.exists()


def test_a_reload_restarts_only_the_parts_that_run_our_code(watched: Watched) -> None:
    watched.supervisor.start(part(watched.home, "postgres"))
    watched.supervisor.start(part(watched.home, "api", reloads=True))
    before = {name: watched.state(name)["pid"] for name in ("postgres", "api")}
    watched.supervisor.reload()
    assert watched.state("postgres")["pid"] == before["postgres"]
    assert watched.state("api")["pid"] != before["api"]
    assert watched.state("api")["restarts"] == 0


def test_what_a_part_prepares_is_prepared_before_every_start(watched: Watched) -> None:
    prepared: list[str] = []
    watched.supervisor.start(part(watched.home, "worker", prepare=lambda: prepared.append("once more")))
    watched.watch()
    os.kill(watched.state("worker")["pid"], signal.SIGKILL)
    assert watched.tells("worker is ready again")
    assert len(prepared) == 2
