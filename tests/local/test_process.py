"""A started process becomes ready or leaves nothing behind, and its end always comes."""

import signal
import sys
import threading
from pathlib import Path

import psutil
import pytest

from local.failure import CannotRun, StopRequested
from local.process import Command, Identity, RunningProcess, identity_of, is_running, launch, shorten_log
from local.waiting import StopFlag

IGNORES_TERM = (
    "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); print('on', flush=True); time.sleep(60)"
)


def command(tmp_path: Path, code: str, **options: object) -> Command:
    arguments = (sys.executable, "-c", code)
    return Command("sample", arguments, tmp_path, tmp_path / "sample.log", **options)  # type: ignore[arg-type] # options of the test


def wrote(tmp_path: Path, text: str) -> bool:
    return text in (tmp_path / "sample.log").read_text()


def test_a_process_that_ends_before_it_is_ready_is_reported_with_its_last_words(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match=r"sample ended at once \(exit code 1\): no such account \(log: "):
        launch(command(tmp_path, "raise SystemExit('no such account')"), lambda: False, 10)


def test_a_process_that_never_gets_ready_is_ended(tmp_path: Path) -> None:
    spawned: list[RunningProcess] = []
    with pytest.raises(CannotRun, match=r"was not ready within 0 s"):
        launch(command(tmp_path, "import time; time.sleep(60)"), lambda: False, 0.2, on_spawn=spawned.append)
    assert not is_running(spawned[0].identity)


def test_a_stop_request_ends_a_process_that_is_being_waited_for(tmp_path: Path) -> None:
    stop = StopFlag()
    spawned: list[RunningProcess] = []
    threading.Timer(0.2, stop.set).start()
    with pytest.raises(StopRequested):
        launch(command(tmp_path, "import time; time.sleep(60)"), lambda: False, 30, stop, spawned.append)
    assert not is_running(spawned[0].identity)


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(CannotRun, match="sample could not be started: /no/such: No such file"):
        RunningProcess(Command("sample", ("/no/such",), tmp_path, tmp_path / "sample.log"))


def test_a_process_that_ignores_the_stop_signal_is_killed_after_its_grace(tmp_path: Path) -> None:
    process = launch(command(tmp_path, IGNORES_TERM, grace_seconds=0.2), lambda: wrote(tmp_path, "on"), 10)
    process.stop()
    assert process.exit_code == -signal.SIGKILL


def test_what_a_process_started_itself_ends_with_it(tmp_path: Path) -> None:
    code = "import subprocess, time; print(subprocess.Popen(['sleep', '60']).pid, flush=True); time.sleep(60)"
    process = launch(command(tmp_path, code), lambda: wrote(tmp_path, "\n"), 10)
    child = psutil.Process(int((tmp_path / "sample.log").read_text()))
    process.stop()
    child.wait(5)


def test_a_pid_alone_is_no_identity(tmp_path: Path) -> None:
    process = launch(command(tmp_path, "import time; time.sleep(60)"), lambda: True, 10)
    identity = process.identity
    assert is_running(identity)
    assert not is_running(Identity(identity.pid, identity.started_at - 3600))
    process.stop()
    assert identity_of(identity.pid) is None


def test_a_process_gets_the_environment_that_was_given_and_no_other(tmp_path: Path) -> None:
    code = "import os; print(sorted(set(os.environ) - {'LC_CTYPE'}), flush=True); import time; time.sleep(60)"
    process = launch(command(tmp_path, code, environment={"ONLY": "this"}), lambda: wrote(tmp_path, "\n"), 10)
    process.stop()
    assert (tmp_path / "sample.log").read_text() == "['ONLY']\n"


def test_a_long_log_is_moved_aside_while_its_writer_carries_on(tmp_path: Path) -> None:
    log = tmp_path / "sample.log"
    with log.open("a") as writer:
        writer.write("first\n")
        writer.flush()
        shorten_log(log, limit=3)
        writer.write("second\n")
    assert log.read_text() == "second\n"
    assert (tmp_path / "sample.log.1").read_text() == "first\n"
