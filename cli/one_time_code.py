"""`oms otp`: a person's one-time code, from hidden input to the worker that signs in with it."""

import asyncio
import re
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Final

import typer
from sqlalchemy.exc import OperationalError
from temporalio.client import Client, WorkflowQueryFailedError, WorkflowQueryRejectedError
from temporalio.service import RPCError

from cli.configuration import command_settings
from cli.stack_database import stack_database_url
from ledger.database import open_engine
from ledger.ledger import Ledger
from ledger.one_time_codes import FORM
from local.failure import CannotRun
from local.ports import LOOPBACK
from market.calendar import VIETNAM
from settings import Settings
from workflows.access_state import AccessState, AccessView
from workflows.calling_access import access_view, have_access_looked_at, have_code_sent
from workflows.payloads import DATA_CONVERTER

PATIENCE_SECONDS: Final = 40.0
"""A login takes up to 15 s, and one that is under way is waited for first."""

_LOOK_SECONDS = 0.2


@dataclass(frozen=True, slots=True)
class _Access:
    client: Client
    connection_id: str

    async def view(self) -> AccessView:
        """Raises `CannotRun` when codes have no meaning here, or nobody answers."""
        try:
            view = await access_view(self.client, self.connection_id)
        except (RPCError, WorkflowQueryFailedError, WorkflowQueryRejectedError) as problem:
            raise CannotRun(
                f"the trading access of connection {self.connection_id} does not answer; is the worker running?"
            ) from problem
        if view is None:
            raise CannotRun("the worker has not looked at the trading access yet; try again in a moment")
        if not view.found.by_code:
            raise CannotRun(f"connection {self.connection_id} signs in by PIN and never needs a one-time code")
        return view

    async def after(self, before: AccessView, seen: Callable[[AccessView], object]) -> AccessView:
        """The first view in which something else is seen. Raises `CannotRun` when none comes in time."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                while seen(view := await self.view()) == seen(before):  # noqa: ASYNC110 - a query can only be repeated
                    await asyncio.sleep(_LOOK_SECONDS)
                return view
        except TimeoutError:
            raise CannotRun("the worker has not answered in time; `oms logs worker` may tell why") from None


def enter_code(connection_id: str) -> str:
    """Ask for a code with hidden input and sign in with it; returns until when. Raises `CannotRun` with the reason."""
    settings = command_settings()
    before = _run(settings, connection_id, _Access.view)
    print(_state(before))
    code = str(typer.prompt("One-time code", hide_input=True)).strip()
    if not re.fullmatch(FORM, code):
        raise CannotRun("that was no one-time code: one has 4 to 12 letters or digits")
    asyncio.run(_leave(settings, connection_id, code))

    async def sign_in(access: _Access) -> AccessView:
        now = await access.view()
        await have_access_looked_at(access.client, connection_id)
        return await access.after(now, lambda view: view.found.seen_at)

    found = _run(settings, connection_id, sign_in)
    if found.found.state is not AccessState.SIGNED_IN or found.found.text:
        raise CannotRun(f"the code did not sign in: {found.found.text}; a new one: `oms otp --request`")
    return _state(found)


def request_code(connection_id: str) -> str:
    """Have the broker send a code; returns what came of it. Raises `CannotRun` when nobody answers."""

    async def ask(access: _Access) -> AccessView:
        before = await access.view()
        await have_code_sent(access.client, connection_id)
        return await access.after(before, lambda view: view.request and view.request.asked_at)

    view = _run(command_settings(), connection_id, ask)
    said = "" if view.request is None else view.request.text
    return f"{said}; {view.codes_left} more can be asked for before the broker blocks codes"


def _state(view: AccessView) -> str:
    until = view.found.until if view.task is None else view.task.until
    by = "" if until is None else f"{until.astimezone(VIETNAM):%Y-%m-%d %H:%M:%S} (Vietnam)"
    if view.task is None:
        return f"{view.connection_id}: signed in until {by}"
    return f"{view.connection_id}: a one-time code is needed by {by}: {view.found.text}"


def _run(
    settings: Settings, connection_id: str, work: Callable[[_Access], Coroutine[Any, Any, AccessView]]
) -> AccessView:
    async def connected() -> AccessView:
        client = await _temporal(settings)
        try:
            return await work(_Access(client, connection_id))
        except RPCError as problem:
            raise CannotRun(f"Temporal does not answer: {problem.status.name}") from problem

    return asyncio.run(connected())


async def _temporal(settings: Settings) -> Client:
    address = settings.temporal_address or f"{LOOPBACK}:{settings.temporal_port}"
    try:
        return await Client.connect(address, namespace=settings.temporal_namespace, data_converter=DATA_CONVERTER)
    except RuntimeError as problem:  # what the SDK raises for a server that does not answer
        raise CannotRun(f"Temporal at {address} does not answer; is the stack running?") from problem


async def _leave(settings: Settings, connection_id: str, code: str) -> None:
    engine = open_engine(stack_database_url(settings))
    try:
        await Ledger(engine).leave_one_time_code(connection_id, code)
    except OperationalError as problem:
        raise CannotRun(f"the database does not answer; is the stack running? {problem.orig}") from None
    finally:
        await engine.dispose()
