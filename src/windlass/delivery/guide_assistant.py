"""The assistant `guide-to-mlops`, which the demo brings along: its files, and the guide it answers from."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from windlass.delivery.files import ArtifactFile, read_files, read_yaml
from windlass.errors import ConfigurationError
from windlass.text_files import read_text

NAME = "guide-to-mlops"
DATASET = "guide-questions"
INDEX = "guide"
TRUNCATED_INDEX = "guide-truncated"

_FOLDER = Path(__file__).parent / "assistants" / "guide_to_mlops"

_INDEX_SETTINGS: Mapping[str, object] = {"chunk_tokens": 160}


def artifact_files(model: str) -> list[ArtifactFile]:
    """Return the assistant's prompts, dataset, model and releases, with the model given (`provider:name`)."""
    return [_with_model(file, model) for file in read_files([_FOLDER])]


def gate_rule() -> dict[str, Any]:
    """Return the rule that a release of the assistant must meet."""
    rule = read_yaml(_FOLDER / "gate.yaml")
    rule.pop("kind")
    return rule


def index_request() -> dict[str, object]:
    """Return what the index of the guide is made of."""
    return {"documents": guide_documents(), "settings": _INDEX_SETTINGS, "message": "the guide"}


def truncated_index_request() -> dict[str, object]:
    """Return the guide as an ingestion that stops half-way leaves it: a fault that happens, and hides well."""
    documents = [{**page, "text": page["text"][: len(page["text"]) // 2]} for page in guide_documents()]
    return {"documents": documents, "settings": _INDEX_SETTINGS, "message": "the guide, cut in half on its way in"}


def guide_documents() -> list[dict[str, str]]:
    """Return the numbered English pages of the guide."""
    pages = sorted(_guide_folder().glob("[0-9]*.md"))
    return [{"name": page.name, "text": read_text(page)} for page in pages]


def _guide_folder() -> Path:
    # In a wheel the guide lies beside the assistant; in a checkout it is the documentation itself.
    candidates = (_FOLDER / "guide", Path(__file__).parents[3] / "docs" / "guide")
    for folder in candidates:
        if any(folder.glob("[0-9]*.md")):
            return folder
    raise ConfigurationError(
        f"The guide is missing: there are no pages in {candidates[0]}. Install windlass again."
    )


def _with_model(file: ArtifactFile, model: str) -> ArtifactFile:
    """Bind another model; parameters that only the offline baseline knows stay with it."""
    if file.kind != "model" or model == file.body["model"]:
        return file
    return replace(file, body={"description": "The model that `windlass demo --model` named.", "model": model})
