"""What a figure depends on beside the code: the machine, the versions, the settings and the commit."""

import os
import platform
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil
from temporalio.api.workflowservice.v1 import GetSystemInfoRequest
from temporalio.client import Client

from local.postgres import server_version
from local.temporal_server import DYNAMIC_CONFIG, PRAGMAS
from settings import PROJECT_FOLDER

_GIB = 1_073_741_824
_PACKAGES = ("temporalio", "fastapi", "uvicorn", "uvloop", "httpx", "sqlalchemy", "psycopg", "pydantic")


@dataclass(frozen=True, slots=True)
class Machine:
    """`commit` ends in `+` when the files differ from it; `load_before` is the minute's load average before the run."""

    measured_at: str
    commit: str
    processor: str
    cores: int
    memory_gib: int
    system: str
    filesystem: str
    load_before: float
    versions: Mapping[str, str]
    temporal_settings: tuple[str, ...]


async def look_at_machine(client: Client, folder: Path, load_before: float) -> Machine:
    """`folder` is where the measured databases lie."""
    server = await client.workflow_service.get_system_info(GetSystemInfoRequest())
    return Machine(
        measured_at=datetime.now(UTC).isoformat(timespec="seconds"),
        commit=_commit(),
        processor=_processor(),
        cores=os.cpu_count() or 0,
        memory_gib=round(psutil.virtual_memory().total / _GIB),
        system=f"{platform.system()} {platform.release()}",
        filesystem=_filesystem(folder),
        load_before=round(load_before, 2),
        versions={
            "Python": platform.python_version(),
            "Temporal server": server.server_version,
            "PostgreSQL": server_version(),
            **{name: version(name) for name in _PACKAGES},
        },
        temporal_settings=(*DYNAMIC_CONFIG, *PRAGMAS),
    )


def _commit() -> str:
    head, changed = _git("rev-parse", "--short=12", "HEAD"), _git("status", "--porcelain")
    return f"{head or 'unknown'}{'+' if changed else ''}"


def _git(*arguments: str) -> str:
    try:
        done = subprocess.run(  # noqa: S603 fixed words
            ["git", *arguments],  # noqa: S607 git of the PATH
            cwd=PROJECT_FOLDER,
            capture_output=True,
            text=True,
            check=False,
        )
    except FileNotFoundError:
        return ""
    return done.stdout.strip()


def _processor() -> str:
    file = Path("/proc/cpuinfo")
    lines = file.read_text().splitlines() if file.exists() else []
    named = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(named, platform.processor() or platform.machine())


def _filesystem(folder: Path) -> str:
    holding = [each for each in psutil.disk_partitions(all=True) if folder.is_relative_to(each.mountpoint)]
    return max(holding, key=lambda each: len(each.mountpoint)).fstype if holding else "unknown"
