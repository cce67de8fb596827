"""The files for a server say the same as the code."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from local.temporal_server import DYNAMIC_CONFIG, RETENTION
from settings import PROJECT_FOLDER, Settings
from ssi_unknowns import SsiUnknowns
from workflows.search_attributes import NAMES


@pytest.fixture
def compose() -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((PROJECT_FOLDER / "docker-compose.yml").read_text())
    return content


def test_the_namespace_gets_the_search_attributes_of_the_workflows(compose: dict[str, Any]) -> None:
    given = compose["services"]["temporal-namespace"]["environment"]["SEARCH_ATTRIBUTES"]
    assert given.split() == list(NAMES)


def test_the_namespace_keeps_histories_as_long_as_the_embedded_one() -> None:
    script = (PROJECT_FOLDER / "deploy" / "temporal-namespace.sh").read_text()
    assert f"\nretention={RETENTION} " in script


def test_the_cluster_has_the_dynamic_config_of_the_embedded_server() -> None:
    content = yaml.safe_load((PROJECT_FOLDER / "deploy" / "dynamic-config.yaml").read_text())
    flat = tuple(f"{key}={entries[0]['value']}" for key, entries in content.items())
    assert flat == DYNAMIC_CONFIG


def test_every_variable_that_compose_hands_over_is_one_of_ours(compose: dict[str, Any]) -> None:
    ours = {name.upper() for name in Settings.model_fields}
    for service in ("setup", "worker", "api"):
        assert set(compose["services"][service]["environment"]) <= ours


def test_compose_hands_over_every_answer_about_ssi(compose: dict[str, Any]) -> None:
    given = compose["services"]["worker"]["environment"]
    assert {name.upper(): f"${{{name.upper()}:-}}" for name in SsiUnknowns.model_fields}.items() <= given.items()


def test_the_images_python_and_uv_are_those_of_the_clone() -> None:
    dockerfile = (PROJECT_FOLDER / "Dockerfile").read_text()
    script = (PROJECT_FOLDER / "deploy.sh").read_text()
    assert re.findall(r"uv==([\d.]+)", dockerfile) == re.findall(r"UV_VERSION=([\d.]+)", script)
    wanted = (PROJECT_FOLDER / ".python-version").read_text().strip()
    assert set(re.findall(r"^FROM python:([\d.]+)", dockerfile, re.MULTILINE)) == {wanted}


@pytest.mark.parametrize("script", sorted((PROJECT_FOLDER / "deploy").glob("*.sh")), ids=lambda path: path.name)
def test_the_scripts_of_the_containers_are_shell_that_parses(script: Path) -> None:
    subprocess.run(["sh", "-n", script], check=True)  # noqa: S603, S607 our own file and the system's shell
