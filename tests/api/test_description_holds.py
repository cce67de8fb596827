"""The API does what its description says: random requests never surprise it, and every answer has its schema."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import CHECKS
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from api.app import create_app
from api.resources import Patience, Resources
from api.tokens import issue
from tests.api.conftest import SECRET
from tests.api.fakes import FakeClock, FakeGateway, FakeLedger, demo_users, stored_order

_LEDGER = FakeLedger(users=demo_users(), rows={stored_order().order.order_id: stored_order()})
_APP = create_app(
    Resources(_LEDGER, FakeGateway(_LEDGER), FakeClock(), SECRET, "HS256", patience=Patience(whole=0.5, deciding=0.1))
)
schema = schemathesis.openapi.from_asgi("/openapi.json", _APP)
_CHECKS: list[Any] = [
    CHECKS.get_one("not_a_server_error"),
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


@schema.parametrize()
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
def test_every_answer_is_as_described(case: schemathesis.Case[Any]) -> None:
    token = issue("trader", SECRET, 5, "HS256")
    case.call_and_validate(headers={"Authorization": f"Bearer {token}"}, checks=_CHECKS)
