"""Metrics of Vertex AI as files: `metadata` and `steps` (the autorater's schema), or a flat `Metric` with a
`prompt_template`. A pointwise metric is a rubric here, a pairwise one the pairwise judge.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any, Final

import yaml

from windlass.errors import InputError
from windlass.evaluation.formats.contents import named
from windlass.evaluation.formats.format import load_json, opened
from windlass.evaluation.portable.portable import (
    Body,
    PortableEvaluator,
    google_name,
    model_of,
    parameters_of,
)
from windlass.evaluation.portable.vertex_templates import (
    field_of,
    placeholder_of,
    read_template,
    write_template,
)

_FRAME: Final = "Its criteria and scores stand in windlass's frame: its scores are not Vertex AI's."
_PAIRWISE: Final = {"A": "the baseline is better", "SAME": "neither is better", "B": "the candidate is better"}
_BASELINE: Final = "metadata.baseline"


def load_metric(path: Path) -> object:
    """Return what a file of YAML or JSON holds. Raises InputError."""
    if path.suffix.lower() == ".json":
        return load_json(path)
    with opened(path) as file:
        text = file.read()
    try:
        return yaml.safe_load(text)
    except (yaml.YAMLError, ValueError) as error:
        raise InputError(f"{path}: this cannot be read as YAML: {str(error).splitlines()[0]}.") from error


def is_metric(content: object) -> bool:
    return isinstance(content, Mapping) and (
        {"metadata", "steps"} <= content.keys() or "prompt_template" in content
    )


def metric_of(content: object, place: str, model: str | None = None) -> PortableEvaluator:
    """Return the evaluator of a metric that is read already. Raises InputError."""
    if not isinstance(content, Mapping) or not is_metric(content):
        raise InputError(
            f"{place} is no metric of Vertex AI: it has `metadata` and `steps`, or a `prompt_template`."
        )
    said = _of_steps(content, place) if "steps" in content else _flat(content)
    template = read_template(said["template"], place)
    lacking = [name for name in template.placeholders if name not in said["required_inputs"]]
    if said["required_inputs"] and lacking:
        raise InputError(f"{place}: the template has {{{lacking[0]}}}, which is not in `required_inputs`.")
    criteria = "\n\n".join(part for part in (said["system_instruction"], template.criteria) if part)
    inputs = list(dict.fromkeys(map(field_of, template.placeholders)))
    asked = {"model": model_of(said["model"], model, place), "criteria": criteria}
    description = {"description": said["description"]} if said["description"] else {}
    if said["type"] == "pairwise_metric":
        shown = [each for each in inputs if each not in (_BASELINE, "output")]
        parameters: dict[str, Any] = {**asked, "against": _BASELINE, "inputs": shown}
        return PortableEvaluator(said["name"], {**description, "function": "pairwise", "parameters": parameters})
    words = [score for score in template.scores if not score.lstrip("-").replace(".", "", 1).isdigit()]
    if words:
        raise InputError(f"{place}: the rating rubric of a pointwise metric has numbers; {words[0]!r} is none.")
    parameters = {**asked, "inputs": inputs, "scores": template.scores}
    body: Body = {**description, "function": "rubric", "parameters": parameters}
    return PortableEvaluator(said["name"], body, notes=(_FRAME,))


def write_metric(evaluator: PortableEvaluator, file: IO[bytes], *, version: str) -> None:
    """Write a metric that Vertex AI reads, and that is read as the same evaluator. Raises InputError."""
    function, parameters = evaluator.body.get("function"), parameters_of(evaluator.body)
    if function not in ("rubric", "pairwise"):
        raise InputError(
            f"{evaluator.name} asks no model to grade, which a metric of Vertex AI does: only a rubric and a "
            "pairwise judge are written as one."
        )
    inputs = _inputs(str(function), parameters)
    scores: Any = parameters.get("scores") if function == "rubric" else _PAIRWISE
    assert isinstance(scores, Mapping)
    step: dict[str, Any] = {
        "type": "pointwise_metric" if function == "rubric" else "pairwise_metric",
        "prompt": {"template": write_template(str(parameters.get("criteria", "")), dict(scores), inputs)},
    }
    model = google_name(parameters.get("model"))
    if model is not None:
        step["model"] = {"model_name_or_endpoint": model}
    if function == "pairwise":
        step["options"] = {"flip_enabled": True}
    description = evaluator.body.get("description")
    metadata = {
        "name": evaluator.name,
        **({"description": description} if description else {}),
        "version": version,
        "required_inputs": [placeholder_of(each) for each in inputs],
    }
    content = {"metadata": metadata, "steps": [step]}
    file.write(yaml.safe_dump(content, sort_keys=False, allow_unicode=True).encode())


def _inputs(function: str, parameters: Mapping[str, Any]) -> list[str]:
    if function == "rubric":
        return list(parameters.get("inputs", ["input", "output"]))
    if parameters.get("against", _BASELINE) != _BASELINE:
        raise InputError(
            "A pairwise metric of Vertex AI compares with its baseline: `against: metadata.baseline`."
        )
    return [*parameters.get("inputs", ["input"]), _BASELINE, "output"]


def _of_steps(content: Mapping[str, Any], place: str) -> dict[str, Any]:
    metadata, steps = named(content.get("metadata")), content.get("steps")
    kinds = [named(step).get("type") for step in steps] if isinstance(steps, list) else []
    if kinds not in (["pointwise_metric"], ["pairwise_metric"]):
        raise InputError(
            f"{place}: one step is read, of the type pointwise_metric or pairwise_metric; this has "
            f"{', '.join(map(str, kinds)) or 'none'}."
        )
    assert isinstance(steps, list)
    step = named(steps[0])
    prompt = named(step.get("prompt"))
    if named(step.get("output")).get("type") == "raw":
        raise InputError(f"{place}: its output is raw text, which is no score here.")
    required = metadata.get("required_inputs")
    return {
        "type": step["type"],
        "name": _name(metadata.get("name"), place),
        "description": str(metadata.get("description") or ""),
        "required_inputs": [str(each) for each in required] if isinstance(required, list) else [],
        "template": str(prompt.get("template") or ""),
        "system_instruction": str(prompt.get("system_instruction") or ""),
        "model": named(step.get("model")).get("model_name_or_endpoint"),
    }


def _flat(content: Mapping[str, Any]) -> dict[str, Any]:
    template = str(content.get("prompt_template") or "")
    return {
        "type": "pairwise_metric" if "{baseline_model_response}" in template else "pointwise_metric",
        "name": _name(content.get("name"), "prompt_template"),
        "description": "",
        "required_inputs": [],
        "template": template,
        "system_instruction": str(content.get("judge_model_system_instruction") or ""),
        "model": content.get("judge_model"),
    }


def _name(value: object, place: str) -> str:
    if not isinstance(value, str) or not value:
        raise InputError(f"{place}: the metric has no name.")
    return value.lower().replace(" ", "_")
