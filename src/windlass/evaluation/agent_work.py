"""What each agent did in each sample, from the spans of many samples at once.

A call of a model or a tool is of the agent that its span names (`gen_ai.agent.name`), else of the nearest one
above it that is named; one below no agent is of the agent without a name.
"""

from collections.abc import Mapping
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from windlass.evaluation.item_index import UNKNOWN
from windlass.evaluation.run_scores import Floats, Mask
from windlass.evaluation.trace_rows import TraceRows, mixed
from windlass.telemetry.agent_steps import INVOCATION, MODEL, OTHER, TOOL

Rows = NDArray[np.int64]
Hashes = NDArray[np.uint64]

NOBODY: Final = 0
"""The hash of the agent without a name."""

AMOUNTS: Final = (
    "latency_s",
    "input_tokens",
    "output_tokens",
    "cost_usd",
    "model_calls",
    "tool_calls",
    "failed_tool_calls",
)

_MOST_DOUBLINGS: Final = 40
"""What is further above than two to this is a circle."""


class Work(NamedTuple):
    """What agents did: a row for each agent in each sample in which it was at work."""

    rows: Rows
    """The row of the sample among those of the run."""
    agents: Hashes
    amounts: Mapping[str, Floats]
    """By metric; NaN where it is not defined."""


class Steps:
    """The spans of some samples, each as it was delivered last, in the order of their start."""

    def __init__(self, records: NDArray[np.void], samples: TraceRows, seen: Mask) -> None:
        """Spans of samples that were seen already are left out."""
        rows = samples.find(records["trace_high"], records["trace_low"])
        meant = rows != UNKNOWN
        meant[meant] = ~seen[rows[meant]]
        records, rows = records[meant], rows[meant]
        delivered = np.lexsort((records["received_ns"], records["span"], rows))
        records, rows = records[delivered], rows[delivered]
        last = np.ones(rows.size, dtype=np.bool_)
        last[:-1] = (rows[1:] != rows[:-1]) | (records["span"][1:] != records["span"][:-1])
        records, rows = records[last], rows[last]
        started = np.lexsort((records["span"], records["start_ns"], rows))
        self.records, self.rows = records[started], rows[started]

    def owners(self) -> Hashes:
        """Return the agent of each span: the one it names, else the nearest named above it."""
        agents, above = self.records["agent"], self._parents()
        # Each span points at itself or at its parent; then twice as far up with every round.
        here = np.arange(self.rows.size)
        at = np.where((agents != NOBODY) | (above == UNKNOWN), here, above)
        for _ in range(_MOST_DOUBLINGS):
            further = at[at]
            if (further == at).all():
                break
            at = further
        owners: Hashes = agents[at]
        return owners

    def find(self, rows: Rows, spans: Hashes) -> Rows:
        """Return where spans of samples are among these; UNKNOWN for those that are not."""
        keys = self._keys(self.rows, self.records["span"])
        if not keys.size:
            return np.full(rows.size, UNKNOWN, dtype=np.int64)
        order = np.argsort(keys, kind="stable")
        places = order[np.minimum(np.searchsorted(keys[order], self._keys(rows, spans)), keys.size - 1)]
        same = (self.rows[places] == rows) & (self.records["span"][places] == spans)
        return np.where(same, places, UNKNOWN)

    def _parents(self) -> Rows:
        parents = self.records["parent"]
        found = self.find(self.rows, parents)
        return np.where(parents == 0, UNKNOWN, found)

    @staticmethod
    def _keys(rows: Rows, spans: Hashes) -> Hashes:
        return mixed(rows.astype(np.uint64) + np.uint64(1), spans)


def work_of(steps: Steps, owners: Hashes) -> Work:
    """Sum up what the agents did in each sample."""
    meant = steps.records["kind"] != OTHER
    records, rows, agents = steps.records[meant], steps.rows[meant], owners[meant]
    known, numbers = np.unique(agents, return_inverse=True)
    pairs, groups = np.unique(rows * max(known.size, 1) + numbers, return_inverse=True)
    calls = records["kind"] == MODEL
    tools = records["kind"] == TOOL
    failed = tools & (records["failed"] != 0)
    counts = {
        "model_calls": _count(groups[calls], pairs.size),
        "tool_calls": _count(groups[tools], pairs.size),
        "failed_tool_calls": _count(groups[failed], pairs.size),
    }
    spent = {
        name: _sums(groups[calls], records[name][calls], pairs.size)
        for name in ("input_tokens", "output_tokens", "cost_usd")
    }
    invoked = records["kind"] == INVOCATION
    latency = _latencies(groups[invoked], records[invoked], pairs.size)
    return Work(
        pairs // max(known.size, 1),
        known[pairs % max(known.size, 1)],
        {"latency_s": latency, **spent, **counts},
    )


def _count(groups: Rows, size: int) -> Floats:
    return np.bincount(groups, minlength=size).astype(np.float64)


def _sums(groups: Rows, values: Floats, size: int) -> Floats:
    """Return sums; NaN where one is not known, or there is none: what is not known is not 0."""
    counts, unknown = np.bincount(groups, minlength=size), np.isnan(values)
    sums = np.bincount(groups, weights=np.where(unknown, 0.0, values), minlength=size)
    whole = (counts > 0) & (np.bincount(groups[unknown], minlength=size) == 0)
    return np.where(whole, sums, np.nan)


def _latencies(groups: Rows, invocations: NDArray[np.void], size: int) -> Floats:
    """Return the seconds in which an invocation was under way; those at the same time count once."""
    # By group, and there in the order of their start, which they have already.
    order = np.argsort(groups, kind="stable")
    groups, starts = groups[order], invocations["start_ns"][order]
    ends = starts + invocations["duration_ns"][order]
    # The latest end so far within a group: ends are compared by their ranks, of which every group has its own.
    ranked = np.argsort(ends, kind="stable")
    ranks = np.empty(ends.size, dtype=np.int64)
    ranks[ranked] = np.arange(ends.size)
    latest = np.maximum.accumulate(groups * ends.size + ranks) if ends.size else ranks
    until = starts.copy()
    follows = groups[1:] == groups[:-1]
    until[1:][follows] = ends[ranked[latest[:-1][follows] % max(ends.size, 1)]]
    added = np.maximum(ends - np.maximum(starts, until), 0)
    seconds = np.zeros(size, dtype=np.int64)
    np.add.at(seconds, groups, added)
    return np.where(np.bincount(groups, minlength=size) > 0, seconds / 1e9, np.nan)
