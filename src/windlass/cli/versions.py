"""`windlass list`, `show`, `diff` and `label`: what is on the server, and where labels point."""

import difflib
import json
from typing import TYPE_CHECKING, Annotated, Any

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.output import MISSING, moment, print_table, short
from windlass.errors import InputError

if TYPE_CHECKING:
    from windlass.artifacts.references import Selector
    from windlass.client import Client


def list_artifacts(
    kind: Annotated[str | None, typer.Argument(help="Only one kind, for example prompt.")] = None,
    data: Data = None,
) -> None:
    """List artifacts with their newest version and where their labels and environments point."""
    from windlass.artifacts.references import KINDS

    if kind is not None and kind not in KINDS:
        raise InputError(f"{kind!r} is not a kind of artifact; the kinds are {', '.join(KINDS)}.")
    with connect(data) as client:
        found = client.get("/artifacts", kind=kind)["items"]
        running = _running(client)
        pointers = [_pointers(client, each, running) for each in found]
    print_table(
        ("artifact", "versions", "newest", "labels", "changed"),
        (
            (
                f"{each['kind']}/{each['name']}",
                each["versions"],
                each["latest"]["number"],
                ", ".join(f"{name} @{number}" for name, number in at.items()),
                moment(each["updated"]),
            )
            for each, at in zip(found, pointers, strict=True)
        ),
        right=("versions", "newest"),
    )


def show(
    version: Annotated[str, typer.Argument(help="kind/name for its history, kind/name@what for one version.")],
    data: Data = None,
) -> None:
    """Show the history of an artifact, or one version with what it is made of and what uses it."""
    from windlass.artifacts.references import parse_selector

    selector = parse_selector(version)
    with connect(data) as client:
        if "@" in version:
            _print_version(client.get(_path_of(selector)))
        else:
            _print_history(client, selector.kind, selector.name)


def diff(
    version: Annotated[str, typer.Argument(help="The one before: kind/name@what.")],
    to: Annotated[str, typer.Argument(help="The one after: a number, digest, label or environment.")] = "latest",
    data: Data = None,
) -> None:
    """Show what changed from one version of an artifact to another, the parts of a release opened.

    Items of datasets: windlass datasets diff.
    """
    from windlass.artifacts.references import parse_selector

    kind, name, before = parse_selector(version)
    with connect(data) as client:
        found = client.get(f"/artifacts/{kind}/{name}/diff", **{"from": before, "to": to.removeprefix("@")})
    title = f"{kind}/{name} {found['from']['number']} → {found['to']['number']}"
    print(title if found["changes"] else f"{title}: nothing differs.")
    for change in found["changes"]:
        _print_change(change["path"], change["before"], change["after"])


def label(
    version: Annotated[str, typer.Argument(help="kind/name@what: where the label shall point.")],
    name: Annotated[str, typer.Argument(help="The label, for example champion.")],
    reason: Annotated[str, typer.Option("--reason", help="Why, for the audit chain.")] = "",
    expected: Annotated[
        str | None,
        typer.Option("--expected", help="The digest where it must still point; `none` for a new label."),
    ] = None,
    data: Data = None,
) -> None:
    """Let a label point to a version, unless somebody else moved it meanwhile."""
    from windlass.artifacts.references import check_name, parse_selector

    check_name(name, "a label")
    kind, artifact, what = parse_selector(version)
    with connect(data) as client:
        now = client.get(f"/artifacts/{kind}/{artifact}")["labels"].get(name)
        moved = client.put(
            f"/artifacts/{kind}/{artifact}/labels/{name}",
            {
                "to": what,
                "expected": now if expected is None else None if expected == "none" else expected,
                "reason": reason,
            },
        )
        found = client.get(f"/artifacts/{kind}/{artifact}/versions/{moved['digest']}")
    print(f"{kind}/{artifact}@{name} is version {found['number']} ({short(moved['digest'])}).")


def _path_of(selector: "Selector") -> str:
    return f"/artifacts/{selector.kind}/{selector.name}/versions/{selector.what}"


def _running(client: "Client") -> dict[tuple[str, str], dict[str, str]]:
    """Return by artifact which digest runs in each environment."""
    running: dict[tuple[str, str], dict[str, str]] = {}
    for environment in client.get("/environments")["items"]:
        for deployment in environment["deployments"]:
            place = running.setdefault(("release", deployment["release"]), {})
            place[environment["name"]] = deployment["digest"]
    return running


def _pointers(
    client: "Client", artifact: dict[str, Any], running: dict[tuple[str, str], dict[str, str]]
) -> dict[str, int]:
    """Return which version each label of an artifact, and each environment that it runs in, points to."""
    kind, name, latest = artifact["kind"], artifact["name"], artifact["latest"]
    digests = artifact["labels"] | running.get((kind, name), {})
    digests.pop("latest", None)
    numbers = {latest["digest"]: latest["number"]}
    if not numbers.keys() >= set(digests.values()):
        versions = client.get(f"/artifacts/{kind}/{name}")["versions"]
        numbers = {version["digest"]: version["number"] for version in versions}
    return {pointer: numbers[digest] for pointer, digest in sorted(digests.items())}


def _print_history(client: "Client", kind: str, name: str) -> None:
    found = client.get(f"/artifacts/{kind}/{name}")
    pointing = found["labels"] | _running(client).get((kind, name), {})
    print_table(
        ("version", "digest", "labels", "made", "by", "message"),
        (
            (
                each["number"],
                short(each["digest"]),
                ", ".join(sorted(pointer for pointer, digest in pointing.items() if digest == each["digest"])),
                moment(each["created"]),
                each["author"],
                each["message"],
            )
            for each in found["versions"]
        ),
        right=("version",),
    )


def _print_version(version: dict[str, Any]) -> None:
    from windlass.delivery.push import file_of

    facts = [
        ("digest", version["digest"]),
        ("labels", ", ".join(version["labels"]) or MISSING),
        ("made", f"{moment(version['created'])} by {version['author']}"),
        ("message", version["message"] or MISSING),
        *((f"with {link['role']}", _name_of(link)) for link in version["references"]),
        *(("used by", _name_of(link)) for link in version["referenced_by"]),
    ]
    print_table((_name_of(version), ""), facts)
    print()
    print(file_of(version)[1], end="")


def _name_of(link: dict[str, Any]) -> str:
    return f"{link['kind']}/{link['name']}@{link['number']}"


def _print_change(path: str, before: object, after: object) -> None:
    """Print what a field was and is; of texts of several lines only those that differ."""
    print(f"\n{path}")
    old, new = _lines(before), _lines(after)
    for line in list(difflib.unified_diff(old, new, lineterm="", n=1))[2:]:
        if not line.startswith("@@"):
            print(f"  {line}")


def _lines(value: object) -> list[str]:
    if value is None:
        return []
    if isinstance(value, str):
        return value.splitlines() or [""]
    return [json.dumps(value, ensure_ascii=False)]
