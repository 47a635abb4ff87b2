"""Runs that a server executes: started, and followed to their end."""

import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any, Final

from windlass.client import Client
from windlass.evaluation.replay.note import ReplayNote
from windlass.evaluation.runner import Progress
from windlass.evaluation.targets.spec import AgentSpec
from windlass.sdk.progress import Observe

POLL_S: Final = 0.25

ENDED = frozenset({"finished", "failed", "cancelled", "stopped", "decided"})


def start_run(
    client: Client,
    release: str | None,
    dataset: str,
    *,
    evaluators: Sequence[str] | None = None,
    concurrency: int | None = None,
    repeats: int = 1,
    outputs: str | None = None,
    target: AgentSpec | None = None,
    replay: ReplayNote | None = None,
    tools: str | None = None,
    options: Mapping[str, object] = MappingProxyType({}),
    cluster: str | None = None,
) -> dict[str, Any]:
    """Start a run; return it as it stands."""
    body: dict[str, object] = {"release": release, "dataset": dataset, **options}
    if evaluators:
        body["evaluators"] = list(evaluators)
    if concurrency:
        body["concurrency"] = concurrency
    if repeats > 1:
        body["repeats"] = repeats
    if outputs:
        body["outputs"] = outputs
    if cluster:
        body["cluster"] = cluster
    if target:
        body["target"] = target.known()
    if tools:
        body["tools"] = tools
    if replay:
        body["replay"] = replay.known()
    run: dict[str, Any] = client.post("/runs", body)
    return run


def await_run(client: Client, run_id: str, observe: Observe) -> dict[str, Any]:
    """Wait until a run has ended, telling how far it is; return it as it then stands."""
    while True:
        run: dict[str, Any] = client.get(f"/runs/{run_id}")
        observe(Progress(run["items"] * run["repeats"], run["finished_items"], run["failed_items"]))
        if run["state"] in ENDED:
            return run
        time.sleep(POLL_S)
