"""The `oms` command as a person meets it: exit codes, one clear line per problem, nothing else on stdout."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import jwt
import pytest

from cli.testing import EVERYDAY_MARKERS, FAST_MARKERS, PARALLEL, pytest_command, pytest_environment
from local.home import lock_home, open_home
from local.ports import free_port, free_ports
from settings import PROJECT_FOLDER, Settings

CLI = (sys.executable, "-m", "cli.main")


class Answer:
    def __init__(self, result: subprocess.CompletedProcess[str]) -> None:
        self.code = result.returncode
        self.out = result.stdout
        self.errors = result.stderr.splitlines()


def oms(home: Path, *arguments: str, **variables: object) -> Answer:
    own = {name.upper() for name in Settings.model_fields}
    environment = {name: value for name, value in os.environ.items() if name not in own}
    port, temporal_port, temporal_ui_port, simulator_port = free_ports(4)
    environment |= {
        "OMS_HOME": str(home),
        "PORT": str(port),
        "TEMPORAL_PORT": str(temporal_port),
        "TEMPORAL_UI_PORT": str(temporal_ui_port),
        "SIMULATOR_PORT": str(simulator_port),
        **{name: str(value) for name, value in variables.items()},
    }
    result = subprocess.run(  # noqa: S603 our own words
        [*CLI, *arguments], cwd=PROJECT_FOLDER, env=environment, capture_output=True, text=True, check=False
    )
    return Answer(result)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "oms home"


def test_a_wrong_value_is_one_line_and_exit_code_1(home: Path) -> None:
    answer = oms(home, "start", PORT="80x")
    assert (answer.code, answer.out) == (1, "")
    (line,) = answer.errors
    assert line.startswith("oms: PORT is '80x': ")


def test_a_port_wanted_twice_is_one_line_and_nothing_is_left(home: Path) -> None:
    port = free_port()
    answer = oms(home, "start", PORT=port, SIMULATOR_PORT=port)
    assert answer.code == 1
    assert answer.errors == [
        f"oms: port {port} is wanted by the API (PORT) and the simulator (SIMULATOR_PORT): give them different ports"
    ]
    assert not (home / "run" / "processes.json").exists()


def test_in_the_background_the_exit_code_and_the_line_are_the_same(home: Path) -> None:
    answer = oms(home, "start", "-d", DATABASE_URL=f"postgresql://oms@127.0.0.1:{free_port()}/oms")
    assert answer.code == 1
    (line,) = answer.errors
    assert "DATABASE_URL: no connection to 127.0.0.1:" in line


def test_ssi_credentials_without_consent_start_nothing(home: Path) -> None:
    answer = oms(home, "start", SSI_API_KEY="a", SSI_API_SECRET="b")
    assert answer.code == 1
    assert any("SSI_LIVE_TRADING is not yes" in line for line in answer.errors)


def test_a_second_start_names_the_holder(home: Path) -> None:
    lock = lock_home(open_home(home))
    lock.announce({"PORT": 8001})
    answer = oms(home, "start")
    lock.release()
    assert answer.code == 1
    assert f"is in use by process {os.getpid()} since" in answer.errors[0]


def test_without_a_stack_status_says_so_and_stop_has_nothing_to_do(home: Path) -> None:
    status = oms(home, "status")
    assert (status.code, status.out) == (1, f"not running (OMS_HOME={home})\n")
    stop = oms(home, "stop")
    assert (stop.code, stop.out) == (0, f"nothing runs in OMS_HOME={home}\n")


def test_an_unknown_log_is_refused_with_the_names_there_are(home: Path) -> None:
    (open_home(home).logs / "worker.log").write_text("one\ntwo\n")
    assert oms(home, "logs", "-n", "1", "worker").out == "two\n"
    answer = oms(home, "logs", "broker")
    assert answer.errors == ["oms: no log of 'broker'; there are: worker"]


def test_token_prints_a_token_of_the_demo_user_and_nothing_else(home: Path) -> None:
    answer = oms(home, "token", "--user", "viewer", SECRET_KEY="k" * 32)
    assert answer.errors == []
    claims = jwt.decode(answer.out.rstrip("\n"), "k" * 32, ["HS256"], audience="oms-api", issuer="oms")
    assert claims["sub"] == "viewer"


def test_an_unknown_demo_user_is_refused_with_the_names_there_are(home: Path) -> None:
    answer = oms(home, "token", "--user", "root")
    assert answer.errors == ["oms: --user was 'root': allowed are trader, viewer, operator"]
    assert answer.out == ""


def test_there_is_no_demo_token_in_production(home: Path) -> None:
    answer = oms(home, "token", ENVIRONMENT="production", SECRET_KEY="k" * 32)
    assert answer.code == 1
    assert "demo users exist in simulation only" in answer.errors[0]


def test_serving_one_process_needs_a_database(home: Path) -> None:
    assert oms(home, "serve", "api").errors[0].startswith("oms: DATABASE_URL is not set")
    assert "allowed are api, worker" in oms(home, "serve", "simulator").errors[0]


def test_the_tests_never_see_the_callers_broker_database_or_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SSI_API_KEY", "SSI_LIVE_TRADING", "SSI_NEW", "DATABASE_URL", "REDIS_URL", "TEMPORAL_API_KEY"):
        monkeypatch.setenv(name, "caller's")
    assert "caller's" not in pytest_environment().values()


def test_fast_leaves_out_what_needs_servers_and_hands_the_rest_to_pytest() -> None:
    command = pytest_command(["-k", "ceiling"], fast=True)
    assert command[1:] == ["-m", "pytest", *PARALLEL, "-m", FAST_MARKERS, "-k", "ceiling"]
    assert pytest_command([], fast=False)[1:] == ["-m", "pytest", *PARALLEL, "-m", EVERYDAY_MARKERS]
    assert pytest_command(["-m", "chaos"], fast=False)[1:] == ["-m", "pytest", *PARALLEL, "-m", "chaos"]


def test_pytest_speaks_last(home: Path) -> None:
    answer = oms(home, "test", "--fast", "--co", "-q", "tests/test_settings.py", DATABASE_URL="postgresql://a/b")
    assert answer.code == 0
    assert answer.out.splitlines()[-1].endswith("s")
    assert "tests collected in" in answer.out.splitlines()[-1]


def test_deploy_tells_which_tool_is_missing(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    for tool in ("bash", "dirname", "cksum", "head"):
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    clone = tmp_path / "a clone"
    clone.mkdir()
    for name in ("deploy.sh", "uv.lock", "pyproject.toml"):
        shutil.copy(PROJECT_FOLDER / name, clone)
    result = subprocess.run(  # noqa: S603 our own words
        [clone / "deploy.sh", "start"],
        env={"PATH": str(tmp_path / "bin"), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (result.returncode, result.stdout) == (1, "")
    assert result.stderr == "deploy: neither uv nor python3 is installed: install one of them\n"
