"""Datasets as artifacts: items in a blob of canonical JSON lines, named by a version."""

import json
import threading
from collections import OrderedDict
from collections.abc import Sequence

from windlass.access.principals import Principal
from windlass.artifacts.kinds import Dataset
from windlass.artifacts.references import Selector
from windlass.artifacts.registry import Pushed, Registry
from windlass.artifacts.versions import Version
from windlass.canonical import canonical_json
from windlass.evaluation.datasets import parse_items
from windlass.evaluation.samples import Item
from windlass.storage.blobs import Blobs

_KEPT = 8

_FIELDS = ("input", "reference", "metadata", "split")


class Datasets:
    """The datasets of one server."""

    def __init__(self, registry: Registry, blobs: Blobs) -> None:
        self._registry = registry
        self._blobs = blobs
        self._lock = threading.Lock()
        self._loaded: OrderedDict[str, list[Item]] = OrderedDict()

    def push(
        self, principal: Principal, name: str, items: Sequence[Item], *, description: str = "", message: str = ""
    ) -> Pushed:
        """Add a version made of items, or find the one that has them.

        The blob is written before the version that names it: a crash between the two leaves bytes that nothing
        names, never a version without its items.
        """
        lines = b"".join(canonical_json(_plain(item)) + b"\n" for item in items)
        body = Dataset(
            description=description,
            items=self._blobs.put(lines),
            count=len(items),
            fields=[field for field in _FIELDS if all(_plain(item).get(field) is not None for item in items)],
        )
        return self._registry.push(principal, "dataset", name, body.model_dump(mode="json"), message=message)

    def load(self, project: str, selector: str | Selector) -> tuple[Version, list[Item]]:
        """Return a version with its items. Raises NotFound."""
        version = self._registry.get(project, selector, kind="dataset")
        blob = Dataset.model_validate(version.body).items
        with self._lock:
            items = self._loaded.get(blob)
            if items is None:
                items = self._loaded[blob] = parse_items(self._blobs.get(blob).decode(), f"dataset/{version.name}")
            self._loaded.move_to_end(blob)
            while len(self._loaded) > _KEPT:
                self._loaded.popitem(last=False)
        return version, items


def _plain(item: Item) -> dict[str, object]:
    plain: dict[str, object] = json.loads(item.model_dump_json(exclude_defaults=True))
    return plain
