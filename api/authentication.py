"""Who calls: a bearer token names the user, the ledger names the user's role and accounts."""

from dataclasses import dataclass
from typing import Annotated

import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from api.problems import ProblemCode, ProblemRaised
from api.resources import Deadline, DeadlineOf, Resources, resources_of
from api.tokens import TokenFault, verify
from ledger.accounts import Role, UserGrants

_bearer = HTTPBearer(bearerFormat="JWT", auto_error=False, description="A token from `oms token <user>`.")
_REALM = 'Bearer realm="oms"'


_MAY_TRADE = frozenset({Role.TRADER, Role.OPERATOR})


@dataclass(frozen=True, slots=True)
class Caller:
    """The user of this request with the accounts granted."""

    user: str
    role: Role
    accounts: frozenset[str]
    default_account: str | None

    def account(self, asked: str | None) -> str:
        """The account a request is for: the one asked, the default, or the only one."""
        if asked is not None:
            if asked not in self.accounts:
                raise ProblemRaised(ProblemCode.ACCOUNT_NOT_FOUND, f"No account of yours; {self._choice()}")
            return asked
        if self.default_account is not None:
            return self.default_account
        if len(self.accounts) == 1:
            return next(iter(self.accounts))
        raise ProblemRaised(ProblemCode.ACCOUNT_AMBIGUOUS, f"There is no default account; {self._choice()}")

    def _choice(self) -> str:
        return f"you may use {', '.join(sorted(self.accounts)) or 'none'}: name one in account_id."


async def caller(
    request: Request,
    credentials: Annotated[HTTPAuthorizationCredentials | None, Depends(_bearer)],
    resources: Annotated[Resources, Depends(resources_of)],
    deadline: DeadlineOf,
) -> Caller:
    """The caller of this request, or a 401 problem."""
    if credentials is None:
        detail = "Send Authorization: Bearer <token>."
        raise ProblemRaised(ProblemCode.NO_TOKEN, detail, headers={"WWW-Authenticate": _REALM})
    claims = verify(credentials.credentials, resources.secret_key, resources.algorithm)
    if claims is TokenFault.EXPIRED:
        raise _invalid("The token has expired: get a new one.")
    if claims is TokenFault.INVALID:
        raise _invalid("The token is not one of ours.")
    grants = await _grants(claims.user, resources, deadline)
    if grants is None:
        raise _invalid("The token's user is not known here.")
    structlog.contextvars.bind_contextvars(user=claims.user)
    request.state.user = claims.user
    return Caller(claims.user, grants.role, frozenset(grants.account_ids), grants.default_account_id)


CallerOf = Annotated[Caller, Depends(caller)]


async def trader(caller: CallerOf) -> Caller:
    """The caller, who must be allowed to trade."""
    if caller.role not in _MAY_TRADE:
        allowed = " and ".join(sorted(_MAY_TRADE))
        raise ProblemRaised(ProblemCode.ROLE_MAY_NOT_TRADE, f"Role {caller.role} may not trade; {allowed} may.")
    return caller


TraderOf = Annotated[Caller, Depends(trader)]


async def operator(caller: CallerOf) -> Caller:
    """The caller, who must be an operator."""
    if caller.role is not Role.OPERATOR:
        raise ProblemRaised(ProblemCode.OPERATOR_ONLY, f"Role {caller.role} may not do this; {Role.OPERATOR} may.")
    return caller


OperatorOf = Annotated[Caller, Depends(operator)]


async def _grants(user: str, resources: Resources, deadline: Deadline) -> UserGrants | None:
    patience = resources.patience
    seconds = patience.remembered if resources.grants.remembers(user) else patience.database
    return await resources.grants.read(user, resources.ledger, deadline.within(seconds))


def _invalid(detail: str) -> ProblemRaised:
    challenge = f'{_REALM}, error="invalid_token", error_description="{detail}"'
    return ProblemRaised(ProblemCode.INVALID_TOKEN, detail, headers={"WWW-Authenticate": challenge})
