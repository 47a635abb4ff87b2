"""The built web UI: its files, and its page for every address that is the UI's own, so that a link opens there."""

from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.responses import FileResponse, HTMLResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.types import Receive, Scope, Send

STATIC = Path(__file__).parent / "static"

_NOT_THE_UI = ("/api/", "/v1/", "/health/", "/assets/")

_NOT_BUILT = (
    "<!doctype html><title>windlass</title><p>The web UI is not built in this checkout: run <code>make ui</code>."
    " The API is described at <a href='/api/v1/openapi.json'>/api/v1/openapi.json</a>."
)

_HEADERS = {
    "content-security-policy": (
        "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; frame-ancestors 'none'"
    ),
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


def serve_ui(app: FastAPI, static: Path = STATIC) -> None:
    """Let an app give the UI wherever it has no route: a known path asked with a wrong method stays 405."""
    app.mount("/assets", _Assets(directory=static / "assets", check_dir=False), name="assets")
    not_found = app.router.not_found

    async def ui(scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if scope["type"] != "http" or path.startswith(_NOT_THE_UI):
            await not_found(scope, receive, send)
            return
        if scope["method"] not in {"GET", "HEAD"}:
            raise HTTPException(405, headers={"Allow": "GET, HEAD"})
        response = await run_in_threadpool(_answer, static, path.lstrip("/"))
        await response(scope, receive, send)

    app.router.default = ui


class _Assets(StaticFiles):
    """Files whose names hold the digest of what is in them: a browser need not ask again for those that it has."""

    def file_response(self, *args: Any, **kwargs: Any) -> Response:
        response = super().file_response(*args, **kwargs)
        response.headers["cache-control"] = "public, max-age=31536000, immutable"
        return response


def _answer(static: Path, path: str) -> Response:
    if _is_file(static, path):
        return FileResponse(static / path, headers=_HEADERS)
    index = static / "index.html"
    if not index.exists():
        return HTMLResponse(_NOT_BUILT, status_code=503)
    return FileResponse(index, headers={"cache-control": "no-cache", **_HEADERS})


def _is_file(static: Path, path: str) -> bool:
    """Tell whether a path is that of a file of the UI, and not of one outside of its folder."""
    try:
        file = (static / path).resolve()
        return file.is_relative_to(static.resolve()) and file.is_file()
    except (OSError, ValueError):
        # A name that no file can have: too long, or with a NUL.
        return False
