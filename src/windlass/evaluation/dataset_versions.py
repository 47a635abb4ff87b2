"""Datasets as artifacts: items in a blob of canonical JSON lines, named by a version."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final, NamedTuple, Self

from pydantic import BaseModel

from windlass.access.principals import Principal
from windlass.artifacts.kinds import Dataset
from windlass.artifacts.references import Selector
from windlass.artifacts.registry import ANY, LATEST, ArtifactSummary, Pushed, Registry
from windlass.artifacts.versions import Version, VersionSummary
from windlass.errors import Conflict, InputError, NotFound
from windlass.evaluation.datasets import parse_items
from windlass.evaluation.duplicate_reports import DuplicateReport, duplicate_report
from windlass.evaluation.item_differences import Differences
from windlass.evaluation.item_edits import edited_lines, line_of_item, new_items
from windlass.evaluation.item_index import ItemIndex
from windlass.evaluation.item_lines import ItemLines, LineItems, fields_of_line
from windlass.evaluation.kept import Kept
from windlass.evaluation.samples import Item
from windlass.storage.blobs import Blobs

MOST_IN_MEMORY: Final = 20_000
"""Items of a version that are kept as objects; of a larger one, where each begins in its blob."""
_KEPT = 8
_ATTEMPTS = 5

_FIELDS = ("input", "reference", "metadata", "split")


class DatasetSummary(BaseModel):
    """One line of the list of datasets."""

    name: str
    description: str
    latest: VersionSummary
    versions: int
    labels: dict[str, str]
    count: int
    """Items in the newest version."""
    fields: list[str]
    """What every item has, of input, reference, metadata and split."""

    @classmethod
    def of(cls, artifact: ArtifactSummary, newest: Version) -> Self:
        body = Dataset.model_validate(newest.body)
        return cls(
            name=artifact.name,
            description=body.description,
            latest=artifact.latest,
            versions=artifact.versions,
            labels=artifact.labels,
            count=body.count,
            fields=body.fields,
        )


class Added(NamedTuple):
    pushed: Pushed
    added: int
    already: int
    """How many were there."""


class Datasets:
    """The datasets of one server."""

    def __init__(self, registry: Registry, blobs: Blobs) -> None:
        self._registry = registry
        self._blobs = blobs
        self._loaded = Kept[str, list[Item]](_KEPT)
        self._lines = Kept[str, ItemLines](_KEPT)
        self._indexes = Kept[str, ItemIndex](_KEPT)
        self._differences = Kept[tuple[str, str], Differences](_KEPT)
        self._duplicates = Kept[tuple[str, float], DuplicateReport](_KEPT)

    def push(
        self,
        principal: Principal,
        name: str,
        items: Iterable[Item],
        *,
        description: str = "",
        message: str = "",
        expected: object = ANY,
    ) -> Pushed:
        """Add a version made of items, or find the one that has them.

        Raises Conflict where the newest version is not the ``expected`` one: see ``Registry.push``.
        """
        lines = map(line_of_item, items)
        return self._push(principal, name, lines, description=description, message=message, expected=expected)

    def edit(
        self,
        principal: Principal,
        name: str,
        base: str,
        *,
        put: Sequence[Item] = (),
        remove: Sequence[str] = (),
        message: str = "",
    ) -> Pushed:
        """Add a version: the one of the digest ``base``, which must be the newest, with some items edited.

        Raises Conflict when somebody added a version meanwhile, InputError for an edit that changes nothing or
        leaves nothing, NotFound.
        """
        version, lines = self.lines(principal.project, Selector("dataset", name, base))
        pushed = self._push(
            principal,
            name,
            edited_lines(lines.lines(), put, remove),
            description=Dataset.model_validate(version.body).description,
            message=message,
            expected=version.digest,
        )
        if pushed.version.digest == version.digest:
            raise InputError("These edits change nothing: the items say already what they would say.")
        return pushed

    def add(self, principal: Principal, name: str, items: Sequence[Item], *, message: str = "") -> Added:
        """Add items to the newest version, or to a new dataset; those that are there are not added again.

        Who else adds at the same time is waited for. Raises Conflict for an id that another item has.
        """
        for attempt in range(_ATTEMPTS):
            try:
                return self._add(principal, name, items, message)
            except _OvertakenError as error:
                if attempt == _ATTEMPTS - 1:
                    raise error.conflict from error
        raise AssertionError

    def load(self, project: str, selector: str | Selector) -> tuple[Version, Sequence[Item]]:
        """Return a version with its items: read as they are asked for where there are many. Raises NotFound."""
        version = self._registry.get(project, selector, kind="dataset")
        body = Dataset.model_validate(version.body)
        blob = body.items
        if body.count > MOST_IN_MEMORY:
            return version, LineItems(self._lines.get(blob, lambda: ItemLines(self._blobs, blob)))
        source = f"dataset/{version.name}"
        return version, self._loaded.get(blob, lambda: parse_items(self._blobs.get(blob).decode(), source))

    def lines(self, project: str, selector: str | Selector) -> tuple[Version, ItemLines]:
        """Return a version with its items as lines, which are not in memory. Raises NotFound."""
        version = self._registry.get(project, selector, kind="dataset")
        blob = Dataset.model_validate(version.body).items
        return version, self._lines.get(blob, lambda: ItemLines(self._blobs, blob))

    def index(self, project: str, selector: str | Selector) -> ItemIndex:
        """Return where the items of a version are in it. Raises NotFound."""
        _, lines = self.lines(project, selector)
        return self._indexes.get(lines.digest, lambda: ItemIndex(lines.ids()))

    def differences(
        self, project: str, name: str, before: str, after: str
    ) -> tuple[Version, Version, Differences]:
        """Return what changed from one version to another. Raises NotFound."""
        old, old_lines = self.lines(project, Selector("dataset", name, before))
        new, new_lines = self.lines(project, Selector("dataset", name, after))
        key = (old_lines.digest, new_lines.digest)
        return old, new, self._differences.get(key, lambda: Differences(old_lines, new_lines))

    def duplicates(self, project: str, selector: str | Selector, *, similar: float) -> DuplicateReport:
        """Return which items of a version ask the same, or nearly. Raises NotFound, InputError."""
        _, items = self.load(project, selector)
        _, lines = self.lines(project, selector)
        return self._duplicates.get((lines.digest, similar), lambda: duplicate_report(items, similar=similar))

    def list_summaries(self, project: str) -> list[DatasetSummary]:
        """Return what there is to say of each dataset's newest version without looking at its items."""
        return [
            DatasetSummary.of(artifact, self._registry.get(project, Selector("dataset", artifact.name, LATEST)))
            for artifact in self._registry.list_artifacts(project, "dataset")
        ]

    def newest(self, project: str, name: str) -> tuple[Version, ItemLines] | None:
        """Return the version pushed last, or None for a dataset that is not there yet."""
        try:
            version = self._registry.get(project, Selector("dataset", name, LATEST))
        except NotFound:
            return None
        return self.lines(project, Selector("dataset", name, version.digest))

    def _add(self, principal: Principal, name: str, items: Sequence[Item], message: str) -> Added:
        newest = self.newest(principal.project, name)
        if newest is None:
            pushed = self._push_on(None, principal, name, map(line_of_item, items), message)
            return Added(pushed, len(items), 0)
        version, lines = newest
        missing = new_items(lines.lines(), items)
        if not missing:
            return Added(Pushed(version=version, is_new=False), 0, len(items))
        pushed = self._push_on(version, principal, name, edited_lines(lines.lines(), missing, ()), message)
        return Added(pushed, len(missing), len(items) - len(missing))

    def _push_on(
        self, base: Version | None, principal: Principal, name: str, lines: Iterable[bytes], message: str
    ) -> Pushed:
        description = "" if base is None else Dataset.model_validate(base.body).description
        expected = None if base is None else base.digest
        try:
            return self._push(principal, name, lines, description=description, message=message, expected=expected)
        except Conflict as error:
            raise _OvertakenError(error) from error

    def _push(
        self,
        principal: Principal,
        name: str,
        lines: Iterable[bytes],
        *,
        description: str,
        message: str,
        expected: object,
    ) -> Pushed:
        """Keep lines and name them by a version.

        The blob is written before the version that names it: a crash between the two leaves bytes that nothing
        names, never a version without its items.
        """
        common = set(_FIELDS)
        count = 0

        def pieces() -> Iterator[bytes]:
            nonlocal count
            for line in lines:
                common.intersection_update(
                    field for field, value in fields_of_line(line).items() if value is not None
                )
                count += 1
                yield line + b"\n"
            if not count:
                raise InputError(f"dataset/{name} would have no items; a version has at least one.")

        blob = self._blobs.put_pieces(pieces())
        body = Dataset(
            description=description,
            items=blob,
            count=count,
            fields=[field for field in _FIELDS if field in common],
        )
        return self._registry.push(
            principal, "dataset", name, body.model_dump(mode="json"), message=message, expected=expected
        )


class _OvertakenError(Exception):
    """Somebody else added a version first."""

    def __init__(self, conflict: Conflict) -> None:
        super().__init__(conflict.message)
        self.conflict = conflict
