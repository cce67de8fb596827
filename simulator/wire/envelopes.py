"""SSI's answers: the outcome is in the body's `status`; the HTTP code follows it only when that switch is on."""

from dataclasses import dataclass

from starlette.responses import JSONResponse

from simulator.switches import Words

_UNAUTHORIZED = 401
_HTTP_ERRORS = range(400, 600)


@dataclass(frozen=True, slots=True)
class Answer:
    """A body as SSI sends it; `code` is what HTTP would say if it were asked to."""

    body: dict[str, object]
    code: int = 200

    def response(self, *, http_errors: bool) -> JSONResponse:
        return JSONResponse(self.body, status_code=self.code if http_errors else 200)


def success(data: object) -> Answer:
    return Answer({"message": "Success", "status": 200, "data": data})


def plain_success() -> Answer:
    """GetOTP answers without `data`."""
    return Answer({"message": "Success", "status": 200})


def failure(message: str, status: int = 400) -> Answer:
    return Answer({"message": message, "status": status, "data": None}, status)


def rows(data: list[dict[str, object]], total: int) -> Answer:
    """The data host's envelope, whose `status` is a word."""
    return Answer({"data": data, "message": "Success", "status": "Success", "totalRecord": total})


def data_failure(message: str) -> Answer:
    """The data host's refusals carry their status as a string."""
    return Answer({"message": message, "status": "400"}, 400)


def refusal(words: Words, given: str = "") -> Answer:
    """A refusal in the words of the switches; one of a missing right comes without `data`."""
    body: dict[str, object] = {"message": words.message.replace("{given}", given), "status": words.status}
    if words.status != _UNAUTHORIZED:
        body["data"] = None
    return Answer(body, words.status if words.status in _HTTP_ERRORS else 400)
