"""The environment is read once, typed, and refused with a clear line per variable."""

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from broker.fastconnect.quotas import Quota, QuotaScope
from broker.fastconnect.unknowns import LIVE, SIMULATED, CashBalance, ExternalOrders, PartFilledAmend, Replay
from settings import PROJECT_FOLDER, Environment, Settings, TradingMode, WrongSettings, load_settings, secret_text
from worker import broker_behaviour, broker_credentials

SSI = {
    "SSI_API_KEY": "consumer-id",
    "SSI_API_SECRET": "consumer-secret",
    "SSI_PRIVATE_KEY": "key",
    "SSI_PIN": "1234",
    "SSI_ACCOUNT": "0000001",
}
SSI_ADDRESSES = ("SSI_API_URL", "SSI_STREAM_URL", "SSI_DATA_URL", "SSI_DATA_STREAM_URL")
LOCAL_SSI = dict.fromkeys(SSI_ADDRESSES, "http://127.0.0.1:8010/")
CLOCK = {"MARKET_CLOCK_URL": "http://127.0.0.1:8010/control/clock"}


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(name.upper(), raising=False)


def read(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> Settings:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    return load_settings()


def refusal(monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]) -> tuple[str, ...]:
    with pytest.raises(WrongSettings) as caught:
        read(monkeypatch, variables)
    return caught.value.lines


def test_without_any_variable_the_defaults_of_the_owner_hold() -> None:
    settings = load_settings()
    assert (settings.port, settings.host, settings.algorithm) == (8001, "0.0.0.0", "HS256")  # noqa: S104 the owner's default
    assert (settings.max_order_size, settings.max_positions) == (1_000_000, 50)
    assert settings.environment is Environment.DEVELOPMENT
    assert settings.trading_mode is TradingMode.NONE
    assert settings.oms_home == PROJECT_FOLDER / ".oms"


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, {"DATABASE_URL": "", "SSI_API_KEY": "", "PORT": ""}).database_url is None


def test_upper_and_lower_case_of_closed_sets_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, {"LOG_LEVEL": "debug", "ENVIRONMENT": "Development", "DEFAULT_MARKET": "hnx"})
    assert (settings.log_level, settings.default_market) == ("DEBUG", "HNX")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+psycopg"])
def test_a_postgresql_url_gets_the_psycopg_driver(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    settings = read(monkeypatch, {"DATABASE_URL": f"{scheme}://u:p@db:5432/oms"})
    assert settings.database_url == "postgresql+psycopg://u:p@db:5432/oms"


def test_each_wrong_variable_gets_one_line_with_name_value_and_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lines = refusal(monkeypatch, {"PORT": "abc", "LOG_LEVEL": "loud", "SSI_LIVE_TRADING": "maybe"})
    assert len(lines) == 3
    assert lines[0].startswith("PORT is 'abc': ")
    assert "'DEBUG', 'INFO', 'WARNING', 'ERROR' or 'CRITICAL'" in lines[1]
    assert 'must be "yes"' in lines[2]


def test_a_wrong_secret_is_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = refusal(monkeypatch, {"DATABASE_URL": "mysql://user:hunter2@db/oms"})
    assert line == "DATABASE_URL is a value that cannot be used: must start with postgresql://"


@pytest.mark.parametrize("address", ["localhost", "localhost:", ":7233", "localhost:70000", "localhost:abc"])
def test_a_temporal_address_needs_host_and_port(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    (line,) = refusal(monkeypatch, {"TEMPORAL_ADDRESS": address})
    assert "must be host:port" in line


def test_production_needs_a_secret_key_of_32_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "SECRET_KEY is not set" in refusal(monkeypatch, {"ENVIRONMENT": "production"})[0]
    assert "SECRET_KEY has 31 bytes" in refusal(monkeypatch, {"SECRET_KEY": "x" * 31})[0]
    assert read(monkeypatch, {"SECRET_KEY": "x" * 32}).environment is Environment.PRODUCTION


def test_ssi_credentials_without_consent_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = refusal(monkeypatch, SSI)
    assert line.startswith("SSI_LIVE_TRADING is not yes")


def test_ssi_credentials_with_consent_trade_live_at_ssis_addresses(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, {**SSI, "SSI_LIVE_TRADING": "yes"})
    assert settings.trading_mode is TradingMode.LIVE
    assert settings.ssi_api_url == "https://fc-tradeapi.ssi.com.vn/"
    assert settings.ssi_data_stream_url == "https://fc-datahub.ssi.com.vn/"


@pytest.mark.parametrize("missing", sorted(SSI))
def test_a_missing_ssi_credential_is_named(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    given = {name: value for name, value in SSI.items() if name != missing}
    lines = refusal(monkeypatch, {**given, "SSI_LIVE_TRADING": "yes"})
    assert any(missing in line for line in lines)


def test_with_a_one_time_password_no_pin_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    given = {name: value for name, value in SSI.items() if name != "SSI_PIN"}
    settings = read(monkeypatch, {**given, "SSI_LIVE_TRADING": "yes", "SSI_TWO_FACTOR_TYPE": "1"})
    assert settings.trading_mode is TradingMode.LIVE


@pytest.mark.parametrize("variable", ["SSI_API_SECRET", "SSI_PIN"])
def test_a_secret_may_lie_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str) -> None:
    file = tmp_path / "secret"
    file.write_text("from-a-file\n")
    given = {name: value for name, value in SSI.items() if name != variable}
    settings = read(monkeypatch, {**given, f"{variable}_FILE": str(file), "SSI_LIVE_TRADING": "yes"})
    assert settings.trading_mode is TradingMode.LIVE
    credentials = broker_credentials(settings)
    assert "from-a-file" in (credentials.consumer_secret, credentials.code)
    assert read(monkeypatch, settings.environment_variables()) == settings


@pytest.mark.parametrize("variable", ["SSI_API_SECRET", "SSI_PIN"])
def test_a_secret_that_is_given_twice_is_refused(monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    (line,) = refusal(monkeypatch, {**SSI, f"{variable}_FILE": "/run/secrets/one", "SSI_LIVE_TRADING": "yes"})
    assert line == f"{variable} and {variable}_FILE are both set: set one of them"


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        (None, "it cannot be read: No such file or directory"),
        (b" \n", "it must hold the secret in one line"),
        (b"one\ntwo\n", "it must hold the secret in one line"),
        (b"\xff\xfe", "it cannot be read: it is not text"),
    ],
)
def test_a_file_without_a_secret_is_named_and_what_is_in_it_is_not_shown(
    tmp_path: Path, content: bytes | None, complaint: str
) -> None:
    file = tmp_path / "pin"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(WrongSettings) as caught:
        secret_text("SSI_PIN", None, file)
    assert caught.value.lines == (f"SSI_PIN_FILE is {str(file)!r}: {complaint}",)


def test_a_simulators_credentials_with_its_clock_are_simulation(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read(monkeypatch, {**SSI, **LOCAL_SSI, **CLOCK}).trading_mode is TradingMode.SIMULATION


def test_a_simulated_clock_does_not_open_ssi_without_consent(monkeypatch: pytest.MonkeyPatch) -> None:
    one_real = {**LOCAL_SSI, "SSI_API_URL": "https://fc-tradeapi.ssi.com.vn/"}
    assert "SSI_LIVE_TRADING is not yes" in refusal(monkeypatch, {**SSI, **one_real, **CLOCK})[0]


def test_live_trading_on_a_simulated_clock_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    (line,) = refusal(monkeypatch, {**SSI, **CLOCK, "SSI_LIVE_TRADING": "yes"})
    assert line.startswith("MARKET_CLOCK_URL is http://127.0.0.1:8010/control/clock")


def test_the_environment_wins_over_the_env_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text("PORT=9001\nMAX_POSITIONS=7\n")
    monkeypatch.setenv("PORT", "9002")
    settings = load_settings(env_file)
    assert (settings.port, settings.max_positions) == (9002, 7)


def test_a_process_started_with_the_variables_has_the_same_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = read(monkeypatch, {**SSI, "SSI_LIVE_TRADING": "yes", "DEBUG": "1", "OMS_HOME": "/srv/o m s"})
    assert read(monkeypatch, settings.environment_variables()) == settings


def test_secrets_do_not_appear_when_settings_are_printed(monkeypatch: pytest.MonkeyPatch) -> None:
    printed = repr(read(monkeypatch, {**SSI, "SSI_LIVE_TRADING": "yes", "DATABASE_URL": "postgresql://u:pw@h/d"}))
    assert not any(secret in printed for secret in ("consumer-id", "consumer-secret", "1234", "pw@"))


def test_the_example_file_lists_every_variable_and_nothing_else() -> None:
    lines = (PROJECT_FOLDER / ".env.example").read_text().splitlines()
    listed = [line.lstrip("#").partition("=")[0] for line in lines if "=" in line and " " not in line.partition("=")[0]]
    assert sorted(listed) == sorted(name.upper() for name in Settings.model_fields)


def test_the_example_file_can_be_used_as_it_is(tmp_path: Path) -> None:
    env_file = tmp_path / ".env"
    env_file.write_text((PROJECT_FOLDER / ".env.example").read_text())
    assert load_settings(env_file) == load_settings()


def test_without_a_variable_each_unknown_of_ssi_has_its_safe_answer(monkeypatch: pytest.MonkeyPatch) -> None:
    assert broker_behaviour(read(monkeypatch, {**SSI, **LOCAL_SSI, **CLOCK})) == SIMULATED
    through_a_tunnel = {**SSI, **LOCAL_SSI, "SSI_LIVE_TRADING": "yes"}
    monkeypatch.delenv("MARKET_CLOCK_URL")
    assert broker_behaviour(read(monkeypatch, through_a_tunnel)) == LIVE


@pytest.mark.parametrize(
    ("variable", "given", "value"),
    [
        ("SSI_ENVELOPE_IN_HTTP_ERROR_COUNTS", "false", False),
        ("SSI_DUPLICATE_STATUSES", "409, 422", frozenset({409, 422})),
        ("SSI_DUPLICATE_STATUSES", "none", frozenset()),
        ("SSI_UNAUTHORISED_STATUSES", "401,403", frozenset({401, 403})),
        ("SSI_REPLAY", "After_Last", Replay.AFTER_LAST),
        ("SSI_NUMBERS_ARE_CONSECUTIVE", "TRUE", True),
        ("SSI_GAP_REST_SECONDS", "5", 5.0),
        ("SSI_DEVICE_ID_IS_MAC", "false", False),
        ("SSI_ASSUMED_QUOTAS", "2/1s, 30/5m", (Quota(2, 1.0), Quota(30, 300.0))),
        ("SSI_ASSUMED_QUOTAS", "none", ()),
        ("SSI_QUOTA_SCOPE", "all_calls", QuotaScope.ALL_CALLS),
        ("SSI_THROTTLED_REST_SECONDS", "2", 2.0),
        ("SSI_KEEP_ALIVE_IS_TOLD", "true", True),
        ("SSI_HUB_WANTS_START", "true", True),
        ("SSI_HOSE_MARKET_ORDER", "mp", "MP"),
        ("SSI_LOGIN_ENDS_OLDER_TOKENS", "true", True),
        ("SSI_UNTOLD_TOKEN_SECONDS", "600", 600.0),
        ("SSI_OTP_REQUESTS_BEFORE_BLOCK", "3", 3),
        ("SSI_PART_FILLED_AMEND", "whole_quantity", PartFilledAmend.WHOLE_QUANTITY),
        ("SSI_CHANNELS_SHARE_A_CONNECTION", "true", True),
        ("SSI_CASH_BALANCE", "before_buys", CashBalance.BEFORE_BUYS),
        ("SSI_EXTERNAL_ORDERS", "no_request_id", ExternalOrders.NO_REQUEST_ID),
    ],
)
def test_an_answer_about_ssi_is_set_by_its_variable_and_handed_on_to_each_process(
    monkeypatch: pytest.MonkeyPatch, variable: str, given: str, value: object
) -> None:
    settings = read(monkeypatch, {**SSI, "SSI_LIVE_TRADING": "yes", variable: given})
    name = variable.removeprefix("SSI_").lower()
    expected = replace(LIVE, **{name: value})  # type: ignore[arg-type] # the table above names the fields
    assert broker_behaviour(settings) == expected
    assert type(getattr(broker_behaviour(settings), name)) is type(getattr(LIVE, name))
    assert read(monkeypatch, settings.environment_variables()) == settings


@pytest.mark.parametrize(
    ("variable", "given", "allowed"),
    [
        ("SSI_PART_FILLED_AMEND", "total", "'unverified', 'whole_quantity' or 'open_quantity'"),
        ("SSI_REPLAY", "2", "'unverified', 'with_last' or 'after_last'"),
        ("SSI_HOSE_MARKET_ORDER", "ATO", "'MTL' or 'MP'"),
        ("SSI_HUB_WANTS_START", "maybe", 'must be "true" or "false"'),
        ("SSI_THROTTLED_REST_SECONDS", "soon", "valid number"),
        ("SSI_THROTTLED_REST_SECONDS", "0", "greater than or equal to 0.1"),
        ("SSI_GAP_REST_SECONDS", "inf", "finite number"),
        ("SSI_OTP_REQUESTS_BEFORE_BLOCK", "0", "greater than or equal to 1"),
        ("SSI_DUPLICATE_STATUSES", "200", "statuses from 400 to 599"),
        ("SSI_UNAUTHORISED_STATUSES", "401,500", "statuses from 400 to 499"),
        ("SSI_ASSUMED_QUOTAS", "5", "such as 5/1s,30/5s"),
        ("SSI_ASSUMED_QUOTAS", "5/0s", "such as 5/1s,30/5s"),
        ("SSI_ASSUMED_QUOTAS", "5/1s,none", "such as 5/1s,30/5s"),
    ],
)
def test_a_wrong_answer_about_ssi_is_named_with_what_is_allowed(
    monkeypatch: pytest.MonkeyPatch, variable: str, given: str, allowed: str
) -> None:
    (line,) = refusal(monkeypatch, {variable: given})
    assert line.startswith(f"{variable} is ")
    assert given in line
    assert allowed in line


@pytest.mark.parametrize("variables", [{"SSI_DUPLICATE_STATUSES": "401,409"}, {"SSI_UNAUTHORISED_STATUSES": "408"}])
def test_no_status_proves_that_nothing_was_sent_and_may_mean_a_copy_that_arrived(
    monkeypatch: pytest.MonkeyPatch, variables: Mapping[str, str]
) -> None:
    (line,) = refusal(monkeypatch, variables)
    assert "SSI_DUPLICATE_STATUSES and SSI_UNAUTHORISED_STATUSES both hold 40" in line


def test_every_client_of_ssi_in_the_product_is_told_the_configured_behaviour() -> None:
    made = re.compile(r"\bFastConnect(?:Data|Feed)?\((?!.*behaviour=broker_behaviour|.*behaviour=behaviour)")
    rooms = ("activities", "api", "cli", "ledger", "local", "workflows")
    files = [PROJECT_FOLDER / "worker.py", *(file for room in rooms for file in (PROJECT_FOLDER / room).rglob("*.py"))]
    assert [file for file in files if made.search(file.read_text())] == []


def test_failpoints_are_refused_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ENVIRONMENT", "production")
    monkeypatch.setenv("SECRET_KEY", "x" * 32)
    monkeypatch.setenv("OMS_FAILPOINTS", "armed")
    with pytest.raises(WrongSettings, match="OMS_FAILPOINTS"):
        load_settings()
