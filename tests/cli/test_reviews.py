from pathlib import Path

from tests.cli.conftest import Windlass, rows
from tests.live import Project

QUEUE = """
name: sums
guidelines_file: guidelines.md
labels_per_item: 1
questions:
  - {name: right, type: boolean}
"""


def test_a_queue_is_made_filled_followed_and_exported(
    windlass: Windlass, project: Project, tmp_path: Path
) -> None:
    assert windlass("reviews", "list").out.startswith("There is no review queue")
    file = tmp_path / "queue.yaml"
    file.write_text(QUEUE, encoding="utf-8")
    (tmp_path / "guidelines.md").write_text("Add **up**.", encoding="utf-8")
    made = windlass("reviews", "create", file)
    assert made.out == "sums is at revision 1: 1 question, 1 label an item, blind.\n"
    assert project.client.get("/review-queues/sums")["guidelines"] == "Add **up**."
    again = windlass("reviews", "create", file)
    assert (again.code, "already" in again.err) == (2, True)
    (tmp_path / "guidelines.md").write_text("Add up.", encoding="utf-8")
    assert windlass("reviews", "create", file, "--update").out.startswith("sums is at revision 2")

    project.push_sums(items=4)
    added = windlass("reviews", "add", "sums", "--dataset", "sums@latest", "--sample", 2)
    assert added.out == "2 added; 0 were there already.\n"
    item = project.client.post("/review-queues/sums/next", {})["item"]
    project.client.put(f"/review-queues/sums/items/{item['id']}/label", {"answers": {"right": True}})

    status = windlass("reviews", "status", "sums").out
    assert status.startswith("1 of 2 items are settled, 0 wait for a decision; 1 labels, 0 skips.")
    assert "key:a-admin" in status
    assert rows(windlass("reviews", "list")) == [["sums", "2", "1", "0", "1", "2"]]
    exported = windlass("reviews", "export", "sums", "--dataset", "labelled")
    assert exported.out.splitlines() == [
        "dataset/labelled@1: 1 items.",
        "1 items are left out: they wait for labels or for a decision.",
    ]


def test_the_queue_of_the_reference_can_be_made(windlass: Windlass, project: Project, tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "reference" / "reviews.md"
    (tmp_path / "queue.yaml").write_text(
        page.read_text(encoding="utf-8").split("```yaml\n")[1].split("```")[0], encoding="utf-8"
    )
    (tmp_path / "guidelines.md").write_text("Judge what is there.", encoding="utf-8")
    assert windlass("reviews", "create", tmp_path / "queue.yaml").code == 0
    assert project.client.get("/review-queues/answers")["guidelines"] == "Judge what is there."


def test_files_and_options_that_say_nothing_are_refused_in_one_sentence(
    windlass: Windlass, tmp_path: Path
) -> None:
    file = tmp_path / "queue.yaml"
    file.write_text("- right", encoding="utf-8")
    assert "is not a review queue" in windlass("reviews", "create", file).err
    file.write_text("a: [", encoding="utf-8")
    assert "is no YAML" in windlass("reviews", "create", file).err
    assert "cannot be read" in windlass("reviews", "create", tmp_path / "none.yaml").err
    assert "Say what to add" in windlass("reviews", "add", "sums").err
    refused = windlass("reviews", "add", "sums", "--trace", "0" * 32)
    assert (refused.code, "There is no review queue 'sums'" in refused.err) == (2, True)
