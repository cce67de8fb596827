"""A token of a demo user for the command line."""

from api.tokens import issue
from cli.configuration import command_settings
from local.environment import has_demo, signing_key
from local.failure import CannotRun
from local.home import open_home

DEMO_USERS = ("trader", "viewer", "operator")


def demo_token(user: str) -> str:
    """A signed JWT of `user`. Raises `CannotRun` for an unknown user, and where there are no demo users."""
    settings = command_settings()
    if user not in DEMO_USERS:
        raise CannotRun(f"--user was {user!r}: allowed are {', '.join(DEMO_USERS)}")
    if not has_demo(settings):
        raise CannotRun("demo users exist in simulation only, not with SSI credentials or ENVIRONMENT=production")
    secret = signing_key(settings, open_home(settings.oms_home))
    return issue(user, secret, settings.access_token_expire_minutes, settings.algorithm)
