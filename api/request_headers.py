"""Headers that make a repeated request safe: the key that names it, and the version that it was made for."""

from typing import Annotated

from fastapi import Header

from api.answers import etag
from api.changing import own_request
from api.finding import Booked, Found, Unread
from api.ledger_port import DatabaseUnavailable
from api.problems import ProblemCode, ProblemRaised

IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[\x20-\x7e]{1,255}$",
        description="The same key of the same user names the same request for good.",
    ),
]
IfMatch = Annotated[str | None, Header(alias="If-Match", description='Change only this version, such as "7".')]


def require_version(found: Found, if_match: str | None, intent_id: str) -> None:
    """Raises a problem for an order at another version (API-08).

    A wish that is booked has been let through before and has itself moved the version: repeated, it gets its outcome.
    """
    if if_match is None or if_match.strip() == "*":
        return
    if isinstance(found, Unread):
        raise DatabaseUnavailable
    if isinstance(found, Booked) and own_request(found.stored.order, intent_id) is not None:
        return
    version = found.stored.version if isinstance(found, Booked) else 0
    if etag(version) in (tag.strip() for tag in if_match.split(",")):
        return
    detail = f"The order is at version {etag(version)}, and If-Match was {if_match[:50]}; look at it again."
    raise ProblemRaised(ProblemCode.VERSION_STALE, detail, headers={"ETag": etag(version)})
