"""Whose telemetry is erased: a user's, a session's, a trace's; and in which traces they are."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

import re
from typing import Final, Literal

from opentelemetry.proto.common.v1.common_pb2 import AnyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span
from pydantic import BaseModel, Field, model_validator

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.conventions import COLUMNS
from windlass.telemetry.values import encode_value

_COLUMN: Final = {"user": "user", "session": "conversation"}
_SOURCES: Final = {column.name: column.sources for column in COLUMNS}


NAMED_BY_ATTRIBUTES: Final = (
    "arrayExists(name -> attributes[name] IN {texts:Array(String)} OR resource[name] IN {texts:Array(String)}, "
    "{names:Array(String)})"
)
"""Whether a row's attributes, or its resource's, name a subject; binds its `typed_texts` and `attributes`."""


class Subject(BaseModel, frozen=True):
    """One of a user, a session and a trace, by the id that its spans give it."""

    kind: Literal["user", "session", "trace"]
    id: str = Field(min_length=1, max_length=1000)

    @model_validator(mode="after")
    def _check_trace(self) -> "Subject":
        if self.kind == "trace" and not re.fullmatch("[0-9a-f]{32}", self.id):
            raise ValueError(f"{self.id!r} is not a trace id; one has 32 hexadecimal digits, in lower case")
        return self

    @property
    def attributes(self) -> tuple[str, ...]:
        """The attributes in which a span may name it."""
        return _SOURCES[_COLUMN[self.kind]] if self.kind != "trace" else ()

    @property
    def typed_texts(self) -> list[str]:
        """What the warehouse keeps of an attribute with its id: as text or, of a number, as that."""
        texts = [encode_value(AnyValue(string_value=self.id))]
        if re.fullmatch("-?[0-9]{1,18}", self.id):
            texts.append(encode_value(AnyValue(int_value=int(self.id))))
        return texts

    def is_in(self, span: Span) -> bool:
        """Tell whether a span names it."""
        if self.kind == "trace":
            return span.trace_id.hex() == self.id
        return any(
            attribute.key in self.attributes and encode_value(attribute.value) in self.typed_texts
            for attribute in span.attributes
        )


def find_traces(warehouse: Warehouse, project: str, subject: Subject) -> list[str]:
    """Return the ids of the traces in which a subject is named by a span; a trace is in itself."""
    if subject.kind == "trace":
        return [subject.id]
    # An attribute that did not fill the column (a second one, one with a number) is still in the map.
    rows = warehouse.query(
        f"""
        SELECT DISTINCT lower(hex(trace_id)) AS trace FROM spans
        WHERE project = {{project:String}}
          AND ({_COLUMN[subject.kind]} = {{id:String}} OR {NAMED_BY_ATTRIBUTES})
        ORDER BY trace
        """,
        {
            "project": project,
            "id": subject.id,
            "texts": subject.typed_texts,
            "names": list(subject.attributes),
        },
    )
    return [str(row["trace"]) for row in rows]
