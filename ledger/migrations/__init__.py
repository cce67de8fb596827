"""Brings a database to the newest schema; works from any folder and from an installed package."""

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

_LOCK = 7_614_905_312  # any constant: the advisory lock of this product's migrations


def upgrade(database_url: str) -> str:
    """Apply every migration that is missing and return the newest revision; parallel calls wait for each other."""
    engine = create_engine(database_url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
        revision = MigrationContext.configure(connection).get_current_revision()
    if revision is None:
        raise RuntimeError("no migration was found beside ledger/migrations")
    return revision
