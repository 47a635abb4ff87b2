"""Errors as RFC 9457 problem documents, translated in this one place."""

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from pydantic import BaseModel
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from windlass.errors import ConfigurationError, Overloaded, Unavailable, WindlassError

MEDIA_TYPE = "application/problem+json"

_OPENAI_PATHS = ("/v1/chat/", "/v1/models")
"""Whoever calls these reads errors as OpenAI writes them."""

log = logging.getLogger(__name__)


class Problem(BaseModel):
    """RFC 9457 problem details."""

    type: str
    title: str
    status: int
    detail: str
    instance: str


def add_problem_handlers(app: FastAPI) -> None:
    """Answer every error of an app with a problem document."""
    app.add_exception_handler(WindlassError, _windlass_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(UnicodeEncodeError, _not_text)
    app.add_exception_handler(ClientDisconnect, _client_gone)
    app.add_exception_handler(Exception, _unexpected_error)


def problem_response(
    request: Request, status: int, title: str, detail: str, headers: dict[str, str] | None = None
) -> JSONResponse:
    """Return an error as its caller reads it: RFC 9457, or OpenAI's shape where OpenAI's clients call."""
    if request.url.path.startswith(_OPENAI_PATHS):
        error = {"message": detail, "type": title, "param": None, "code": None}
        return JSONResponse({"error": error}, status_code=status, headers=headers)
    slug = title.lower().replace(" ", "-")
    problem = Problem(
        type=f"urn:windlass:problem:{slug}",
        title=title,
        status=status,
        detail=detail,
        instance=request.url.path,
    )
    return JSONResponse(problem.model_dump(), status_code=status, headers=headers, media_type=MEDIA_TYPE)


def _windlass_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, WindlassError)
    if isinstance(error, ConfigurationError):
        log.error("%s: %s", request.url.path, error.message)
    elif isinstance(error, Unavailable) and not isinstance(error, Overloaded):
        # Whoever runs the server must learn of an engine that fails; the caller is only asked to try again.
        log.warning("%s: %s", request.url.path, error.message)
    headers = {"Retry-After": str(error.retry_after_s)} if isinstance(error, Unavailable) else None
    return problem_response(request, error.status, error.title, error.message, headers)


def _validation_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, RequestValidationError)
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    # What a validator of ours says is a sentence already.
    said = first["msg"].removeprefix("Value error, ").removesuffix(".")
    return problem_response(request, 422, "Invalid input", f"{place}: {said}.")


def _http_error(request: Request, error: Exception) -> JSONResponse:
    assert isinstance(error, HTTPException)
    detail = str(error.detail)
    if error.status_code == HTTPStatus.NOT_FOUND:
        detail = f"There is nothing at {request.url.path}; the API is described at /api/v1/openapi.json."
    title = HTTPStatus(error.status_code).phrase
    return problem_response(request, error.status_code, title, detail, dict(error.headers or {}))


def _not_text(request: Request, error: Exception) -> JSONResponse:
    # JSON can write half of a surrogate pair, and no engine stores it: it is the caller's wherever it is noticed.
    del error
    detail = (
        "The request holds half of a surrogate pair (\\ud800 to \\udfff), which is no character: send whole ones."
    )
    return problem_response(request, 422, "Invalid input", detail)


def _client_gone(request: Request, error: Exception) -> JSONResponse:
    # Nobody reads this: the client went away in the middle of its body, which is no error of the server.
    del error
    return problem_response(request, 400, "Bad request", "The body was cut off on its way; send it again.")


def _unexpected_error(request: Request, error: Exception) -> JSONResponse:
    log.error("%s: unexpected error", request.url.path, exc_info=error)
    return problem_response(
        request,
        500,
        "Internal error",
        "windlass failed at something that it should not fail at; the server's log has the details.",
    )
