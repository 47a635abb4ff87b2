"""Pushing the files of a repository to a server, and pulling versions back as files."""

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from windlass.artifacts.prompts import Prompt, write_prompt
from windlass.artifacts.references import Kind, parse_selector
from windlass.client import Client
from windlass.delivery.files import ArtifactFile
from windlass.errors import InputError
from windlass.evaluation.formats.json_lines import write_lines
from windlass.evaluation.samples import Item


@dataclass(frozen=True)
class PushedFile:
    """What became of a file."""

    path: Path
    kind: Kind
    name: str
    number: int
    digest: str
    is_new: bool
    labels: tuple[str, ...]
    read_as: str = ""
    """The format of a dataset."""


def push_files(client: Client, files: Iterable[ArtifactFile], *, message: str = "") -> list[PushedFile]:
    """Push files in their order; content that is there already makes no version."""
    return [push_file(client, file, message=message) for file in files]


def push_file(client: Client, file: ArtifactFile, *, message: str = "") -> PushedFile:
    """Push one file and move its labels to the version."""
    match file.kind:
        case "dataset":
            version = client.post(f"/datasets/{file.name}", {**file.body, "message": message})
        case "index":
            version = client.post(f"/indexes/{file.name}", {**file.body, "message": message})
        case _:
            version = client.post(f"/artifacts/{file.kind}/{file.name}", {"body": file.body, "message": message})
    for label in file.labels:
        client.put(
            f"/artifacts/{file.kind}/{file.name}/labels/{label}",
            {"to": version["digest"], "reason": message or f"pushed from {file.path.name}"},
        )
    return PushedFile(
        path=file.path,
        kind=file.kind,
        name=file.name,
        number=version["number"],
        digest=version["digest"],
        is_new=version["is_new"],
        labels=file.labels,
        read_as=file.read_as,
    )


def pull_items(client: Client, selector: str) -> tuple[str, Iterator[Item]]:
    """Return a dataset's name, and the items of a version as the server gives them. Raises NotFound."""
    _, name, what = parse_selector(selector, kind="dataset")
    # A label may move between two pages.
    digest = client.get(f"/artifacts/dataset/{name}/versions/{what}")["digest"]
    return name, map(Item.model_validate, client.pages(f"/datasets/{name}/items", ref=digest, limit=500))


def pull_file(client: Client, selector: str) -> tuple[str, str]:
    """Return the usual file name and the content of a version, such that pushing it gives the same version.

    Raises InputError for an index, whose documents are files that stay where they are.
    """
    kind, name, what = parse_selector(selector)
    if kind == "index":
        raise InputError(
            f"index/{name} is made of documents, which stay in your repository: push the file that names them."
        )
    version = client.get(f"/artifacts/{kind}/{name}/versions/{what}")
    if kind == "dataset":
        lines = io.BytesIO()
        write_lines(pull_items(client, f"{name}@{version['digest']}")[1], lines, name)
        return f"{name}.jsonl", lines.getvalue().decode()
    return file_of(version)


def file_of(version: dict[str, Any]) -> tuple[str, str]:
    """Return the usual file name and the content of a version; of a dataset and an index what names their data."""
    kind, name, body = version["kind"], version["name"], version["body"]
    match kind:
        case "prompt":
            return f"{name}.md", write_prompt(name, Prompt.model_validate(body))
        case "evaluator" if body.get("source") is not None:
            return f"{name}.py", body["source"]
        case _:
            return f"{name}.yaml", _as_yaml(kind, name, body)


def _as_yaml(kind: Kind, name: str, body: dict[str, Any]) -> str:
    if kind == "release":
        body = {
            **body,
            **{role: _reference(body[role]) for role in ("model", "index") if role in body},
            "prompts": {role: _reference(prompt) for role, prompt in body.get("prompts", {}).items()},
            **({"tools": [_reference(tool) for tool in body["tools"]]} if "tools" in body else {}),
            **({"cascade": _cascade(body["cascade"])} if "cascade" in body else {}),
        }
    return yaml.safe_dump({"kind": kind, "name": name, **body}, sort_keys=False, allow_unicode=True)


def _cascade(cascade: dict[str, list[dict[str, Any]]]) -> dict[str, object]:
    return {"steps": [{**step, "release": _reference(step["release"])} for step in cascade["steps"]]}


def _reference(reference: dict[str, str]) -> str:
    return f"{reference['kind']}/{reference['name']}@{reference['digest']}"
