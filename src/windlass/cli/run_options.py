"""The options of runs, as commands that start one and go on with one have them."""

from collections.abc import Mapping
from typing import Annotated

import typer

Timeout = Annotated[float | None, typer.Option("--timeout", help="Longest seconds for one sample. [default: 600]")]
MaxCost = Annotated[
    float | None, typer.Option("--max-cost", help="Dollars that all model calls may cost: it stops before more.")
]
MaxTokens = Annotated[int | None, typer.Option("--max-tokens", help="Tokens that all model calls may take.")]
RequestsPerMinute = Annotated[
    int | None, typer.Option("--requests-per-minute", help="Ceiling of calls of each model.")
]
TokensPerMinute = Annotated[
    int | None, typer.Option("--tokens-per-minute", help="Ceiling of tokens of each model.")
]
ModelConcurrency = Annotated[
    int | None, typer.Option("--model-concurrency", help="Ceiling of calls of each model at once.")
]
Tools = Annotated[
    str | None,
    typer.Option(
        "--tools",
        help="Which of the release's tools are called: read (those that change nothing), all or none. "
        "[default: read]",
        show_default=False,
    ),
]


def given(**options: object) -> Mapping[str, object]:
    """Return the options that were given, by their names in the API."""
    return {name: value for name, value in options.items() if value is not None}
