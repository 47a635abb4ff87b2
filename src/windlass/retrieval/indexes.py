"""Indexes as artifacts: built once from the same documents and settings, opened once, kept while used."""

import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence

from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.artifacts.kinds import Index as IndexBody
from windlass.artifacts.kinds import IndexedDocument
from windlass.artifacts.registry import Pushed, Registry
from windlass.errors import NotFound
from windlass.models.embeddings import load_embedder
from windlass.retrieval.documents import Document, check_documents
from windlass.retrieval.index import Index, IndexSettings, build_index
from windlass.storage.blobs import Blobs

_KEPT = 8


class BuildProgress(BaseModel):
    """How many chunks of an index that is being built are embedded."""

    done: int
    total: int


class Indexes:
    """The retrieval indexes of one server."""

    def __init__(self, registry: Registry, blobs: Blobs) -> None:
        self._registry = registry
        self._blobs = blobs
        self._lock = threading.Lock()
        self._open: OrderedDict[str, Index] = OrderedDict()
        self._building: dict[tuple[str, str], BuildProgress] = {}

    def build(
        self,
        principal: Principal,
        name: str,
        documents: Sequence[Document],
        settings: IndexSettings,
        *,
        message: str = "",
    ) -> Pushed:
        """Add a version of an index, or find the one made of the same documents and settings.

        Nothing is embedded again for documents and settings that some version of this index was made of.
        Raises InputError for no documents or two of one name.
        """
        check_documents(documents)
        made_of = {
            "documents": [
                IndexedDocument(name=document.name, digest=document.digest).model_dump() for document in documents
            ],
            "settings": settings.model_dump(mode="json"),
        }
        known = self._find(principal.project, name, made_of)
        if known is None:
            data, chunks = self._build(principal.project, name, documents, settings)
            known = IndexBody.model_validate({**made_of, "chunks": chunks, "blob": self._blobs.put(data)})
        return self._registry.push(principal, "index", name, known.model_dump(mode="json"), message=message)

    def progress(self, project: str, name: str) -> BuildProgress:
        """Return how far the build of an index is; zeros when none is under way."""
        return self._building.get((project, name), BuildProgress(done=0, total=0))

    def open(self, project: str, selector: str) -> Index:
        """Return an index ready to search. Raises NotFound."""
        body = IndexBody.model_validate(self._registry.get(project, selector, kind="index").body)
        with self._lock:
            index = self._open.get(body.blob)
            if index is None:
                embedder = load_embedder(IndexSettings.model_validate(body.settings).embedder)
                index = self._open[body.blob] = Index.load(self._blobs.get(body.blob), embedder)
            self._open.move_to_end(body.blob)
            while len(self._open) > _KEPT:
                self._open.popitem(last=False)
            return index

    def _build(
        self, project: str, name: str, documents: Sequence[Document], settings: IndexSettings
    ) -> tuple[bytes, int]:
        def note(done: int, total: int) -> None:
            self._building[project, name] = BuildProgress(done=done, total=total)

        embedder = load_embedder(settings.embedder)
        try:
            data = build_index(documents, settings, embedder, note)
        finally:
            self._building.pop((project, name), None)
        return data, Index.load(data, embedder).chunk_count

    def _find(self, project: str, name: str, made_of: Mapping[str, object]) -> IndexBody | None:
        try:
            versions = self._registry.history(project, "index", name).versions
        except NotFound:
            return None
        for summary in versions:
            body = IndexBody.model_validate(self._registry.get(project, f"index/{name}@{summary.digest}").body)
            same = body.model_dump(mode="json", include={"documents", "settings"}) == made_of
            if same and self._blobs.exists(body.blob):
                return body
        return None
