"""The formats by name, and which one a file is in."""

import json
from collections.abc import Mapping
from itertools import islice
from pathlib import Path
from typing import Final

from windlass.errors import InputError
from windlass.evaluation.formats import adk, delimited, hugging_face, json_lines, parquet, promptfoo, vertex
from windlass.evaluation.formats.format import Format, load_json, opened
from windlass.evaluation.formats.promptfoo_csv import has_tests

FORMATS: Final[Mapping[str, Format]] = {
    each.name: each
    for each in (
        Format(
            "jsonl",
            "JSON Lines, an item a line",
            json_lines.read_lines,
            json_lines.write_lines,
            suffixes=(".jsonl", ".ndjson"),
            has_columns=True,
        ),
        Format(
            "json",
            "a JSON array of items",
            json_lines.read_array,
            json_lines.write_array,
            suffixes=(".json",),
            has_columns=True,
        ),
        Format(
            "csv",
            "comma-separated values with a header",
            delimited.read_csv,
            delimited.write_csv,
            suffixes=(".csv",),
            has_columns=True,
        ),
        Format(
            "tsv",
            "tab-separated values with a header",
            delimited.read_tsv,
            delimited.write_tsv,
            suffixes=(".tsv",),
            has_columns=True,
        ),
        Format(
            "parquet",
            "Parquet",
            parquet.read_parquet,
            parquet.write_parquet,
            suffixes=(".parquet",),
            has_columns=True,
        ),
        Format(
            "hugging-face",
            "a folder of Hugging Face datasets",
            hugging_face.read_folder,
            write_folder=hugging_face.write_folder,
            has_columns=True,
        ),
        Format(
            "promptfoo",
            "tests of promptfoo",
            promptfoo.read_promptfoo,
            promptfoo.write_promptfoo,
            suffixes=(".yaml", ".yml"),
        ),
        Format(
            "adk", "eval sets of Google's ADK", adk.read_adk, adk.write_adk, suffixes=(".evalset.json", ".json")
        ),
        Format(
            "vertex",
            "evaluation datasets of Vertex AI",
            vertex.read_vertex,
            vertex.write_vertex,
            suffixes=(".json",),
        ),
    )
}

WRITABLE: Final = tuple(name for name, each in FORMATS.items() if each.write is not None)
"""Those of one file."""

SUFFIXES: Final[Mapping[str, str]] = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".json": "json",
    ".csv": "csv",
    ".tsv": "tsv",
    ".parquet": "parquet",
    ".yaml": "promptfoo",
    ".yml": "promptfoo",
}
"""What a file is by its name, if nothing in it says otherwise."""


def format_named(name: str) -> Format:
    """Return a format. Raises InputError for an unknown name."""
    if name not in FORMATS:
        raise InputError(f"There is no format {name!r}; there are {', '.join(FORMATS)}.")
    return FORMATS[name]


def format_to_write(path: Path) -> Format:
    """Return the format that the name of a file to write asks for, JSON Lines where it asks for none."""
    if path.name.lower().endswith(".evalset.json"):
        return FORMATS["adk"]
    return FORMATS[SUFFIXES.get(path.suffix.lower(), "jsonl")]


def format_of(path: Path) -> Format:
    """Return the format that a file is in, by its name and by what is in it. Raises InputError."""
    if path.is_dir():
        return FORMATS["hugging-face"]
    name = SUFFIXES.get(path.suffix.lower())
    match name:
        case None:
            raise InputError(f"{path}: its name says no format; say it with `--format` ({', '.join(FORMATS)}).")
        case "json":
            name = _of_json(load_json(path))
        case "jsonl":
            name = _of_lines(path)
        case "csv":
            name = "promptfoo" if has_tests(path) else "csv"
        case _:
            pass
    return FORMATS[name]


def _of_json(content: object) -> str:
    if isinstance(content, Mapping):
        if "tests" in content:
            return "promptfoo"
        cases = content.get("eval_cases", content.get("evalCases"))
        first = cases[0] if isinstance(cases, list) and cases else {}
        adk_names = {"eval_id", "evalId", "conversation", "conversation_scenario", "conversationScenario"}
        is_adk = "eval_set_id" in content or (isinstance(first, Mapping) and adk_names & first.keys())
        return "adk" if is_adk else "vertex" if cases is not None else "json"
    first = content[0] if isinstance(content, list) and content else None
    if not isinstance(first, Mapping):
        return "json"
    if "query" in first or {"name", "data"} <= first.keys():
        return "adk"
    return "promptfoo" if _is_test(first) else "json"


def _of_lines(path: Path) -> str:
    """Look at the first line that says something; what is wrong with it is the reader's to say."""
    with opened(path, newline="\n") as file:
        first = next((line for line in islice(file, 100) if line.strip()), "")
    try:
        return "promptfoo" if _is_test(json.loads(first)) else "jsonl"
    except (ValueError, RecursionError):
        return "jsonl"


def _is_test(value: object) -> bool:
    return isinstance(value, Mapping) and "vars" in value and "input" not in value
