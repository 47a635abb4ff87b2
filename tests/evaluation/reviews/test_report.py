from typing import Any

import pytest

from tests.evaluation.reviews.conftest import EDITOR, GOOD, Labelling
from windlass.errors import NotFound
from windlass.evaluation.reviews.report import Agreement, Agreements

DEPTH = {"name": "depth", "type": "scale", "required": False, "spacing": "interval"}
REMARK = {"name": "remark", "type": "text", "required": False}


def measured(agreements: Agreements) -> Agreement:
    return agreements.of(EDITOR.project, "answers")


@pytest.fixture
def agreements(labelling: Labelling) -> Agreements:
    labelling.save(labels_per_item=3, questions=[GOOD, DEPTH, REMARK])
    for number, item in enumerate(labelling.fill(6)):
        for who, good in (("ada", True), ("bob", number % 2 == 0)):
            answers: dict[str, Any] = {"good": good, **({"depth": number % 5 + 1} if number else {})}
            labelling.label(who, item, **answers)
    return Agreements(labelling.database)


def test_each_question_is_measured_as_its_answers_are_meant(agreements: Agreements) -> None:
    good, depth = measured(agreements).questions
    assert (good.question, good.level, good.raw.value, good.raw.n) == ("good", "nominal", 0.5, 6)
    assert good.kappas[0].kappa.value == 0.0  # ada always says yes
    assert (depth.question, depth.level, depth.alpha.value, depth.alpha.n) == ("depth", "interval", 1.0, 5)


def test_who_has_done_most_comes_first(agreements: Agreements, labelling: Labelling) -> None:
    labelling.label("eve", "item-0", good=False)
    labelling.skip("eve", "item-1")
    counts = [(each.reviewer, each.labels, each.skips) for each in measured(agreements).reviewers]
    assert counts == [("ada", 6, 0), ("bob", 6, 0), ("eve", 1, 1)]
    pairs = [kappa.reviewers for kappa in measured(agreements).questions[0].kappas]
    assert pairs == [["ada", "bob"], ["ada", "eve"], ["bob", "eve"]]


def test_it_is_measured_again_when_a_label_changes_and_not_before(
    agreements: Agreements, labelling: Labelling
) -> None:
    before = measured(agreements)
    assert measured(agreements) is before
    labelling.label("bob", "item-1", good=True)
    assert measured(agreements).questions[0].raw.value == pytest.approx(4 / 6)
    labelling.undo("bob")
    assert measured(agreements).questions[0].raw.n == 5
    with pytest.raises(NotFound):
        agreements.of(EDITOR.project, "others")
