"""Blobs that rows of telemetry need: they go with the last row that refers to them."""

# ruff: noqa: S608 - what goes into these statements are names of this package; values are bound.

from collections.abc import Collection, Sequence

from windlass.storage.blobs import Blobs
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.lifecycle.holdings import Holding


def blobs_of(
    warehouse: Warehouse, project: str, traces: Sequence[str], holdings: Sequence[Holding]
) -> frozenset[str]:
    """Return the digests of the blobs that rows of some traces refer to."""
    found: set[str] = set()
    for holding in holdings:
        if holding.blob and traces:
            rows = warehouse.query(
                f"SELECT DISTINCT {holding.blob} AS digest FROM {holding.table} WHERE {holding.of_traces}",
                {"project": project, "traces": list(traces)},
            )
            found |= {str(row["digest"]) for row in rows if row["digest"]}
    return frozenset(found)


def delete_unreferenced(
    warehouse: Warehouse, blobs: Blobs, digests: Collection[str], holdings: Sequence[Holding]
) -> int:
    """Delete those of some blobs that no row refers to, of whatever project; return how many."""
    unreferenced = set(digests)
    for holding in holdings:
        if holding.blob and unreferenced:
            rows = warehouse.query(
                f"SELECT DISTINCT {holding.blob} AS digest FROM {holding.table} "
                f"WHERE {holding.blob} IN {{digests:Array(String)}}",
                {"digests": sorted(unreferenced)},
            )
            unreferenced -= {str(row["digest"]) for row in rows}
    for unneeded in sorted(unreferenced):
        blobs.delete(unneeded)
    return len(unreferenced)
