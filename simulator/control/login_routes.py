"""What the owner of the connection key would find on the phone."""

from fastapi import APIRouter

from simulator.control.schemas import OneTimeCodeView
from simulator.one_time_codes import OneTimeCodes


def login_routes(codes: OneTimeCodes) -> APIRouter:
    router = APIRouter(tags=["login"])

    @router.get("/one-time-code")
    async def sent() -> OneTimeCodeView:
        """The code that GetOTP sent last and that no login has used yet."""
        return OneTimeCodeView(code=codes.sent)

    return router
