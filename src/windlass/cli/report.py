"""`windlass report`: runs, a verdict or an arena as one file, or in the terminal."""

import io
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import written
from windlass.errors import InputError
from windlass.evaluation.wording.language import Language

Format = Literal["terminal", "markdown", "html", "json"]

_FORMS: Final[dict[Format, str]] = {"terminal": "json", "markdown": "md", "html": "html", "json": "json"}
_ENDINGS: Final[dict[str, Format]] = {".html": "html", ".htm": "html", ".md": "markdown", ".json": "json"}


def report(
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            help="One run; two, baseline first; or several on one dataset version.", show_default=False
        ),
    ] = None,
    verdict: Annotated[
        str | None, typer.Option("--verdict", help="Of this verdict instead.", show_default=False)
    ] = None,
    arena: Annotated[
        str | None, typer.Option("--arena", help="Of this arena instead.", show_default=False)
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Write this file; its ending says the format.", show_default=False),
    ] = None,
    form: Annotated[
        Format | None,
        typer.Option(
            "--format",
            help="[default: by the file's ending, html for others; terminal without a file]",
            show_default=False,
        ),
    ] = None,
    lang: Annotated[Language, typer.Option("--lang", help="The language of its words.")] = "en",
    data: Data = None,
) -> None:
    """Write what runs, a verdict or an arena say as one self-contained file, or read it in the terminal."""
    path, others = _asked(runs or [], verdict, arena)
    chosen = form or ("terminal" if output is None else _ENDINGS.get(output.suffix.lower(), "html"))
    if chosen == "terminal" and output is not None:
        raise InputError("A terminal is no file: leave --output out, or choose html, markdown or json.")
    content = io.BytesIO()
    with connect(data) as client:
        client.download(f"{path}/report.{_FORMS[chosen]}", content, **{"with": others or None, "lang": lang})
    if chosen == "terminal":
        # Seconds of imports that other formats and `--help` must not pay for.
        from windlass.cli.report_view import print_report
        from windlass.evaluation.reports.document import Document

        print_report(Document.model_validate_json(content.getvalue()))
        return
    with written(output) as file:
        file.write(content.getvalue())
    if output is not None:
        print(f"{output} holds the report: open it in a browser." if chosen == "html" else f"{output} is written.")


def _asked(runs: list[str], verdict: str | None, arena: str | None) -> tuple[str, list[str]]:
    """Return whose report is asked for, and the runs beside it."""
    if sum([bool(runs), verdict is not None, arena is not None]) != 1:
        raise InputError("Say what to report on: runs, or one of --verdict and --arena.")
    if verdict is not None:
        return f"/verdicts/{verdict}", []
    if arena is not None:
        return f"/arenas/{arena}", []
    return f"/runs/{runs[-1]}", runs[:-1]
