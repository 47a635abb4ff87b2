"""What is known of a run's samples in numbers, as columns: what sorts, compares and gates them needs no text."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from windlass.storage.warehouse import Row, Warehouse
from windlass.telemetry.conventions import REPEAT
from windlass.telemetry.summaries import NO_SPAN, integer

Records = NDArray[np.void]

SAMPLES: Final = np.dtype(
    [
        ("item", "<u8"),
        ("repeat", "<u4"),
        ("trace_high", "<u8"),
        ("trace_low", "<u8"),
        ("span", "<u8"),
        ("start_ns", "<i8"),
        ("duration_ns", "<i8"),
        ("received_ns", "<i8"),
        ("answered", "u1"),
        ("finished", "u1"),
    ]
)
VALUES: Final = np.dtype(
    [
        ("trace_high", "<u8"),
        ("trace_low", "<u8"),
        ("named", "u1"),
        ("time_us", "<i8"),
        ("known", "u1"),
        ("value", "<f8"),
        ("label", "<u8"),
    ]
)
FAILURES: Final = np.dtype([("trace_high", "<u8"), ("trace_low", "<u8"), ("error", "<u8"), ("error_type", "<u8")])
ITEMS: Final = np.dtype([("item", "<u8")])

_OF_RUN: Final = "project = {project:String} AND run = {run:String}"
_ROOTS: Final = f"{_OF_RUN} AND item != '' AND parent_span_id = {NO_SPAN}"


def _number(text: str) -> str:
    return f"reinterpretAsUInt64(reverse({text}))"


def _trace(trace_id: str) -> str:
    return (
        f"{_number(f'substring({trace_id}, 1, 8)')} AS trace_high, "
        f"{_number(f'substring({trace_id}, 9, 8)')} AS trace_low"
    )


_TRACE: Final = _trace("trace_id")

_HASH: Final = "reinterpretAsUInt64(substring(SHA256(item), 1, 8))"
"""The first 64 bits of an id's SHA-256: of a million ids two share them once in 37 million datasets."""

_REPEATED: Final = f"SELECT countIf(mapContains(attributes, '{REPEAT}')) AS repeated FROM spans WHERE {_ROOTS}"

_STATE: Final = f"""
SELECT (SELECT (count(), toUnixTimestamp64Nano(max(received))) FROM spans WHERE {_ROOTS}) AS samples,
  (SELECT (count(), toUnixTimestamp64Nano(max(received))) FROM scores WHERE {_OF_RUN}) AS scores
"""


class Marks(NamedTuple):
    """The attributes that say of a root span that its sample is finished, and that it was answered."""

    finished: str
    answered: str


class ScoreName(NamedTuple):
    name: str
    judged: bool
    """Whether a model gave it."""


def state_of_run(warehouse: Warehouse, project: str, run: str) -> tuple[object, ...]:
    """Return what changes when a sample or a score of a run comes, goes or is replaced."""
    (row,) = warehouse.query(_STATE, {"project": project, "run": run})
    return tuple(row.values())


def items_of_run(warehouse: Warehouse, project: str, run: str) -> NDArray[np.uint64]:
    """Return the hashes of the items that have a sample."""
    found = warehouse.records(
        f"SELECT DISTINCT {_HASH} AS hash FROM spans WHERE {_ROOTS}", {"project": project, "run": run}, ITEMS
    )
    return found["item"]


def sample_columns(warehouse: Warehouse, project: str, run: str, marks: Marks) -> Records:
    """Return each finished sample once, the newest where it was tried again."""
    parameters = {"project": project, "run": run, **marks._asdict()}
    (counted,) = warehouse.query(_REPEATED, parameters)
    # The values of the attributes hold whole predictions: they are read for no run that does not repeat its items.
    repeat = f"attributes['{REPEAT}']" if integer(counted["repeated"]) else "''"
    found = warehouse.records(_samples(repeat), parameters, SAMPLES)
    tried = np.lexsort((found["received_ns"], found["start_ns"], found["repeat"], found["item"]))
    same = (found["item"][tried][1:] == found["item"][tried][:-1]) & (
        found["repeat"][tried][1:] == found["repeat"][tried][:-1]
    )
    newest = tried[np.append(~same, True)[: tried.size]]
    finished: Records = found[newest[found["finished"][newest] != 0]]
    return finished


def _samples(repeat: str) -> str:
    return f"""
    SELECT {_HASH} AS hash, greatest(toUInt32OrZero(substring({repeat}, 2)), toUInt32(1)) AS number, {_TRACE},
      {_number("span_id")} AS span, toUnixTimestamp64Nano(start_time) AS start_ns,
      toInt64(duration) AS duration_ns, toUnixTimestamp64Nano(received) AS received_ns,
      toUInt8(mapContains(attributes, {{answered:String}})) AS is_answered,
      toUInt8(mapContains(attributes, {{finished:String}})) AS is_finished
    FROM spans WHERE {_ROOTS}
    """


AMOUNTS: Final = np.dtype(
    [("trace_high", "<u8"), ("trace_low", "<u8"), ("cost_usd", "<f8"), ("latency_s", "<f8"), ("tokens", "<f8")]
)
_AMOUNTS: Final = """
Tuple(cost_usd Nullable(Float64), latency_s Nullable(Float64),
  usage Tuple(input_tokens Nullable(Float64), output_tokens Nullable(Float64)))
"""


def prediction_numbers(warehouse: Warehouse, project: str, run: str, answered: str) -> Records:
    """Return what predictions, which an attribute holds as JSON, say that they took; NaN where they do not."""
    return warehouse.records(
        f"""
        SELECT {_TRACE}, ifNull(took.1, nan) AS cost, ifNull(took.2, nan) AS latency,
          ifNull(took.3.1 + took.3.2, nan) AS tokens
        FROM (
          SELECT trace_id, JSONExtract(substring(attributes[{{answered:String}}], 2), '{_AMOUNTS.strip()}') AS took
          FROM spans WHERE {_ROOTS} AND mapContains(attributes, {{answered:String}})
        )
        """,
        {"project": project, "run": run, "answered": answered},
        AMOUNTS,
    )


class Failures(NamedTuple):
    """Why samples failed: the hashes of what each says, and what has these hashes."""

    records: Records
    errors: Mapping[int, str]
    error_types: Mapping[int, str]


def failures_of_run(warehouse: Warehouse, project: str, run: str, marks: Marks, error_type: str) -> Failures:
    """Return the failed samples with their traces; of those that were tried again, every attempt."""
    parameters = {"project": project, "run": run, "error_type": error_type, **marks._asdict()}
    records = warehouse.records(
        f"SELECT {_TRACE}, cityHash64({_ERROR}) AS error, cityHash64({_ERROR_TYPE}) AS type {_FAILED}",
        parameters,
        FAILURES,
    )
    errors, error_types = (
        _texts(
            warehouse.query(
                f"SELECT cityHash64({text}) AS hash, any({text}) AS text {_FAILED} GROUP BY hash", parameters
            )
        )
        for text in (_ERROR, _ERROR_TYPE)
    )
    return Failures(records, errors, error_types)


_ERROR: Final = "status_message"
# Values of attributes begin with the letter of their type.
_ERROR_TYPE: Final = "substring(attributes[{error_type:String}], 2)"
_FAILED: Final = f"""
FROM spans WHERE {_ROOTS} AND NOT mapContains(attributes, {{answered:String}})
  AND mapContains(attributes, {{finished:String}})
"""


def _texts(rows: Iterable[Row]) -> dict[int, str]:
    return {integer(row["hash"]): str(row["text"]) for row in rows}


def score_names(warehouse: Warehouse, project: str, run: str, *, without: str) -> list[ScoreName]:
    """Return the names of a run's scores; ``without`` is what the evaluators of those left out begin with."""
    rows = warehouse.query(
        f"""
        SELECT name, max(source = 'judge') AS judged FROM scores
        WHERE {_OF_RUN} AND NOT startsWith(evaluator, {{without:String}}) GROUP BY name ORDER BY name
        """,
        {"project": project, "run": run, "without": without},
    )
    return [ScoreName(str(row["name"]), bool(row["judged"])) for row in rows]


_OF_NAME: Final = f"""
scores FINAL PREWHERE {_OF_RUN} AND name = {{name:String}}
WHERE NOT deleted AND NOT startsWith(evaluator, {{without:String}})
"""
"""What is asked before rows are merged is of the key that they are merged by."""


def score_values(warehouse: Warehouse, project: str, run: str, name: str, *, without: str) -> Records:
    """Return the scores of one name, each with the trace that it judges."""
    parameters = {"project": project, "run": run, "name": name, "without": without}
    return warehouse.records(
        f"""
        SELECT {_trace("unhex(trace_id)")}, toUInt8(item != '') AS named, toUnixTimestamp64Micro(time) AS time_us,
          toUInt8(isNotNull(value)) AS known, ifNull(value, nan) AS number, {_LABEL} AS said
        FROM {_OF_NAME}
        """,
        parameters,
        VALUES,
    )


def labels_without_value(
    warehouse: Warehouse, project: str, run: str, name: str, *, without: str
) -> dict[int, str]:
    """Return what scores without a value say instead, by their hashes."""
    rows = warehouse.query(
        f"SELECT {_LABEL} AS hash, any(label) AS text FROM {_OF_NAME} AND isNull(value) GROUP BY hash",
        {"project": project, "run": run, "name": name, "without": without},
    )
    return _texts(rows)


_LABEL: Final = "if(isNull(value), cityHash64(label), 0)"
