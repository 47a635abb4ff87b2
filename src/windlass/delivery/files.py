"""The files of a user's repository that describe artifacts, read and checked before anything is pushed.

`*.md` with front matter is a prompt, `*.jsonl` a dataset, `*.yaml` says its kind, `*.py` with a function that has
`@windlass.evaluator` is an evaluator; named by itself a file in any
other format of datasets is one, too. A YAML file of a release:

    kind: release
    name: guide-to-mlops
    labels: [better]
    prompts: {answer: prompt/guide-answer}
    model: model/guide-model
    index: index/guide
    retrieval: {k: 6, mode: hybrid}

or, of a cascade of releases:

    kind: release
    name: guide-cascade
    cascade:
      steps:
        - {release: release/guide-small, confidence: likeness, escalate_below: 0.62}
        - {release: release/guide-to-mlops}

and of an index, whose documents are files named by patterns relative to it:

    kind: index
    name: guide
    documents: ["../guide/[0-9]*.md"]
    settings: {chunk_tokens: 160}
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from windlass.artifacts.evaluator_source import declares_evaluator, read_source
from windlass.artifacts.kinds import Release, validate_body
from windlass.artifacts.prompts import parse_prompt
from windlass.artifacts.references import KINDS, Kind, check_name, parse_selector
from windlass.errors import InputError
from windlass.evaluation.formats.files import read_items
from windlass.evaluation.formats.format import Columns, fields_of
from windlass.evaluation.formats.registry import SUFFIXES, format_named, format_of
from windlass.text_files import read_text

_ORDER: tuple[Kind, ...] = ("prompt", "dataset", "model", "tool", "evaluator", "index", "release")
"""What is referred to goes before what refers to it."""

_SUFFIXES = frozenset({".md", ".jsonl", ".yaml", ".yml", ".py"})

_DATA_SUFFIXES = [suffix for suffix in SUFFIXES if suffix not in {".yaml", ".yml"}]

_OUR_KIND = re.compile(rf"^kind:\s*['\"]?({'|'.join(KINDS)})['\"]?\s*$", re.MULTILINE)

_INDEX_FIELDS = ("documents", "settings")


@dataclass(frozen=True)
class ArtifactFile:
    """One artifact as a file describes it."""

    path: Path
    kind: Kind
    name: str
    body: Mapping[str, Any]
    """What the server is sent: a body, a dataset's `items`, or an index's `documents` and `settings`."""
    labels: tuple[str, ...] = ()
    read_as: str = field(default="", compare=False)
    """The format of a dataset."""


def read_files(paths: Iterable[Path]) -> list[ArtifactFile]:
    """Read files, and folders with all in them, in the order in which they can be pushed.

    In a folder, Markdown without front matter and YAML without a kind of artifact are somebody else's and
    passed over; named by themselves they are an error. Raises InputError naming the file.
    """
    found: list[ArtifactFile] = []
    for path in paths:
        if path.is_dir():
            found += [read_file(file) for file in _files_inside(path) if _is_ours(file)]
        else:
            found.append(read_file(path))
    if not found:
        raise InputError(
            "There is nothing to push there: no *.md with front matter, *.jsonl, *.yaml with a kind "
            "or *.py with @windlass.evaluator."
        )
    # A cascade refers to other releases.
    return sorted(found, key=lambda file: (_ORDER.index(file.kind), "cascade" in file.body))


def read_file(path: Path) -> ArtifactFile:
    """Read one file. Raises InputError."""
    match path.suffix:
        case ".md":
            prompt = parse_prompt(read_text(path), file=str(path))
            body = prompt.body.model_dump(mode="json", exclude_none=True)
            return ArtifactFile(path, "prompt", _checked_name(path, prompt.name, "a prompt"), body)
        case ".yaml" | ".yml":
            return _read_yaml(path)
        case ".py":
            return _read_code(path)
        case suffix if suffix in SUFFIXES:
            return read_dataset_file(path, _checked_name(path, path.name.partition(".")[0], "a dataset"))
        case _:
            raise InputError(
                f"{path}: only *.md, *.yaml, *.py and datasets "
                f"({', '.join(f'*{each}' for each in _DATA_SUFFIXES)}) can be pushed; a dataset of another "
                "name, or in a folder, is pushed as `dataset/NAME PATH`."
            )


def read_dataset_file(
    path: Path, name: str, *, data_format: str | None = None, columns: Columns | None = None
) -> ArtifactFile:
    """Read a file or folder as the dataset of this name; its format is that of its name and content by default.

    Raises InputError.
    """
    if not path.exists():
        raise InputError(f"There is no file {path}.")
    form = format_named(data_format) if data_format else format_of(path)
    items = [fields_of(item) for item in read_items(path, form, columns)]
    return ArtifactFile(path, "dataset", check_name(name, "a dataset"), {"items": items}, read_as=form.name)


def read_yaml(path: Path) -> dict[str, Any]:
    """Return a YAML file's mapping. Raises InputError with the line."""
    try:
        content = yaml.safe_load(read_text(path))
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        raise InputError(f"{path}, line {line}: this is not YAML: {error.problem}.") from error
    except InputError:
        raise
    except (yaml.YAMLError, ValueError) as error:
        # A character that YAML does not take, or a date that is none.
        raise InputError(f"{path}: this cannot be read as YAML: {str(error).splitlines()[0]}.") from error
    if not isinstance(content, dict):
        raise InputError(f"{path}: a mapping of names to values is needed here.")
    return content


def _files_inside(folder: Path) -> list[Path]:
    """Return the files that may describe artifacts, without hidden folders (.venv, .git)."""
    return [
        file
        for file in sorted(folder.rglob("*"))
        if file.suffix in _SUFFIXES
        and not any(part.startswith(".") for part in file.relative_to(folder).parts)
        and file.is_file()
    ]


def _is_ours(path: Path) -> bool:
    if path.suffix == ".md":
        # Somebody else's Markdown need not be text in our encoding.
        return path.read_bytes().removeprefix(b"\xef\xbb\xbf").startswith(b"---")
    if path.suffix == ".jsonl":
        return True
    if path.suffix == ".py":
        # Most of what is named so is no evaluator, and need not be text in our encoding.
        raw = path.read_bytes()
        return b"evaluator" in raw and declares_evaluator(raw.decode("utf-8-sig", "replace"))
    text = read_text(path)
    try:
        content = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        # Broken, of several documents, or with tags of another tool: ours only if it says so.
        return _OUR_KIND.search(text) is not None
    return isinstance(content, dict) and content.get("kind") in KINDS


def _read_yaml(path: Path) -> ArtifactFile:
    content = read_yaml(path)
    kind, name, labels = content.pop("kind", None), content.pop("name", None), content.pop("labels", [])
    if kind not in ("model", "tool", "evaluator", "index", "release"):
        raise InputError(f"{path}: `kind` is {kind!r}; in YAML it is model, tool, evaluator, index or release.")
    if not isinstance(name, str):
        raise InputError(f"{path}: there is no `name`.")
    _checked_name(path, name, f"a {kind}")
    if not isinstance(labels, list) or not all(isinstance(label, str) for label in labels):
        raise InputError(f"{path}: `labels` is a list of names.")
    for label in labels:
        _checked_name(path, label, "a label")
    body = _index_body(path, content) if kind == "index" else _checked_body(path, kind, content)
    return ArtifactFile(path, kind, name, body, tuple(labels))


def _read_code(path: Path) -> ArtifactFile:
    source = read_text(path)
    try:
        declared = read_source(source)
    except InputError as error:
        raise InputError(f"{path}: {error.message}") from error
    name = _checked_name(path, declared.name, "an evaluator")
    return ArtifactFile(path, "evaluator", name, {"function": declared.function, "source": source})


def _checked_name(path: Path, name: str, what: str) -> str:
    try:
        return check_name(name, what)
    except InputError as error:
        raise InputError(f"{path}: {error.message}") from error


def _checked_body(path: Path, kind: Kind, content: dict[str, Any]) -> dict[str, Any]:
    """Check what can be checked before the server resolves the references."""
    try:
        if kind == "release":
            _check_release(content)
        else:
            validate_body(kind, content)
    except InputError as error:
        raise InputError(f"{path}: {error.message}") from error
    return content


def _check_release(content: dict[str, Any]) -> None:
    unknown = content.keys() - Release.model_fields.keys()
    if unknown:
        known = ", ".join(sorted(Release.model_fields))
        raise InputError(f"A release has no {sorted(map(str, unknown))[0]!r}; it has {known}, and labels.")
    prompts = content.get("prompts", {})
    if not isinstance(prompts, dict):
        raise InputError("`prompts` is a mapping such as {answer: prompt/guide-answer}.")
    for reference in prompts.values():
        parse_selector(str(reference), kind="prompt")
    tools = content.get("tools", [])
    if not isinstance(tools, list):
        raise InputError("`tools` is a list such as [tool/find-order, tool/refund@3].")
    for reference in tools:
        parse_selector(str(reference), kind="tool")
    if "cascade" in content:
        _check_cascade(content["cascade"])
    if "model" in content:
        parse_selector(str(content["model"]), kind="model")
    if "index" in content:
        parse_selector(str(content["index"]), kind="index")


def _check_cascade(cascade: object) -> None:
    steps = cascade.get("steps") if isinstance(cascade, dict) else None
    if not isinstance(steps, list) or not all(isinstance(step, dict) and "release" in step for step in steps):
        raise InputError("`cascade` has `steps`, a list of which each names its `release`, such as release/small.")
    for step in steps:
        parse_selector(str(step["release"]), kind="release")


def _index_body(path: Path, content: dict[str, Any]) -> dict[str, Any]:
    unknown = content.keys() - _INDEX_FIELDS
    if unknown:
        known = ", ".join(_INDEX_FIELDS)
        raise InputError(f"{path}: an index has no {sorted(map(str, unknown))[0]!r}; it has {known}, and labels.")
    patterns = content.get("documents")
    if not isinstance(patterns, list) or not patterns:
        raise InputError(f"{path}: `documents` is a list of file patterns relative to this file.")
    files = sorted({file for pattern in patterns for file in _glob(path, str(pattern))})
    documents = [{"name": file.name, "text": read_text(file)} for file in files]
    return {"documents": documents, "settings": content.get("settings", {})}


def _glob(path: Path, pattern: str) -> list[Path]:
    # Path.glob takes no "..": walk up first.
    folder, rest = path.parent, Path(pattern)
    while rest.parts and rest.parts[0] == "..":
        folder, rest = folder.parent, Path(*rest.parts[1:])
    try:
        files = [file.resolve() for file in folder.resolve().glob(str(rest)) if file.is_file()]
    except (ValueError, IndexError, NotImplementedError) as error:
        raise InputError(f"{path}: {pattern!r} is no pattern relative to this file.") from error
    if not files:
        raise InputError(f"{path}: no file fits the pattern {pattern!r}.")
    return files
