"""After a supervisor was killed its processes are ended, and no one else's."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from local.orphans import ProcessRecord, end_orphans, find_orphans, save_records
from local.process import Identity, identity_of

SLEEP = (sys.executable, "-c", "import time; time.sleep(60)")


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(SLEEP, start_new_session=True) as process:  # noqa: S603 our own words
        yield process
        process.kill()


def identity(process: subprocess.Popen[bytes]) -> Identity:
    found = identity_of(process.pid)
    assert found is not None
    return found


def record(name: str, identity: Identity) -> ProcessRecord:
    return ProcessRecord(name, identity, signal.SIGTERM)


def test_a_recorded_process_that_still_runs_is_ended(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    file = tmp_path / "processes.json"
    save_records(file, [record("worker", identity(sleeper))])
    assert end_orphans(file) == ["worker"]
    assert sleeper.wait(5) == -signal.SIGTERM
    assert not file.exists()


def test_a_process_that_took_over_the_pid_is_left_alone(tmp_path: Path, sleeper: subprocess.Popen[bytes]) -> None:
    file = tmp_path / "processes.json"
    now = identity(sleeper)
    save_records(file, [record("worker", Identity(now.pid, now.started_at - 3600))])
    assert end_orphans(file) == []
    assert sleeper.poll() is None


def test_processes_that_ended_meanwhile_are_no_orphans(tmp_path: Path) -> None:
    file = tmp_path / "processes.json"
    with subprocess.Popen(SLEEP) as process:  # noqa: S603 our own words
        save_records(file, [record("api", identity(process))])
        process.kill()
    assert find_orphans(file) == []


def test_a_home_that_never_ran_has_no_orphans(tmp_path: Path) -> None:
    assert end_orphans(tmp_path / "processes.json") == []
