"""One line per step of a start: what, version, time taken; something moves while a step takes longer."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

QUIET_SECONDS = 10.0  # without a terminal a line at most this often, so that a log stays readable
TITLE_WIDTH = 16
VERSION_WIDTH = 22


class Step:
    """A step under way. Set `version` and `detail` for its closing line."""

    def __init__(self, console: Console, title: str) -> None:
        self.title = title
        self.version = ""
        self.detail = ""
        self._console = console
        self._bar = Bar(
            SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn(), transient=True, console=console
        )
        self._task = self._bar.add_task(title)
        self._started = time.monotonic()
        self._told = time.monotonic()

    @contextmanager
    def moving(self) -> Iterator[None]:
        if not self._console.is_terminal:
            yield
            return
        with self._bar:
            yield

    def now(self, text: str) -> None:
        """Say what the step is doing; replaced by the next word."""
        self._bar.update(self._task, description=f"{self.title}: {text}")
        if not self._console.is_terminal and time.monotonic() - self._told > QUIET_SECONDS:
            self.note(text)

    def note(self, text: str) -> None:
        """Say something that stays on the screen."""
        self._told = time.monotonic()
        self._console.print(f"  {self.title}: {text}", markup=False, highlight=False, soft_wrap=True)

    def closing_line(self) -> str:
        seconds = time.monotonic() - self._started
        return f"{self.title:<{TITLE_WIDTH}} {self.version:<{VERSION_WIDTH}} {seconds:6.1f} s   {self.detail}".rstrip()


class Progress:
    """The steps of one command, on the terminal or as plain lines."""

    def __init__(self, console: Console) -> None:
        self._console = console

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """Show a step; its line is printed when the block ends without an exception."""
        step = Step(self._console, title)
        with step.moving():
            yield step
        self._console.print(f"[green]✓[/green] [bold]{''}[/bold]", end="")
        self._console.print(step.closing_line(), markup=False, highlight=False, soft_wrap=True)

    def say(self, text: str = "") -> None:
        self._console.print(text, markup=False, highlight=False, soft_wrap=True)
