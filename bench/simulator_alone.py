"""The simulator that is measured over HTTP: started alone for it, with an open market and its journal on the disk."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.own_stack import measured_environment
from bench.simulator_process import READY
from broker.fastconnect.credentials import Credentials
from local.environment import simulator_credentials
from local.failure import CannotRun
from local.ports import LOOPBACK, free_port
from settings import PROJECT_FOLDER

_STOP_SECONDS = 15.0


@dataclass(frozen=True, slots=True)
class SimulatorAlone:
    process_id: int
    control_url: str
    credentials: Credentials


@contextmanager
def simulator_alone() -> Iterator[SimulatorAlone]:
    """Start one in a temporary folder on a free port and end it. Raises `CannotRun` when it does not come up."""
    with tempfile.TemporaryDirectory(prefix="oms-bench-", ignore_cleanup_errors=True) as folder:
        port = free_port()
        command = [sys.executable, "-m", "bench.simulator_process", str(port), folder]
        with subprocess.Popen(  # noqa: S603 our own program
            command,
            cwd=PROJECT_FOLDER,
            env=measured_environment(),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        ) as process:
            try:
                if process.stdout is None or process.stdout.readline().strip() != READY:
                    raise CannotRun("the simulator to be measured did not start; the reason stands above")
                control_url = f"http://{LOOPBACK}:{port}/control/"
                yield SimulatorAlone(process.pid, control_url, _credentials(Path(folder)))
            finally:
                _end(process)


def _end(process: "subprocess.Popen[str]") -> None:
    if process.stdin is not None:
        process.stdin.close()
    try:
        process.wait(_STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()


def _credentials(folder: Path) -> Credentials:
    values = simulator_credentials(folder / "ssi.env")
    return Credentials(
        trading_url=values["SSI_API_URL"],
        stream_url=values["SSI_STREAM_URL"],
        data_url=values["SSI_DATA_URL"],
        consumer_id=values["SSI_API_KEY"],
        consumer_secret=values["SSI_API_SECRET"],
        private_key=Path(values["SSI_PRIVATE_KEY_FILE"]).read_text(),
        code=values["SSI_PIN"],
    )
