"""What nobody may read stays where it belongs: after a day with refusals, lost answers, expired tokens, a wrong PIN and
a killed worker, no log, history, table, answer, output or command line has a secret or a piece of one."""

import asyncio
import base64
import re
import stat
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path

import httpx
import jwt
import psutil
import psycopg
import psycopg.sql
import pytest
from temporalio.api.workflowservice.v1 import ListNamespacesRequest
from temporalio.client import Client

from simulator.fault_kinds import FaultKind
from tests.support.killing import kill, wait_until_back
from tests.support.trading import PATIENCE_SECONDS, Trading, trading_on
from tests.support.whole_stack import OMS, PROJECT, WholeStack, eventually, running_stack
from workflows.payloads import DATA_CONVERTER

pytestmark = [pytest.mark.stack, pytest.mark.timeout(300)]

CONSUMER_ID = "consumer-id-of-the-search"
CONSUMER_SECRET = "consumer-secret-of-the-search"
PIN = "pin-of-the-search"
SIGNING_KEY = "signing-key-of-the-search-with-its-thirty-two-bytes"

# Files whose use it is to hold a secret, each for its owner alone.
HOLDS = ("ssi.env", "ssi_secrets", "ssi_private_key.xml.b64", "ssi_private_key.pem", "password")

# SSI's tokens are known to nobody else, so they are found by their form: whole, or the signature (RS256, 342 letters).
TOKEN = re.compile(rb"eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}")
SIGNATURE = re.compile(rb"(?=[\w-]*[A-Z])(?=[\w-]*[a-z])(?=[\w-]*\d)(?<![\w-])[\w-]{320,}")
_SHORTEST_PIECE = 24
_TABLES = """
    SELECT schemaname, tablename FROM pg_tables WHERE schemaname NOT IN ('pg_catalog', 'information_schema')
    """


@pytest.fixture(scope="module")
def secret_stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[WholeStack]:
    """A stack whose secrets are words that nothing else says, after a day in which much went wrong."""
    home = tmp_path_factory.mktemp("a stack with secrets") / "home"
    _write_secrets(home / "simulator", PIN)
    with running_stack(home, SECRET_KEY=SIGNING_KEY) as running:
        with trading_on(running) as trading:
            trading.control.put("participants/enabled", json={"enabled": False}).raise_for_status()
            trading.next_day()
            trading.wait_for_stream()
            _much_goes_wrong(trading)
        _sign_in_with_a_wrong_pin(running)
        yield running


def _write_secrets(folder: Path, pin: str) -> None:
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    file = folder / "ssi_secrets"
    file.touch(mode=0o600)
    file.write_text(f"{CONSUMER_ID} {CONSUMER_SECRET} {pin}")


def _much_goes_wrong(trading: Trading) -> None:
    order = trading.order()
    order_id = trading.working(order)
    trading.sell_to(order, 1_000)
    trading.wait_for(order_id, "filled")
    denied = trading.api.post("/orders", json=trading.order(quantity=1_000_000_000))
    assert denied.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    for fault in (FaultKind.EXPIRED_TOKEN, FaultKind.DROP_REPLY_AFTER_TAKING, FaultKind.SERVER_ERROR_AFTER_TAKING):
        trading.fault(fault, "NewOrder")
        trading.working(trading.order())
    trading.fault(FaultKind.DROP_BEFORE_TAKING, "NewOrder")
    trading.wait_for_life(trading.place(trading.order()), "unknown")
    killed = kill(trading.stack, "worker")
    wait_until_back(trading.stack, "worker", killed)
    trading.working(trading.order())


def _sign_in_with_a_wrong_pin(stack: WholeStack) -> None:
    """The broker has another PIN from now on, and the worker has to sign in anew."""
    _write_secrets(stack.home.simulator, "another-" + PIN)
    killed = kill(stack, "simulator")
    wait_until_back(stack, "simulator", killed)
    killed = kill(stack, "worker")
    wait_until_back(stack, "worker", killed)
    log = stack.home.log("worker")
    eventually(log.read_text, lambda text: "login failed" in text or "signed out" in text, PATIENCE_SECONDS)


@pytest.fixture(scope="module")
def secrets_of(secret_stack: WholeStack) -> Mapping[str, tuple[bytes, ...]]:
    """Every secret with the pieces and the codings by which it would be known again."""
    folder = secret_stack.home.simulator
    bare = base64.b64decode((folder / "ssi_private_key.xml.b64").read_text())
    parts = [part for part in re.split(rb"[<>]", bare) if len(part) > _SHORTEST_PIECE]
    lines = [line for line in (folder / "ssi_private_key.pem").read_bytes().splitlines() if b"-----" not in line]
    whole = (folder / "ssi_private_key.xml.b64").read_bytes().strip()
    pieces = [whole[start : start + 64] for start in range(0, len(whole) - 64, 64)]
    public = _public_parts(bare)
    password = (secret_stack.home.postgres / "password").read_text().strip()
    return {
        "consumer secret": _codings(CONSUMER_SECRET),
        "PIN": _codings(PIN),
        "signing key": _codings(SIGNING_KEY),
        "database password": _codings(password),
        "private key": tuple(each for each in (*parts, *lines, *pieces) if each not in public),
    }


def _public_parts(xml: bytes) -> frozenset[bytes]:
    """The modulus is the public half: whoever checks signatures has it."""
    return frozenset(re.findall(rb"<Modulus>([^<]+)</Modulus>", xml))


def _codings(secret: str) -> tuple[bytes, ...]:
    """Plain, as hexadecimal digits, and the middle of its base64 at each of the three offsets."""
    raw = secret.encode()
    shifted = (base64.b64encode(b"x" * offset + raw)[4:-4] for offset in range(3))
    return (raw, raw.hex().encode(), *shifted)


def _leaks(found: Mapping[str, bytes], secrets: Mapping[str, tuple[bytes, ...]]) -> list[str]:
    assert found, "nothing was searched"
    named = [
        f"{secret} in {place}"
        for place, text in found.items()
        for secret, forms in secrets.items()
        if any(form in text for form in forms)
    ]
    formed = [f"a token in {place}" for place, text in found.items() if TOKEN.search(text) or SIGNATURE.search(text)]
    return [*named, *formed]


def test_the_search_would_find_each_of_them(
    secret_stack: WholeStack, secrets_of: Mapping[str, tuple[bytes, ...]]
) -> None:
    home = secret_stack.home
    key = (home.simulator / "ssi_private_key.pem").read_text()
    token = jwt.encode({"sub": CONSUMER_ID}, key, algorithm="RS256")
    holding = {
        "consumer secret": home.ssi_environment.read_bytes(),
        "PIN": base64.b64encode(b"a history with " + PIN.encode() + b" in it"),
        "signing key": SIGNING_KEY.encode().hex().encode(),
        "database password": (home.postgres / "password").read_bytes(),
        "private key": key.splitlines()[5].encode(),
        "a token": f"Bearer {token}".encode(),
        "a signature": token.rpartition(".")[2].encode(),
    }
    leaks = _leaks(holding, secrets_of)
    assert {each.rpartition(" in ")[2] for each in leaks} == set(holding)


def test_no_workflow_has_a_secret_in_its_history_memo_or_attributes(
    secret_stack: WholeStack, secrets_of: Mapping[str, tuple[bytes, ...]]
) -> None:
    found = asyncio.run(_workflows(secret_stack))
    assert len(found) > 8, "orders and the singletons have run"
    assert _leaks(found, secrets_of) == []


async def _workflows(stack: WholeStack) -> dict[str, bytes]:
    address, found = f"127.0.0.1:{stack.environment['TEMPORAL_PORT']}", {}
    anywhere = await Client.connect(address, data_converter=DATA_CONVERTER)
    listed = await anywhere.workflow_service.list_namespaces(ListNamespacesRequest())
    for name in (each.namespace_info.name for each in listed.namespaces):
        client = await Client.connect(address, namespace=name, data_converter=DATA_CONVERTER)
        async for each in client.list_workflows():
            handle = client.get_workflow_handle(each.id, run_id=each.run_id)
            history, described = await handle.fetch_history(), await handle.describe()
            events = [event.SerializeToString() for event in history.events]
            found[f"{name}/{each.id}"] = b"\n".join((*events, described.raw_description.SerializeToString()))
    return found


def test_no_file_has_a_secret_but_those_made_for_it_which_are_private(
    secret_stack: WholeStack, secrets_of: Mapping[str, tuple[bytes, ...]]
) -> None:
    """Logs, the supervisor's notes, Temporal's database and PostgreSQL's own files."""
    files = [path for path in secret_stack.home.folder.rglob("*") if path.is_file()]
    holding = [path for path in files if path.name in HOLDS]
    assert len(holding) == len(HOLDS)
    assert {stat.S_IMODE(path.stat().st_mode) for path in holding} == {0o600}
    found = {str(path): _bytes_of(path) for path in files if path.name not in HOLDS}
    assert any(str(secret_stack.home.log("worker")) == name for name in found)
    assert _leaks(found, secrets_of) == []


def _bytes_of(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""  # PostgreSQL removes files of its own while we look


def test_no_table_has_a_secret(secret_stack: WholeStack, secrets_of: Mapping[str, tuple[bytes, ...]]) -> None:
    """No table is made for one: SSI's are in its files, users have tokens that are signed and not stored."""
    found = _rows(secret_stack)
    assert {"public.orders", "public.inbox", "public.connection"} <= {name.partition(" ")[2] for name in found}
    assert _leaks(found, secrets_of) == []


def _rows(stack: WholeStack) -> dict[str, bytes]:
    url, found = stack.database_url.replace("+psycopg", ""), {}
    with psycopg.connect(url) as first:
        names = [row[0] for row in first.execute("SELECT datname FROM pg_database WHERE datallowconn")]
    for name in names:
        with psycopg.connect(url, dbname=name) as database:
            tables = database.execute(_TABLES).fetchall()
            for schema, table in tables:
                query = psycopg.sql.SQL("SELECT rows::text FROM {} AS rows").format(
                    psycopg.sql.Identifier(schema, table)
                )
                rows = "\n".join(row[0] for row in database.execute(query))
                found[f"{name} {schema}.{table}"] = rows.encode()
    return found


def test_no_answer_of_the_api_has_a_secret(
    secret_stack: WholeStack, secrets_of: Mapping[str, tuple[bytes, ...]]
) -> None:
    base = f"http://127.0.0.1:{secret_stack.environment['PORT']}"
    wrong = {"Authorization": "Bearer of-nothing"}
    paths = ("/health", "/health/ready", "/docs", "/openapi.json", "/metrics", "/api/v1/orders", "/nowhere")
    with httpx.Client(base_url=base, timeout=10) as anybody, secret_stack.api as trader:
        answers = [*(anybody.get(path) for path in paths), anybody.get("/api/v1/orders", headers=wrong)]
        answers += [trader.get(f"/{path}") for path in ("orders", "alerts", "accounts", "positions", "orders/nobody")]
        answers.append(trader.post("/orders", content=b"{"))
        answers.append(trader.post("/orders", json={"symbol": "nothing"}))
    assert {200, 400, 401, 404} <= {answer.status_code for answer in answers}
    found = {f"{each.status_code} {each.url}": each.content + str(each.headers).encode() for each in answers}
    assert _leaks(found, secrets_of) == []


def test_no_command_prints_a_secret(secret_stack: WholeStack, secrets_of: Mapping[str, tuple[bytes, ...]]) -> None:
    """But the address of the demo's own database, and tokens for who asks for one: that is what they are for."""
    found = {"status": _printed(secret_stack, "status"), "alerts": _printed(secret_stack, "alerts")}
    found["a wrong command"] = _printed(secret_stack, "close-unknown", "nobody", "--user", "minh", "--reason", "none")
    assert _leaks(found, secrets_of) == []
    shown = {secret: forms for secret, forms in secrets_of.items() if secret != "database password"}
    assert _leaks({"start": TOKEN.sub(b"", secret_stack.printed.encode())}, shown) == []


def _printed(stack: WholeStack, *arguments: str) -> bytes:
    done = subprocess.run(  # noqa: S603 - our own program
        [str(OMS), *arguments], env=dict(stack.environment), cwd=PROJECT, capture_output=True, check=False, timeout=90
    )
    return done.stdout + done.stderr + b"."


def test_no_command_line_has_a_secret(secret_stack: WholeStack, secrets_of: Mapping[str, tuple[bytes, ...]]) -> None:
    """Everybody on the machine can read them."""
    home = str(secret_stack.home.folder)
    ours = [each for each in psutil.process_iter(["pid", "name"]) if _belongs(each, home)]
    found = {f"{each.pid} {each.name()}": "\0".join(each.cmdline()).encode() for each in ours}
    assert len(found) >= 5, "PostgreSQL, Temporal, simulator, worker, API"
    assert _leaks(found, secrets_of) == []


def _belongs(process: psutil.Process, home: str) -> bool:
    try:
        return home in "\0".join(process.cmdline()) or process.environ().get("OMS_HOME") == home
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False
