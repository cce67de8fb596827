"""For each row of the outcome table a host, or the lack of one, that makes it happen; most name every secret."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

from broker.fastconnect.connection import FastConnect
from broker.fastconnect.credentials import Timeouts
from broker.fastconnect.quotas import Quota
from broker.fastconnect.trading_login import ONE_TIME_CODE
from broker.fastconnect.unknowns import SIMULATED
from broker.port import Accepted, NotSent, Outcome, Refused, Unknown
from tests.broker import client as made
from tests.broker.loopback import LOGIN, Answer, Breakdown, Host, Request, Script, login_answer, running, signed_in

NEW_ORDER = "/api/v2/Trading/NewOrder"
KEY = made.pem()
SPOKEN = f"{made.CONSUMER_ID} {made.CONSUMER_SECRET} {made.PIN} {KEY}"
"""A host that answers with our own secrets, as a careless proxy or debug page does."""


def told(status: int, http_status: int = 200) -> Answer:
    """SSI's body, which repeats every secret."""
    body = {"message": f"because {SPOKEN}", "status": status, "data": {"echo": SPOKEN}}
    return Answer(http_status, json.dumps(body).encode(), headers=(f"Retry-After: {made.PIN}",))


def page(http_status: int) -> Answer:
    return Answer(http_status, f"<html>{SPOKEN}</html>".encode(), f"text/html+{made.CONSUMER_SECRET}")


@dataclass(frozen=True)
class Happening:
    """What a host does with orders, and what becomes of the order; `sent` tells how often it must have been sent."""

    case: str
    script: Script
    outcome: type[Outcome]
    timeouts: Timeouts = made.PATIENT
    sent: int = 1


def orders_get(case: str, answer: Answer | Breakdown, outcome: type[Outcome]) -> Happening:
    limits = made.HURRIED if answer is Breakdown.HANG else made.PATIENT
    return Happening(case, signed_in(lambda _: answer), outcome, limits)


def nothing_is_sent(case: str, login: Answer | Breakdown) -> Happening:
    """Used as a host for the rows whose orders never leave."""
    limits = made.HURRIED if login is Breakdown.HANG else made.PATIENT
    return Happening(case, lambda request: _only_login(request, login), NotSent, limits, sent=0)


def _only_login(request: Request, login: Answer | Breakdown) -> Answer | Breakdown:
    return login if request.path == LOGIN else told(200)


HAPPENINGS: tuple[Happening, ...] = (
    Happening("no-turn", signed_in(lambda _: told(200)), NotSent, sent=0),
    Happening("needs-otp", signed_in(lambda _: told(200)), NotSent, sent=0),
    nothing_is_sent("no-token", told(400)),
    nothing_is_sent("no-token", told(401, 401)),
    nothing_is_sent("no-token", told(500, 500)),
    nothing_is_sent("no-token", told(200)),
    nothing_is_sent("no-token", page(502)),
    nothing_is_sent("no-token", Breakdown.HANG),
    nothing_is_sent("no-token", Breakdown.RESET),
    Happening("no-connection", signed_in(lambda _: told(200)), NotSent, sent=0),
    orders_get("lost", Breakdown.RESET, Unknown),
    orders_get("lost", Breakdown.CLOSE, Unknown),
    orders_get("lost", Breakdown.HANG, Unknown),
    orders_get("lost", replace(told(200), missing=30), Unknown),
    orders_get("lost", Answer(200, b"junk", headers=("Content-Encoding: gzip",)), Unknown),
    orders_get("http-429", page(429), NotSent),
    orders_get("http-429", told(200, 429), NotSent),
    orders_get("http-5xx", page(502), Unknown),
    orders_get("http-5xx", told(400, 503), Unknown),
    orders_get("http-3xx", replace(page(302), headers=(f"Location: /{made.PIN}",)), Unknown),
    orders_get("not-ssi", page(200), Unknown),
    orders_get("not-ssi", page(404), Unknown),
    orders_get("not-ssi", Answer(200, b'{"message":"Suc'), Unknown),
    orders_get("not-ssi", Answer(200, b""), Unknown),
    orders_get("not-ssi", Answer(200, b"[1]"), Unknown),
    orders_get("not-ssi", Answer(200, json.dumps({"message": SPOKEN, "status": SPOKEN}).encode()), Unknown),
    Happening("http-error-body", signed_in(lambda _: told(400, 400)), Unknown),
    orders_get("accepted", told(200), Accepted),
    orders_get("unauthorised", told(401), NotSent),
    orders_get("unauthorised", told(401, 401), NotSent),
    orders_get("status-429", told(429), NotSent),
    orders_get("duplicate", told(408), Unknown),
    orders_get("duplicate", told(409, 409), Unknown),
    orders_get("refused", told(400), Refused),
    orders_get("refused", told(400, 400), Refused),
    orders_get("refused", told(40_014), Refused),
    orders_get("other-status", told(204), Unknown),
    orders_get("other-status", told(500), Unknown),
    orders_get("other-status", told(200, 400), Unknown),
    orders_get("other-status", told(40_100), Unknown),
)


@asynccontextmanager
async def happening(given: Happening) -> AsyncIterator[tuple[FastConnect, Host]]:
    """A client and its host, of which each order meets what is given."""
    async with running(given.script) as host:
        keys, behaviour = made.credentials(host.url), SIMULATED
        if given.case == "needs-otp":
            keys = replace(keys, two_factor_type=ONE_TIME_CODE, code="")
        if given.case == "no-turn":
            behaviour = replace(behaviour, assumed_quotas=(Quota(0, 1.0),))
        if given.case == "http-error-body":
            behaviour = replace(behaviour, envelope_in_http_error_counts=False)
        async with FastConnect(keys, given.timeouts, behaviour) as broker:
            if given.case == "no-connection":
                await _goes_away_after_the_login(broker, host)
            yield broker, host


async def _goes_away_after_the_login(broker: FastConnect, host: Host) -> None:
    login = login_answer()
    host.script = lambda _: replace(login, headers=("Connection: close",))
    await broker.access()
    host.stop()
