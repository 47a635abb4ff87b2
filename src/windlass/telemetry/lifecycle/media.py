"""Files that spans refer to: they go with the last trace that refers to them."""

from collections.abc import Collection, Sequence

from windlass.storage.warehouse import Warehouse
from windlass.telemetry.media import MediaStore
from windlass.telemetry.media_uses import TABLE, TRACES_OF_PROJECT


def media_of(warehouse: Warehouse, project: str, traces: Sequence[str]) -> frozenset[str]:
    """Return the digests of the files that some traces refer to."""
    if not traces:
        return frozenset()
    rows = warehouse.query(
        f"SELECT DISTINCT digest FROM {TABLE} WHERE {TRACES_OF_PROJECT}",  # noqa: S608 - names of this package
        {"project": project, "traces": list(traces)},
    )
    return frozenset(str(row["digest"]) for row in rows)


def delete_unreferenced(warehouse: Warehouse, media: MediaStore, project: str, digests: Collection[str]) -> int:
    """Delete those of some files that no trace of the project refers to any more; return how many.

    Files that were uploaded stay.
    """
    if not digests:
        return 0
    rows = warehouse.query(
        f"SELECT DISTINCT digest FROM {TABLE} "  # noqa: S608 - names of this package
        "WHERE project = {project:String} AND digest IN {digests:Array(String)}",
        {"project": project, "digests": sorted(digests)},
    )
    unreferenced = sorted(set(digests) - {str(row["digest"]) for row in rows})
    return sum(media.forget(project, digest) for digest in unreferenced)


def delete_upload(warehouse: Warehouse, media: MediaStore, project: str, digest: str) -> bool:
    """Delete a file that was uploaded; tell whether it is gone: where traces refer to it, it goes with the last.

    Raises NotFound.
    """
    media.release(project, digest)
    return delete_unreferenced(warehouse, media, project, [digest]) == 1
