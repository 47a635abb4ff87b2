"""`windlass masking`."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import moment, print_table
from windlass.errors import InputError

app = typer.Typer(
    no_args_is_help=True, help="Show, set and try the rules by which texts are masked before storage."
)


@app.command("show")
def show(data: Data = None) -> None:
    """Print the rules that hold, and how much each has masked."""
    with connect(data) as client:
        masking = client.get("/masking")
    if not masking["revision"]:
        print("Nothing is masked: the project has no rules. Set some with `windlass masking set FILE`.")
        return
    print(f"Revision {masking['revision']}, set {moment(masking['updated'])} by {masking['by']}:")
    print(json.dumps(masking["rules"], indent=2, ensure_ascii=False))
    if masking["masked"]:
        print_table(
            ("rule", "masked", "last"),
            ((masked["rule"], masked["count"], moment(masked["last"])) for masked in masking["masked"]),
            right=("masked",),
        )


@app.command("set")
def set_rules(
    file: Annotated[Path, typer.Argument(help="YAML or JSON with attributes, patterns, detectors and drop.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the audit chain.")] = "",
    data: Data = None,
) -> None:
    """Let the rules of a file hold for all that arrives from now on."""
    rules = _read(file)
    with connect(data) as client:
        masking = client.put("/masking", {"rules": rules, "reason": reason})
    print(f"Revision {masking['revision']} of the masking rules holds.")


@app.command("test")
def try_rules(
    text: Annotated[str, typer.Argument(help="A text to try the rules on.")],
    file: Annotated[
        Path | None,
        typer.Option("--rules", help="Rules of a file instead of those that hold.", show_default=False),
    ] = None,
    data: Data = None,
) -> None:
    """Print what would be stored of a text, and which rule masks what; nothing is stored."""
    sample = {"text": text} if file is None else {"text": text, "rules": _read(file)}
    with connect(data) as client:
        tried = client.post("/masking/dry-run", sample)
    print(tried["text"])
    if tried["findings"]:
        print_table(("rule", "masked"), ((found["rule"], found["count"]) for found in tried["findings"]))


def _read(file: Path) -> Any:
    # Help must not wait for it.
    import yaml

    try:
        return yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except OSError as error:
        raise InputError(f"The rules cannot be read from {file}: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise InputError(f"{file} is neither YAML nor JSON: {' '.join(str(error).split())}.") from error
