"""Logs of Inspect: each sample in each epoch, with its messages, its calls' times, and its scores."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from pydantic import BaseModel, ConfigDict, ValidationError

from windlass.canonical import digest_bytes
from windlass.evaluation.conversations import answer_of, calls_of, read_conversation, text_of_message
from windlass.evaluation.imports.imported import (
    ImportedRun,
    ImportedSample,
    ImportOptions,
    Step,
    instant_of,
    refuse,
    slug,
)
from windlass.evaluation.imports.inspect_files import load_log
from windlass.evaluation.samples import Item, Judgement, Prediction
from windlass.evaluation.trajectories import Outcome
from windlass.models.completion import Usage
from windlass.telemetry.models import Message

_TOOL: Final = "inspect"
_ATTACHMENT: Final = "attachment://"
_GRADES: Final = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0, "yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
"""Inspect's own values of its grades (correct, incorrect, partial, no answer) and of words."""
_JUDGES: Final = ("model_graded",)
"""How scorers are named that ask a model."""
_NANOSECONDS: Final = 1_000_000_000


class _Score(BaseModel):
    model_config = ConfigDict(extra="ignore")

    value: Any = None
    answer: str | None = None
    explanation: str | None = None


class _Sample(BaseModel):
    model_config = ConfigDict(extra="ignore")

    id: int | str
    epoch: int = 1
    input: str | list[dict[str, Any]]
    choices: list[str] | None = None
    target: str | list[str] = ""
    messages: list[dict[str, Any]] = []
    output: dict[str, Any] = {}
    scores: dict[str, _Score] | None = None
    metadata: dict[str, Any] = {}
    events: list[dict[str, Any]] = []
    model_usage: dict[str, dict[str, Any]] = {}
    started_at: str | None = None
    completed_at: str | None = None
    total_time: float | None = None
    working_time: float | None = None
    error: dict[str, Any] | None = None


def read_inspect(path: Path, options: ImportOptions) -> list[ImportedRun]:
    log = load_log(path)
    spec = log["eval"]
    raw = sorted(log["samples"], key=lambda each: (str(each.get("id")), each.get("epoch") or 1))
    samples = [_sample(path, each) for each in raw]
    model, task = str(spec.get("model") or "model"), str(spec.get("task") or "task")
    items: dict[str, Item] = {}
    for sample in samples:
        items.setdefault(str(sample.id), _item(sample))
    imported = [_imported(sample, model) for sample in samples]
    return [
        ImportedRun(
            tool=_TOOL,
            digest=digest_bytes(
                json.dumps([spec.get("eval_id"), spec.get("run_id"), raw], sort_keys=True).encode()
            ),
            release=options.name or slug(f"{task}-{model}", _TOOL),
            entry=f"{_TOOL}: {task} with {model}",
            dataset=options.dataset or slug(task, _TOOL),
            items=list(items.values()),
            samples=imported,
            metrics=dict.fromkeys((name for each in imported for name in each.scores), True),
            provider=model.partition("/")[0] if "/" in model else "",
        )
    ]


def _sample(path: Path, value: Mapping[str, Any]) -> _Sample:
    place = f"sample {value.get('id')!r}, epoch {value.get('epoch')}"
    try:
        return _Sample.model_validate(_attached(value, value.get("attachments") or {}))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(map(str, first["loc"])) or "it"
        raise refuse(path, place, f"{field!r} is wrong: {first['msg']}.") from error


def _attached(value: Mapping[str, Any], attachments: Mapping[str, str]) -> dict[str, Any]:
    """Return a sample with its long texts in their places; of its events only what is read here."""

    def put(part: Any) -> Any:
        if isinstance(part, str):
            return attachments.get(part.removeprefix(_ATTACHMENT), part) if part.startswith(_ATTACHMENT) else part
        if isinstance(part, list):
            return [put(each) for each in part]
        return {name: put(each) for name, each in part.items()} if isinstance(part, dict) else part

    kept = {
        name: part for name, part in value.items() if name not in {"events", "attachments"} and part is not None
    }
    events = [each for each in value.get("events") or [] if each.get("event") in {"model", "tool"}]
    return {**{name: put(part) for name, part in kept.items()}, "events": events}


def _item(sample: _Sample) -> Item:
    metadata = dict(sample.metadata)
    if sample.choices:
        metadata.setdefault("choices", sample.choices)
    asked = sample.input if isinstance(sample.input, str) else _asked(read_conversation(sample.input))
    return Item(id=str(sample.id), input=asked or "(empty)", reference=sample.target or None, metadata=metadata)


def _asked(messages: Sequence[Message]) -> dict[str, object]:
    """Return messages as the question that is last, and what was said before it."""
    texts = [{"role": each.role, "content": text_of_message(each)} for each in messages]
    last = texts[-1]["content"] if texts else ""
    return {"question": last, **({"history": texts[:-1]} if len(texts) > 1 else {})}


def _imported(sample: _Sample, model: str) -> ImportedSample:
    messages = [message for each in sample.messages for message in read_conversation([_usual(each)])]
    tools = dict(_tool_steps(sample))
    error = str((sample.error or {}).get("message") or "") if sample.error else ""
    start, end = _span_of(sample)
    return ImportedSample(
        item=str(sample.id),
        repeat=sample.epoch,
        messages=messages,
        prediction=None if sample.error else _prediction(sample, messages, model),
        error=error or ("the sample failed" if sample.error else ""),
        scores=dict(_scores(sample.scores or {})),
        models=_model_steps(sample, messages, model),
        tools=tools,
        start_ns=start,
        end_ns=end,
    )


def _usual(message: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message of Inspect as chat messages usually are: its calls name their tool by `function`."""
    calls = [
        {"id": call.get("id"), "name": call.get("function"), "arguments": call.get("arguments")}
        for call in message.get("tool_calls") or []
        if isinstance(call, Mapping)
    ]
    content = message.get("content")
    if message.get("role") == "tool" and not content:
        # A tool that failed says why in its error alone.
        content = str((message.get("error") or {}).get("message") or "")
    return {
        **message,
        "content": content,
        **({"name": message["function"]} if message.get("function") else {}),
        **({"tool_calls": calls} if calls else {}),
    }


def _prediction(sample: _Sample, messages: Sequence[Message], model: str) -> Prediction:
    # What a grader read and wrote stands there too, under its own model.
    asked = {model: sample.model_usage[model]} if model in sample.model_usage else sample.model_usage
    return Prediction(
        output=_completion(sample.output) or answer_of(messages),
        usage=_usage_of(asked),
        latency_s=sample.working_time if sample.working_time is not None else sample.total_time,
        trajectory=calls_of(messages, _outcomes(sample)),
    )


def _completion(output: Mapping[str, Any]) -> str:
    choices = output.get("choices")
    if isinstance(choices, list) and choices and isinstance(choices[0], Mapping):
        found = read_conversation([choices[0].get("message")])
        return text_of_message(found[0]) if found else ""
    return str(output.get("completion") or "")


def _usage_of(usage: Mapping[str, Mapping[str, Any]]) -> Usage | None:
    if not usage:
        return None
    counts = [(each.get("input_tokens") or 0, each.get("output_tokens") or 0) for each in usage.values()]
    return Usage(sum(each[0] for each in counts), sum(each[1] for each in counts))


def _outcomes(sample: _Sample) -> dict[str, Outcome]:
    """Return what became of the calls that did not simply end, by their ids."""
    outcomes: dict[str, Outcome] = {}
    for message in sample.messages:
        error = message.get("error")
        if message.get("role") == "tool" and isinstance(error, Mapping):
            outcomes[str(message.get("tool_call_id"))] = "denied" if error.get("type") == "approval" else "failed"
    return outcomes


def _model_steps(sample: _Sample, messages: Sequence[Message], model: str) -> dict[int, Step]:
    """Return the calls of the model by the places of what it said; what was given to it as said before is none."""
    known = {}
    for event in sample.events:
        if event["event"] == "model" and isinstance(event.get("output"), Mapping):
            choices = event["output"].get("choices") or [{}]
            said = choices[0].get("message") or {}
            known[str(said.get("id") or "")] = Step(
                start_ns=instant_of(event.get("timestamp")),
                end_ns=instant_of(event.get("completed")),
                model=str(event.get("model") or model).partition("/")[2] or str(event.get("model") or model),
                usage=_usage_of({"it": usage} if (usage := event["output"].get("usage")) else {}),
            )
    plain = Step(model=model.partition("/")[2] or model)
    # The messages read are those of the log, one by one, unless one is of a kind unknown here.
    raw = sample.messages if len(sample.messages) == len(messages) else [{}] * len(messages)
    return {
        place: known.get(str(each.get("id") or None), plain)
        for place, (message, each) in enumerate(zip(messages, raw, strict=True))
        if message.role == "assistant" and each.get("source") != "input"
    }


def _tool_steps(sample: _Sample) -> Iterator[tuple[str, Step]]:
    errors = {
        str(message.get("tool_call_id")): str(message["error"].get("message") or message["error"].get("type"))
        for message in sample.messages
        if message.get("role") == "tool" and isinstance(message.get("error"), Mapping)
    }
    timed = {str(event.get("id")): event for event in sample.events if event["event"] == "tool"}
    for call_id in {*errors, *timed}:
        event = timed.get(call_id, {})
        yield (
            call_id,
            Step(
                start_ns=instant_of(event.get("timestamp")),
                end_ns=instant_of(event.get("completed")),
                error=errors.get(call_id, ""),
            ),
        )


def _scores(scores: Mapping[str, _Score]) -> Iterator[tuple[str, Judgement]]:
    for name, score in scores.items():
        said = score.explanation or (f"Answer: {score.answer}" if score.answer else "")
        if isinstance(score.value, Mapping):
            for part, value in score.value.items():
                yield f"{name}.{part}", _judgement(name, value, said)
        else:
            yield name, _judgement(name, score.value, said)


def _judgement(scorer: str, value: object, said: str) -> Judgement:
    """Return a score as Inspect's own metrics take it; one that it left out of them has no value."""
    source = "judge" if any(sign in scorer for sign in _JUDGES) else "code"
    number, label = _number(value), value if isinstance(value, str) else ""
    if number is None and not label:
        label = "unscored"
    return Judgement(number, label, said, "judge" if source == "judge" else "code")


def _number(value: object) -> float | None:
    if isinstance(value, bool | int | float):
        return float(value) if math.isfinite(value) else None
    if not isinstance(value, str):
        return None
    known = _GRADES.get(value, _GRADES.get(value.lower()) if len(value) > 1 else None)
    if known is not None:
        return known
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None


def _span_of(sample: _Sample) -> tuple[int | None, int | None]:
    start, end = instant_of(sample.started_at), instant_of(sample.completed_at)
    times = [
        found
        for event in sample.events
        for found in (instant_of(event.get("timestamp")), instant_of(event.get("completed")))
        if found is not None
    ]
    if start is None and times:
        start = min(times)
    if start is None:
        return None, None
    if end is None:
        end = max(times) if times else start + int((sample.total_time or 0) * _NANOSECONDS)
    return start, end
