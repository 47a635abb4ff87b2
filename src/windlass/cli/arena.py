"""`windlass arena`: answers compared two at a time."""

from pathlib import Path
from typing import Annotated, Any

import typer

from windlass.cli import arena_judging
from windlass.cli.calibration_view import STATES
from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, moment, number, print_table, signed
from windlass.evaluation.wording.reasons import reasons_line

app = typer.Typer(no_args_is_help=True, help="Compare the answers of runs two at a time, blind, and rank them.")

Name = Annotated[str, typer.Argument(help="The arena.")]


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
    from windlass.text_files import read_text

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


app.command("judge")(arena_judging.judge)
app.command("cancel")(arena_judging.cancel)


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


def _print_board(board: dict[str, Any]) -> None:
    print()
    if board["ranking"] is None:
        print(f"{board['name']}: no verdict yet.")
        return
    standing = f" ({STATES[board['judge']['standing']['state']]})" if board["judge"] else ""
    said = f"{board['name']}{standing}: {board['verdicts']} verdicts, {board['ties']} ties"
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
        coverage = board["coverage"]
        lines.append(f"It gave a verdict {_figure(coverage)}.")
        lines.append(f"Without a verdict: {reasons_line(board['missing_why'])}.")
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
