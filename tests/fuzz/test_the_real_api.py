"""Thousands of made-up requests against the real stack: no surprise, and every answer as described."""

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import CHECKS
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.support.reckoning import reckon
from tests.support.whole_stack import WholeStack

pytestmark = [pytest.mark.fuzz, pytest.mark.timeout(900)]

_CHECKS: list[Any] = [
    CHECKS.get_one("not_a_server_error"),
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]


def test_every_answer_is_as_described(stack: WholeStack) -> None:
    schema = schemathesis.openapi.from_url(f"http://127.0.0.1:{stack.environment['PORT']}/openapi.json")
    headers = {"Authorization": f"Bearer {stack.token}"}
    for found in schema.get_all_operations():
        assert isinstance(found, Ok), found
        operation = found.ok()

        @given(case=operation.as_strategy())
        @settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
        def answers_as_described(case: schemathesis.Case[Any]) -> None:
            case.call_and_validate(headers=headers, checks=_CHECKS)

        answers_as_described()


def test_the_books_agree_after_all_that(stack: WholeStack) -> None:
    reckon(stack)
