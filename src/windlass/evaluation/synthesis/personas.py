"""Personas: who asks. A question is asked otherwise by a beginner in a hurry than by an auditor."""

import csv
import io
import json
from collections.abc import Iterable, Iterator
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from windlass.errors import InputError

COLUMNS: Final = ("name", "description")


class Persona(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    name: Annotated[str, Field(min_length=1, max_length=200)]
    description: Annotated[str, Field(min_length=1, max_length=2000)]
    """Who they are and how they ask."""


def _told_apart(personas: list[Persona]) -> list[Persona]:
    if len({persona.name for persona in personas}) < len(personas):
        raise ValueError("two personas have the same name; give each its own")
    return personas


Personas = Annotated[list[Persona], Field(max_length=100), AfterValidator(_told_apart)]


def parse_personas(text: str, source: str) -> list[Persona]:
    """Read personas of CSV, or of JSON Lines where the file's name ends so. Raises InputError naming the row."""
    rows = _json_rows(text, source) if source.endswith((".jsonl", ".ndjson")) else _csv_rows(text, source)
    personas = [_persona(row, f"{source}, {place}") for place, row in rows]
    if not personas:
        raise InputError(f"{source} has no personas; each is a row with {' and '.join(COLUMNS)}.")
    return personas


def _csv_rows(text: str, source: str) -> Iterator[tuple[str, dict[object, object]]]:
    reader = csv.DictReader(io.StringIO(text))
    _check_columns(reader.fieldnames or (), source)
    for row in reader:
        yield f"line {reader.line_num}", dict(row)


def _json_rows(text: str, source: str) -> Iterator[tuple[str, dict[object, object]]]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except ValueError as error:
            raise InputError(f"{source}, line {number}: this is not JSON ({error}).") from error
        if not isinstance(row, dict):
            raise InputError(f"{source}, line {number}: a persona is a JSON object.")
        _check_columns(row, f"{source}, line {number}")
        yield f"line {number}", row


def _check_columns(columns: Iterable[object], source: str) -> None:
    found = [str(column) for column in columns]
    wanted = " and ".join(COLUMNS)
    if unknown := [column for column in found if column not in COLUMNS]:
        raise InputError(f"{source}: a persona has no {unknown[0]!r}; its columns are {wanted}.")
    if missing := [column for column in COLUMNS if column not in found]:
        raise InputError(f"{source}: the column {missing[0]!r} is missing; a persona has {wanted}.")


def _persona(row: dict[object, object], place: str) -> Persona:
    values = {name: row.get(name) for name in COLUMNS}
    for name, value in values.items():
        if not isinstance(value, str) or not value.strip():
            raise InputError(f"{place}: the persona has no {name}.")
    return Persona.model_validate({name: str(value).strip() for name, value in values.items()})
