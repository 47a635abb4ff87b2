"""Metrics of Vertex AI as files, read and written back."""

import io
from typing import Any

import pytest
import yaml

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError
from windlass.evaluation.evaluator_making import make_evaluator
from windlass.evaluation.portable.portable import PortableEvaluator, parameters_of
from windlass.evaluation.portable.vertex_metrics import is_metric, metric_of, write_metric

TEMPLATE = """\
# Instruction
You are an expert evaluator. Look at {response} with care.

# Evaluation
## Metric Definition
You will assess fluency.

## Criteria
Words: the right ones.

## Rating Rubric
5: (Very good). It reads
   as if written by hand.
1: (Bad). It does not.

# User Inputs and AI-generated Response
## User Inputs
### Prompt
{prompt}
### Page
{page}

## AI-generated Response
{response}
"""


def metric(**more: Any) -> dict[str, Any]:
    step: dict[str, Any] = {
        "type": "pointwise_metric",
        "prompt": {"template": TEMPLATE, "system_instruction": "Be strict."},
        "model": {"model_name_or_endpoint": "publishers/google/models/gemini-2.5-flash"},
    }
    metadata = {"name": "Text Fluency", "version": "1.0", "required_inputs": ["prompt", "response", "page"]}
    return {"metadata": metadata, "steps": [{**step, **more}]}


def written(evaluator: PortableEvaluator) -> dict[str, Any]:
    file = io.BytesIO()
    write_metric(evaluator, file, version="3")
    content: dict[str, Any] = yaml.safe_load(file.getvalue())
    return content


def test_a_pointwise_metric_is_a_rubric_that_can_be_made() -> None:
    assert is_metric(metric())
    read = metric_of(metric(), "x.yaml")
    assert (read.name, read.body["function"], read.notes != ()) == ("text_fluency", "rubric", True)
    parameters: Any = read.body["parameters"]
    assert parameters == {
        "model": "google:gemini-2.5-flash",
        "criteria": "Be strict.\n\nYou are an expert evaluator. Look at the output with care.\n\n"
        "You will assess fluency.\n\nWords: the right ones.",
        "inputs": ["output", "input", "metadata.page"],
        "scores": {"5": "(Very good). It reads as if written by hand.", "1": "(Bad). It does not."},
    }
    made = make_evaluator(read.name, EvaluatorBody.model_validate(read.body), lambda *_: _never_asked)
    assert made.needs == ("metadata.page",)


async def _never_asked(*_: object) -> Any:
    raise AssertionError


def test_a_rubric_is_written_and_read_as_the_same() -> None:
    parameters = {
        "model": "google:gemini-2.5-flash",
        "criteria": "Does it answer?\n\n# Not a heading of theirs\nAsk twice.",
        "inputs": ["input", "reference", "contexts", "output"],
        "scores": {"1": "it does not", "2": "it does"},
    }
    body = {"description": "Whether it answers.", "function": "rubric", "parameters": parameters}
    content = written(PortableEvaluator("answers", body))
    assert content["metadata"] == {
        "name": "answers",
        "description": "Whether it answers.",
        "version": "3",
        "required_inputs": ["prompt", "reference", "context", "response"],
    }
    assert metric_of(content, "x").body == body


def test_a_pairwise_judge_is_written_and_read_as_the_same() -> None:
    parameters = {
        "model": "google:gemini-2.5-flash",
        "criteria": "Which answers better?",
        "against": "metadata.baseline",
        "inputs": ["input"],
    }
    content = written(PortableEvaluator("better", {"function": "pairwise", "parameters": parameters}))
    assert content["steps"][0]["type"] == "pairwise_metric"
    assert "baseline_model_response" in content["metadata"]["required_inputs"]
    assert metric_of(content, "x").body == {"function": "pairwise", "parameters": parameters}


def test_a_flat_metric_is_read_too() -> None:
    flat = {"name": "fluency", "prompt_template": TEMPLATE, "judge_model": "gemini-2.5-pro"}
    assert parameters_of(metric_of(flat, "x").body)["model"] == "google:gemini-2.5-pro"


def test_a_model_of_another_provider_is_not_written() -> None:
    parameters = {"model": "openai:m", "criteria": "c", "scores": {"0": "no", "1": "yes"}}
    content = written(PortableEvaluator("a", {"function": "rubric", "parameters": parameters}))
    assert "model" not in content["steps"][0]
    with pytest.raises(InputError, match="names none: say which with `--model"):
        metric_of(content, "x")


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        ({"steps": []}, "is no metric of Vertex AI"),
        ({**metric(), "steps": []}, "one step is read"),
        (
            metric(type="rubric"),
            "one step is read, of the type .*; this has rubric",
        ),
        (metric(output={"type": "raw"}), "its output is raw text"),
        (metric(prompt={"template": "Judge."}), "no placeholder such as {response}"),
        (metric(prompt={"template": "Judge {response}."}), "no `## Rating Rubric`"),
        (metric(prompt={"template": TEMPLATE + "{other}"}), "has {other}, which is not in `required_inputs`"),
        (metric(prompt={"template": TEMPLATE.replace("5:", "A:")}), "'A' is none"),
        ({**metric(), "metadata": {"required_inputs": []}}, "the metric has no name"),
    ],
    ids=range(9),
)
def test_a_metric_that_cannot_be_read_says_why(content: dict[str, Any], problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        metric_of(content, "x.yaml")


def test_code_is_no_metric_of_vertex() -> None:
    with pytest.raises(InputError, match="asks no model to grade"):
        written(PortableEvaluator("a", {"function": "token_f1"}))
