"""Fixtures that tests of every room may ask for."""

from hypothesis import settings

from tests.support.database import database_url, engine, ledger, postgres_url
from tests.support.log_output import log_plainly
from tests.support.one_stack import stack

__all__ = ["database_url", "engine", "ledger", "postgres_url", "stack"]

log_plainly()

# Whether a property holds is no question of how busy the machine is.
settings.register_profile("everywhere", deadline=None)
settings.load_profile("everywhere")
