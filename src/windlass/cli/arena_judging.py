"""`windlass arena judge`: a pairwise judge decides battles."""

import sys
import time
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from windlass.cli.calibration_view import STATES
from windlass.cli.connection import Data, connect
from windlass.cli.output import dollars
from windlass.cli.run_options import MaxCost, MaxTokens, RequestsPerMinute, TokensPerMinute, given

if TYPE_CHECKING:
    from windlass.client import Client

Name = Annotated[str, typer.Argument(help="The arena.")]

_POLL_S: Final = 0.25


def judge(
    name: Name,
    judge: Annotated[str, typer.Option("--judge", help="An evaluator of the function pairwise, name@what.")],
    most: Annotated[
        int | None,
        typer.Option("--most", min=1, help="How many battles to decide [default: all].", show_default=False),
    ] = None,
    retry: Annotated[
        bool, typer.Option("--retry", help="Ask again where the judge gave no verdict before.")
    ] = False,
    concurrency: Annotated[int, typer.Option("--concurrency", min=1, max=100, help="Battles in flight.")] = 8,
    max_cost: MaxCost = None,
    max_tokens: MaxTokens = None,
    requests_per_minute: RequestsPerMinute = None,
    tokens_per_minute: TokensPerMinute = None,
    estimate: Annotated[
        bool, typer.Option("--estimate", help="Only say what it would come to; nobody is asked.")
    ] = False,
    data: Data = None,
) -> None:
    """Have a pairwise judge decide battles, each in both orders; what is decided is kept as it comes.

    Answers on which people voted come first, then pairs with the fewest battles. Given again, it goes on with what
    is left.
    """
    limits = given(
        max_cost_usd=max_cost,
        max_tokens=max_tokens,
        requests_per_minute=requests_per_minute,
        tokens_per_minute=tokens_per_minute,
        most=most,
    )
    body = {"judge": judge, "retry": retry, "concurrency": concurrency, **limits}
    with connect(data) as client:
        print(_estimate_line(client.post(f"/arenas/{name}/judgings/estimate", body)))
        if not estimate:
            _end(name, _judged(client, name, client.post(f"/arenas/{name}/judgings", body)))


def cancel(name: Name, data: Data = None) -> None:
    """End what judges do in an arena, after the calls in flight; what was decided stays."""
    with connect(data) as client:
        running = [each for each in client.get(f"/arenas/{name}/judgings")["items"] if each["state"] == "running"]
        for each in running:
            ended = client.post(f"/arenas/{name}/judgings/{each['id']}/cancel", {})
            print(f"{ended['id']} of {_version(ended)} is cancelled, with {_far(ended)}.")
    if not running:
        print(f"No judge is at work in {name}.")


def _estimate_line(found: dict[str, Any]) -> str:
    """Say in one line what a judging would come to."""
    said = f"{found['judge']['evaluator']}@{found['judge']['number']}, {STATES[found['standing']['state']]}"
    same = f", {found['same']} of equal answers" if found["same"] else ""
    about = "" if found["tokens"] is None else f"about {found['tokens']:,} tokens{_price(found['cost_usd'])}, "
    return (
        f"{said}: {found['battles']} battles{same}, {found['calls']} calls, {about}at most "
        f"{found['most_tokens']:,} tokens{_price(found['most_cost_usd'])}."
    )


def _price(cost: float | None) -> str:
    return "" if cost is None else f" ({dollars(cost)})"


def _judged(client: "Client", name: str, judging: dict[str, Any]) -> dict[str, Any]:
    """Show how far a judging is until it has ended; return it as it then stands."""
    # A tenth of a second to import, and only commands that wait need it.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console()
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"judge {name}", total=judging["battles"])
        try:
            while judging["state"] == "running":
                time.sleep(_POLL_S)
                judging = client.get(f"/arenas/{name}/judgings/{judging['id']}")
                progress.update(task, completed=judging["judged"] + judging["missing"])
        except KeyboardInterrupt:
            print(
                f"{judging['id']} goes on with its server; `windlass arena cancel {name}` ends it.",
                file=sys.stderr,
            )
            raise
    return judging


def _end(name: str, judging: dict[str, Any]) -> None:
    from windlass.errors import ProviderError

    calls = judging["calls"]
    cost = "cost unknown" if calls["unpriced"] else dollars(calls["spent_usd"])
    kept = f" and {calls['cached']} kept answers" if calls["cached"] else ""
    print(
        f"{_version(judging)} decided {_far(judging)}, {judging['same']} of equal answers, in {calls['answered']} "
        f"calls{kept} ({calls['input_tokens']} + {calls['output_tokens']} tokens, {cost})."
    )
    if judging["missing"]:
        print(f"{judging['missing']} have no verdict: `windlass arena show {name}` says why, --retry asks again.")
    if judging["state"] != "finished":
        why = judging["error"] or "somebody ended it; what was decided stays."
        raise ProviderError(f"{judging['id']} is {judging['state']}: {why}")


def _version(judging: dict[str, Any]) -> str:
    return f"{judging['judge']['evaluator']}@{judging['judge']['number']}"


def _far(judging: dict[str, Any]) -> str:
    return f"{judging['judged']} of {judging['battles']} battles"
