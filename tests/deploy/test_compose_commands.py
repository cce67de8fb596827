"""Each of our services in docker-compose.yml, its command run as written, outside containers."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from local.environment import bare_environment
from local.postgres import temporary_postgres
from local.temporal_server import temporary_temporal
from settings import Settings, load_settings, secret_text
from tests.support.ports import free_ports
from tests.support.whole_stack import PROJECT, eventually
from workflows.search_attributes import NAMES

pytestmark = [pytest.mark.stack, pytest.mark.timeout(180)]
COMPOSE: dict[str, Any] = yaml.safe_load((PROJECT / "docker-compose.yml").read_text())
BIN = Path(sys.executable).parent


def command_of(service: str, **changes: str) -> list[str]:
    """The service's command with this machine's programs, and `--option` values replaced by `changes`."""
    words = [str(BIN / word) if word in {"oms", "python"} else word for word in COMPOSE["services"][service]["command"]]
    return [f"{name}={changes[name]}" if (name := word.partition("=")[0]) in changes else word for word in words]


def environment_of(service: str, **changes: str) -> dict[str, str]:
    """What compose would set with nothing in .env, then what only a container network can give."""
    given = COMPOSE["services"][service].get("environment", {})
    merged = {**COMPOSE["x-environment"], **given}
    plain = {name: str(value) for name, value in merged.items() if not str(value).startswith("${")}
    return {**bare_environment(), **plain, "ENVIRONMENT": "development", "PATH": os.environ["PATH"], **changes}


@contextmanager
def running(service: str, environment: dict[str, str], folder: Path, **changes: str) -> Iterator[None]:
    with (folder / f"{service}.log").open("wb") as log:
        process = subprocess.Popen(command_of(service, **changes), env=environment, cwd=PROJECT, stdout=log, stderr=log)  # noqa: S603 - from our own file
    try:
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def test_the_commands_of_our_services_bring_up_a_working_product(tmp_path: Path) -> None:
    port, simulator_port = free_ports(2)
    home = tmp_path / "home"
    with ExitStack() as stack:
        database_url = stack.enter_context(temporary_postgres(tmp_path / "postgres"))
        temporal = stack.enter_context(temporary_temporal(tmp_path / "temporal", NAMES))
        addresses = {"DATABASE_URL": database_url, "TEMPORAL_ADDRESS": temporal, "OMS_HOME": str(home)}
        url = f"http://127.0.0.1:{simulator_port}/"
        options = {"--port": simulator_port, "--data": str(home / "simulator"), "--address": url}
        stack.enter_context(running("simulator", environment_of("simulator"), tmp_path, **options))
        eventually(lambda: answers(f"{url}control/health"), bool)
        subprocess.run(command_of("setup"), env=environment_of("setup", **addresses), cwd=PROJECT, check=True)  # noqa: S603 - from our own file
        api = environment_of("api", **addresses, PORT=port, HOST="127.0.0.1")
        stack.enter_context(running("worker", environment_of("worker", **addresses), tmp_path))
        stack.enter_context(running("api", api, tmp_path))
        eventually(lambda: answers(f"http://127.0.0.1:{port}/health/ready"), bool, patience=60)


def answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=1).is_success
    except httpx.TransportError:
        return False


def test_the_namespace_job_registers_every_search_attribute_that_workflows_use() -> None:
    registered = COMPOSE["services"]["temporal-namespace"]["environment"]["SEARCH_ATTRIBUTES"].split()
    assert sorted(registered) == sorted(NAMES)


SECRET_FILES = {
    "SSI_API_SECRET_FILE": "ssi_api_secret",
    "SSI_PRIVATE_KEY_FILE": "ssi_private_key",
    "SSI_PIN_FILE": "ssi_pin",
}


def interpolated(text: str, given: Mapping[str, str]) -> str:
    """`${NAME:-otherwise}` and `${NAME:+instead}` as compose reads them; an empty variable counts as unset."""

    def value(found: re.Match[str]) -> str:
        name, sign, word = found.groups()
        is_set = bool(given.get(name))
        return word if is_set is (sign == "+") else given.get(name, "")

    return re.sub(r"\$\{(\w+):([-+])([^}]*)\}", value, text)


def environment_given(service: str, given: Mapping[str, str]) -> dict[str, str]:
    return {
        name: interpolated(str(value), given) for name, value in COMPOSE["services"][service]["environment"].items()
    }


def test_every_variable_that_names_a_file_of_a_secret_has_a_file_in_the_worker_and_nowhere_else() -> None:
    fields = {name.upper() for name in Settings.model_fields if name.startswith("ssi_") and name.endswith("_file")}
    assert set(SECRET_FILES) == fields
    mounted = {name: service.get("secrets") for name, service in COMPOSE["services"].items() if "secrets" in service}
    assert mounted == {"worker": list(SECRET_FILES.values())}
    assert set(COMPOSE["secrets"]) == set(SECRET_FILES.values())


@pytest.mark.parametrize("variable", SECRET_FILES)
def test_a_file_of_the_server_is_the_one_that_the_worker_is_told_to_read(variable: str) -> None:
    given = {variable: "./secrets/one_line"}
    secret = SECRET_FILES[variable]
    told = environment_given("worker", given)
    assert {name: told[name] for name in SECRET_FILES if told[name]} == {variable: f"/run/secrets/{secret}"}
    files = {name: interpolated(each["file"], given) for name, each in COMPOSE["secrets"].items()}
    assert files == {**dict.fromkeys(SECRET_FILES.values(), "/dev/null"), secret: "./secrets/one_line"}


def test_without_files_the_worker_has_the_secrets_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    told = environment_given("worker", {"SSI_PIN": "834251", "SECRET_KEY": "k" * 32})
    monkeypatch.setattr(os, "environ", told)
    settings = load_settings()
    assert (settings.ssi_pin_file, settings.ssi_api_secret_file, settings.ssi_private_key_file) == (None, None, None)
    assert secret_text("SSI_PIN", settings.ssi_pin, settings.ssi_pin_file) == "834251"
