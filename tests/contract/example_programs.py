"""SSI's example programs, unchanged, as processes in a folder of their own; only their environment leads them here."""

import hashlib
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from tests.support.simulator_process import SimulatorProcess

VENDORED = Path(__file__).parent / "ssi_examples"
FROM_PYPI = {
    "__init__.py": "46481aeab8be7e706f76a24a6a813614ad3900b849b9eb16ec25ec54c97d6823",
    "fc_client_ex.py": "c40a6f79d7e38805753b3c4710baa7731466f1e6f9f10b4be42cf4c77ab89c3a",
    "fc_config.py": "c84401bbf4a0c8615ddfaf711a856495423030c53ff2d6ee3425fb57ea49e73e",
    "fc_stream_ex.py": "f92e847c028b93e1d1efe82e3471442c2f6aef1cc44b21443c4a72a17807c737",
}
"""SHA-256 of the files in the source distribution of ssi-fctrading 2.5.3."""

# Python 3.12 has lost a name that SSI's fc_config.py still uses; the file itself stays as it is.
_OLD_NAME = """\
import configparser

if not hasattr(configparser, "SafeConfigParser"):
    configparser.SafeConfigParser = configparser.ConfigParser
"""


def vendored_hashes() -> dict[str, str]:
    files = sorted(VENDORED.glob("*.txt"))
    return {file.name.removesuffix(".txt"): hashlib.sha256(file.read_bytes()).hexdigest() for file in files}


def unpack(folder: Path) -> None:
    """Put SSI's package `examples` into `folder`."""
    package = folder / "examples"
    package.mkdir()
    for file in VENDORED.glob("*.txt"):
        (package / file.name.removesuffix(".txt")).write_bytes(file.read_bytes())
    (folder / "sitecustomize.py").write_text(_OLD_NAME)


def variables(simulator: SimulatorProcess, notify_id: str = "-1") -> dict[str, str]:
    """What SSI's fc_config.py reads from the environment."""
    env = simulator.env
    return {
        "ConsumerID": env["SSI_API_KEY"],
        "ConsumerSecret": env["SSI_API_SECRET"],
        "PrivateKey": Path(env["SSI_PRIVATE_KEY_FILE"]).read_text(),
        "Url": env["SSI_API_URL"],
        "StreamURL": env["SSI_STREAM_URL"],
        "TwoFAType": "0",
        "NotifyId": notify_id,
    }


def started(folder: Path, own: Mapping[str, str], *arguments: str) -> "subprocess.Popen[str]":
    """A Python program in `folder` with its output in a pipe."""
    return subprocess.Popen(  # noqa: S603 - SSI's examples and uvicorn
        [sys.executable, "-u", *arguments],
        cwd=folder,
        env={**os.environ, **own, "PYTHONPATH": str(folder), "PYTHONWARNINGS": "ignore"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
