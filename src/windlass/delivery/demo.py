"""The demo: the whole loop on one server, through the same HTTP API that everybody uses."""

import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from windlass.client import Client
from windlass.delivery import guide_assistant as assistant
from windlass.delivery.deployments import running_digest
from windlass.delivery.push import push_files
from windlass.delivery.runs import follow_run
from windlass.errors import ProviderError
from windlass.sdk.server_runs import start_run

ENVIRONMENT = "production"
QUESTIONS = 20

EVALUATORS = (
    "ndcg_at_10",
    "recall_at_5",
    "token_f1",
    "groundedness",
    "latency_s",
    "input_tokens",
    "output_tokens",
    "cost_usd",
)

_POLL_S = 0.1


@dataclass
class Outcome:
    """What the demo did, for its table."""

    runs: dict[str, dict[str, Any]] = field(default_factory=dict)
    """By label: baseline, better, worse."""
    verdicts: dict[str, dict[str, Any]] = field(default_factory=dict)
    deployment: dict[str, Any] = field(default_factory=dict)
    answered: int = 0
    asking_s: float = 0.0
    last_question: str = ""
    last_answer: str = ""
    new_versions: int = 0


def run_loop(client: Client, console: Console, *, model: str) -> Outcome:
    """Do all steps of the loop once; what an earlier demo left is used and not made again.

    Raises ProviderError when a run cannot be finished.
    """
    outcome = Outcome()
    _ingest(client, console, outcome)
    _push(client, console, outcome, model)
    for label in ("baseline", "better", "worse"):
        outcome.runs[label] = _evaluate(client, console, label)
    _first_deployment(client, outcome)
    for label in ("better", "worse"):
        outcome.verdicts[label] = _gate(client, console, outcome, label)
    _promote(client, console, outcome)
    _ask(client, console, outcome)
    return outcome


def _ingest(client: Client, console: Console, outcome: Outcome) -> None:
    for name, request in (
        (assistant.INDEX, assistant.index_request()),
        (assistant.TRUNCATED_INDEX, assistant.truncated_index_request()),
    ):
        version = _build_index(client, console, name, request)
        outcome.new_versions += version["is_new"]
        console.print(
            f"[bold]index[/]     index/{name}@{version['number']}: {version['body']['chunks']} chunks "
            f"of {len(version['body']['documents'])} pages{_unchanged(version['is_new'])}"
        )


def _build_index(client: Client, console: Console, name: str, request: dict[str, object]) -> dict[str, Any]:
    with _progress(console) as progress, ThreadPoolExecutor(1) as pool:
        task = progress.add_task(f"embed index/{name}", total=None)
        future = pool.submit(client.post, f"/indexes/{name}", request)
        while not future.done():
            building = client.get(f"/indexes/{name}/progress")
            progress.update(task, total=building["total"] or None, completed=building["done"])
            time.sleep(_POLL_S)
        version: dict[str, Any] = future.result()
        return version


def _push(client: Client, console: Console, outcome: Outcome, model: str) -> None:
    pushed = push_files(client, assistant.artifact_files(model), message="windlass demo")
    outcome.new_versions += sum(file.is_new for file in pushed)
    for file in pushed:
        labels = f" ({', '.join(file.labels)})" if file.labels else ""
        console.print(f"[bold]push[/]      {file.kind}/{file.name}@{file.number}{labels}{_unchanged(file.is_new)}")


def _evaluate(client: Client, console: Console, label: str) -> dict[str, Any]:
    release = client.get(f"/artifacts/release/{assistant.NAME}/versions/{label}")
    dataset = client.get(f"/artifacts/dataset/{assistant.DATASET}/versions/latest")
    known = runs_of_demo(client.get("/runs", release=release["digest"], dataset=dataset["digest"])["items"])
    run = next((run for run in known if run["state"] == "finished" and run["failed_items"] < run["items"]), None)
    if run is None:
        # What an interrupted demo left goes on by itself.
        going_on = next((run for run in known if run["state"] in ("queued", "running")), None)
        started = going_on or start_run(
            client, f"{assistant.NAME}@{label}", f"{assistant.DATASET}@latest", evaluators=EVALUATORS
        )
        run = follow_run(client, started["id"], f"{assistant.NAME}@{label}")
    if run["state"] != "finished" or run["failed_items"] == run["items"]:
        raise ProviderError(f"The evaluation of {label} did not succeed: {_why(client, run)}")
    means = run["metrics"]
    console.print(
        f"[bold]evaluate[/]  {assistant.NAME}@{label}: {run['items']} questions, "
        f"nDCG@10 {means['ndcg_at_10']['mean']:.3f}, token F1 {means['token_f1']['mean']:.3f}"
    )
    return run


def runs_of_demo(runs: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return those that say what the demo's table wants: somebody may have evaluated the same by less."""
    return [run for run in runs if set(EVALUATORS) <= set(run["evaluators"])]


def _why(client: Client, run: dict[str, Any]) -> str:
    if run["error"]:
        return str(run["error"])
    samples = client.get(f"/runs/{run['id']}/samples", limit=1)["items"]
    return str(samples[0]["error"]) if samples else "it has no samples."


def _gate(client: Client, console: Console, outcome: Outcome, label: str) -> dict[str, Any]:
    verdict: dict[str, Any] = client.post(
        "/gates",
        {
            "candidate": outcome.runs[label]["id"],
            "baseline": outcome.runs["baseline"]["id"],
            "rule": assistant.gate_rule(),
        },
    )
    console.print(f"[bold]gate[/]      {label}: {verdict['sentence']}")
    return verdict


def _first_deployment(client: Client, outcome: Outcome) -> None:
    if running_digest(client, ENVIRONMENT, assistant.NAME) is None:
        client.post(
            f"/environments/{ENVIRONMENT}/promote",
            {
                "release": f"{assistant.NAME}@{outcome.runs['baseline']['release']['digest']}",
                "expected": None,
                "reason": "the first release: nothing ran before",
            },
        )


def _promote(client: Client, console: Console, outcome: Outcome) -> None:
    for label, verdict in outcome.verdicts.items():
        digest = verdict["candidate"]["digest"]
        if verdict["outcome"] != "pass":
            console.print(f"[bold]refuse[/]    {assistant.NAME}@{label} stays out of {ENVIRONMENT}")
            continue
        outcome.deployment = client.post(
            f"/environments/{ENVIRONMENT}/promote",
            {
                "release": f"{assistant.NAME}@{digest}",
                "expected": running_digest(client, ENVIRONMENT, assistant.NAME),
                "reason": verdict["sentence"],
                "verdict_id": verdict["id"],
            },
        )
        console.print(f"[bold]promote[/]   {assistant.NAME}@{label} runs in {ENVIRONMENT}")


def _ask(client: Client, console: Console, outcome: Outcome) -> None:
    # A second to import, and the demo is the only command that speaks to a model's endpoint itself.
    from openai import OpenAI

    items = list(client.pages(f"/datasets/{assistant.DATASET}/items", limit=500))
    questions = [item["input"]["question"] for item in items[:: max(1, len(items) // QUESTIONS)]][:QUESTIONS]
    model = f"{assistant.NAME}@{ENVIRONMENT}"
    began = time.perf_counter()
    with (
        OpenAI(base_url=f"{client.url}/v1", api_key=client.key or "none") as openai,
        _progress(console) as progress,
    ):
        for number, question in enumerate(progress.track(questions, description=f"ask {model}")):
            answer = _stream_answer(openai, model, question) if number % 2 else _answer(openai, model, question)
            outcome.last_question, outcome.last_answer = question, answer
            outcome.answered += bool(answer)
    outcome.asking_s = time.perf_counter() - began
    console.print(
        f"[bold]serve[/]     {model} answered {outcome.answered} of {len(questions)} questions "
        f"in {outcome.asking_s:.1f} s, every other one streamed"
    )


def _answer(openai: Any, model: str, question: str) -> str:
    completion = openai.chat.completions.create(model=model, messages=[{"role": "user", "content": question}])
    return str(completion.choices[0].message.content or "")


def _stream_answer(openai: Any, model: str, question: str) -> str:
    stream = openai.chat.completions.create(
        model=model, messages=[{"role": "user", "content": question}], stream=True
    )
    return "".join(chunk.choices[0].delta.content or "" for chunk in stream if chunk.choices)


def _progress(console: Console) -> Progress:
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=console,
        transient=True,
        # Into a file a bar that goes away leaves an empty line.
        disable=not console.is_terminal,
    )


def _unchanged(is_new: bool) -> str:
    return "" if is_new else ", unchanged"
