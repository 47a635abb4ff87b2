"""What the libraries call a sample's parts, and how theirs become a judgement."""

import importlib
import json
import math
import re
from typing import Any

from windlass.errors import ConfigurationError
from windlass.evaluation.metrics.tool_calls import REFERENCE
from windlass.evaluation.predictions import text_of
from windlass.evaluation.samples import Judgement, Sample
from windlass.evaluation.trajectories import Trajectory, read_trajectory


def module_of(name: str) -> Any:
    """Import a module of a library that stands in the user's own environment. Raises ConfigurationError."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        package = name.partition(".")[0]
        raise ConfigurationError(f"{name} cannot be imported ({error}): pip install {package}.") from error


def question_of(sample: Sample) -> str:
    """Return what was asked: the input as text, of an object its `question`."""
    if isinstance(sample.input, dict) and isinstance(sample.input.get("question"), str):
        return str(sample.input["question"])
    return text_of(sample.input)


def passages_of(sample: Sample) -> list[str]:
    return [context.text for context in sample.contexts]


def reference_of(sample: Sample) -> str | None:
    """Return the first of the right answers; the libraries know one."""
    return next(iter(sample.references), None)


def reference_calls(sample: Sample) -> Trajectory | None:
    calls = sample.metadata.get(REFERENCE)
    return None if calls is None else read_trajectory(calls)


def output_text(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def metric_name(name: str) -> str:
    """Return a name as metrics have them: `Answer Relevancy` is `answer_relevancy`."""
    words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9._-]+", "_", words.lower()).strip("_") or "metric"


def judged(value: object, explanation: str, source: Any) -> Judgement:
    """Return a score of theirs; one that is no number of its own is undefined, and kept as the label."""
    if isinstance(value, bool | int | float) and math.isfinite(value):
        return Judgement(float(value), "", explanation, source)
    label = value if isinstance(value, str) else "undefined"
    return Judgement(None, label, explanation, source)
