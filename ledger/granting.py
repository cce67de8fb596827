"""Which user may use which account: a grant makes the user where there is none; no role changes by surprise."""

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from ledger.accounts import Role, UnknownAccountError, UserGrants, grants, load_account
from ledger.tables import APP_USER, USER_GRANT


@dataclass(frozen=True, slots=True)
class NewGrant:
    """What a user shall be able to do. A role is the user's, in every account; `user` is the `sub` of a token.

    `changes_role` says that a known user's other role is meant to change. With `is_default` a request that names no
    account means this one.
    """

    account_id: str
    user: str
    role: Role
    is_default: bool = False
    changes_role: bool = False


@dataclass(frozen=True, slots=True)
class RoleDiffers:
    """The user is known in another role, and nothing was written."""

    stored: UserGrants


async def grant_account(engine: AsyncEngine, wanted: NewGrant) -> UserGrants | RoleDiffers:
    """Let a user use an account, in one transaction; all that the user may then do. Raises `UnknownAccountError`."""
    async with engine.begin() as connection:
        if await load_account(connection, wanted.account_id) is None:
            raise UnknownAccountError(wanted.account_id)
        known = await _locked_user(connection, wanted)
        if known.role is not wanted.role and not wanted.changes_role:
            return RoleDiffers(known)
        await _write(connection, wanted)
        return await _granted(connection, wanted.user)


async def _locked_user(connection: AsyncConnection, wanted: NewGrant) -> UserGrants:
    user = {"name": wanted.user, "role": wanted.role.value}
    await connection.execute(insert(APP_USER).values(user).on_conflict_do_nothing())
    # Two grants at once would otherwise leave a user with two default accounts.
    await connection.execute(select(APP_USER.c.name).where(APP_USER.c.name == wanted.user).with_for_update())
    return await _granted(connection, wanted.user)


async def _write(connection: AsyncConnection, wanted: NewGrant) -> None:
    await connection.execute(update(APP_USER).where(APP_USER.c.name == wanted.user).values(role=wanted.role.value))
    grant = {"user_name": wanted.user, "account_id": wanted.account_id, "is_default": False}
    await connection.execute(insert(USER_GRANT).values(grant).on_conflict_do_nothing())
    if wanted.is_default:
        is_this = USER_GRANT.c.account_id == wanted.account_id
        of_user = USER_GRANT.c.user_name == wanted.user
        await connection.execute(update(USER_GRANT).where(of_user).values(is_default=is_this))


async def _granted(connection: AsyncConnection, user: str) -> UserGrants:
    found = await grants(connection, user)
    if found is None:
        raise LookupError(user)
    return found
