"""A route class whose request bodies are bounded and parsed with exact decimals; FastAPI's own hands out floats."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.routing import APIRoute

from api.numbers import parse_json
from api.problems import ProblemCode, ProblemRaised

LARGEST_BODY = 16_384


class ExactRequest(Request):
    async def body(self) -> bytes:
        if not hasattr(self, "_body"):
            received = bytearray()
            async for chunk in self.stream():
                received += chunk
                if len(received) > LARGEST_BODY:
                    raise ProblemRaised(
                        ProblemCode.BODY_TOO_LARGE, f"The body has more than the {LARGEST_BODY} bytes that are allowed."
                    )
            self._body = bytes(received)
        return self._body

    async def json(self) -> Any:
        try:
            text = (await self.body()).decode()
        except UnicodeDecodeError:
            raise ProblemRaised(ProblemCode.MALFORMED_JSON, "The body is not UTF-8.") from None
        return parse_json(text)


class ExactRoute(APIRoute):
    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_exactly(request: Request) -> Response:
            return await handle(ExactRequest(request.scope, request.receive))

        return handle_exactly


class SecretRoute(ExactRoute):
    """For bodies that hold a secret: a problem names the wrong field and never what was given."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        handle = super().get_route_handler()

        async def handle_secretly(request: Request) -> Response:
            request.state.is_secret = True
            return await handle(request)

        return handle_secretly
