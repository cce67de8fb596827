"""The OpenAPI description, told as it is: problems instead of the framework's own validation errors."""

from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from api.problems import Problem

REFERENCE = "#/components/schemas/{model}"
_FRAMEWORK_SCHEMAS = ("HTTPValidationError", "ValidationError")

DESCRIPTION = """Orders on HOSE, HNX and UPCOM. Prices are in thousand VND (`85.5` is 85,500 VND), amounts of money
are whole VND in fields that end in `_vnd`. Every refusal is an RFC 9457 problem with a stable `code`."""


def install(app: FastAPI) -> None:
    def described() -> dict[str, Any]:
        if app.openapi_schema is None:
            app.openapi_schema = _describe(app)
        return app.openapi_schema

    app.openapi = described  # type: ignore[method-assign] # FastAPI's documented way to extend the description


def _describe(app: FastAPI) -> dict[str, Any]:
    document = get_openapi(title=app.title, version=app.version, description=DESCRIPTION, routes=app.routes)
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    problem = Problem.model_json_schema(ref_template=REFERENCE, mode="serialization")
    schemas.update(problem.pop("$defs", {}))
    schemas["Problem"] = problem
    for name in _FRAMEWORK_SCHEMAS:
        schemas.pop(name, None)
    for path in document["paths"].values():
        for operation in path.values():
            _drop_framework_validation(operation["responses"])
    return document


def _drop_framework_validation(responses: dict[str, Any]) -> None:
    """FastAPI adds a 422 of its own wherever there are parameters; ours are 400 problems."""
    content = responses.get("422", {}).get("content", {})
    if "application/json" in content:
        del responses["422"]
