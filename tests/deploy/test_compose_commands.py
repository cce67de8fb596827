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


def interpolated(text: str, given: Mapping[str, str]) -> str:
    """`${NAME:-otherwise}` as every Compose reads it; an empty variable counts as unset."""
    return re.sub(r"\$\{(\w+):-([^}]*)\}", lambda found: given.get(found[1]) or found[2], text)


def environment_given(service: str, given: Mapping[str, str]) -> dict[str, str]:
    return {
        name: interpolated(str(value), given) for name, value in COMPOSE["services"][service]["environment"].items()
    }


def test_only_the_worker_sees_the_folder_of_secrets() -> None:
    mounted = {name for name, each in COMPOSE["services"].items() if "./secrets:/run/secrets:ro" in str(each)}
    assert mounted == {"worker"}


def test_every_variable_that_names_a_file_of_a_secret_reaches_the_worker() -> None:
    named = [name.upper() for name in Settings.model_fields if name.startswith("ssi_") and name.endswith("_file")]
    given = {name: f"/run/secrets/{name.lower()}" for name in named}
    told = environment_given("worker", given)
    assert {name: told[name] for name in named} == given


def test_without_files_the_worker_has_the_secrets_of_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    told = environment_given("worker", {"SSI_PIN": "834251", "SECRET_KEY": "k" * 32})
    monkeypatch.setattr(os, "environ", told)
    settings = load_settings()
    assert (settings.ssi_pin_file, settings.ssi_api_secret_file, settings.ssi_private_key_file) == (None, None, None)
    assert secret_text("SSI_PIN", settings.ssi_pin, settings.ssi_pin_file) == "834251"
