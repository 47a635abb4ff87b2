"""Reports: runs, verdicts and arenas as one file."""

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query
from fastapi.responses import Response

from windlass.access.principals import Principal
from windlass.evaluation.reports.document import Document
from windlass.evaluation.reports.html import to_html
from windlass.evaluation.reports.markdown import to_markdown
from windlass.server.caller import ServicesOf, allowed
from windlass.server.languages import LanguageOf

router = APIRouter(tags=["reports"])

RunReader = Annotated[Principal, Depends(allowed("run:read"))]
VerdictReader = Annotated[Principal, Depends(allowed("verdict:read"))]
ArenaReader = Annotated[Principal, Depends(allowed("review:read"))]

Form = Literal["html", "md", "json"]
Others = Annotated[
    list[str] | None,
    Query(alias="with", description="Other runs beside it: with one, it is the candidate and that the baseline."),
]

_TYPES: dict[Form, str] = {"html": "text/html", "md": "text/markdown", "json": "application/json"}


@router.get("/runs/{run_id}/report.{form}", response_class=Response)
def get_run_report(
    run_id: str,
    form: Form,
    principal: RunReader,
    services: ServicesOf,
    language: LanguageOf,
    others: Others = None,
) -> Response:
    """Return a report of a run, of two or of several: one HTML file, Markdown, or the document as JSON."""
    document = services.reports.of_runs(principal.project, [*(others or []), run_id], language)
    return _answer(document, form, run_id)


@router.get("/verdicts/{verdict_id}/report.{form}", response_class=Response)
def get_verdict_report(
    verdict_id: str, form: Form, principal: VerdictReader, services: ServicesOf, language: LanguageOf
) -> Response:
    """Return a report of a verdict: its sentence, its rule and all its evidence."""
    return _answer(services.reports.of_verdict(principal.project, verdict_id, language), form, verdict_id)


@router.get("/arenas/{name}/report.{form}", response_class=Response)
def get_arena_report(
    name: str, form: Form, principal: ArenaReader, services: ServicesOf, language: LanguageOf
) -> Response:
    """Return a report of an arena as it stands."""
    return _answer(services.reports.of_arena(principal.project, name, language), form, f"arena-{name}")


def _answer(document: Document, form: Form, name: str) -> Response:
    if form == "html":
        content = to_html(document)
    elif form == "md":
        content = to_markdown(document)
    else:
        content = document.model_dump_json()
    headers = {
        "content-language": document.language,
        "vary": "accept-language",
        "content-disposition": f'attachment; filename="{name}.{form}"',
        # Opened here it would be a page of this server: it runs nothing, as the file itself says.
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    }
    return Response(content, media_type=f"{_TYPES[form]}; charset=utf-8", headers=headers)
