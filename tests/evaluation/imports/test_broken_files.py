"""Files that are broken in any place are refused with a sentence, or read; nothing else is raised."""

import copy
import json
import math
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from windlass.errors import WindlassError
from windlass.evaluation.formats.format import fields_of
from windlass.evaluation.imports.conversation_spans import Place, conversation_spans
from windlass.evaluation.imports.imported import ImportedSample, ImportOptions
from windlass.evaluation.imports.inspect_files import load_log
from windlass.evaluation.imports.registry import read_runs
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.spans import encode_samples

DATA = Path(__file__).parent / "data"
PLACE = Place("a" * 32, "b" * 16, 0, 1_000, "agent", "", ())
NONSENSE: tuple[Any, ...] = (
    None,
    True,
    -1,
    0.5,
    "",
    "text",
    [],
    [None],
    {},
    {"x": [1]},
    [["y"]],
    10**30,
    "\udc00",
    math.nan,
    "9999-12-31T00:00:00Z",
)
ITEM = Item(id="a", input="?")
BREAKS = 200


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Give every container of a value, with a key or place in it."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, below in entries:
        yield value, key
        yield from places(below)


def contents() -> dict[str, Any]:
    call = {"id": "c", "function": {"name": "cancel", "arguments": '{"id": "A1"}'}}
    said = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": None, "tool_calls": [call]}]
    task = {
        "instruction": "Cancel.",
        "user_id": "mia",
        "actions": [{"name": "cancel", "kwargs": {}}],
        "outputs": ["x"],
    }
    info = {"task": task, "reward_info": {"reward": 1.0, "info": {"r_actions": 1.0}}}
    log = load_log(DATA / "inspect.eval")
    log["samples"] = log["samples"][:2]
    results = json.loads((DATA / "promptfoo.json").read_text(encoding="utf-8"))
    results["results"]["results"] = results["results"]["results"][:3]
    return {
        "tau-bench": [{"task_id": 0, "trial": 0, "reward": 1.0, "info": info, "traj": said}],
        "inspect": {name: log[name] for name in ("version", "status", "eval", "samples")},
        "promptfoo": results,
        "judgements": [{"id": 1, "input": "?", "winner": "A", "why": "better"}],
    }


def result_of(sample: ImportedSample) -> SampleResult:
    start, end = sample.start_ns or 0, sample.end_ns or 0
    return SampleResult(sample.item, "a" * 32, "b" * 16, start, end, sample.prediction, sample.error or None)


@pytest.mark.parametrize("tool", list(contents()))
def test_a_file_that_is_broken_anywhere_is_refused_or_read(tool: str, tmp_path: Path) -> None:
    whole, chance, file = contents()[tool], random.Random(7), tmp_path / "file.json"
    judged = ImportOptions(columns={"verdict": "winner", "explanation": "why"}, verdicts={"A": 1.0})
    options = judged if tool == "judgements" else ImportOptions()
    read = refused = 0
    for _ in range(BREAKS):
        broken = copy.deepcopy(whole)
        container, key = chance.choice(list(places(broken)))
        container[key] = chance.choice(NONSENSE)
        file.write_text(json.dumps(broken), encoding="utf-8")
        try:
            runs = read_runs(tool, file, options)
        except WindlassError:
            refused += 1
            continue
        read += 1
        for run in runs:
            json.dumps([fields_of(item) for item in run.items])
            for sample in run.samples:
                encode_samples([(ITEM, result_of(sample))], {}, conversation_spans(sample, PLACE))
                assert all(math.isfinite(each.value or 0) for each in sample.scores.values())
    assert min(read, refused) > BREAKS / 100
