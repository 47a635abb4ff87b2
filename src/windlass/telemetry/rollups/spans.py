"""Rollups of spans: what charts tell apart, and the sums that they show."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Mapping
from typing import Final

from windlass.prices.book import CalledModel, Listing
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.rollups.minutes import MINUTE, Cover, find_cover
from windlass.telemetry.schema import DURABLE
from windlass.telemetry.summaries import NO_SPAN
from windlass.telemetry.tariffs import COLUMNS_TO_PRICE, RATES, UNMET_RATES, Tariff

TABLE: Final = "span_rollups"

DIMENSIONS: Final = (
    "agent",
    "environment",
    "name",
    "operation",
    "provider",
    "release",
    "release_name",
    "request_model",
    "response_model",
    "run",
    "service",
    "tool",
)
"""The texts by which figures are told apart, beside the status and whether a span is a root."""

_KEYS: Final = ", ".join((*DIMENSIONS, "is_root", "status"))

STATEMENT: Final = f"""
CREATE TABLE IF NOT EXISTS {TABLE} (
  project LowCardinality(String), minute UInt32, version DateTime64(6, 'UTC'),
  {", ".join(f"{name} LowCardinality(String)" for name in DIMENSIONS)}, is_root Bool, status UInt8,
  n UInt64, latency AggregateFunction(quantileTDigest, Float32),
  input_tokens Nullable(Int64), input_tokens_unsaid UInt64,
  output_tokens Nullable(Int64), output_tokens_unsaid UInt64,
  cost Nullable(Float64), cost_unsaid UInt64, prices UInt64
) ENGINE = ReplacingMergeTree(version) PRIMARY KEY (project, minute) ORDER BY (project, minute, {_KEYS})
SETTINGS default_compression_codec = 'LZ4', {DURABLE}
"""
"""The rows of a minute hold whose version is the one that it was rolled up as of; and ``cost`` while the rates of
the row's model have the number ``prices``, which is 0 where no rates were needed."""

_OUTDATED: Final = f"prices != 0 AND (prices = {UNMET_RATES} OR prices != {RATES})"
"""Whether the cost of a rollup is by other rates than those of a tariff, whose parameters it takes."""


def roll_up_spans(tariff: Tariff, where: str) -> str:
    """Return what writes the rollups of the spans of some minutes; it takes ``project`` and ``as_of``."""
    read = ", ".join(dict.fromkeys((*DIMENSIONS, *COLUMNS_TO_PRICE, "status", "duration")))
    spans = f"SELECT {read}, parent_span_id = {NO_SPAN} AS is_root FROM spans FINAL WHERE {where}"
    said = ("input_tokens", "output_tokens", "cost")
    sums = ", ".join(f"sum({name}) AS {name}_sum, countIf(isNull({name})) AS {name}_unsaid" for name in said)
    return f"""
    INSERT INTO {TABLE} (project, version, minute, {_KEYS}, n, latency,
      {", ".join(f"{name}, {name}_unsaid" for name in said)}, prices)
    SELECT {{project:String}}, fromUnixTimestamp64Micro({{as_of:Int64}}, 'UTC'), {MINUTE} AS minute, {_KEYS},
      count() AS n, quantileTDigestState(toFloat32(duration)) AS latency, {sums},
      max(if(is_counted, {RATES}, 0)) AS prices
    FROM ({tariff.priced(spans)}) GROUP BY minute, {_KEYS}
    """


def find_priced_cover(
    warehouse: Warehouse, project: str, since_ns: int, until_ns: int, listings: Mapping[CalledModel, Listing]
) -> Cover:
    """Return what ``find_cover`` does, where costs are asked for: rollups by other rates are rolled up again.

    Until they are, spans are read.
    """
    cover = find_cover(warehouse, project, since_ns, until_ns)
    outdated = f"FROM {TABLE} WHERE {cover.rollups()} AND {_OUTDATED}"
    parameters = {"project": project, **Tariff(listings).parameters}
    if not cover.has_rollups or not warehouse.query(f"SELECT 1 {outdated} LIMIT 1", parameters):
        return cover
    warehouse.execute(
        "INSERT INTO rolled_minutes "
        f"SELECT DISTINCT project, minute, now64(6, 'UTC'), toDateTime64(0, 6, 'UTC') {outdated}",
        parameters,
    )
    return find_cover(warehouse, project, since_ns, until_ns)
