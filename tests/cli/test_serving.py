"""One process of a server takes its broker from the settings, or from a simulator that left its keys."""

from pathlib import Path

import pytest

from cli.serving import served_environment
from local.home import Home, open_home
from settings import Settings, load_settings
from tests.local.stand_in import SSI_LINES


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.setenv("DATABASE_URL", "postgresql://oms@db/oms")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return open_home(tmp_path / "home")


def test_a_simulators_keys_and_clock_are_used_when_ssi_is_not_configured(home: Home) -> None:
    home.ssi_environment.write_text("".join(f"{name}={value}\n" for name, value in SSI_LINES.items()))
    environment = served_environment(load_settings(), home)
    assert environment["SSI_PIN"] == SSI_LINES["SSI_PIN"]
    assert environment["MARKET_CLOCK_URL"] == "http://127.0.0.1:1/control/clock"


def test_keys_that_a_simulator_left_do_not_replace_ssis(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    home.ssi_environment.write_text("".join(f"{name}={value}\n" for name, value in SSI_LINES.items()))
    real = {"SSI_API_KEY": "real", "SSI_API_SECRET": "s", "SSI_PRIVATE_KEY": "k", "SSI_PIN": "9", "SSI_ACCOUNT": "1"}
    for name, value in {**real, "SSI_LIVE_TRADING": "yes"}.items():
        monkeypatch.setenv(name, value)
    environment = served_environment(load_settings(), home)
    assert environment["SSI_API_KEY"] == "real"
    assert "MARKET_CLOCK_URL" not in environment


def test_without_a_broker_and_without_temporal_the_api_can_still_start(home: Home) -> None:
    environment = served_environment(load_settings(), home)
    assert environment["TEMPORAL_ADDRESS"] == "127.0.0.1:7233"
    assert len(environment["SECRET_KEY"]) >= 32
    assert "SSI_API_KEY" not in environment
