"""Runs of very many samples, in a data folder: as the runner stores them, and in minutes.

The first samples of a run are written as the runner writes them: root spans and spans below them as OTLP through
the writer, then scores. The engine then copies their rows, each time as other items and traces, with other values;
what a row holds, and how long it is, stays.
"""

import random
import time
from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from pathlib import Path

from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from windlass.access.principals import LOCAL_ADMIN
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.execution import RunParts, execute_run
from windlass.evaluation.run_states import finish_run, start_run
from windlass.evaluation.runner import RunnerSettings
from windlass.evaluation.runs import Run, VersionName, create_run, get_run
from windlass.evaluation.samples import Item, Judgement, Prediction, Sample, SampleResult
from windlass.evaluation.score_summaries import summary_of_run
from windlass.evaluation.spans import attributes_of, encode_samples
from windlass.evaluation.store import WarehouseSamples, attributes_of_run
from windlass.models.completion import Usage
from windlass.server.services import Services
from windlass.settings import Settings

PIECE = 2_000
WRITTEN = 20_000
"""Samples that are written; the others are copies of them."""
ANSWER = "The manual says on this page that the part is to be cleaned and oiled before it is used again. " * 10
METRICS = ("f1", "exact_match")
TOPICS = 20
BEGAN_NS = 1_700_000_000_000_000_000
APART_NS = 1_000_000

SPANS = f"""
INSERT INTO spans SELECT * REPLACE (
  if(item = '', '', concat('item-', toString(toUInt64(substring(item, 6)) + {{copy:UInt64}} * {WRITTEN}))) AS item,
  MD5(concat(unhex(hex(trace_id)), {{text:String}})) AS trace_id,
  addNanoseconds(start_time, {{copy:UInt64}} * {WRITTEN * APART_NS}) AS start_time
) FROM (
  SELECT * FROM spans WHERE project = 'default' AND trace_id IN (
    SELECT trace_id FROM spans WHERE project = 'default' AND run = {{run:String}} AND item != ''
    AND toUInt64(substring(item, 6)) < {WRITTEN}
  )
)
"""
SCORES = f"""
INSERT INTO scores SELECT * REPLACE (
  concat('item-', toString(toUInt64(substring(item, 6)) + {{copy:UInt64}} * {WRITTEN})) AS item,
  lower(hex(MD5(concat(unhex(trace_id), {{text:String}})))) AS trace_id,
  substring(lower(hex(SHA256(concat(id, {{text:String}})))), 1, 32) AS id,
  if(name = 'f1', least(1, greatest(0, value + (cityHash64(id, {{copy:UInt64}}) % 2000) / 1e5 - 0.01)), value)
    AS value
) FROM (
  SELECT * FROM scores WHERE project = 'default' AND run = {{run:String}}
  AND toUInt64(substring(item, 6)) < {WRITTEN}
)
"""


def build(folder: Path, count: int, *, agents: bool) -> list[str]:
    """Write a dataset and two finished runs on it into a data folder; return the ids of the runs."""
    services = Services(Settings(data=folder, mode="dev"))
    try:
        pushed = services.datasets.push(LOCAL_ADMIN, "many", items_of(count))
        dataset = VersionName(name="many", number=1, digest=pushed.version.digest)
        return [
            write_run(services, name, dataset, count, better, agents=agents)
            for name, better in (("base", 0.0), ("new", 0.02))
        ]
    finally:
        services.close()


def build_cut_off(folder: Path, count: int) -> list[str]:
    """Write a dataset and a run on it whose process was killed before the last samples; return the run's id."""
    services = Services(Settings(data=folder, mode="dev"))
    try:
        pushed = services.datasets.push(LOCAL_ADMIN, "many", items_of(count))
        dataset = VersionName(name="many", number=1, digest=pushed.version.digest)
        finished = (count - 1) // WRITTEN * WRITTEN
        return [write_run(services, "base", dataset, count, 0.0, agents=False, finished=finished)]
    finally:
        services.close()


def resume(folder: Path, run_id: str) -> dict[str, object]:
    """Go on with a run, as a server that is started again does; return what was asked, and when it began."""
    services = Services(Settings(data=folder, mode="dev"))
    began, worked = time.perf_counter(), time.process_time()
    asked: list[str] = []
    first: dict[str, float] = {}

    async def answer(item: Item) -> Prediction:
        if not first:
            first["first_call_s"] = round(time.perf_counter() - began, 1)
            first["first_call_cpu_s"] = round(time.process_time() - worked, 1)
        asked.append(item.id)
        return Prediction(output=ANSWER, latency_s=0.0)

    def open_parts(run: Run) -> RunParts:
        evaluators = [Evaluator(metric, lambda _sample: 1.0) for metric in METRICS]
        settings = RunnerSettings(concurrency=50)
        return RunParts(services.runs.items(run), answer, evaluators, store_of(services, run), settings)

    try:
        execute_run(run_id, database=services.database, open_parts=open_parts)
        run = get_run(services.database, "default", run_id)
    finally:
        services.close()
    assert run.state == "finished", run.error
    assert run.finished_items == run.items
    assert len(asked) == len(set(asked))
    return {"asked": len(asked), **first}


def finish(folder: Path, runs: Iterable[str]) -> None:
    """Sum the runs up, as it is done when the last sample is stored."""
    services = Services(Settings(data=folder, mode="dev"))
    try:
        for name in runs:
            run = get_run(services.database, "default", name)
            summary = summary_of_run(run, services.runs.items(run), store_of(services, run))
            assert summary.finished == run.items
            finish_run(services.database, run.id, summary.metrics)
    finally:
        services.close()


def items_of(count: int) -> Iterator[Item]:
    for number in range(count):
        asked = {"question": f"What is said on page {number} of the manual?"}
        metadata: dict[str, object] = {"page": number, "topic": f"topic {number % TOPICS}"}
        yield Item(id=f"item-{number}", input=asked, reference=f"answer {number}", metadata=metadata)


def write_run(
    services: Services,
    name: str,
    dataset: VersionName,
    count: int,
    better: float,
    *,
    agents: bool,
    finished: int | None = None,
) -> str:
    finished = count if finished is None else finished
    run = create_run(
        services.database,
        services.audit,
        LOCAL_ADMIN,
        release=VersionName(name=name, number=1, digest=f"sha256:{name}"),
        dataset=dataset,
        items=count,
        evaluators=[Evaluator(metric, judged) for metric in METRICS],
        concurrency=50,
    )
    start_run(services.database, run.id)
    store, attributes = store_of(services, run), attributes_of_run(run.id, run.release.digest, "")
    items = services.runs.items(run)
    samples = islice(zip(items, results(name, better), strict=False), min(finished, WRITTEN))
    for piece in pieces(samples):
        below = [span for _, result in piece for span in spans_of_agents(result)] if agents else []
        services.writer.write_spans(run.project, encode_samples(piece, attributes, below))
        store.write_judgements([result for _, result in piece])
    for copy in range(1, -(-finished // WRITTEN)):
        for statement in (SPANS, SCORES):
            services.warehouse.execute(statement, {"copy": copy, "text": str(copy), "run": run.id})
    return run.id


def store_of(services: Services, run: Run) -> WarehouseSamples:
    return WarehouseSamples(
        services.writer, services.warehouse, project=run.project, run=run.id, release=run.release.digest
    )


def judged(_sample: Sample) -> float:
    raise AssertionError("the scores of these runs are written down, not computed")


def results(name: str, better: float) -> Iterator[SampleResult]:
    chance = random.Random(name)
    number = 0
    while True:
        value = min(1.0, max(0.0, chance.gauss(0.6 + better, 0.2)))
        judgements = {"f1": Judgement(value), "exact_match": Judgement(float(value > 0.8))}
        at = BEGAN_NS + number * APART_NS
        yield SampleResult(
            f"item-{number}",
            f"{chance.getrandbits(128):032x}",
            f"{chance.getrandbits(64):016x}",
            at,
            at + 500_000_000,
            Prediction(output=ANSWER, usage=Usage(900, 210), cost_usd=0.0004, latency_s=0.5),
            judgements=judgements,
        )
        number += 1


def spans_of_agents(result: SampleResult) -> list[Span]:
    """Return what two agents did in a sample: one calls a model and the other, which calls a model and a tool."""
    agent, call = "gen_ai.agent.name", {"gen_ai.usage.input_tokens": 400, "gen_ai.usage.output_tokens": 100}
    model = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "small", **call, "windlass.cost_usd": 0.0002}
    boss = _below(result, 1, result.span_id, {"gen_ai.operation.name": "invoke_agent", agent: "boss"})
    scout = _below(result, 2, boss, {"gen_ai.operation.name": "invoke_agent", agent: "scout"})
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "find"}
    spans = [boss, _below(result, 3, boss, model), scout, _below(result, 4, scout, model)]
    return [*spans, _below(result, 5, scout, tool)]


def _below(result: SampleResult, number: int, parent: "str | Span", said: Mapping[str, object]) -> Span:
    span = Span(
        trace_id=bytes.fromhex(result.trace_id),
        span_id=(int(result.span_id, 16) ^ number).to_bytes(8, "big"),
        parent_span_id=bytes.fromhex(parent) if isinstance(parent, str) else parent.span_id,
        name=str(said["gen_ai.operation.name"]),
        start_time_unix_nano=result.start_ns + number * 1000,
        end_time_unix_nano=result.end_ns - number * 1000,
        status=Status(),
    )
    span.attributes.extend(attributes_of({name: text for name, text in said.items() if isinstance(text, str)}))
    for name, value in said.items():
        if isinstance(value, int):
            span.attributes.add(key=name).value.int_value = value
        elif isinstance(value, float):
            span.attributes.add(key=name).value.double_value = value
    return span


def pieces(samples: Iterable[tuple[Item, SampleResult]]) -> Iterator[list[tuple[Item, SampleResult]]]:
    coming = iter(samples)
    while piece := list(islice(coming, PIECE)):
        yield piece
