"""Images, sounds and files that spans refer to."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from windlass.access.principals import Principal
from windlass.server.caller import ServicesOf, allowed

router = APIRouter(prefix="/media", tags=["media"])

Reader = Annotated[Principal, Depends(allowed("trace:read"))]

_SHOWN = ("image/", "audio/", "video/")
_HARMLESS = {
    # Whoever sent a file chose its type: nothing of it may run as a page of ours.
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    "X-Content-Type-Options": "nosniff",
    "Cross-Origin-Resource-Policy": "same-origin",
    # A digest names the same bytes for ever; a shared cache would give them to other projects.
    "Cache-Control": "private, max-age=31536000, immutable",
}


@router.get(
    "/{digest}",
    response_class=Response,
    responses={200: {"content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}}},
)
def get_media(digest: str, principal: Reader, services: ServicesOf) -> Response:
    """Return a file that a span of the project refers to, as it was sent."""
    file = services.media.get(principal.project, digest)
    is_shown = file.mime_type.startswith(_SHOWN) and file.mime_type != "image/svg+xml"
    name = f'filename="{digest.removeprefix("sha256:")[:12]}"'
    disposition = f"{'inline' if is_shown else 'attachment'}; {name}"
    return Response(
        file.data, media_type=file.mime_type, headers={**_HARMLESS, "Content-Disposition": disposition}
    )
