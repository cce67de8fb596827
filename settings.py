"""Every environment variable of the product, typed once.

Read only where a process starts (`load_settings`); everything below that point gets values handed in.
"""

from collections.abc import Mapping
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import SettingsConfigDict

from ssi_unknowns import SsiUnknowns

PROJECT_FOLDER = Path(__file__).resolve().parent
MINIMUM_SECRET_BYTES = 32  # RFC 7518 3.2: an HS256 key is at least as long as its hash

SSI_HOST_SUFFIX = "ssi.com.vn"
SSI_DEFAULT_URLS: Mapping[str, str] = {
    "ssi_api_url": "https://fc-tradeapi.ssi.com.vn/",
    "ssi_stream_url": "https://fc-tradehub.ssi.com.vn/",
    "ssi_data_url": "https://fc-data.ssi.com.vn/",
    "ssi_data_stream_url": "https://fc-datahub.ssi.com.vn/",
}
HIDDEN_FIELDS = frozenset(
    {
        "database_url",
        "redis_url",
        "redis_password",
        "secret_key",
        "ssi_api_key",
        "ssi_api_secret",
        "ssi_private_key",
        "ssi_pin",
    }
)


class Environment(StrEnum):
    DEVELOPMENT = "development"
    PRODUCTION = "production"


class LogLevel(StrEnum):
    DEBUG = "DEBUG"
    INFO = "INFO"
    WARNING = "WARNING"
    ERROR = "ERROR"
    CRITICAL = "CRITICAL"


class Algorithm(StrEnum):
    HS256 = "HS256"


class PreOpen(StrEnum):
    LOCAL = "local"
    BROKER = "broker"


class Market(StrEnum):
    HOSE = "HOSE"
    HNX = "HNX"
    UPCOM = "UPCOM"


class TradingMode(StrEnum):
    """Where orders go: nowhere yet (no credentials), to the simulator, or to SSI with real money."""

    NONE = "none"
    SIMULATION = "simulation"
    LIVE = "live"


def _upper(value: object) -> object:
    return value.upper() if isinstance(value, str) else value


def _lower(value: object) -> object:
    return value.lower() if isinstance(value, str) else value


def _postgresql(url: str) -> str:
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgresql", "postgres", "postgresql+psycopg"}:
        raise ValueError("must start with postgresql://")
    return f"postgresql+psycopg://{rest}"


def _redis(url: str) -> str:
    if urlsplit(url).scheme not in {"redis", "rediss", "unix"}:
        raise ValueError("must start with redis://, rediss:// or unix://")
    return url


def _http(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https", "ws", "wss"} or not parts.hostname:
        raise ValueError("must be an http(s):// or ws(s):// address")
    return url


def _host_and_port(address: str) -> str:
    host, separator, port = address.rpartition(":")
    if not separator or not host or not port.isdigit() or not 0 < int(port) < 65536:  # noqa: PLR2004 TCP's range
        raise ValueError("must be host:port, for example localhost:7233")
    return address


def _live_trading(value: str) -> str:
    if value not in {"yes", "no"}:
        raise ValueError('must be "yes" (orders go to SSI with real money) or "no"')
    return value


Port = Annotated[int, Field(ge=1, le=65535)]
HttpUrl = Annotated[str, AfterValidator(_http)]


class Settings(SsiUnknowns):
    """The process's configuration; a field is the variable's name in lower case. Frozen."""

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, extra="ignore", hide_input_in_errors=True, case_sensitive=False
    )

    # The owner's names
    database_url: Annotated[str, AfterValidator(_postgresql)] | None = Field(default=None, repr=False)
    database_echo: bool = False
    redis_url: Annotated[str, AfterValidator(_redis)] | None = Field(default=None, repr=False)
    redis_password: SecretStr | None = None
    secret_key: SecretStr | None = None
    algorithm: Algorithm = Algorithm.HS256
    access_token_expire_minutes: int = Field(default=30, ge=1, le=1440)
    ssi_api_url: HttpUrl | None = None
    ssi_api_key: SecretStr | None = None
    ssi_api_secret: SecretStr | None = None
    debug: bool = False
    environment: Annotated[Environment, BeforeValidator(_lower)] = Environment.DEVELOPMENT
    host: str = "0.0.0.0"  # noqa: S104 the owner's default; the embedded services bind 127.0.0.1
    port: Port = 8001
    log_level: Annotated[LogLevel, BeforeValidator(_upper)] = LogLevel.INFO
    default_market: Annotated[Market, BeforeValidator(_upper)] = Market.HOSE
    max_order_size: int = Field(default=1_000_000, ge=1)
    max_positions: int = Field(default=50, ge=1)
    pre_open: Annotated[PreOpen, BeforeValidator(_lower)] = PreOpen.LOCAL

    # Where the parts of the stack live
    oms_home: Path = PROJECT_FOLDER / ".oms"
    temporal_address: Annotated[str, AfterValidator(_host_and_port)] | None = None
    temporal_namespace: str = "oms"
    temporal_port: Port = 7233
    temporal_ui_port: Port = 8233
    simulator_port: Port = 8010
    simulator_limits: str = ""
    postgres_port: Port | None = None

    # SSI FastConnect: `ssi_api_key` is the consumer id, `ssi_api_secret` the consumer secret
    ssi_stream_url: HttpUrl | None = None
    ssi_data_url: HttpUrl | None = None
    ssi_data_stream_url: HttpUrl | None = None
    ssi_api_secret_file: Path | None = None
    ssi_private_key: SecretStr | None = None
    ssi_private_key_file: Path | None = None
    ssi_pin: SecretStr | None = None
    ssi_pin_file: Path | None = None
    ssi_two_factor_type: int = Field(default=0, ge=0, le=1)
    ssi_account: str | None = None
    ssi_device_id: str | None = None
    ssi_live_trading: Annotated[str, BeforeValidator(_lower), AfterValidator(_live_trading)] = "no"

    # Set by the stack, by tests and by deployments
    market_clock_url: HttpUrl | None = None
    oms_failpoints: str | None = None
    oms_build_id: str | None = None
    oms_ready_file: Path | None = None

    @model_validator(mode="before")
    @classmethod
    def _fill_ssi_addresses(cls, values: dict[str, Any]) -> dict[str, Any]:
        if not values.get("ssi_api_key"):
            return values
        return {**SSI_DEFAULT_URLS, **{name: value for name, value in values.items() if value is not None}}

    @model_validator(mode="after")
    def _refuse_what_contradicts(self) -> Self:
        problems = [*_secret_problems(self), *_failpoint_problems(self), *_ssi_problems(self)]
        if problems:
            raise ValueError("\n".join(problems))
        return self

    @property
    def trading_mode(self) -> TradingMode:
        if self.ssi_api_key is None:
            return TradingMode.NONE
        return TradingMode.LIVE if self.ssi_live_trading == "yes" else TradingMode.SIMULATION

    def environment_variables(self) -> dict[str, str]:
        """Every variable that is set, with secrets in clear: the environment of a process we start."""
        return {
            name.upper(): _as_text(value)
            for name in type(self).model_fields
            if (value := getattr(self, name)) is not None
        }


def _as_text(value: object) -> str:
    if isinstance(value, SecretStr):
        return value.get_secret_value()
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _secret_problems(settings: Settings) -> list[str]:
    if settings.environment is not Environment.PRODUCTION:
        return []
    length = len(settings.secret_key.get_secret_value().encode()) if settings.secret_key else 0
    if length >= MINIMUM_SECRET_BYTES:
        return []
    found = f"has {length} bytes" if length else "is not set"
    return [f"SECRET_KEY {found}: ENVIRONMENT=production needs one of at least {MINIMUM_SECRET_BYTES} bytes"]


def _failpoint_problems(settings: Settings) -> list[str]:
    if settings.environment is not Environment.PRODUCTION or settings.oms_failpoints is None:
        return []
    return ["OMS_FAILPOINTS is set: ENVIRONMENT=production allows no points at which a test kills a process"]


def _ssi_problems(settings: Settings) -> list[str]:
    if settings.ssi_api_key is None and settings.ssi_api_secret is None and settings.ssi_api_secret_file is None:
        return ["SSI_LIVE_TRADING is yes, but SSI_API_KEY is not set"] if _wants_live(settings) else []
    problems = [
        f"{variable} is not set: SSI needs it beside the other SSI credentials"
        for variable, value in _ssi_credentials(settings).items()
        if value is None
    ]
    problems += _doubled_secrets(settings)
    if _wants_live(settings):
        clock = settings.market_clock_url
        return [*problems, f"MARKET_CLOCK_URL is {clock}: live trading runs on the wall clock"] if clock else problems
    if settings.market_clock_url is None or _speaks_to_ssi(settings):
        problems.append(
            "SSI_LIVE_TRADING is not yes, but SSI credentials are set: set it to yes to trade with real money,"
            " or unset SSI_API_KEY and SSI_API_SECRET (or its file) for the simulator"
        )
    return problems


def _ssi_credentials(settings: Settings) -> dict[str, object]:
    credentials: dict[str, object] = {
        "SSI_API_KEY": settings.ssi_api_key,
        "SSI_API_SECRET or SSI_API_SECRET_FILE": settings.ssi_api_secret or settings.ssi_api_secret_file,
        "SSI_PRIVATE_KEY or SSI_PRIVATE_KEY_FILE": settings.ssi_private_key or settings.ssi_private_key_file,
        "SSI_ACCOUNT": settings.ssi_account,
    }
    if settings.ssi_two_factor_type == 0:
        credentials["SSI_PIN or SSI_PIN_FILE"] = settings.ssi_pin or settings.ssi_pin_file
    return credentials


def _doubled_secrets(settings: Settings) -> list[str]:
    given = {
        "SSI_API_SECRET": (settings.ssi_api_secret, settings.ssi_api_secret_file),
        "SSI_PIN": (settings.ssi_pin, settings.ssi_pin_file),
    }
    return [
        f"{variable} and {variable}_FILE are both set: set one of them"
        for variable, (value, file) in given.items()
        if value is not None and file is not None
    ]


def _wants_live(settings: Settings) -> bool:
    return settings.ssi_live_trading == "yes"


def _speaks_to_ssi(settings: Settings) -> bool:
    urls = (getattr(settings, name) for name in SSI_DEFAULT_URLS)
    return any(str(urlsplit(url).hostname).endswith(SSI_HOST_SUFFIX) for url in urls if url)


class WrongSettings(Exception):  # noqa: N818 a person reads the name in a traceback
    """The environment holds values that cannot be used; `lines` has one sentence per variable."""

    def __init__(self, lines: tuple[str, ...]) -> None:
        super().__init__("\n".join(lines))
        self.lines = lines


def secret_text(variable: str, value: SecretStr | None, file: Path | None) -> str:
    """The secret in `variable`, or the text of the file in `variable`_FILE; empty when neither is set.

    Read only where it is used, since the file need not exist for other processes. Raises `WrongSettings`.
    """
    if value is not None or file is None:
        return "" if value is None else value.get_secret_value()
    try:
        text = file.read_text().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not text"
        raise WrongSettings((f"{variable}_FILE is {str(file)!r}: it cannot be read: {reason}",)) from None
    if not text or not text.isprintable():
        raise WrongSettings((f"{variable}_FILE is {str(file)!r}: it must hold the secret in one line",))
    return text


def load_settings(env_file: Path | None = None, **overrides: Any) -> Settings:
    """Read the environment, then `env_file` for what it leaves unset.

    Raises `WrongSettings` with one line per variable: its name, what was given (unless secret), what is allowed.
    """
    try:
        return Settings(_env_file=env_file, **overrides)
    except ValidationError as error:
        lines = tuple(line for detail in error.errors(include_url=False) for line in _explain(detail))
        raise WrongSettings(lines) from None


def _explain(detail: Mapping[str, Any]) -> list[str]:
    context = detail.get("ctx", {})
    message = str(context["error"]) if detail["type"] == "value_error" else str(detail["msg"])
    if not detail["loc"]:
        return message.splitlines()
    name = str(detail["loc"][0])
    given = "a value that cannot be used" if name in HIDDEN_FIELDS else repr(str(detail.get("input")))
    return [f"{name.upper()} is {given}: {message[:1].lower()}{message[1:]}"]
