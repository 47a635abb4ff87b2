import pytest

import windlass
from tests.live import Project


def test_a_queue_is_filled_followed_and_exported_from_python(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("windlass.sdk.reviews.current_client", lambda: project.client)
    project.push_sums(items=3)
    project.client.put(
        "/review-queues/sums", {"questions": [{"name": "right", "type": "boolean"}], "labels_per_item": 1}
    )
    queue = windlass.review_queue("sums")
    assert queue.add_dataset("sums@latest", sample=2) == 2
    assert queue.add_dataset("sums@latest", sample=2) == 0
    item = project.client.post("/review-queues/sums/next", {})["item"]
    project.client.put(f"/review-queues/sums/items/{item['id']}/label", {"answers": {"right": True}})

    assert queue.progress() == {"items": 2, "settled": 1, "disputed": 0, "labels": 1, "skips": 0}
    (settled,) = queue.settled()
    assert (settled["id"], settled["reference"]) == (item["id"], {"right": True})
    assert queue.agreement()["reviewers"] == [{"reviewer": "key:a-admin", "labels": 1, "skips": 0}]
    assert queue.export("labelled", reference="right") == "labelled@1"
    assert repr(queue) == "ReviewQueue('sums')"
