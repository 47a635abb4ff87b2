"""`windlass verdicts`: what gates decided, as signed files that can be verified elsewhere."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from windlass.cli.connection import Data, connect
from windlass.cli.gate import write_signed
from windlass.cli.output import moment, plain, print_table, written
from windlass.errors import InputError

if TYPE_CHECKING:
    from windlass.access.envelopes import PublicKey
    from windlass.evaluation.gates.statements import SignedVerdict

app = typer.Typer(
    no_args_is_help=True, help="List verdicts, take them out as signed files, and verify such files."
)

Id = Annotated[str, typer.Argument(help="The verdict: verdict-….", show_default=False)]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Write this file [default: standard output].", show_default=False),
]


@app.command("list")
def list_verdicts(
    release: Annotated[
        str | None,
        typer.Option("--release", help="Only of this candidate: its name or digest.", show_default=False),
    ] = None,
    limit: Annotated[int, typer.Option("--limit", min=1, max=500, help="How many, newest first.")] = 30,
    data: Data = None,
) -> None:
    """List verdicts, newest first."""
    with connect(data) as client:
        verdicts = client.get("/verdicts", release=release, limit=limit)["items"]
    if not verdicts:
        print("No gate has decided yet: `windlass gate` gives a verdict.")
        return
    print_table(
        ("verdict", "outcome", "candidate", "baseline", "data", "decided", "by"),
        (
            (
                each["id"],
                each["outcome"].replace("_", " "),
                *(f"{each[side]['name']}@{each[side]['number']}" for side in ("candidate", "baseline", "dataset")),
                moment(each["created"]),
                each["by"],
            )
            for each in verdicts
        ),
    )


@app.command("export")
def export(verdict: Id, output: Output = None, data: Data = None) -> None:
    """Write a verdict with all its evidence as one signed file: an in-toto test result in a DSSE envelope."""
    with connect(data) as client:
        write_signed(client, verdict, output)
    if output is not None:
        print(f"{output} holds {verdict}: `windlass verdicts verify {output}` verifies it.")


@app.command("verify")
def verify(
    file: Annotated[Path, typer.Argument(help="A signed file; - for standard input.", show_default=False)],
    key: Annotated[
        list[Path] | None,
        typer.Option(
            "--key",
            help="A file of public keys in PEM, as `windlass verdicts keys` writes it; again for more. "
            "[default: ask the server for its keys]",
            show_default=False,
        ),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json", help="Print the verdict that the file holds, as JSON.")
    ] = False,
    data: Data = None,
) -> None:
    """Say whether a signed file holds: exit 0, or 1 with what does not hold. With --key no server is asked.

    Whether its gate passed is another matter: the line says so, and the file's standard fields do.
    """
    from windlass.access.envelopes import Envelope, NotVerified
    from windlass.evaluation.gates.statements import verify_verdict

    content = _read(file)
    keys = [each for path in key for each in _keys_in(path)] if key else _keys_of_server(data)
    try:
        found = verify_verdict(Envelope.parse(content), keys)
    except NotVerified as error:
        print(plain(error.message).plain)
        raise typer.Exit(1) from error
    if as_json:
        print(json.dumps(found._asdict(), indent=2, ensure_ascii=False))
        return
    _print(found)


@app.command("keys")
def keys(output: Output = None, data: Data = None) -> None:
    """Write the public keys that verdicts are signed with, as PEM: the one that signs now, and those before it."""
    with connect(data) as client:
        known = client.get("/signing-keys")["items"]
    with written(output) as file:
        for each in known:
            state = "signs now" if each["current"] else "signed before"
            file.write(f"# {each['id']}, {state}, since {each['since']}\n{each['pem']}".encode())


@app.command("sign")
def sign(verdict: Id, data: Data = None) -> None:
    """Sign a verdict with the key that signs now, beside the signatures that it has."""
    with connect(data) as client:
        envelope = client.post(f"/verdicts/{verdict}/signatures", {})
    print(f"{verdict} is signed by {', '.join(each['keyid'] for each in envelope['signatures'])}.")


@app.command("rotate-key")
def rotate_key(data: Data = None) -> None:
    """Make another signing key; what was signed before can still be verified."""
    with connect(data) as client:
        made = client.post("/signing-keys", {})
    print(f"{made['id']} signs from now on: hand its public key to those who verify (`windlass verdicts keys`).")


def _read(file: Path) -> bytes:
    try:
        return sys.stdin.buffer.read() if str(file) == "-" else file.read_bytes()
    except OSError as error:
        raise InputError(f"{file} cannot be read: {error.strerror}.") from error


def _keys_in(file: Path) -> "list[PublicKey]":
    from windlass.access.envelopes import parse_public_keys

    return parse_public_keys(_read(file).decode(errors="replace"), str(file))


def _keys_of_server(data: Path | None) -> "list[PublicKey]":
    """Return the keys of the server at hand; none is started, for a new one would know no key."""
    from windlass.access.envelopes import PublicKey
    from windlass.client import Client, find_url

    url = find_url(data)
    if url is None:
        raise InputError(
            "Say whose signature counts: `--key keys.pem`, which `windlass verdicts keys` writes where the "
            "verdict was given; or set WINDLASS_URL to ask that server."
        )
    with Client(url) as client:
        return [PublicKey(each["id"], each["pem"]) for each in client.get("/signing-keys")["items"]]


def _print(found: "SignedVerdict") -> None:
    evidence = found.evidence
    sides = [
        f"{evidence[side]['name']}@{evidence[side]['number']}" for side in ("candidate", "baseline", "dataset")
    ]
    print(f"The file holds: {found.id}, given {moment(found.created)} by {found.by}, signed by {found.key}.")
    print(f"{sides[0]} against {sides[1]} on {sides[2]}: {evidence['outcome'].replace('_', ' ')}")
    print(evidence["sentence"])
