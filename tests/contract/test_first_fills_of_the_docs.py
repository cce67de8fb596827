"""The page for strangers, followed to the letter: each language's block of commands is run as it stands."""

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from settings import PROJECT_FOLDER
from simulator.client_configurations import write_configurations
from simulator.credentials import load_credentials
from tests.support.simulator_process import running_simulator

pytestmark = [pytest.mark.languages, pytest.mark.timeout(300)]

PAGE = PROJECT_FOLDER / "docs/simulator/README.md"
QUOTES = r"(?m)^(VIC|FPT) [0-9.]+ [0-9.]+ [0-9.]+$"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder that looks like the stranger's clone with a simulator started in it."""
    folder = tmp_path_factory.mktemp("clone")
    (folder / "docs").symlink_to(PROJECT_FOLDER / "docs")
    with running_simulator(folder / ".oms" / "simulator-alone") as simulator:
        write_configurations(load_credentials(simulator.folder, simulator.url), simulator.url)
        yield folder


def block(language: str) -> str:
    """The commands under the page's heading for this language."""
    (section,) = re.findall(rf"(?ms)^## First fill: {language}$(.*?)(?=^## )", PAGE.read_text(encoding="utf-8"))
    commands: str = re.findall(r"(?ms)^```bash\n(.*?)^```", section)[0]
    return commands


@pytest.mark.parametrize(
    ("language", "fill"),
    [
        ("Python", r"(?m)^orderEvent FF *$"),
        ("Node", r"filled 100 of 100"),
        ("Java", r"(?m)^orderEvent FF$"),
    ],
)
def test_the_pages_commands_end_with_a_fill_and_ten_quotes(clone: Path, language: str, fill: str) -> None:
    done = subprocess.run(  # noqa: S603 - the page's own commands
        ["/bin/bash", "-euo", "pipefail", "-c", block(language)],
        cwd=clone,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(fill, done.stdout), done.stdout + done.stderr
    assert len(re.findall(QUOTES, done.stdout)) == 10
