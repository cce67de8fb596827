"""What a start ends with can be pasted as it is."""

import shlex
from pathlib import Path

import pytest

from cli import closing_lines as closing
from cli.closing_lines import closing_lines, demo_curl, deploy_command, thousand_vnd
from local.environment import Addresses
from local.home import open_home
from settings import PROJECT_FOLDER, Settings, load_settings

ADDRESSES = Addresses("postgresql+psycopg://oms:pw@127.0.0.1:15432/oms", "127.0.0.1:7233")


@pytest.fixture(autouse=True)
def unset_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def lines(monkeypatch: pytest.MonkeyPatch, folder: Path, answer: object, settings: Settings) -> list[str]:
    monkeypatch.setattr(closing, "read_json_from", lambda _port, _path: answer)
    return list(closing_lines(settings, open_home(folder / "home"), ADDRESSES))


@pytest.mark.parametrize(("dong", "text"), [(85500, "85.5"), (100000, "100"), (9990, "9.99"), (91400, "91.4")])
def test_prices_are_written_in_thousand_vnd(dong: int, text: str) -> None:
    assert thousand_vnd(dong) == text


def test_the_demo_order_buys_at_the_ceiling(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    *_, curl = lines(monkeypatch, tmp_path, {"ceiling": 91400}, load_settings(port=9001))
    words = shlex.split(curl)
    assert words[:5] == ["curl", "-sS", "-X", "POST", "http://localhost:9001/api/v1/orders"]
    assert '"symbol": "VIC", "side": "BUY", "order_type": "LO", "quantity": 100, "price": 91.4' in words[-1]


def test_a_simulator_that_tells_no_ceiling_gives_no_order_that_may_not_fill(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    *_, last = lines(monkeypatch, tmp_path, None, load_settings())
    assert last == "(no example order: the simulator did not tell the ceiling of VIC)"


def test_the_pages_are_named_where_they_are(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    settings = load_settings(port=9001, temporal_ui_port=9002, simulator_port=9003)
    shown = "\n".join(lines(monkeypatch, tmp_path, None, settings))
    assert "http://localhost:9001/docs" in shown
    assert "http://localhost:9002/namespaces/oms/workflows" in shown
    assert "http://localhost:9003/control/" in shown
    assert "postgresql://oms:pw@127.0.0.1:15432/oms" in shown


def test_without_demo_users_there_is_no_curl(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SECRET_KEY", "x" * 32)
    shown = lines(monkeypatch, tmp_path, {"ceiling": 91400}, load_settings(environment="production"))
    assert not any("curl" in line for line in shown)


def test_the_script_is_named_so_that_it_is_found_from_any_folder(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(PROJECT_FOLDER)
    assert deploy_command(load_settings()) == "./deploy.sh"
    monkeypatch.chdir(tmp_path)
    assert shlex.split(deploy_command(load_settings())) == [str(PROJECT_FOLDER / "deploy.sh")]


def test_the_token_of_the_curl_is_made_for_the_same_home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("OMS_HOME", str(tmp_path / "my home"))
    curl = demo_curl(load_settings(), 91400)
    assert f"$(OMS_HOME='{tmp_path}/my home' " in curl
