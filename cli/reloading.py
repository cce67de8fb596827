"""What `dev` and `logs -f` watch: source files that change, log files that grow."""

import threading
from collections.abc import Callable
from pathlib import Path
from queue import Empty, SimpleQueue
from types import TracebackType
from typing import Self

from watchfiles import PythonFilter, watch

from settings import PROJECT_FOLDER

WATCHED = ("activities", "api", "broker", "ledger", "market", "orders", "risk", "workflows")
WATCHED_FILES = ("worker.py", "settings.py", "ending.py")


class SourceWatch:
    """Collects the Python files that worker or API run from, as they change."""

    def __init__(self, folder: Path = PROJECT_FOLDER) -> None:
        self._folder = folder
        self._changed: SimpleQueue[str] = SimpleQueue()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        self._thread.join(timeout=2)

    def changed_files(self) -> list[str]:
        """What changed since the last call, without waiting."""
        found: set[str] = set()
        while True:
            try:
                found.add(self._changed.get_nowait())
            except Empty:
                return sorted(found)

    def _run(self) -> None:
        paths = [self._folder / name for name in (*WATCHED, *WATCHED_FILES)]
        existing = [path for path in paths if path.exists()]
        for changes in watch(*existing, watch_filter=PythonFilter(), stop_event=self._stop, debounce=400):
            for _, path in changes:
                self._changed.put(str(Path(path).relative_to(self._folder)))


class LogFollower:
    """Forwards the lines that are appended to log files from now on."""

    def __init__(self, logs: list[Path], show: Callable[[str], object], *, prefix: bool = True) -> None:
        self._show = show
        self._prefix = prefix
        self._read_to = {log: log.stat().st_size if log.exists() else 0 for log in logs}

    def forward(self) -> None:
        """Show the whole lines that came since the last call."""
        for log, position in self._read_to.items():
            if log.exists():
                self._read_to[log] = self._forward(log, position)

    def _forward(self, log: Path, position: int) -> int:
        size = log.stat().st_size
        if size < position:
            position = 0  # the log was shortened in place
        if size == position:
            return position
        with log.open("rb") as file:
            file.seek(position)
            whole, newline, _ = file.read().rpartition(b"\n")
        for line in whole.decode(errors="replace").splitlines():
            self._show(f"{log.stem:<10} | {line}" if self._prefix else line)
        return position + len(whole) + len(newline)
