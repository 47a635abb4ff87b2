"""The tables of docs/reference/conventions.md: what is read from where, and what of each instrumentation."""

from collections.abc import Iterator

from tests.telemetry.golden.facts import FACTS, Recording, cell, loaded
from windlass.telemetry.conventions import COLUMNS, ENTITIES, KINDS, Column
from windlass.telemetry.vocabulary import OPERATIONS, PROVIDERS

_SIGNS = {"read": "●", "kept": "○", "not sent": "", "none": "–"}


def columns() -> Iterator[str]:
    """Give a line for each canonical column: where it is read from, the preferred place first."""
    for column in COLUMNS:
        yield f"| `{column.name}` | {', '.join(map(_source, column.sources))} | {_of_resource(column)} |"


def vocabulary() -> Iterator[str]:
    """Give a line for each word of another convention that is read as one of OpenTelemetry's."""
    for column, words in (("operation", OPERATIONS), ("provider", PROVIDERS)):
        for meaning in dict.fromkeys(words.values()):
            others = ", ".join(f"`{word}`" for word, said in words.items() if said == meaning)
            yield f"| `{column}` | {f'`{meaning}`' if meaning else 'none'} | {others} |"


def kinds() -> str:
    return ", ".join(f"`{name}`" for name in KINDS)


def entities() -> str:
    return ", ".join(f"`{name}`" for name in ENTITIES)


def matrix() -> Iterator[str]:
    """Give the fidelity matrix: a line for each recording, as a warehouse reads it."""
    with loaded() as recordings:
        yield "| recorded | " + " | ".join(fact.name for fact in FACTS) + " |"
        yield "|---|" + "---|" * len(FACTS)
        for recording in recordings:
            cells = [_SIGNS[cell(fact, recording)] for fact in FACTS]
            yield f"| [{recording.name}](#recordings) | " + " | ".join(cells) + " |"
        yield ""
        yield "## Recordings"
        yield ""
        yield "| name | what ran | with |"
        yield "|---|---|---|"
        for recording in recordings:
            yield f"| `{recording.name}` | {recording.about} | {_packages(recording)} |"


def _packages(recording: Recording) -> str:
    return ", ".join(f"`{name}` {version}" for name, version in recording.packages.items())


def _source(source: str) -> str:
    return f"`{source}`"


def _of_resource(column: Column) -> str:
    return ", ".join(map(_source, column.resource))
