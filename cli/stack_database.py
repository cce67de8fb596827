"""Where the database of the stack is, for commands that work with the ledger directly."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

from sqlalchemy.exc import OperationalError
from sqlalchemy.ext.asyncio import AsyncEngine

from cli.configuration import command_settings
from ledger.database import open_engine
from ledger.ledger import Ledger
from local.failure import CannotRun
from local.home import open_home, postgres_port
from local.postgres import prepare_folder
from settings import Settings

_Answer = TypeVar("_Answer")


def stack_database_url(settings: Settings) -> str:
    """`DATABASE_URL`, or the embedded server of this OMS_HOME. Raises `CannotRun` when no stack has run there."""
    if settings.database_url is not None:
        return settings.database_url
    home = open_home(settings.oms_home)
    if not home.postgres_port.exists():
        raise CannotRun(f"no stack has run in OMS_HOME={home.folder}: set it to the folder of the one that runs")
    return prepare_folder(home.postgres).url(postgres_port(home, int(home.postgres_port.read_text())))


async def with_ledger(work: Callable[[Ledger], Awaitable[_Answer]]) -> _Answer:
    """What `work` finds in the stack's ledger. Raises `CannotRun` when the database does not answer."""
    return await with_engine(stack_database_url(command_settings()), lambda engine: work(Ledger(engine)))


async def with_engine(database_url: str, work: Callable[[AsyncEngine], Awaitable[_Answer]]) -> _Answer:
    """What `work` finds at the address. Raises `CannotRun` when the database does not answer."""
    engine = open_engine(database_url)
    try:
        return await work(engine)
    except OperationalError as problem:
        raise CannotRun(f"the database does not answer; is the stack running? {problem.orig}") from problem
    finally:
        await engine.dispose()
