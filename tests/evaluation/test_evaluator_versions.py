"""Evaluators that are artifacts."""

from dataclasses import replace

import pytest

from windlass.access.principals import LOCAL_ADMIN
from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.artifacts.registry import Registry
from windlass.errors import InputError
from windlass.evaluation.evaluator_making import make_evaluator
from windlass.evaluation.evaluator_versions import choose_evaluators, restore_evaluators
from windlass.evaluation.samples import Context, Sample

THIRD_IS_RIGHT = Sample(
    item="a",
    input="?",
    reference="",
    metadata={"page": "p.md"},
    output="",
    contexts=(Context("x.md", "", ""), Context("y.md", "", ""), Context("p.md", "", "")),
)


def test_a_version_is_a_function_with_parameters_under_its_own_name() -> None:
    three = make_evaluator("recall-at-3", EvaluatorBody(function="recall_at", parameters={"k": 3}))
    two = make_evaluator("recall-at-2", EvaluatorBody(function="recall_at", parameters={"k": 2}))
    assert (three.name, three(THIRD_IS_RIGHT).value) == ("recall-at-3", 1.0)
    assert (two.name, two(THIRD_IS_RIGHT).value) == ("recall-at-2", 0.0)
    assert make_evaluator("mine", EvaluatorBody(function="token_f1")).name == "mine"


@pytest.mark.parametrize(
    ("function", "parameters", "problem"),
    [
        ("nothing", {}, "uses the function 'nothing'"),
        ("token_f1", {"k": 3}, "uses the function 'token_f1' with parameters"),
        ("recall_at", {}, "k of recall_at is wrong: Missing required argument. Its parameters are: k."),
        ("recall_at", {"k": 0}, "k of recall_at is wrong: Input should be greater than or equal to 1"),
        ("ndcg_at", {"k": "ten"}, "k of ndcg_at is wrong: Input should be a valid integer"),
    ],
)
def test_an_unknown_function_or_parameter_is_refused(
    function: str, parameters: dict[str, int | str], problem: str
) -> None:
    with pytest.raises(InputError, match=problem):
        make_evaluator("mine", EvaluatorBody(function=function, parameters=dict(parameters)))


def test_a_run_keeps_the_version_it_began_with(registry: Registry) -> None:
    registry.push(LOCAL_ADMIN, "evaluator", "depth", {"function": "recall_at", "parameters": {"k": 2}})
    chosen = choose_evaluators(registry, LOCAL_ADMIN.project, ["depth", "token_f1"])
    registry.push(LOCAL_ADMIN, "evaluator", "depth", {"function": "recall_at", "parameters": {"k": 3}})
    restored = restore_evaluators(registry, LOCAL_ADMIN.project, ["depth", "token_f1"], chosen.versions)
    assert [each.name for each in restored] == ["depth", "token_f1"]
    assert restored[0](THIRD_IS_RIGHT).value == 0.0


def test_parameters_that_nest_come_back_from_the_registry_whole(registry: Registry) -> None:
    schema = {"type": "object", "required": ["a"], "properties": {"a": {"enum": ["배포", 1.5, None]}}}
    registry.push(LOCAL_ADMIN, "evaluator", "shape", {"function": "json_schema", "parameters": {"schema": schema}})
    (shape,) = choose_evaluators(registry, LOCAL_ADMIN.project, ["shape"]).evaluators
    assert [shape(replace(THIRD_IS_RIGHT, output=output)).value for output in ('{"a": "배포"}', '{"a": 2}')] == [
        1,
        0,
    ]


def test_an_evaluator_that_does_not_exist_is_refused_with_those_that_do(registry: Registry) -> None:
    with pytest.raises(InputError, match="no evaluator 'magic'; built in are bleu, chrf"):
        choose_evaluators(registry, LOCAL_ADMIN.project, ["magic"])
