"""The adapters over ragas and deepeval themselves, where they are installed beside windlass: see the reference of
evaluators. CI installs neither; what they promise is written down in test_recorded.py.
"""

import asyncio
from typing import Any

import pytest

import windlass
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.samples import Context, Judgement, Sample
from windlass.models.completion import Usage
from windlass.models.scripted import ScriptedServer

SAMPLE = Sample(
    item="a",
    input={"question": "Where is Paris?"},
    reference="In France.",
    metadata={"reference_trajectory": [{"tool_name": "find", "tool_input": {"q": "Paris"}}]},
    output="In France.",
    contexts=(Context("geo.md", "", "Paris lies in France."),),
    usage=Usage(10, 5),
    latency_s=0.5,
    trajectory=(windlass.ToolCall("find", {"q": "Paris"}, tool_output="France"),),
)


def judged(evaluator: Evaluator) -> Judgement:
    return asyncio.run(evaluator.judge(SAMPLE))


def test_metrics_of_ragas_that_take_parts_by_name() -> None:
    collections = pytest.importorskip("ragas.metrics.collections")
    exact = windlass.from_ragas(collections.ExactMatch())
    assert (exact.name, exact.needs, judged(exact)) == ("exact_match", ("reference",), Judgement(1.0))
    calls = windlass.from_ragas(collections.ToolCallF1())
    assert (calls.needs, judged(calls).value) == (("metadata.reference_trajectory",), 1.0)


def test_metrics_of_ragas_that_take_a_sample() -> None:
    metrics = pytest.importorskip("ragas.metrics")
    exact = windlass.from_ragas(metrics.ExactMatch())
    assert (exact.needs, judged(exact).value) == (("reference",), 1.0)
    calls = windlass.from_ragas(metrics.ToolCallF1())
    assert judged(calls).value == 1.0


def test_functions_with_a_decorator_of_ragas() -> None:
    metrics = pytest.importorskip("ragas.metrics")

    @metrics.discrete_metric(name="in_france", allowed_values=["pass", "fail"])  # type: ignore[untyped-decorator]
    def in_france(response: str) -> Any:
        return "pass" if "France" in response else "fail"

    assert judged(windlass.from_ragas(in_france)) == Judgement(1.0)


def test_a_metric_of_ragas_asks_a_model_of_windlass() -> None:
    collections = pytest.importorskip("ragas.metrics.collections")

    def judge(messages: Any) -> str:
        verdict = '{"statements": [{"statement": "s", "reason": "r", "verdict": 1}]}'
        return (
            verdict
            if "NLI" in messages[-1].content or "faithfulness" in messages[-1].content
            else ('{"statements": ["Paris is in France."]}')
        )

    with ScriptedServer(judge) as server:
        llm = windlass.ragas_model("openai:judge", base_url=server.url)
        faithful = windlass.from_ragas(collections.Faithfulness(llm=llm))
        assert (judged(faithful).value, judged(faithful).source) == (1.0, "judge")


def test_metrics_of_deepeval(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPEVAL_TELEMETRY_OPT_OUT", "1")
    metrics = pytest.importorskip("deepeval.metrics")
    exact = windlass.from_deepeval(metrics.ExactMatchMetric())
    assert (exact.name, exact.needs) == ("exact_match", ("reference",))
    assert judged(exact) == Judgement(1.0, "", "The actual and expected outputs are exact matches.")


def test_a_metric_of_deepeval_asks_a_model_of_windlass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DEEPEVAL_TELEMETRY_OPT_OUT", "1")
    metrics = pytest.importorskip("deepeval.metrics")

    def judge(messages: Any) -> str:
        asked = messages[-1].content
        if '"verdicts"' in asked:
            return '{"verdicts": [{"verdict": "yes", "reason": null}]}'
        if '"reason"' in asked:
            return '{"reason": "It answers."}'
        return '{"statements": ["Paris is in France."]}'

    with ScriptedServer(judge) as server:
        model = windlass.deepeval_model("openai:judge", base_url=server.url)
        relevant = windlass.from_deepeval(metrics.AnswerRelevancyMetric(model=model))
        assert judged(relevant) == Judgement(1.0, "", "It answers.", "judge")
