"""Bringing the runs of other tools to a server: dataset version, release, traces, scores and a finished run."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from typing import Any

from opentelemetry.proto.trace.v1.trace_pb2 import Span

from windlass.client import Client
from windlass.errors import Conflict
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.formats.format import fields_of
from windlass.evaluation.imports.conversation_spans import Place, conversation_spans, duration_of_steps
from windlass.evaluation.imports.imported import ImportedRun, ImportedSample
from windlass.evaluation.samples import Item, Judgement, Sample, SampleResult, sample_key
from windlass.evaluation.spans import attributes_of, encode_samples
from windlass.telemetry.conventions import ITEM, RELEASE, RELEASE_NAME, RUN

_SAMPLES_A_REQUEST = 20
_BYTES_A_REQUEST = 8 * 2**20
"""Of spans: a conversation of many steps is long, since each call of its model shows all that was said before."""
_SCORES_A_REQUEST = 5000


@dataclass(frozen=True)
class Brought:
    """What became of a run."""

    run: dict[str, Any]
    is_new: bool


def bring_run(client: Client, run: ImportedRun, evaluators: Sequence[Evaluator] = ()) -> Brought:
    """Bring a run to the server and finish it there; one that is there already stays as it is.

    The evaluators are windlass's own, which score what the tool recorded beside the tool's own scores. An import
    that broke off goes on: what it sent is known by its ids. Raises Conflict for a run that was cancelled there.
    """
    data = client.post(f"/datasets/{run.dataset}", {"items": [fields_of(item) for item in run.items]})
    body = {"code": {"entry": run.entry, "digest": run.digest}}
    release = client.post(f"/artifacts/release/{run.release}", {"body": body})
    directions = {**run.metrics, **{each.name: each.higher_is_better for each in evaluators}}
    recorded = client.post(
        "/runs/external",
        {
            "release": f"{run.release}@{release['digest']}",
            "dataset": f"{run.dataset}@{data['digest']}",
            "evaluators": directions,
            "repeats": run.repeats,
            "source": {"tool": run.tool, "digest": _source(run, evaluators)},
        },
    )
    if recorded["state"] == "finished":
        return Brought(recorded, is_new=False)
    if recorded["state"] != "running":
        raise Conflict(f"{recorded['id']} is this import, and it is {recorded['state']}; it cannot go on.")
    sending = _Sending(client, run, recorded, evaluators)
    for batch in _batches(run.samples):
        sending.send(batch)
    return Brought(client.post(f"/runs/{recorded['id']}/finish", {}), is_new=True)


def _source(run: ImportedRun, evaluators: Sequence[Evaluator]) -> str:
    """Return what tells this import from another: scored by more evaluators, it is another."""
    return "+".join([run.digest, *sorted(each.name for each in evaluators)])[:200]


def _batches(samples: Sequence[ImportedSample]) -> Iterator[list[ImportedSample]]:
    left = iter(samples)
    while batch := list(islice(left, _SAMPLES_A_REQUEST)):
        yield batch


def _parts(groups: Iterable[Sequence[Span]]) -> Iterator[list[Span]]:
    """Give all spans in parts of at most so many bytes; one that is larger is a part of its own."""
    part: list[Span] = []
    size = 0
    for span in (span for group in groups for span in group):
        if part and size + span.ByteSize() > _BYTES_A_REQUEST:
            yield part
            part, size = [], 0
        part.append(span)
        size += span.ByteSize()
    if part:
        yield part


class _Sending:
    """Sends the samples of one run."""

    def __init__(
        self, client: Client, run: ImportedRun, recorded: Mapping[str, Any], evaluators: Sequence[Evaluator]
    ) -> None:
        self._client = client
        self._run = run
        self._id = str(recorded["id"])
        self._release = recorded["release"]
        self._evaluators = evaluators
        self._items = {item.id: item for item in run.items}
        # Without times of its own a sample is of the moment at which its run was recorded: the same in each try.
        self._now_ns = int(datetime.fromisoformat(recorded["created"]).timestamp()) * 1_000_000_000
        self._attributes = {RUN: self._id, RELEASE: self._release["digest"], RELEASE_NAME: self._release["name"]}

    def send(self, samples: Sequence[ImportedSample]) -> None:
        results = [self._result(sample) for sample in samples]
        pairs = [(self._items[sample.item], result) for sample, result in zip(samples, results, strict=True)]
        last: list[Span] = []
        for below in _parts(self._below(*pair) for pair in zip(samples, results, strict=True)):
            if last:
                self._client.send_traces(encode_samples([], self._attributes, last))
            last = below
        # A sample's own span comes last: with it the sample is whole.
        self._client.send_traces(encode_samples(pairs, self._attributes, last))
        scores = [score for result in results for score in self._scores(result)]
        for start in range(0, len(scores), _SCORES_A_REQUEST):
            self._client.post("/scores", {"items": scores[start : start + _SCORES_A_REQUEST]})

    def _result(self, sample: ImportedSample) -> SampleResult:
        made_of = hashlib.sha256(f"{self._id} {sample_key(sample.item, sample.repeat)}".encode()).hexdigest()
        start = self._now_ns if sample.start_ns is None else sample.start_ns
        end = sample.end_ns if sample.end_ns is not None else start + duration_of_steps(sample)
        result = SampleResult(
            item=sample.item,
            trace_id=made_of[:32],
            span_id=made_of[32:48],
            start_ns=start,
            end_ns=max(end, start),
            prediction=sample.prediction,
            error=sample.error or None,
            error_type="" if sample.prediction is not None else "Error",
            judgements=sample.scores,
            repeat=sample.repeat,
        )
        return replace(result, judgements={**self._own(self._items[sample.item], result), **result.judgements})

    def _own(self, item: Item, result: SampleResult) -> dict[str, Judgement]:
        if result.prediction is None:
            return {}
        sample = Sample.of(item, result.prediction)
        return {each.name: each(sample) for each in self._evaluators}

    def _below(self, sample: ImportedSample, result: SampleResult) -> list[Span]:
        place = Place(
            trace_id=result.trace_id,
            root=result.span_id,
            start_ns=result.start_ns,
            end_ns=result.end_ns,
            agent=self._run.release,
            provider=self._run.provider,
            common=attributes_of({**self._attributes, ITEM: sample.item}),
        )
        return conversation_spans(sample, place)

    def _scores(self, result: SampleResult) -> Iterator[dict[str, object]]:
        for name, judgement in result.judgements.items():
            yield {
                "trace_id": result.trace_id,
                "span_id": result.span_id,
                "name": name,
                "value": judgement.value,
                "label": judgement.label,
                "explanation": judgement.explanation,
                "source": judgement.source,
                "run": self._id,
                "item": result.item,
                "release": self._release["digest"],
                "evaluator": name,
                "author": self._run.tool if name in self._run.metrics else "",
            }
