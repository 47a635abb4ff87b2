"""`windlass demo`."""

import contextlib
import signal
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from windlass.cli.output import MISSING, dollars, number, print_table, seconds

if TYPE_CHECKING:
    from windlass.delivery.demo import Outcome

_LOCAL = "local:extractive"


def run_demo(
    data: Annotated[Path | None, typer.Option("--data", help="The data folder [default: .windlass].")] = None,
    port: Annotated[int | None, typer.Option("--port", min=0, max=65535, help="The port [default: 4800].")] = None,
    model: Annotated[
        str, typer.Option("--model", help="openai:NAME, anthropic:NAME, google:NAME, or the offline baseline.")
    ] = _LOCAL,
    base_url: Annotated[
        str | None,
        typer.Option("--base-url", help="An OpenAI-compatible endpoint (Ollama, vLLM) for openai:NAME."),
    ] = None,
    exit_at_end: Annotated[bool, typer.Option("--exit", help="End instead of serving on.")] = False,
) -> None:
    """Show the whole loop on this machine: evaluate, gate, promote, serve and trace a release."""
    began = time.perf_counter()
    # Seconds of imports that `windlass --help` must not pay for.
    from windlass.models.providers import open_model
    from windlass.settings import load_settings

    settings = load_settings(data=data, port=port, host="127.0.0.1", mode="demo", model_base_url=base_url)
    # A missing key shall be said before anything is made, or a server's packages are waited for.
    open_model(model, base_url=settings.model_base_url or None)

    from rich.console import Console

    from windlass.client import Client
    from windlass.delivery.demo import run_loop
    from windlass.server.memory import importing_a_server

    with importing_a_server():
        from windlass.server.local import LocalServer

    console = Console(highlight=False, soft_wrap=True)
    signal.signal(signal.SIGTERM, _end)
    with LocalServer(settings) as server, Client(server.url, key="") as client:
        ready_s = time.perf_counter() - began
        console.print(f"[bold]server[/]    {server.url}, ready in {ready_s:.1f} s, data in {settings.data}")
        if model == _LOCAL:
            console.print("[bold]model[/]     local:extractive, an offline baseline that quotes what it is given")
        outcome = run_loop(client, console, model=model)
        _print_summary(server.url, outcome, time.perf_counter() - began)
        if not exit_at_end:
            print("Serving until Ctrl-C.", flush=True)
            with contextlib.suppress(KeyboardInterrupt):
                threading.Event().wait()


def _end(_number: int, _frame: object) -> None:
    """End as Ctrl-C does: the with blocks store what was acknowledged."""
    raise KeyboardInterrupt


def _print_summary(url: str, outcome: "Outcome", elapsed_s: float) -> None:
    rows = []
    for label, run in outcome.runs.items():
        metrics = run["metrics"]
        verdict = outcome.verdicts.get(label)
        deployed = outcome.deployment.get("digest") == run["release"]["digest"]
        rows.append(
            (
                f"{run['release']['number']} {label}",
                number(metrics["ndcg_at_10"]["mean"]),
                number(metrics["recall_at_5"]["mean"]),
                number(metrics["token_f1"]["mean"]),
                number(metrics["groundedness"]["mean"]),
                seconds(metrics["latency_s"]["mean"]),
                dollars(metrics["cost_usd"]["mean"]),
                verdict["outcome"].replace("_", " ") if verdict else MISSING,
                "production" if deployed else "",
            )
        )
    print()
    print_table(
        ("release", "nDCG@10", "recall@5", "token F1", "grounded", "latency", "cost", "verdict", "runs in"),
        rows,
        right=("nDCG@10", "recall@5", "token F1", "grounded", "latency", "cost"),
    )
    baseline, better = outcome.runs["baseline"]["id"], outcome.runs["better"]["id"]
    print(
        f"\nQ: {outcome.last_question}\nA: {outcome.last_answer}\n\n"
        f"  overview   {url}/\n"
        f"  compare    {url}/runs/compare?baseline={baseline}&candidate={better}\n"
        f"  traces     {url}/traces\n"
        f"  audit      {url}/audit\n"
        f"  endpoint   {url}/v1/chat/completions, model guide-to-mlops@production\n\n"
        f"{outcome.new_versions} new versions, {elapsed_s:.0f} s in all."
    )
