"""Results of promptfoo: every test by every provider and prompt; each pair of these is a run of its own."""

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, FiniteFloat, NonNegativeFloat, ValidationError

from windlass.canonical import digest
from windlass.errors import InputError
from windlass.evaluation.conversations import read_conversation
from windlass.evaluation.datasets import items_of
from windlass.evaluation.formats.format import load_json
from windlass.evaluation.formats.promptfoo import read_test
from windlass.evaluation.imports.imported import (
    ImportedRun,
    ImportedSample,
    ImportOptions,
    Step,
    instant_of,
    refuse,
    slug,
)
from windlass.evaluation.samples import Item, Judgement, Prediction
from windlass.models.completion import Usage
from windlass.telemetry.models import Message, MessagePart

_TOOL: Final = "promptfoo"
_PASSED: Final = "pass"
_SCORE: Final = "score"
_JUDGES: Final = frozenset(
    {"llm-rubric", "model-graded-closedqa", "model-graded-factuality", "factuality", "g-eval", "answer-relevance"}
    | {"context-faithfulness", "context-recall", "context-relevance", "conversation-relevance", "select-best"}
    | {"pi", "agent-rubric", "search-rubric", "trajectory:goal-success"}
)
"""Assertions that ask a model."""
_ERROR: Final = 2
"""Why a test failed: it erred, and no assertion was asked."""


class _Grading(BaseModel):
    model_config = ConfigDict(extra="ignore")

    passed: bool = Field(default=False, alias="pass")
    score: FiniteFloat = 0.0
    reason: str = ""
    assertion: dict[str, Any] | None = None
    components: list["_Grading | None"] | None = Field(default=None, alias="componentResults")


class _Tokens(BaseModel):
    prompt: int = Field(default=0, ge=0, lt=2**63)
    completion: int = Field(default=0, ge=0, lt=2**63)


class _Response(BaseModel):
    output: Any = None
    error: str | None = None
    cost: NonNegativeFloat | None = None
    tokens: _Tokens | None = Field(default=None, alias="tokenUsage")


class _Result(BaseModel):
    model_config = ConfigDict(extra="ignore")

    prompt_index: int = Field(default=0, alias="promptIdx")
    test_index: int = Field(default=0, alias="testIdx")
    test: dict[str, Any] = Field(default_factory=dict, alias="testCase")
    variables: dict[str, Any] = Field(default_factory=dict, alias="vars")
    provider: dict[str, Any] | str = ""
    prompt: dict[str, Any] = {}
    response: _Response = _Response()
    error: str | None = None
    failure: int = Field(default=0, alias="failureReason")
    success: bool = False
    score: FiniteFloat = 0.0
    latency_ms: float | None = Field(default=None, alias="latencyMs", ge=0, lt=1e12)
    grading: _Grading | None = Field(default=None, alias="gradingResult")
    named: dict[str, FiniteFloat] = Field(default_factory=dict, alias="namedScores")
    tokens: _Tokens | None = Field(default=None, alias="tokenUsage")


class _Evaluation(NamedTuple):
    path: Path
    options: ImportOptions
    items: list[Item]
    """Of each result."""
    time: str
    """When it was made."""


def read_promptfoo_results(path: Path, options: ImportOptions) -> list[ImportedRun]:
    content = load_json(path)
    # The summary is within what is exported today; it was the whole file before.
    summary = content.get("results") if isinstance(content, Mapping) else None
    summary = summary if isinstance(summary, Mapping) else content
    results = _results(path, summary)
    assert isinstance(summary, Mapping)
    evaluation = _Evaluation(path, options, _items(path, results), str(summary.get("timestamp") or ""))
    by_run: dict[tuple[str, str], list[tuple[_Result, Item]]] = {}
    for result, item in zip(results, evaluation.items, strict=True):
        by_run.setdefault((_name_of(result), _prompt_of(result)), []).append((result, item))
    prompts = list(dict.fromkeys(prompt for _, prompt in by_run))
    return [
        _run(evaluation, pairs, prompts.index(prompt) + 1 if len(prompts) > 1 else None)
        for (_, prompt), pairs in by_run.items()
    ]


def _results(path: Path, summary: object) -> list[_Result]:
    found = summary.get("results") if isinstance(summary, Mapping) else None
    if not isinstance(found, list) or not found:
        raise refuse(path, "the whole file", "results of promptfoo are an object with `results`; it has none.")
    return [_result(path, place, each) for place, each in enumerate(found, 1)]


def _result(path: Path, place: int, value: object) -> _Result:
    if isinstance(value, Mapping):
        value = {name: each for name, each in value.items() if each is not None}
    try:
        return _Result.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "it"
        raise refuse(path, f"result {place}", f"{field!r} is wrong: {first['msg']}.") from error


def _items(path: Path, results: Sequence[_Result]) -> list[Item]:
    items = []
    for place, result in enumerate(results, 1):
        test = {**result.test, "vars": result.test.get("vars") or result.variables}
        if not test["vars"]:
            test["vars"] = {"prompt": str(result.prompt.get("raw") or result.prompt.get("label") or "")}
        try:
            items.extend(items_of([read_test(test)]))
        except InputError as error:
            raise refuse(path, f"result {place}", error.message) from error
    return items


def _name_of(result: _Result) -> str:
    if isinstance(result.provider, str):
        return result.provider
    return str(result.provider.get("label") or result.provider.get("id") or "")


def _prompt_of(result: _Result) -> str:
    return str(result.prompt.get("label") or result.prompt_index)


def _run(evaluation: _Evaluation, pairs: Sequence[tuple[_Result, Item]], prompt: int | None) -> ImportedRun:
    options, path = evaluation.options, evaluation.path
    name = _name_of(pairs[0][0])
    base = options.name or path.stem
    title = f"{base}-{name}" if name else base
    repeats: dict[str, int] = {}
    samples = []
    for result, item in pairs:
        repeats[item.id] = repeats.get(item.id, 0) + 1
        samples.append(_sample(result, item, repeats[item.id], instant_of(evaluation.time)))
    provider, _, model = name.partition(":")
    return ImportedRun(
        tool=_TOOL,
        digest=digest([evaluation.time, [result.model_dump(mode="json") for result, _ in pairs]]),
        release=slug(title if prompt is None else f"{title}-prompt-{prompt}", _TOOL),
        entry=f"{_TOOL}: {name or path.stem}, {pairs[0][0].prompt.get('label') or 'a prompt'}"[:200],
        dataset=options.dataset or slug(path.stem, _TOOL),
        items=list({item.id: item for item in evaluation.items}.values()),
        samples=samples,
        metrics=dict.fromkeys((name for sample in samples for name in sample.scores), True),
        provider=provider if model else "",
    )


def _sample(result: _Result, item: Item, repeat: int, start_ns: int | None) -> ImportedSample:
    raw = result.response.output
    output = raw if isinstance(raw, str) else "" if raw is None else _dump(raw)
    error = result.error or result.response.error or ""
    # An assertion that rejects is an `error` too: the answer was given all the same.
    failed = raw is None and (result.failure == _ERROR or bool(error))
    messages = [*_prompt(result), _said("assistant", output)] if not failed else _prompt(result)
    call = Step(model=_name_of(result).rpartition(":")[2], usage=_usage(result))
    return ImportedSample(
        item=item.id,
        repeat=repeat,
        messages=messages,
        prediction=None if failed else _prediction(result, output),
        error=error or "the test erred" if failed else "",
        scores={} if failed else dict(_scores(result)),
        models={} if failed else {len(messages) - 1: call},
        start_ns=start_ns,
        end_ns=None if start_ns is None else start_ns + int((result.latency_ms or 0) * 1_000_000),
    )


def _prediction(result: _Result, output: str) -> Prediction:
    return Prediction(
        output=output,
        usage=_usage(result),
        # The result's own cost is 0 where the provider says none.
        cost_usd=result.response.cost,
        latency_s=None if result.latency_ms is None else result.latency_ms / 1000,
    )


def _prompt(result: _Result) -> list[Message]:
    """Return what was asked: a prompt that is JSON of chat messages is these."""
    raw = str(result.prompt.get("raw") or "")
    if raw.lstrip()[:1] == "[":
        try:
            messages = read_conversation(_load(raw))
        except ValueError:
            messages = []
        if messages:
            return messages
    return [_said("user", raw)] if raw else []


def _usage(result: _Result) -> Usage | None:
    tokens = result.tokens or result.response.tokens
    # Of a provider that counts none promptfoo writes 0.
    return Usage(tokens.prompt, tokens.completion) if tokens and tokens.prompt + tokens.completion else None


def _scores(result: _Result) -> Iterator[tuple[str, Judgement]]:
    """Give the test's outcome, promptfoo's named scores, and each assertion by its metric, or else its type."""
    reason = result.grading.reason if result.grading else ""
    yield _PASSED, Judgement(float(result.success), explanation=reason)
    yield _SCORE, Judgement(result.score, explanation=reason)
    taken = {_PASSED, _SCORE, *result.named}
    yield from ((name, Judgement(value)) for name, value in result.named.items())
    for each in (result.grading.components or []) if result.grading else []:
        kind = str((each.assertion or {}).get("type") or "") if each is not None else ""
        if each is None or not kind:
            continue
        name = str((each.assertion or {}).get("metric") or kind)
        number = 2
        while name in taken and name not in result.named:
            name, number = f"{kind}-{number}", number + 1
        if name not in taken:
            taken.add(name)
            judged = kind.removeprefix("not-") in _JUDGES
            yield name, Judgement(each.score, explanation=each.reason, source="judge" if judged else "code")


def _said(role: str, text: str) -> Message:
    return Message(role=role, parts=[MessagePart(type="text", content=text)] if text else [])


def _load(text: str) -> list[Any]:
    value = json.loads(text)
    return value if isinstance(value, list) else []


def _dump(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)
