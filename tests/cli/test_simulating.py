"""`oms simulator` as a developer of some SSI client meets it: what it prints, what it writes, how it ends."""

import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from local.ports import free_port
from settings import PROJECT_FOLDER, Settings

pytestmark = pytest.mark.stack

COMMAND = (sys.executable, "-m", "cli.main", "simulator")
LAST_LINE = "Ctrl-C ends it"
EXAMPLES = PROJECT_FOLDER / "docs/simulator/examples"


def environment(home: Path, port: int, **more: str) -> dict[str, str]:
    own = {name.upper() for name in Settings.model_fields}
    kept = {name: value for name, value in os.environ.items() if name not in own}
    return {**kept, "OMS_HOME": str(home), "SIMULATOR_PORT": str(port), "OMS_ENV_FILE": os.devnull, **more}


@contextmanager
def running(home: Path, port: int, *arguments: str, **more: str) -> "Iterator[tuple[subprocess.Popen[str], str]]":
    """The process and what it said once it answered; it is killed at the end if it still runs."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        [*COMMAND, *arguments],
        cwd=PROJECT_FOLDER,
        env=environment(home, port, **more),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    assert process.stdout is not None
    try:
        said: list[str] = []
        while not said or not said[-1].startswith(LAST_LINE):
            said.append(process.stdout.readline())
            assert said[-1], "".join(said)
        yield process, "".join(said)
    finally:
        process.kill()
        process.communicate()


def refused(home: Path, port: int, *arguments: str) -> str:
    """The one line with which it does not start."""
    done = subprocess.run(  # noqa: S603 - our own command
        [*COMMAND, *arguments],
        cwd=PROJECT_FOLDER,
        env=environment(home, port),
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    return line


def example(arguments: list[str], folder: Path) -> str:
    """What an example program of the docs prints."""
    done = subprocess.run(arguments, cwd=folder, capture_output=True, text=True, timeout=60, check=False)  # noqa: S603 - ours
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_it_tells_everything_a_client_needs_and_ctrl_c_ends_it(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port, SSI_API_KEY="real", SSI_API_SECRET="real") as (process, said):
        folder = tmp_path / "simulator-alone"
        settings = dict(line.split("=", 1) for line in (folder / "ssi.env").read_text().splitlines())
        for name in ("SSI_API_URL", "SSI_API_KEY", "SSI_API_SECRET", "SSI_PIN", "SSI_PRIVATE_KEY_FILE", "SSI_ACCOUNT"):
            assert settings[name] in said, name
        assert str(folder / "ssi_private_key.pem") in said
        assert "BEGIN PRIVATE KEY" in (folder / "ssi_private_key.pem").read_text()
        assert f"http://127.0.0.1:{port}/control/" in said
        for file in ("fc_config.py", "config.py", "config.js", "ssi-fctrading.env"):
            assert str(folder / "clients" / file) in said
        written = (folder / "clients" / "fc_config.py").read_text()
        assert all(line in said for line in written.splitlines())
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=10) == 0


def test_the_keys_and_the_day_are_there_again_at_the_next_start(tmp_path: Path) -> None:
    port, folder = free_port(), tmp_path / "elsewhere"
    keys = []
    for _ in range(2):
        with running(tmp_path, port, "--data", str(folder), "--seed", "3") as (process, said):
            keys.append(re.findall(r"consumer id\s+(\w+)", said))
            process.terminate()
            assert process.wait(timeout=10) == 0
    assert keys[0] == keys[1] != []
    assert not (tmp_path / "simulator-alone").exists()


def test_a_taken_port_a_taken_folder_and_a_wrong_clock_are_one_line_each(tmp_path: Path) -> None:
    port = free_port()
    with running(tmp_path, port):
        assert f"port {port} for the simulator is taken" in refused(tmp_path, port)
        assert "another simulator works in" in refused(tmp_path, free_port())
    assert refused(tmp_path, port, "--clock", "fast") == "oms: --clock was 'fast': allowed are open, live"
    assert refused(tmp_path, port, "--start", "2026-11-22T10:00") == (
        "oms: --start: 2026-11-22 is not a trading day; choose one"
    )
    assert refused(tmp_path, port, "--start", "soon").startswith("oms: --start: 'soon' is no instant")


@pytest.mark.parametrize("clock", ["open", "live"])
def test_the_market_is_open_or_on_the_walls_time(tmp_path: Path, clock: str) -> None:
    port = free_port()
    with running(tmp_path, port, "--clock", clock):
        told = httpx.get(f"http://127.0.0.1:{port}/control/clock").json()
    ahead = abs(datetime.fromisoformat(told["now"]) - datetime.now(UTC))
    if clock == "live":
        assert ahead < timedelta(seconds=10)
        assert told["rate"] == 1
    else:
        assert set(told["phases"].values()) <= {"CONT_AM", "CONT_PM", "CONT"}


def test_the_first_fill_of_the_docs_comes_with_ssis_python_client_and_by_raw_http(tmp_path: Path) -> None:
    with running(tmp_path, free_port()):
        folder = tmp_path / "simulator-alone"
        settings = dict(line.split("=", 1) for line in (folder / "ssi.env").read_text().splitlines())
        shutil.copy(EXAMPLES / "first_fill.py", folder / "clients")
        told = example(
            [sys.executable, "first_fill.py", settings["SSI_ACCOUNT"], settings["SSI_PIN"]], folder / "clients"
        )
        assert re.search(r"orderMatchEvent .*\norderEvent (PF|FF)", told)
        assert told.rstrip().splitlines()[-1].startswith("orderEvent FF")
        book = example([str(EXAMPLES / "first_fill.sh"), str(folder / "ssi.env")], tmp_path)
        assert book.count('"orderStatus":"FF"') == 2
