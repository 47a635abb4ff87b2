"""Logs of Inspect: each sample in each epoch, with its messages, its calls' times, and its scores."""

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from windlass.canonical import digest_bytes
from windlass.evaluation.conversations import answer_of, calls_of, read_conversation, text_of_message
from windlass.evaluation.imports.imported import ImportedRun, ImportedSample, ImportOptions, Step, instant_of, slug
from windlass.evaluation.imports.inspect_files import load_log
from windlass.evaluation.imports.inspect_samples import LogMessage, LogSample, LogScore, Tokens, read_sample
from windlass.evaluation.samples import Item, Judgement, Prediction
from windlass.evaluation.trajectories import Outcome
from windlass.models.completion import Usage
from windlass.telemetry.models import Message

_TOOL: Final = "inspect"
_GRADES: Final = {"C": 1.0, "I": 0.0, "P": 0.5, "N": 0.0, "yes": 1.0, "true": 1.0, "no": 0.0, "false": 0.0}
"""Inspect's own values of its grades (correct, incorrect, partial, no answer) and of words."""
_JUDGES: Final = "model_graded"
"""What the names of scorers that ask a model begin with."""
_NANOSECONDS: Final = 1_000_000_000


def read_inspect(path: Path, options: ImportOptions) -> list[ImportedRun]:
    log = load_log(path)
    spec = log["eval"]
    read = [(read_sample(path, each, number), each) for number, each in enumerate(log["samples"], 1)]
    read.sort(key=lambda pair: (str(pair[0].id), pair[0].epoch))
    model, task = str(spec.get("model") or "model"), str(spec.get("task") or "task")
    items: dict[str, Item] = {}
    for sample, _ in read:
        items.setdefault(str(sample.id), _item(sample))
    imported = [_imported(sample, model) for sample, _ in read]
    return [
        ImportedRun(
            tool=_TOOL,
            digest=_digest(spec, [raw for _, raw in read]),
            release=options.name or slug(f"{task}-{model}", _TOOL),
            entry=f"{_TOOL}: {task} with {model}",
            dataset=options.dataset or slug(task, _TOOL),
            items=list(items.values()),
            samples=imported,
            metrics=dict.fromkeys((name for each in imported for name in each.scores), True),
            provider=model.partition("/")[0] if "/" in model else "",
        )
    ]


def _digest(spec: Mapping[str, Any], samples: Sequence[object]) -> str:
    # No canonical JSON: a log may hold NaN.
    return digest_bytes(json.dumps([spec.get("eval_id"), spec.get("run_id"), samples], sort_keys=True).encode())


def _item(sample: LogSample) -> Item:
    choices = {"choices": sample.choices} if sample.choices else {}
    asked = sample.input if isinstance(sample.input, str) else _asked(_read(sample.input))
    return Item(
        id=str(sample.id),
        input=asked or "(empty)",
        reference=sample.target or None,
        metadata={**choices, **sample.metadata},
    )


def _asked(messages: Sequence[Message]) -> dict[str, object]:
    """Return messages as the question that is last, and what was said before it."""
    texts = [{"role": each.role, "content": text_of_message(each)} for each in messages]
    last = texts[-1]["content"] if texts else ""
    return {"question": last, **({"history": texts[:-1]} if len(texts) > 1 else {})}


def _imported(sample: LogSample, model: str) -> ImportedSample:
    start, end = _span_of(sample)
    messages = _read(sample.messages)
    failed = sample.error is not None
    return ImportedSample(
        item=str(sample.id),
        repeat=sample.epoch,
        messages=messages,
        prediction=None if failed else _prediction(sample, messages, model),
        error=(sample.error.message or "the sample failed") if sample.error is not None else "",
        scores=dict(_scores(sample.scores)),
        models=_model_steps(sample, messages, model),
        tools=dict(_tool_steps(sample)),
        start_ns=start,
        end_ns=end,
    )


def _read(messages: Sequence[LogMessage]) -> list[Message]:
    return [message for each in messages for message in read_conversation([_usual(each)])]


def _usual(message: LogMessage) -> dict[str, Any]:
    """Return a message of Inspect as chat messages usually are: its calls name their tool by `function`."""
    calls = [{"id": call.id, "name": call.function, "arguments": call.arguments} for call in message.tool_calls]
    # A tool that failed says why in its error alone.
    said = message.content or (message.error.message if message.error is not None else "")
    return {
        "role": message.role,
        "content": said,
        **({"name": message.function} if message.function else {}),
        **({"tool_call_id": message.tool_call_id} if message.role == "tool" else {}),
        **({"tool_calls": calls} if calls else {}),
    }


def _prediction(sample: LogSample, messages: Sequence[Message], model: str) -> Prediction:
    said = sample.output.message
    completion = answer_of(_read([said])) if said is not None else sample.output.completion
    # What a grader read and wrote stands there too, under its own model.
    asked = [sample.model_usage[model]] if model in sample.model_usage else list(sample.model_usage.values())
    return Prediction(
        output=completion or answer_of(messages),
        usage=_usage(asked),
        latency_s=sample.working_time if sample.working_time is not None else sample.total_time,
        trajectory=calls_of(messages, _outcomes(sample)),
    )


def _usage(tokens: Sequence[Tokens]) -> Usage | None:
    if not tokens:
        return None
    return Usage(sum(each.input_tokens for each in tokens), sum(each.output_tokens for each in tokens))


def _outcomes(sample: LogSample) -> dict[str, Outcome]:
    """Return what became of the calls that did not simply end, by their ids."""
    return {
        str(message.tool_call_id): "denied" if message.error.type == "approval" else "failed"
        for message in sample.messages
        if message.role == "tool" and message.error is not None
    }


def _model_steps(sample: LogSample, messages: Sequence[Message], model: str) -> dict[int, Step]:
    """Return the calls of the model by the places of what it said; what was given to it as said before is none."""
    known = {
        said.id: Step(
            start_ns=instant_of(event.timestamp),
            end_ns=instant_of(event.completed),
            model=_bare(event.model or model),
            usage=_usage([event.output.usage] if event.output.usage is not None else []),
        )
        for event in sample.events
        if event.event == "model" and (said := event.output.message) is not None and said.id
    }
    # The messages read are those of the log, one by one, unless one is of a kind unknown here.
    same = len(sample.messages) == len(messages)
    raw: Sequence[LogMessage | None] = sample.messages if same else [None] * len(messages)
    return {
        place: known.get(each.id if each is not None else "", Step(model=_bare(model)))
        for place, (message, each) in enumerate(zip(messages, raw, strict=True))
        if message.role == "assistant" and (each is None or each.source != "input")
    }


def _bare(model: str) -> str:
    """Return a model's name without its provider."""
    return model.partition("/")[2] or model


def _tool_steps(sample: LogSample) -> Iterator[tuple[str, Step]]:
    errors = {
        str(message.tool_call_id): message.error.message or message.error.type
        for message in sample.messages
        if message.role == "tool" and message.error is not None
    }
    timed = {event.id: event for event in sample.events if event.event == "tool"}
    for call_id in dict.fromkeys([*timed, *errors]):
        event = timed.get(call_id)
        yield (
            call_id,
            Step(
                start_ns=instant_of(event.timestamp) if event else None,
                end_ns=instant_of(event.completed) if event else None,
                error=errors.get(call_id, ""),
            ),
        )


def _scores(scores: Mapping[str, LogScore]) -> Iterator[tuple[str, Judgement]]:
    for name, score in scores.items():
        said = score.explanation or (f"Answer: {score.answer}" if score.answer else "")
        if isinstance(score.value, Mapping):
            for part, value in score.value.items():
                yield f"{name}.{part}", _judgement(name, value, said)
        else:
            yield name, _judgement(name, score.value, said)


def _judgement(scorer: str, value: object, said: str) -> Judgement:
    """Return a score as Inspect's own metrics take it; one that it left out of them has no value."""
    number, label = _number(value), value if isinstance(value, str) else ""
    if number is None and not label:
        label = "unscored"
    judged = scorer.rpartition("/")[2].startswith(_JUDGES)
    return Judgement(number, label, said, "judge" if judged else "code")


def _number(value: object) -> float | None:
    if isinstance(value, bool | int | float):
        return float(value)
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


def _span_of(sample: LogSample) -> tuple[int | None, int | None]:
    start, end = instant_of(sample.started_at), instant_of(sample.completed_at)
    times = [
        found
        for event in sample.events
        for found in (instant_of(event.timestamp), instant_of(event.completed))
        if found is not None
    ]
    if start is None:
        start = min(times, default=None)
    if start is None:
        return None, None
    if end is None:
        end = max(times) if times else start + int((sample.total_time or 0) * _NANOSECONDS)
    return start, end
