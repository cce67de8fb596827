"""The page at `/control/`: plain HTML and one script, which needs no other host and works offline."""

from pathlib import Path

from fastapi import APIRouter
from fastapi.responses import FileResponse

_FOLDER = Path(__file__).parent
# A page kept by the browser would go on speaking to an older simulator's routes.
_FRESH = {"Cache-Control": "no-cache"}


def page_routes() -> APIRouter:
    router = APIRouter(include_in_schema=False)

    @router.get("/")
    async def page() -> FileResponse:
        return FileResponse(_FOLDER / "page.html", media_type="text/html", headers=_FRESH)

    @router.get("/page.js")
    async def script() -> FileResponse:
        return FileResponse(_FOLDER / "page.js", media_type="text/javascript", headers=_FRESH)

    return router
