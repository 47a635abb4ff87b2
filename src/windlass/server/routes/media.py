"""Images, sounds and files that spans and datasets refer to, and questions about them."""

import re
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from pydantic import BaseModel, Field

from windlass.access.principals import Principal
from windlass.canonical import digest_bytes
from windlass.errors import InputError, NotFound
from windlass.evaluation.media.resources import MediaQuestion
from windlass.server.caller import ServicesOf, allowed
from windlass.server.paging import Cursor, Limit
from windlass.server.ranges import asked_range
from windlass.telemetry.lifecycle.media import delete_upload
from windlass.telemetry.media import MediaFile, clean_type
from windlass.telemetry.media_lists import HeldFilePage, list_media

router = APIRouter(prefix="/media", tags=["media"])

Reader = Annotated[Principal, Depends(allowed("trace:read"))]

Writer = Annotated[Principal, Depends(allowed("artifact:write"))]
RunReader = Annotated[Principal, Depends(allowed("run:read"))]
RunWriter = Annotated[Principal, Depends(allowed("run:write"))]

_KEY = re.compile(r"sha256:[0-9a-f]{64}")
_SHOWN = ("image/", "audio/", "video/")
_HARMLESS = {
    # Whoever sent a file chose its type: nothing of it may run as a page of ours.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    # A digest names the same bytes for ever; a shared cache would give them to other projects.
    "Cache-Control": "private, max-age=31536000, immutable",
}


FILE_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}},
    206: {"description": "A part of the file."},
    416: {"description": "The file has no such part."},
}


class KeptFile(BaseModel):
    uri: str
    """What items, outputs and messages name it by."""
    digest: str
    mime_type: str
    size: int


class DeletedFile(BaseModel):
    deleted: bool
    """False where traces refer to it: it goes with the last of them."""


class KeptQuestions(BaseModel):
    questions: list[MediaQuestion] = Field(min_length=1, max_length=100)


@router.post(
    "",
    status_code=201,
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"*/*": {"schema": {"type": "string", "format": "binary"}}},
        }
    },
)
async def put_media(
    request: Request,
    principal: Writer,
    services: ServicesOf,
    goes_with_traces: Annotated[
        bool, Query(description="Whether it is deleted with the last trace that refers to it.")
    ] = False,
) -> KeptFile:
    """Keep a file, which is the body; its type is that of the request. The same bytes are kept once."""
    data = await request.body()
    if not data:
        raise InputError("The body is empty: send the file's bytes.")
    kind = request.headers.get("content-type", "")
    uri = await run_in_threadpool(
        services.media.keep, principal.project, data, kind, uploaded=not goes_with_traces
    )
    return KeptFile(uri=uri, digest=digest_bytes(data), mime_type=clean_type(kind), size=len(data))


@router.get("")
def get_list(principal: Reader, services: ServicesOf, limit: Limit = 50, cursor: Cursor = None) -> HeldFilePage:
    """List the files that the project has, newest first, with how many traces refer to each."""
    return list_media(services.database, services.warehouse, principal.project, limit=limit, cursor=cursor)


@router.get("/questions/{key}")
def get_questions(key: str, principal: RunReader, services: ServicesOf) -> KeptQuestions:
    """Return the questions that a prompt was taken apart into, by the digest of what they were made of."""
    found = services.facilities.media_questions(principal.project).find(key)
    if found is None:
        raise NotFound(f"There are no questions {key!r} in this project.")
    return KeptQuestions(questions=found)


@router.post("/questions/{key}")
def keep_questions(key: str, body: KeptQuestions, principal: RunWriter, services: ServicesOf) -> KeptQuestions:
    """Keep questions unless others are kept already; answers with those that are: the first stay."""
    if not _KEY.fullmatch(key):
        raise InputError("The key of questions is the digest of what they were made of: sha256:…")
    kept = services.facilities.media_questions(principal.project)
    return KeptQuestions(questions=kept.keep(key, body.questions))


@router.delete("/{digest}")
def delete_media(digest: str, principal: Writer, services: ServicesOf) -> DeletedFile:
    """Delete a file that was put there. Where traces refer to it, it stays until the last of them goes."""
    return DeletedFile(deleted=delete_upload(services.warehouse, services.media, principal.project, digest))


@router.get(
    "/{digest}",
    response_class=Response,
    responses=FILE_RESPONSES,
)
def get_media(
    digest: str,
    principal: Reader,
    services: ServicesOf,
    wanted: Annotated[str | None, Header(alias="range", description="The part that is asked for.")] = None,
) -> Response:
    """Return a file of the project, as it was sent, or a part of it."""
    return file_answer(services.media.get(principal.project, digest), digest, wanted)


def file_answer(file: MediaFile, digest: str, wanted: str | None) -> Response:
    """Return the answer with a file, or with the part of it that a Range asks for."""
    is_shown = file.mime_type.startswith(_SHOWN) and file.mime_type != "image/svg+xml"
    name = f'filename="{digest.removeprefix("sha256:")[:12]}"'
    headers = {
        **_HARMLESS,
        "Accept-Ranges": "bytes",
        "Content-Disposition": f"{'inline' if is_shown else 'attachment'}; {name}",
    }
    size = len(file.data)
    try:
        part = asked_range(wanted, size)
    except ValueError:
        return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{size}"})
    if part is None:
        return Response(file.data, media_type=file.mime_type, headers=headers)
    headers["Content-Range"] = part.describe(size)
    return Response(file.data[part.start : part.stop], status_code=206, media_type=file.mime_type, headers=headers)
