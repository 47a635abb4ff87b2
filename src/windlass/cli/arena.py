"""`windlass arena`: answers compared two at a time."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, dollars, moment, number, print_table, signed

if TYPE_CHECKING:
    from windlass.client import Client

app = typer.Typer(no_args_is_help=True, help="Compare the answers of runs two at a time, blind, and rank them.")

Name = Annotated[str, typer.Argument(help="The arena.")]

_AT_ONCE: Final = 16


@app.command("list")
def list_arenas(data: Data = None) -> None:
    """List the arenas and how much was voted in each."""
    with connect(data) as client:
        arenas = client.get("/arenas")["items"]
    if not arenas:
        print("There is no arena; make one with `windlass arena create NAME RUN RUN`.")
        return
    print_table(
        ("arena", "releases", "dataset", "items", "votes", "judged", "created"),
        (
            (
                each["name"],
                ", ".join(_release(one) for one in each["contestants"]),
                f"{each['dataset']['name']} {each['dataset']['number']}",
                each["items"],
                each["votes"],
                each["judgements"],
                moment(each["created"]),
            )
            for each in arenas
        ),
        right=("items", "votes", "judged"),
    )


@app.command("create")
def create(
    name: Name,
    runs: Annotated[list[str], typer.Argument(help="Two or more finished runs on one dataset version.")],
    sample: Annotated[
        int | None,
        typer.Option("--sample", min=1, help="How many items to draw [default: all].", show_default=False),
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="Of the draw, and of who meets whom.")] = 0,
    guidelines: Annotated[
        Path | None,
        typer.Option("--guidelines", help="A Markdown file that is shown beside battles.", show_default=False),
    ] = None,
    data: Data = None,
) -> None:
    """Have the answers of finished runs meet, item by item."""
    from windlass.delivery.files import read_text

    body = {
        "name": name,
        "runs": runs,
        "sample": sample,
        "seed": seed,
        "guidelines": read_text(guidelines) if guidelines else "",
    }
    with connect(data) as client:
        made = client.post("/arenas", body)
        print(
            f"{name}: {len(made['contestants'])} runs on {made['items']} items of {made['dataset']['name']} "
            f"{made['dataset']['number']}. Vote at {client.url}/arenas/{name}, or ask a judge: "
            f"`windlass arena judge {name} --judge EVALUATOR`."
        )


@app.command("judge")
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
    data: Data = None,
) -> None:
    """Have a pairwise judge decide battles, each in both orders; what is decided is kept as it comes.

    Answers on which people voted come first, then pairs with the fewest battles.
    """
    with connect(data) as client:
        total = _judge_all(client, name, judge, most, retry)
    cost = "cost unknown" if total["cost_usd"] is None else dollars(total["cost_usd"])
    print(
        f"{total['judge']} decided {total['judged']} battles, {total['same']} of equal answers, in "
        f"{total['calls']} calls "
        f"({total['input_tokens']} + {total['output_tokens']} tokens, {cost}); {total['left']} are left."
    )
    if total["missing"]:
        print(f"{total['missing']} have no verdict: `windlass arena show {name}` says why, --retry asks again.")


@app.command("show")
def show(name: Name, data: Data = None) -> None:
    """Print the rankings of an arena: people's, and each judge's with its agreement."""
    with connect(data) as client:
        arena = client.get(f"/arenas/{name}")
        found = client.get(f"/arenas/{name}/leaderboard")
    print(
        f"{arena['name']}: {arena['items']} items of {arena['dataset']['name']} {arena['dataset']['number']}, "
        f"{arena['votes']} votes of people, {arena['judgements']} of judges."
    )
    for board in found["boards"]:
        _print_board(board)
    if found["among_people"]["n"]:
        print(f"People gave the same verdict on the same answers {_figure(found['among_people'])}.")


@app.command("delete")
def delete(name: Name, data: Data = None) -> None:
    """Remove an arena with its votes."""
    with connect(data) as client:
        client.delete(f"/arenas/{name}")
    print(f"The arena {name} is gone.")


def _judge_all(client: "Client", name: str, judge: str, most: int | None, retry: bool) -> dict[str, Any]:
    # A tenth of a second to import, and only commands that wait need it.
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    console = Console()
    total: dict[str, Any] = {}
    done = 0
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(f"judge {name}", total=most)
        while True:
            body = {"judge": judge, "most": min(_AT_ONCE, most - done if most else _AT_ONCE), "retry": retry}
            part = client.post(f"/arenas/{name}/judge", body)
            # What has no verdict this time shall not come again and again.
            retry = False
            total = _added(total, part)
            done = total["judged"] + total["missing"]
            progress.update(task, completed=done, total=min(most or done + part["left"], done + part["left"]))
            if part["left"] == 0 or done == most:
                return total


def _added(total: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    summed = {each: total.get(each, 0) + part[each] for each in ("judged", "same", "missing", "calls")}
    tokens = {each: total.get(each, 0) + part[each] for each in ("input_tokens", "output_tokens")}
    before, now = total.get("cost_usd", 0.0), part["cost_usd"]
    cost = None if before is None or now is None else before + now
    return {**part, **summed, **tokens, "cost_usd": cost}


def _print_board(board: dict[str, Any]) -> None:
    print()
    if board["ranking"] is None:
        print(f"{board['name']}: no verdict yet.")
        return
    said = f"{board['name']}: {board['verdicts']} verdicts, {board['ties']} ties"
    if board["same"]:
        said += f" ({board['same']} of equal answers)"
    if board["both_bad"]:
        said += f", {board['both_bad']} both bad (counted as ties)"
    print(f"{said}.")
    print_table(
        ("rank", "release", "strength", "95 % interval", "ranks", "win rate", "battles", "won", "lost", "tied"),
        (
            (
                each["rank"],
                each["name"],
                signed(each["strength"], 2),
                f"{signed(each['low'], 2)} to {signed(each['high'], 2)}",
                _ranks(each),
                f"{each['win_rate']:.0%}",
                each["battles"],
                each["wins"],
                each["losses"],
                each["ties"],
            )
            for each in board["ranking"]["players"]
        ),
        right=("rank", "strength", "win rate", "battles", "won", "lost", "tied"),
    )
    for line in _remarks(board):
        print(line)


def _remarks(board: dict[str, Any]) -> list[str]:
    lines = [board["ranking"]["note"]] if board["ranking"]["note"] else []
    if board["consistent"]["n"]:
        lines.append(f"Both orders said the same {_figure(board['consistent'])}.")
    if board["agreement"]:
        kappa = board["agreement"]["kappa"]
        lines.append(
            f"It says what most people say {_figure(board['agreement']['equal'])}; Cohen's kappa "
            f"{number(kappa['value'], 2)}."
        )
    if board["missing_why"]:
        why = ", ".join(f"{count} {name}" for name, count in board["missing_why"].items())
        lines.append(f"Without a verdict: {why}.")
    return lines


def _ranks(player: dict[str, Any]) -> str:
    best, worst = player["best_rank"], player["worst_rank"]
    return str(best) if best == worst else f"{best} to {worst}"


def _figure(figure: dict[str, Any]) -> str:
    if figure["value"] is None:
        return MISSING
    interval = f", 95 % interval {figure['low']:.0%} to {figure['high']:.0%}" if figure["low"] is not None else ""
    return f"{figure['value']:.0%} of the time (n = {figure['n']}{interval})"


def _release(contestant: dict[str, Any]) -> str:
    return f"{contestant['release']['name']}@{contestant['release']['number']}"
