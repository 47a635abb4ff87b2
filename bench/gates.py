"""The statistics of a gate: a decision on 100,000 pairs, and the bootstrap of five metrics.

    python bench/gates.py [--pairs 100000] [--items 5000] [--resamples 10000] [--repeats 5]

`gate` decides by a primary metric and two guardrails, with the report of slices: on samples in memory, and on
columns, as a server reads the scores of stored runs;
`bootstrap` draws the BCa intervals of five metrics. One JSON line of each; times are the median of the repeats.
"""

import argparse
import json
import statistics
import time
from collections.abc import Callable, Mapping

import numpy as np

from windlass.evaluation.gates.deciding import decide
from windlass.evaluation.gates.rules import GateRule, Requirement
from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.items_by_id import VersionItems
from windlass.evaluation.result_columns import Results
from windlass.evaluation.run_scores import scores_of_results
from windlass.evaluation.samples import Item, Judgement, Prediction, SampleResult
from windlass.evaluation.scored_samples import ScoredItems
from windlass.evaluation.statistics.bootstrap import bootstrap_intervals
from windlass.evaluation.statistics.paired import paired_difference

METRICS = 5
TOPICS = 20
RULE = GateRule(
    primary=Requirement(metric="f1", kind="superiority"),
    guardrails=[
        Requirement(metric="right", kind="non_inferiority", margin=0.02),
        Requirement(metric="cost_usd", kind="non_inferiority", margin_ratio=0.1),
    ],
)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=100_000)
    parser.add_argument("--items", type=int, default=5000)
    parser.add_argument("--resamples", type=int, default=10_000)
    parser.add_argument("--repeats", type=int, default=5)
    arguments = parser.parse_args()
    for held in ("samples", "columns"):
        decided = timed(gate(arguments.pairs, held), arguments.repeats)
        print(json.dumps({"bench": "gate", "held": held, "pairs": arguments.pairs, "metrics": 3, **decided}))
    drawn = timed(bootstrap(arguments.items, arguments.resamples), arguments.repeats)
    sizes = {"items": arguments.items, "metrics": METRICS, "resamples": arguments.resamples}
    print(json.dumps({"bench": "bootstrap", **sizes, **drawn}))


def timed(work: Callable[[], object], repeats: int) -> dict[str, float]:
    """Return the median seconds, and those of the processor, which others on the machine lengthen less."""
    times, processor = [], []
    for _ in range(repeats):
        began, worked = time.perf_counter(), time.process_time()
        work()
        times.append(time.perf_counter() - began)
        processor.append(time.process_time() - worked)
    return {"s": round(statistics.median(times), 3), "cpu_s": round(statistics.median(processor), 3)}


def gate(pairs: int, held: str) -> Callable[[], object]:
    generator = np.random.default_rng(1)
    items = {
        f"i{number}": Item(id=f"i{number}", input="?", metadata={"topic": f"t{number % TOPICS}"})
        for number in range(pairs)
    }
    before: Results = results(items, generator, 0.0)
    after: Results = results(items, generator, 0.01)
    known: Mapping[str, Item] = items
    if held == "columns":
        known = version = VersionItems(list(items.values()), ItemIndex(items))
        before, after = (
            ScoredItems(scores_of_results(each.values(), version.ids.of_version), version.ids)
            for each in (before, after)
        )
    directions = {"f1": True, "right": True, "cost_usd": False}
    return lambda: decide(before, after, RULE, items=known, higher_is_better=directions)


def results(items: dict[str, Item], generator: np.random.Generator, shift: float) -> dict[str, SampleResult]:
    f1 = generator.beta(2, 2, len(items)) + shift
    right = generator.random(len(items)) < 0.8 + shift
    cost = generator.lognormal(-5, 1, len(items))
    return {
        item: SampleResult(
            item=item,
            trace_id=f"{number:032x}",
            span_id=f"{number:016x}",
            start_ns=0,
            end_ns=1,
            prediction=Prediction(output="x"),
            judgements={
                "f1": Judgement(float(f1[number])),
                "right": Judgement(float(right[number])),
                "cost_usd": Judgement(float(cost[number])),
            },
        )
        for number, item in enumerate(items)
    }


def bootstrap(items: int, resamples: int) -> Callable[[], object]:
    generator = np.random.default_rng(2)
    compared = [paired_difference(*generator.random((2, items))) for _ in range(METRICS)]
    return lambda: bootstrap_intervals(compared, [0.95] * METRICS, resamples=resamples)


if __name__ == "__main__":
    main()
