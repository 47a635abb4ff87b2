"""`windlass.synthesise`: items that a model makes for a dataset, each checked and with its origin."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Final

from windlass.client import Client
from windlass.errors import InputError, ProviderError
from windlass.retrieval.document_files import read_documents
from windlass.sdk.connection import current_client

Documents = Mapping[str, str] | Sequence[str | PathLike[str]]

_POLL_S: Final = 0.25
_UNFINISHED: Final = ("queued", "running")


@dataclass(frozen=True)
class LeftOut:
    """A draft that was not taken, or a passage, trace or item of which nothing was written."""

    check: str
    """Which check it failed: `answerable`, `leak` or `duplicate`; `written` where there is no draft."""
    reason: str
    source: Mapping[str, Any]
    question: str = ""
    answer: str = ""


@dataclass(frozen=True)
class Synthesis:
    """A synthesis that has ended."""

    id: str
    state: str
    """`finished`; `stopped` when it came to its budget, with what was made and checked until then; `cancelled`."""
    dataset: str
    version: str | None
    """The version with the new items, `name@number`; None where none was taken."""
    drafts: int
    taken: int
    already: int
    """Drafts that are in the dataset from an earlier synthesis."""
    left_out: Sequence[LeftOut]
    spent_usd: float
    error: str | None = None
    """Why it ended before its end."""


def synthesise(
    dataset: str,
    *,
    documents: Documents | None = None,
    index: str | None = None,
    failures: Mapping[str, object] | Sequence[str] | None = None,
    items: str | None = None,
    mutations: Sequence[str] = (),
    of_split: str | None = None,
    model: str | None = None,
    model_parameters: Mapping[str, object] | None = None,
    judge: str | None = None,
    personas: Mapping[str, str] | None = None,
    each: int = 1,
    most: int = 50,
    seed: int = 0,
    split: str = "",
    held_out: Sequence[str] = (),
    max_cost_usd: float | None = None,
    max_tokens: int | None = None,
) -> Synthesis:
    """Have a model make items for a dataset and wait for them; what its checks refuse is listed and not taken.

    The server makes them, so that its models and keys count; a synthesis goes on there when this process ends.

    Args:
        dataset: Its name; it is made if it is not there.
        documents: Texts by name, or files and folders (their `*.md` and `*.txt`): questions about each passage.
        index: The chunks of this index instead; with `failures`, where the right answers are looked for.
        failures: Traces that went wrong: conditions (`["score.user_feedback=0"]`), or what else says which traces
            are meant (`{"where": [...], "environment": "production", "since": "2026-11-01T00:00:00Z"}`).
        items: The items of this dataset version, `name@what`, asked otherwise as `mutations` say.
        mutations: `paraphrase`, `harder`, `persona`, `typos`, `language:NAME`.
        of_split: Only items of this split.
        model: Who writes, `provider:name`; only `typos` need none.
        model_parameters: Its parameters.
        judge: Who answers from the source alone, to check an item: `provider:name`, or `baseline` for a comparison
            of words; by default the model.
        personas: Who asks, by name, with how they ask; they take turns.
        each: Questions for one passage.
        most: Items in all.
        seed: The same seed takes the same passages, traces or items.
        split: The split of the new items.
        held_out: Datasets, `name@what`, that no new item may come near.
        max_cost_usd, max_tokens: What all model calls may take.

    Raises InputError, NotFound and ConfigurationError before anything is paid for, ProviderError for one that
    failed.
    """
    body: dict[str, object] = {
        "source": _source(documents, index, failures, items, mutations, of_split),
        "model": model,
        "model_parameters": dict(model_parameters or {}),
        "judge": judge,
        "personas": [{"name": name, "description": text} for name, text in (personas or {}).items()],
        "each": each,
        "most": most,
        "seed": seed,
        "split": split,
        "held_out": list(held_out),
        "max_cost_usd": max_cost_usd,
        "max_tokens": max_tokens,
    }
    client = current_client()
    ended = await_synthesis(client, client.post(f"/datasets/{dataset}/syntheses", body)["id"])
    if ended["state"] == "failed":
        raise ProviderError(f"{ended['id']} is failed: {ended['error']}")
    return _read(ended)


def await_synthesis(
    client: Client, synthesis: str, observe: Callable[[Mapping[str, Any]], None] | None = None
) -> dict[str, Any]:
    """Return a synthesis when it has ended; ``observe`` is told how far it is."""
    while True:
        found: dict[str, Any] = client.get(f"/syntheses/{synthesis}")
        if observe is not None:
            observe(found)
        if found["state"] not in _UNFINISHED:
            return found
        time.sleep(_POLL_S)


def _source(
    documents: Documents | None,
    index: str | None,
    failures: Mapping[str, object] | Sequence[str] | None,
    items: str | None,
    mutations: Sequence[str],
    of_split: str | None,
) -> dict[str, object]:
    if sum(each is not None for each in (documents, failures, items)) > 1 or (
        index is not None and (documents is not None or items is not None)
    ):
        raise InputError("Say one thing that the items are made of: documents, index, failures or items.")
    if items is None and (mutations or of_split is not None):
        raise InputError("`mutations` and `of_split` go with `items`; name a dataset, or leave them out.")
    if items is not None:
        return {"kind": "items", "dataset": items, "mutations": list(mutations), "split": of_split}
    if failures is not None:
        if index is None:
            raise InputError("What would have been right is looked for in an index: name it with `index`.")
        query = dict(failures) if isinstance(failures, Mapping) else {"where": list(failures)}
        return {"kind": "traces", "query": query, "index": index}
    if documents is not None:
        return {"kind": "documents", "documents": _documents(documents)}
    if index is None:
        raise InputError("Say what the items are made of: documents, index, failures or items.")
    return {"kind": "index", "index": index}


def _documents(documents: Documents) -> list[dict[str, str]]:
    if isinstance(documents, Mapping):
        return [{"name": name, "text": text} for name, text in documents.items()]
    if isinstance(documents, str):
        raise InputError("`documents` are texts by name, or a list of paths; put a single path into a list.")
    return [each.model_dump() for each in read_documents(map(Path, documents))]


def _read(ended: Mapping[str, Any]) -> Synthesis:
    report, version = ended["report"], ended["version"]
    rejected = [
        LeftOut(each["check"], each["reason"], each["source"], each["question"], each["answer"])
        for each in report["rejected"]
    ]
    unwritten = [LeftOut("written", each["reason"], each["source"]) for each in report["unwritten"]]
    return Synthesis(
        id=ended["id"],
        state=ended["state"],
        dataset=ended["dataset"],
        version=version and f"{version['name']}@{version['number']}",
        drafts=report["drafts"],
        taken=report["taken"],
        already=report["already"],
        left_out=[*rejected, *unwritten],
        spent_usd=ended["calls"]["spent_usd"],
        error=ended["error"],
    )
