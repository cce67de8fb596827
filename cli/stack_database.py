"""Where the database of the stack is, for commands that work with the ledger directly."""

from local.failure import CannotRun
from local.home import open_home, postgres_port
from local.postgres import prepare_folder
from settings import Settings


def stack_database_url(settings: Settings) -> str:
    """`DATABASE_URL`, or the embedded server of this OMS_HOME. Raises `CannotRun` when no stack has run there."""
    if settings.database_url is not None:
        return settings.database_url
    home = open_home(settings.oms_home)
    if not home.postgres_port.exists():
        raise CannotRun(f"no stack has run in OMS_HOME={home.folder}: set it to the folder of the one that runs")
    return prepare_folder(home.postgres).url(postgres_port(home, int(home.postgres_port.read_text())))
