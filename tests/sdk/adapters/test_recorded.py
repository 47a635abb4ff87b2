"""The adapters over what ragas 0.4 and deepeval 4 promise, written down here: the packages are 600 and 70 MB, and
test_real.py says the same of themselves where they are installed.
"""

import asyncio
import sys
from types import ModuleType
from typing import Any

import pytest
from pydantic import BaseModel

import windlass
from windlass.errors import ConfigurationError, InputError
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Context, Judgement, Sample
from windlass.models.scripted import ScriptedServer

SAMPLE = Sample(
    item="a",
    input={"question": "Where is Paris?"},
    reference=["In France.", "France"],
    metadata={
        "reference_trajectory": [{"tool_name": "find", "tool_input": {"q": "Paris"}}],
        "reference_contexts": ["Paris lies in France."],
    },
    output="In France.",
    contexts=(Context("geo.md", "", "Paris lies in France."),),
    trajectory=(windlass.ToolCall("find", {"q": "Paris"}, tool_output={"in": "France"}),),
)


class Named(BaseModel):
    """Something of a library that is made of named values."""

    model_config = {"extra": "allow"}


class Result:
    def __init__(self, value: object, reason: str | None = None) -> None:
        self.value, self.reason = value, reason


def judged(evaluator: Evaluator, sample: Sample = SAMPLE) -> Judgement:
    return asyncio.run(evaluator.judge(sample))


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("ragas.messages")
    for name in ("HumanMessage", "AIMessage", "ToolMessage", "ToolCall"):
        setattr(module, name, type(name, (Named,), {}))
    monkeypatch.setitem(sys.modules, "ragas.messages", module)


class Grounded:
    """As metrics of `ragas.metrics.collections` are."""

    name = "grounded"
    llm = object()

    async def ascore(
        self,
        user_input: str,
        response: str,
        retrieved_contexts: list[str],
        reference_contexts: list[str],
        rubrics: dict[str, str] | None = None,
    ) -> Result:
        said = (user_input, response, retrieved_contexts, reference_contexts, rubrics)
        return Result(0.5, repr(said))


def test_a_metric_gets_the_parts_that_it_names(messages: None) -> None:
    evaluator = windlass.from_ragas(Grounded(), name="g", higher_is_better=False)
    assert (evaluator.name, evaluator.needs, evaluator.higher_is_better) == (
        "g",
        ("metadata.reference_contexts",),
        False,
    )
    answer = judged(evaluator)
    assert (answer.value, answer.source) == (0.5, "judge")
    passages = ["Paris lies in France."]
    assert answer.explanation == repr(("Where is Paris?", "In France.", passages, passages, None))


class OfCalls:
    name = "ToolCallThings"

    async def ascore(
        self,
        user_input: "list[HumanMessage]",  # type: ignore[name-defined]  # noqa: F821
        reference_tool_calls: list[Any],
    ) -> Result:
        kinds = [type(each).__name__ for each in user_input]
        return Result(float(reference_tool_calls[0].args == {"q": "Paris"}), ", ".join(kinds))


def test_one_of_conversations_gets_the_calls_and_what_they_answered(messages: None) -> None:
    evaluator = windlass.from_ragas(OfCalls())
    assert (evaluator.name, evaluator.needs) == ("tool_call_things", ("metadata.reference_trajectory",))
    assert judged(evaluator) == Judgement(1.0, "", "HumanMessage, AIMessage, ToolMessage, AIMessage")


class Worded:
    name = "worded"

    def __init__(self, word: object) -> None:
        self.word = word

    async def ascore(self, **parts: Any) -> Result:
        assert parts["response"] == "In France."
        return Result(self.word if parts.get("llm") != "model" else "fail")


@pytest.mark.parametrize(
    ("word", "value", "label"),
    [
        ("pass", 1.0, ""),
        ("fail", 0.0, ""),
        ("rude", None, "rude"),
        (float("nan"), None, "undefined"),
        (True, 1.0, ""),
    ],
)
def test_words_have_worth_where_they_are_given_one(
    messages: None, word: object, value: float | None, label: str
) -> None:
    answer = judged(windlass.from_ragas(Worded(word)))
    assert (answer.value, answer.label) == (value, label)


def test_a_prompt_alone_is_asked_with_the_model_that_is_given(messages: None) -> None:
    assert judged(windlass.from_ragas(Worded("pass"), llm="model")) == Judgement(0.0, "", "", "judge")
    assert judged(windlass.from_ragas(Worded("mild"), values={"mild": 0.3})).value == 0.3


class Older:
    """As metrics of `ragas.metrics` are."""

    name = "older"
    required_columns = {"SINGLE_TURN": {"response", "reference", "user_input"}}  # noqa: RUF012 - as theirs is

    async def single_turn_ascore(self, sample: Any) -> float:
        return float(sample.response == sample.reference and not hasattr(sample, "reference_tool_calls"))


def test_one_of_the_older_kind_gets_a_sample(messages: None, monkeypatch: pytest.MonkeyPatch) -> None:
    class SingleTurnSample(BaseModel):
        user_input: str | None = None
        response: str | None = None
        reference: str | None = None
        retrieved_contexts: list[str] | None = None

    module = ModuleType("ragas.dataset_schema")
    module.SingleTurnSample = SingleTurnSample  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "ragas.dataset_schema", module)
    evaluator = windlass.from_ragas(Older())
    assert (evaluator.needs, judged(evaluator).value) == (("reference",), 1.0)


class Relevant:
    """As metrics of deepeval are: what is said last is kept in the object."""

    __name__ = "Answer Relevancy"
    _required_params = ("input", "expected_output", "expected_tools")
    model = object()
    score: float | None = None
    reason = ""

    def measure(self, test_case: Any) -> float:
        raise AssertionError("not asked here")

    async def a_measure(self, test_case: Any, _show_indicator: bool = True) -> float:
        assert not _show_indicator
        self.score = float(test_case.actual_output == test_case.expected_output)
        await asyncio.sleep(0)
        self.reason = f"{test_case.tools_called[0].name}, {len(test_case.retrieval_context)}"
        return self.score


@pytest.fixture
def cases(monkeypatch: pytest.MonkeyPatch) -> None:
    module = ModuleType("deepeval.test_case")
    for name in ("LLMTestCase", "ToolCall"):
        setattr(module, name, type(name, (Named,), {}))
    monkeypatch.setitem(sys.modules, "deepeval.test_case", module)


def test_a_metric_of_deepeval_gets_a_case_and_keeps_samples_apart(cases: None) -> None:
    metric = Relevant()
    evaluator = windlass.from_deepeval(metric)
    assert (evaluator.name, evaluator.needs) == (
        "answer_relevancy",
        ("reference", "metadata.reference_trajectory"),
    )

    async def both() -> list[Judgement]:
        other = Sample(**{**{name: getattr(SAMPLE, name) for name in Sample.__slots__}, "output": "Elsewhere."})
        return list(await asyncio.gather(evaluator.judge(SAMPLE), evaluator.judge(other)))

    assert asyncio.run(both()) == [Judgement(1.0, "", "find, 1", "judge"), Judgement(0.0, "", "find, 1", "judge")]
    assert metric.score is None


def test_what_is_no_metric_and_what_is_not_installed_are_said(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="A str is no metric of ragas"):
        windlass.from_ragas("faithfulness")
    with pytest.raises(InputError, match="A str is no metric of deepeval"):
        windlass.from_deepeval("bias")
    monkeypatch.setitem(sys.modules, "ragas.llms.base", None)
    with pytest.raises(ConfigurationError, match="pip install ragas"):
        windlass.ragas_model("openai:x", base_url="http://127.0.0.1:1")


def test_a_model_of_windlass_answers_text_and_what_their_schema_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    class Answer(BaseModel):
        verdict: int

    for name, base in (("ragas.llms.base", "InstructorBaseRagasLLM"), ("deepeval.models", "DeepEvalBaseLLM")):
        module = ModuleType(name)
        setattr(module, base, type(base, (), {"__init__": lambda self, *_: None}))
        monkeypatch.setitem(sys.modules, name, module)
    with ScriptedServer(lambda messages: f'{{"verdict": {len(messages[-1].content)}}}') as server:
        ragas = windlass.ragas_model("openai:judge", base_url=server.url)
        deepeval = windlass.deepeval_model("openai:judge", base_url=server.url)
        assert ragas.generate("four", Answer) == Answer(verdict=4)
        assert asyncio.run(ragas.agenerate("seven", Answer)) == Answer(verdict=5)
        assert deepeval.generate("four") == '{"verdict": 4}'
        assert asyncio.run(deepeval.a_generate("seven", Answer)) == Answer(verdict=5)
        assert deepeval.get_model_name() == "openai:judge"
