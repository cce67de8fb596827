"""Fixtures that tests of every room may ask for."""

from tests.support.database import database_url, engine, ledger, postgres_url

__all__ = ["database_url", "engine", "ledger", "postgres_url"]
