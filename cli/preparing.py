"""Bringing what is not a Python package: `install`."""

from cli.configuration import command_settings, product_version, progress
from local.postgres import server_version
from local.progress import Progress
from local.temporal_program import TemporalProgram, provide_program
from local.waiting import StopFlag


def install_tools() -> None:
    """Make the Temporal program available, unless TEMPORAL_ADDRESS names a server. Raises `CannotRun`."""
    settings = command_settings()
    shown = progress()
    with shown.step("Packages") as step:
        step.version = product_version()
        step.detail = f"with PostgreSQL {server_version()}"
    if settings.temporal_address is not None:
        shown.say(f"Temporal: yours (TEMPORAL_ADDRESS={settings.temporal_address})")
        return
    provide_temporal(shown)


def provide_temporal(shown: Progress) -> TemporalProgram:
    """Find, download or build Temporal with one progress line."""
    stop = StopFlag()
    with stop.on_signals(), shown.step("Temporal") as step:
        program = provide_program(step, stop)
        step.version = f"server {program.server}"
        step.detail = f"{program.path} ({program.origin})"
    return program
