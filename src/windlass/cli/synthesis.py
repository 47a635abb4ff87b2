"""`windlass datasets synthesise` and `approval`: items that a model makes, and who approves them."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, print_table
from windlass.cli.run_options import (
    MaxCost,
    MaxTokens,
    ModelConcurrency,
    RequestsPerMinute,
    TokensPerMinute,
    given,
)
from windlass.cli.trace_filters import Environment, Release, SaidIn, Since, Status, Until
from windlass.errors import InputError, ProviderError

if TYPE_CHECKING:
    from windlass.client import Client

_SHOWN: Final = 10


def synthesise(
    name: Annotated[str, typer.Argument(help="The dataset; it is made if it is not there.")],
    index: Annotated[
        str | None,
        typer.Option("--index", help="Of the chunks of this index; with --failures what is known to be right."),
    ] = None,
    document: Annotated[
        list[Path] | None,
        typer.Option("--document", help="Of this file, or the *.md and *.txt of a folder; repeatable."),
    ] = None,
    failures: Annotated[
        bool, typer.Option("--failures", help="Of traces that went wrong: those that the filter means.")
    ] = False,
    items: Annotated[
        str | None, typer.Option("--items", help="Of the items of this dataset, asked otherwise: name@what.")
    ] = None,
    mutation: Annotated[
        list[str] | None,
        typer.Option(
            "--mutation", help="With --items: paraphrase, harder, persona, typos or language:NAME; repeatable."
        ),
    ] = None,
    of_split: Annotated[
        str | None, typer.Option("--of-split", help="With --items: only those of this split.")
    ] = None,
    where: Annotated[
        list[str] | None,
        typer.Option("--filter", "--where", help="With --failures: 'score.user_feedback=0'; repeatable."),
    ] = None,
    release: Release = None,
    environment: Environment = None,
    status: Status = None,
    text: SaidIn = None,
    since: Since = None,
    until: Until = None,
    model: Annotated[
        str | None, typer.Option("--model", help="Who writes: provider:name; only typos need none.")
    ] = None,
    judge: Annotated[
        str | None,
        typer.Option(
            "--judge",
            help="Who answers from the source to check an item: provider:name, or baseline. [default: --model]",
        ),
    ] = None,
    personas: Annotated[
        Path | None, typer.Option("--personas", help="Who asks: CSV or JSON Lines with name and description.")
    ] = None,
    each: Annotated[int, typer.Option("--each", min=1, max=20, help="Questions for one passage.")] = 1,
    most: Annotated[int, typer.Option("--most", min=1, max=1000, help="Items in all.")] = 50,
    seed: Annotated[int, typer.Option("--seed", help="The same seed takes the same passages.")] = 0,
    split: Annotated[str, typer.Option("--split", help="The split of the new items.")] = "",
    held_out: Annotated[
        list[str] | None,
        typer.Option("--held-out", help="A dataset, name@what, that no new item may come near; repeatable."),
    ] = None,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    requests_per_minute: RequestsPerMinute = None,
    tokens_per_minute: TokensPerMinute = None,
    model_concurrency: ModelConcurrency = None,
    data: Data = None,
) -> None:
    """Have a model make items of documents, production failures or other items, each checked and with its origin.

    Exit code 0 when it finished, 2 when it could not. What is not taken is listed with its reason.
    """
    traces: dict[str, object] = {
        "where": where or [],
        "release": release,
        "environment": environment,
        "status": status,
        "q": text,
        "since": since,
        "until": until,
    }
    if not failures and any(traces.values()):
        raise InputError("What says which traces are meant goes with --failures; add that, or leave it out.")
    body = {
        "source": _source(index, document or [], traces if failures else None, items, mutation or [], of_split),
        "model": model,
        "judge": judge,
        "personas": _personas(personas),
        "each": each,
        "most": most,
        "seed": seed,
        "split": split,
        "held_out": held_out or [],
        **given(
            max_cost_usd=max_cost,
            max_tokens=max_tokens,
            requests_per_minute=requests_per_minute,
            tokens_per_minute=tokens_per_minute,
            model_concurrency=model_concurrency,
        ),
    }
    with connect(data) as client:
        started = client.post(f"/datasets/{name}/syntheses", body)
        try:
            ended = _follow(client, started)
        except KeyboardInterrupt:
            again = f"`windlass datasets syntheses --cancel {started['id']}` ends it."
            print(f"{started['id']} goes on with its server; {again}", file=sys.stderr)
            raise
        _print_synthesis(ended)


def syntheses(
    dataset: Annotated[str | None, typer.Argument(help="Only those of this dataset.", show_default=False)] = None,
    cancel: Annotated[
        str | None, typer.Option("--cancel", help="End this one: no further call begins, and no item is taken.")
    ] = None,
    data: Data = None,
) -> None:
    """List the newest syntheses, or end one."""
    with connect(data) as client:
        if cancel is not None:
            ended = client.post(f"/syntheses/{cancel}/cancel", {})
            print(f"{ended['id']} is {ended['state']}.")
            return
        listed = client.get("/syntheses", dataset=dataset)["items"]
    if not listed:
        print("There is no synthesis; make items with `windlass datasets synthesise`.")
        return
    print_table(
        ("synthesis", "dataset", "state", "drafts", "taken", "rejected", "by"),
        (
            (
                each["id"],
                each["dataset"],
                each["state"],
                each["report"]["drafts"],
                each["report"]["taken"],
                len(each["report"]["rejected"]),
                each["by"],
            )
            for each in listed
        ),
        right=("drafts", "taken", "rejected"),
    )


def approval(
    name: Annotated[str, typer.Argument(help="The dataset.")],
    require: Annotated[
        bool, typer.Option("--require", help="Ask for approval, and queue what nobody has seen yet.")
    ] = False,
    waive: Annotated[bool, typer.Option("--waive", help="Ask for none any more.")] = False,
    queue: Annotated[
        str | None, typer.Option("--queue", help="With --require: a review queue that asks `approved`.")
    ] = None,
    data: Data = None,
) -> None:
    """Show how a dataset's synthetic items stand, or say whether a person must approve them before they gate."""
    if require and waive:
        raise InputError("Say one of --require and --waive.")
    with connect(data) as client:
        if waive:
            client.delete(f"/datasets/{name}/approval")
        if require:
            submitted = client.put(f"/datasets/{name}/approval", {"queue": queue})
            print(f"{submitted['added']} added to the review queue {submitted['queue']}.")
        _print_approval(name, client.get(f"/datasets/{name}/approval"))


def _source(
    index: str | None,
    documents: list[Path],
    traces: dict[str, object] | None,
    items: str | None,
    mutations: list[str],
    of_split: str | None,
) -> dict[str, object]:
    chosen = [each for each in (documents, traces is not None, items) if each]
    if len(chosen) > 1 or (not chosen and index is None) or (index and (documents or items)):
        raise InputError("Say what the items are made of: one of --document, --index, --failures and --items.")
    if items is None and (mutations or of_split is not None):
        raise InputError("--mutation and --of-split go with --items; name a dataset, or leave them out.")
    if traces is not None:
        if index is None:
            raise InputError("What would have been right is looked for in an index: name it with --index.")
        return {"kind": "traces", "query": traces, "index": index}
    if items:
        if not mutations:
            raise InputError("Say how the items are asked otherwise: --mutation paraphrase, for example.")
        return {"kind": "items", "dataset": items, "mutations": mutations, "split": of_split}
    if documents:
        return {"kind": "documents", "documents": _documents(documents)}
    return {"kind": "index", "index": index}


def _documents(paths: list[Path]) -> list[dict[str, str]]:
    from windlass.retrieval.document_files import read_documents

    return [each.model_dump() for each in read_documents(paths)]


def _personas(path: Path | None) -> list[dict[str, object]]:
    if path is None:
        return []
    from windlass.evaluation.synthesis.personas import parse_personas
    from windlass.text_files import read_text

    return [persona.model_dump() for persona in parse_personas(read_text(path), path.name)]


def _follow(client: "Client", synthesis: dict[str, Any]) -> dict[str, Any]:
    # A tenth of a second to import, and only commands that wait need it.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    from windlass.sdk.synthesising import await_synthesis

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"make items for {synthesis['dataset']}", total=None)

        def observe(found: Mapping[str, Any]) -> None:
            report = found["report"]
            progress.update(task, total=report["tasks"] or None, completed=report["done"])

        return await_synthesis(client, synthesis["id"], observe)


def _print_synthesis(synthesis: dict[str, Any]) -> None:
    from windlass.delivery.runs import describe_calls

    report = synthesis["report"]
    print(
        f"{synthesis['id']}: {synthesis['state']}; {report['drafts']} drafts, {report['taken']} taken, "
        f"{report['already']} there already, {len(report['rejected'])} rejected."
    )
    if any(synthesis["calls"].values()):
        print(describe_calls(synthesis["calls"]))
    _print_left_out(report)
    if synthesis["version"]:
        print(f"dataset/{synthesis['version']['name']}@{synthesis['version']['number']}.")
    if synthesis["state"] != "finished":
        raise ProviderError(
            f"{synthesis['id']} is {synthesis['state']}: {synthesis['error'] or 'somebody ended it.'}"
        )


def _print_left_out(report: dict[str, Any]) -> None:
    left_out = [(each["check"], each["question"], each["reason"]) for each in report["rejected"]]
    left_out += [("written", _place(each["source"]), each["reason"]) for each in report["unwritten"]]
    if left_out:
        print_table(("check", "not taken", "why"), left_out[:_SHOWN])
    if len(left_out) > _SHOWN:
        print(f"… and {len(left_out) - _SHOWN} more.")
    if report["unfit"]:
        print(f"{report['unfit']} were passed over: they say no question, or no right answer.")


def _place(source: dict[str, Any]) -> str:
    return str(source.get("chunk") or source.get("trace_id") or source.get("item") or MISSING)


def _print_approval(name: str, status: dict[str, Any]) -> None:
    counts = status["counts"]
    told = ", ".join(
        f"{counts[state]} {state}" for state in ("approved", "rejected", "waiting", "unseen") if state in counts
    )
    rule = (
        f"a gate leaves out those that nobody approved in the review queue {status['queue']}"
        if status["required"]
        else "a gate takes them as they are"
    )
    print(f"dataset/{name}: {status['synthetic']} synthetic items ({told or 'none'}); {rule}.")
