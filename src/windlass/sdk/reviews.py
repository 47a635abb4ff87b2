"""`windlass.review_queue`: fill a queue, follow it, and read what people decided."""

from collections.abc import Iterator, Sequence
from typing import Any

from windlass.sdk.connection import current_client


class ReviewQueue:
    """A review queue of the server that `windlass.init` named."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"ReviewQueue({self.name!r})"

    def add_run(self, run: str, *, baseline: str | None = None, sample: int | None = None, seed: int = 0) -> int:
        """Add the samples of a run, or pairs with a baseline run's; return how many were added."""
        return self._add(run={"run": run, "baseline": baseline, "sample": sample, "seed": seed})

    def add_traces(self, trace_ids: Sequence[str]) -> int:
        """Add traces by their ids; return how many were not there before."""
        return self._add(traces={"ids": list(trace_ids)})

    def add_dataset(self, dataset: str, *, sample: int | None = None, seed: int = 0) -> int:
        """Add the items of a dataset version, `name@what`; return how many were added."""
        return self._add(dataset={"dataset": dataset, "sample": sample, "seed": seed})

    def progress(self) -> dict[str, int]:
        """Return how many items there are, how many are settled and disputed, and how many labels were given."""
        found: dict[str, int] = current_client().get(f"/review-queues/{self.name}")["progress"]
        return found

    def agreement(self) -> dict[str, Any]:
        """Return how far the reviewers agree, as the HTTP API does."""
        found: dict[str, Any] = current_client().get(f"/review-queues/{self.name}/agreement")
        return found

    def settled(self) -> Iterator[dict[str, Any]]:
        """Give the items that have a reference, with the labels it comes from."""
        yield from current_client().pages(f"/review-queues/{self.name}/items", state="settled", limit=500)

    def export(self, dataset: str, *, reference: str | None = None) -> str:
        """Push the settled items as a version of a dataset, and return the version as `name@number`."""
        body = {"dataset": dataset, "reference": reference}
        made = current_client().post(f"/review-queues/{self.name}/export", body)
        return f"{made['name']}@{made['number']}"

    def _add(self, **selection: dict[str, object]) -> int:
        added: int = current_client().post(f"/review-queues/{self.name}/items", selection)["added"]
        return added


def review_queue(name: str) -> ReviewQueue:
    """Return a review queue by its name; nothing is asked of the server before it is used."""
    return ReviewQueue(name)
