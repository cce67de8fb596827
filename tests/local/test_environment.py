"""Worker and API get exactly what the settings and the embedded parts say."""

from pathlib import Path

import pytest

from local.environment import Addresses, bare_environment, has_demo, process_environment
from local.failure import CannotRun
from local.home import Home, open_home, secret_key
from settings import Settings, load_settings
from tests.local.stand_in import SSI_LINES

ADDRESSES = Addresses("postgresql+psycopg://oms:pw@127.0.0.1:15432/oms", "127.0.0.1:7233")
LIVE = {
    "SSI_API_KEY": "real-key",
    "SSI_API_SECRET": "real-secret",
    "SSI_PRIVATE_KEY": "key",
    "SSI_PIN": "9",
    "SSI_ACCOUNT": "1",
    "SSI_LIVE_TRADING": "yes",
}


@pytest.fixture(autouse=True)
def unset_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = open_home(tmp_path / "home")
    home.ssi_environment.write_text("".join(f"{name}={value}\n" for name, value in SSI_LINES.items()))
    return home


def test_in_simulation_the_processes_speak_to_the_simulator_on_its_clock(home: Home) -> None:
    environment = process_environment(load_settings(simulator_port=8510), home, ADDRESSES)
    assert environment["DATABASE_URL"] == ADDRESSES.database_url
    assert environment["TEMPORAL_ADDRESS"] == ADDRESSES.temporal_address
    assert environment["SSI_API_KEY"] == SSI_LINES["SSI_API_KEY"]
    assert environment["MARKET_CLOCK_URL"] == "http://127.0.0.1:8510/control/clock"
    assert environment["SECRET_KEY"] == secret_key(home)


def test_in_simulation_no_secret_of_a_file_and_no_pin_as_a_code_reach_the_processes(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSI_PIN_FILE", "/run/secrets/pin")
    assert process_environment(load_settings(), home, ADDRESSES)["SSI_PIN"] == SSI_LINES["SSI_PIN"]
    environment = process_environment(load_settings(ssi_two_factor_type=1), home, ADDRESSES)
    assert environment["SSI_TWO_FACTOR_TYPE"] == "1"
    assert not {"SSI_PIN", "SSI_PIN_FILE"} & environment.keys()


def test_live_the_processes_speak_to_ssi_on_the_wall_clock(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in LIVE.items():
        monkeypatch.setenv(name, value)
    environment = process_environment(load_settings(), home, ADDRESSES)
    assert environment["SSI_API_KEY"] == "real-key"
    assert environment["SSI_API_URL"] == "https://fc-tradeapi.ssi.com.vn/"
    assert "MARKET_CLOCK_URL" not in environment


def test_a_given_secret_key_is_handed_on(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SECRET_KEY", "given")
    assert process_environment(load_settings(), home, ADDRESSES)["SECRET_KEY"] == "given"


def test_a_simulator_that_wrote_no_pin_is_named(home: Home) -> None:
    home.ssi_environment.write_text("SSI_API_KEY=a\n")
    with pytest.raises(CannotRun, match=r"did not write SSI_API_URL, .*SSI_PIN.* to .*ssi\.env"):
        process_environment(load_settings(), home, ADDRESSES)


def test_the_bare_environment_has_none_of_our_variables(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "REDIS_URL", "SSI_API_KEY", "PORT", "OMS_FAILPOINTS"):
        monkeypatch.setenv(name, "caller's")
    monkeypatch.setenv("LANG", "C.UTF-8")
    environment = bare_environment()
    assert environment["LANG"] == "C.UTF-8"
    assert "caller's" not in environment.values()


def test_demo_users_exist_in_simulation_outside_production_only(monkeypatch: pytest.MonkeyPatch) -> None:
    assert has_demo(load_settings())
    monkeypatch.setenv("SECRET_KEY", "x" * 32)
    assert not has_demo(load_settings(environment="production"))
    for name, value in LIVE.items():
        monkeypatch.setenv(name, value)
    assert not has_demo(load_settings())
