"""Scores follow references, whenever the warehouse can take them."""

import pytest

from tests.evaluation.reviews.conftest import EDITOR, Labelling
from windlass.access.audit import AuditChain
from windlass.errors import Unavailable
from windlass.evaluation.reviews import scores
from windlass.evaluation.reviews.scores import try_write_scores, write_all_scores
from windlass.storage.database import Database
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.scores import Score
from windlass.telemetry.scoring import list_scores
from windlass.telemetry.writer import Writer

QUESTIONS = [
    {"name": "better", "type": "preference"},
    {"name": "depth", "type": "scale"},
    {"name": "remark", "type": "text", "required": False},
]


@pytest.fixture
def labelling(sqlite_url: str, audit: AuditChain) -> Labelling:
    """On one kind of database: which one makes no difference to the warehouse."""
    return Labelling(Database(sqlite_url), audit)


def stored(warehouse: Warehouse) -> dict[str, Score]:
    return {score.name: score for score in list_scores(warehouse, EDITOR.project).items}


def test_every_answer_is_a_score_of_its_own_kind(
    labelling: Labelling, warehouse: Warehouse, writer: Writer
) -> None:
    assert writer
    labelling.save(labels_per_item=1, questions=QUESTIONS)
    (only,) = labelling.fill(1)
    labelling.label("ada", only, better="tie", depth=4, remark="Hm.")
    write_all_scores(labelling.database, warehouse)

    found = stored(warehouse)
    assert {name: (score.value, score.label, score.explanation) for name, score in found.items()} == {
        "better": (0.5, "tie", ""),
        "depth": (4.0, "", ""),
        "remark": (None, "", "Hm."),
    }
    assert {score.author for score in found.values()} == {"ada"}
    assert found["depth"].id == f"review.{only}.depth"


def test_scores_that_could_not_be_written_are_written_later(
    labelling: Labelling, warehouse: Warehouse, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert writer
    labelling.save(labels_per_item=1)
    (only,) = labelling.fill(1)
    labelling.label("ada", only, good=True)

    def away(*_arguments: object, **_more: object) -> None:
        raise Unavailable("The warehouse does not answer.")

    with monkeypatch.context() as patch:
        patch.setattr(scores, "insert_scores", away)
        try_write_scores(labelling.database, warehouse, EDITOR.project, labelling.name)
    assert stored(warehouse) == {}
    write_all_scores(labelling.database, warehouse)
    assert stored(warehouse)["good"].value == 1.0


def test_a_decision_by_somebody_else_replaces_the_score_of_those_who_agreed(
    labelling: Labelling, warehouse: Warehouse, writer: Writer
) -> None:
    assert writer
    labelling.save(labels_per_item=1)
    (only,) = labelling.fill(1)
    labelling.label("ada", only, good=True)
    write_all_scores(labelling.database, warehouse)
    labelling.save(labels_per_item=2)
    write_all_scores(labelling.database, warehouse)
    assert stored(warehouse) == {}
    labelling.label("bob", only, good=True)
    write_all_scores(labelling.database, warehouse)
    assert stored(warehouse)["good"].author == "ada, bob"
