"""The whole stack in its order: PostgreSQL, schema, Temporal, simulator, worker, API."""

import sys
from collections.abc import Callable
from dataclasses import dataclass

from local import postgres
from local.environment import (
    Addresses,
    bare_environment,
    has_demo,
    process_environment,
    runs_simulator,
    simulator_credentials,
)
from local.home import Home, postgres_port
from local.ports import LOOPBACK, PortClaim, require_ports
from local.probes import answers_http, require_listener, require_postgres
from local.process import Command
from local.progress import Progress
from local.supervisor import Part, Supervisor
from local.temporal_program import provide_program
from local.temporal_server import READY_SECONDS as TEMPORAL_SECONDS
from local.temporal_server import TemporalServer
from local.waiting import StopFlag
from settings import PROJECT_FOLDER, Settings, TradingMode

OWN_READY_SECONDS = 60.0
# What each process may take to end; with 2.5 s each for PostgreSQL and Temporal the whole stack ends within 15 s.
SIMULATOR_GRACE_SECONDS = 1.0
WORKER_GRACE_SECONDS = 5.0
API_GRACE_SECONDS = 3.0
WILDCARD_HOSTS = frozenset({"0.0.0.0", "::", ""})  # noqa: S104 compared with, not bound


@dataclass(frozen=True, slots=True)
class Programs:
    """The command lines of our own processes; tests put small stand-ins here."""

    simulator: tuple[str, ...]
    worker: tuple[str, ...]
    api: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Database:
    """What the ledger does with a database; both may run any number of times.

    `migrate` takes its URL and returns the revision it arrived at; `seed_demo` takes the URL and SSI_ACCOUNT.
    """

    migrate: Callable[[str], str]
    seed_demo: Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Checked:
    """What a look at the open orders found: words for its line, and the lines of a warning."""

    summary: str
    warning: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """What to start, all decided before anything runs.

    `check_open_orders` takes Temporal's address and the namespace, before any worker touches what is there.
    """

    settings: Settings
    home: Home
    version: str
    programs: Programs
    database: Database
    search_attributes: tuple[str, ...]
    check_open_orders: Callable[[str, str, StopFlag], Checked] | None = None


def default_programs(settings: Settings, home: Home) -> Programs:
    python = sys.executable
    simulator_data = ("--port", str(settings.simulator_port), "--data", str(home.simulator))
    limits = ("--limits", settings.simulator_limits) if settings.simulator_limits else ()
    return Programs(
        simulator=(python, "-m", "simulator", *simulator_data, *limits),
        worker=(python, "-m", "worker"),
        api=(python, "-m", "api"),
    )


def port_claims(settings: Settings) -> list[PortClaim]:
    """The ports this configuration opens; a part replaced by a real one opens none."""
    claims = [PortClaim("the API", "PORT", settings.port, settings.host)]
    if settings.temporal_address is None:
        claims += [
            PortClaim("Temporal", "TEMPORAL_PORT", settings.temporal_port),
            PortClaim("Temporal's web UI", "TEMPORAL_UI_PORT", settings.temporal_ui_port),
        ]
    if runs_simulator(settings):
        claims.append(PortClaim("the simulator", "SIMULATOR_PORT", settings.simulator_port))
    if settings.database_url is None and settings.postgres_port is not None:
        claims.append(PortClaim("PostgreSQL", "POSTGRES_PORT", settings.postgres_port))
    return claims


class Stack:
    """Starts a plan's parts under a supervisor, one progress line each."""

    def __init__(self, plan: Plan, supervisor: Supervisor, progress: Progress, stop: StopFlag) -> None:
        self._plan = plan
        self._settings = plan.settings
        self._home = plan.home
        self._supervisor = supervisor
        self._progress = progress
        self._stop = stop

    def start(self) -> Addresses:
        """Bring everything up. Raises `CannotRun` or `StopRequested`; the caller then stops the supervisor."""
        require_ports(port_claims(self._settings))
        database_url = self.start_database()
        addresses = Addresses(database_url, self._start_temporal())
        self._check_open_orders(addresses.temporal_address)
        self._start_simulator(database_url)
        environment = process_environment(self._settings, self._home, addresses)
        self._start_worker(environment)
        self._start_api(environment)
        return addresses

    def start_database(self) -> str:
        """PostgreSQL with an up-to-date schema; returns its URL."""
        with self._progress.step("PostgreSQL") as step:
            if self._settings.database_url is not None:
                url = self._settings.database_url
                step.version = require_postgres(url)
                step.detail = "yours (DATABASE_URL)"
            else:
                url, port = self._start_postgres()
                step.version = postgres.server_version()
                step.detail = f"embedded, {LOOPBACK}:{port}"
        with self._progress.step("Database schema") as step:
            step.version = self._plan.database.migrate(url)
        self._stop.raise_if_set()
        return url

    def _start_postgres(self) -> tuple[str, int]:
        folder = postgres.prepare_folder(self._home.postgres)
        port = postgres_port(self._home, self._settings.postgres_port)
        self._supervisor.start(
            Part(
                name="postgres",
                command=folder.command(port, self._home.log("postgres")),
                is_ready=lambda: folder.answers(port),
                ready_seconds=postgres.READY_SECONDS,
                port=port,
                prepare=folder.remove_stale_pid_file,
            )
        )
        folder.create_database(port)
        return folder.url(port), port

    def _start_temporal(self) -> str:
        with self._progress.step("Temporal") as step:
            if self._settings.temporal_address is not None:
                host, _, port = self._settings.temporal_address.rpartition(":")
                require_listener("TEMPORAL_ADDRESS", host.strip("[]"), int(port))
                step.detail = f"yours (TEMPORAL_ADDRESS), {self._settings.temporal_address}"
                return self._settings.temporal_address
            program = provide_program(step, self._stop)
            step.now("starting")
            server = TemporalServer(
                program,
                self._home.temporal / "temporal.db",
                self._settings.temporal_port,
                self._settings.temporal_ui_port,
                self._plan.search_attributes,
                self._settings.temporal_namespace,
            )
            self._supervisor.start(self._temporal_part(server))
            step.version = f"server {program.server}"
            step.detail = f"embedded ({program.origin}), {server.address}"
            return server.address

    def _temporal_part(self, server: TemporalServer) -> Part:
        return Part(
            name="temporal",
            command=server.command(self._home.log("temporal")),
            is_ready=lambda: server.set_retention() and server.register_search_attributes(),
            ready_seconds=TEMPORAL_SECONDS,
            port=server.port,
            url=f"http://localhost:{server.ui_port}",
        )

    def _check_open_orders(self, address: str) -> None:
        """Orders that the code does not lead to are named; they stop nobody else's trading."""
        if self._plan.check_open_orders is None:
            return
        with self._progress.step("Histories") as step:
            checked = self._plan.check_open_orders(address, self._settings.temporal_namespace, self._stop)
            step.detail = checked.summary
        for line in checked.warning:
            self._progress.say(line)

    def _start_simulator(self, database_url: str) -> None:
        with self._progress.step("Simulator" if runs_simulator(self._settings) else "SSI FastConnect") as step:
            if not runs_simulator(self._settings):
                live = self._settings.trading_mode is TradingMode.LIVE
                step.detail = f"{'yours, real money' if live else 'yours, simulated'} ({self._settings.ssi_api_url})"
                return
            port = self._settings.simulator_port
            self._home.ssi_environment.unlink(missing_ok=True)
            points = self._settings.oms_failpoints
            environment = bare_environment() | ({"OMS_FAILPOINTS": points} if points else {})
            command = self._own_command(
                "simulator", self._plan.programs.simulator, environment, SIMULATOR_GRACE_SECONDS
            )
            probe = answers_http(port, "/control/health")
            self._supervisor.start(
                Part("simulator", command, probe, OWN_READY_SECONDS, port, f"http://localhost:{port}/control/")
            )
            step.version = self._plan.version
            step.detail = f"stands in for SSI and the exchanges, {LOOPBACK}:{port}"
            if has_demo(self._settings):
                account = simulator_credentials(self._home.ssi_environment)["SSI_ACCOUNT"]
                self._plan.database.seed_demo(database_url, account)

    def _start_worker(self, environment: dict[str, str]) -> None:
        with self._progress.step("Worker") as step:
            ready = self._home.worker_ready
            command = self._own_command(
                "worker",
                self._plan.programs.worker,
                {**environment, "OMS_READY_FILE": str(ready)},
                WORKER_GRACE_SECONDS,
            )
            self._supervisor.start(
                Part(
                    name="worker",
                    command=command,
                    is_ready=ready.exists,
                    ready_seconds=OWN_READY_SECONDS,
                    prepare=lambda: ready.unlink(missing_ok=True),
                    reloads=True,
                )
            )
            step.version = self._plan.version

    def _start_api(self, environment: dict[str, str]) -> None:
        with self._progress.step("API") as step:
            settings = self._settings
            probe_host = LOOPBACK if settings.host in WILDCARD_HOSTS else settings.host
            probe = answers_http(settings.port, "/health/ready", probe_host)
            command = self._own_command("api", self._plan.programs.api, environment, API_GRACE_SECONDS)
            url = api_url(settings)
            self._supervisor.start(Part("api", command, probe, OWN_READY_SECONDS, settings.port, url, reloads=True))
            step.version = self._plan.version
            step.detail = url

    def _own_command(
        self, name: str, arguments: tuple[str, ...], environment: dict[str, str], grace_seconds: float
    ) -> Command:
        return Command(
            name=name,
            arguments=arguments,
            folder=PROJECT_FOLDER,
            log=self._home.log(name),
            environment={**environment, "PYTHONUNBUFFERED": "1"},
            grace_seconds=grace_seconds,
        )


def api_url(settings: Settings) -> str:
    host = "localhost" if settings.host in WILDCARD_HOSTS else settings.host
    return f"http://{host}:{settings.port}"
