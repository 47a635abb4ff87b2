from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from windlass.storage.warehouse import Warehouse
from windlass.telemetry import schema
from windlass.telemetry.queries import scores_of_run, scores_of_traces
from windlass.telemetry.scores import STEPS, Score, insert_scores, natural_id
from windlass.telemetry.writer import Writer

from .sending import trace_id

TIME = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)


def test_a_score_comes_back_as_it_was(warehouse: Warehouse, writer: Writer) -> None:
    score = Score(
        trace_id=trace_id(),
        span_id="00000000000000AB",
        name="token_f1",
        value=0.1 + 0.2,
        label="fair 한",
        explanation='it\'s "so"\n',
        source="judge",
        run="r1",
        item="i1",
        release="sha256:1",
        evaluator="e1",
        author="ada",
        time=TIME,
    )
    writer.write_scores("shop", [score, Score(trace_id=trace_id(), name="unknown", value=None, source="code")])

    first, second = scores_of_traces(warehouse, "shop", [trace_id()])

    assert (first, second.value, second.time.tzinfo) == (
        score.model_copy(update={"id": natural_id(score)}),
        None,
        UTC,
    )
    assert first.span_id == "00000000000000ab"
    assert scores_of_traces(warehouse, "another", [trace_id()]) == []
    assert scores_of_traces(warehouse, "shop", []) == []


def test_scoring_again_replaces_the_score_but_people_stand_beside_each_other(
    warehouse: Warehouse, writer: Writer
) -> None:
    def write(value: float, **more: str) -> None:
        writer.write_scores(
            "shop", [Score.model_validate({"trace_id": trace_id(), "name": "good", "value": value, **more})]
        )

    write(0.1, source="code", run="r1", item="a")
    write(0.2, source="code", run="r1", item="a")
    write(0.3, source="code", run="r2", item="a")
    write(0.4, source="judge", run="r1", item="a", evaluator="strict")
    write(0.5, source="human", author="ada")
    write(0.6, source="human", author="bob")
    write(0.7, source="human", author="ada")

    values = sorted(score.value or 0 for score in scores_of_traces(warehouse, "shop", [trace_id()]))

    assert values == [0.2, 0.3, 0.4, 0.6, 0.7]
    assert [score.value for score in scores_of_run(warehouse, "shop", "r1")] == [0.2, 0.4]


@pytest.mark.parametrize(
    "wrong",
    [
        {"trace_id": ""},
        {"trace_id": "xyz"},
        {"span_id": "12"},
        {"name": ""},
        {"value": float("nan")},
        {"source": "me"},
    ],
    ids=str,
)
def test_a_score_that_cannot_be_right_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Score.model_validate({"trace_id": trace_id(), "name": "n", "value": 1, "source": "code", **wrong})


def test_scores_of_before_they_had_ids_have_them_and_are_replaced_as_ever(warehouse: Warehouse) -> None:
    warehouse.apply_steps({"telemetry": schema.STEPS})
    old = [
        Score(trace_id=trace_id(), name="good", value=0.1, source="code", evaluator="e", run="r1", time=TIME),
        Score(trace_id=trace_id(), name="good", value=0.2, source="human", author="ada", time=TIME),
    ]
    new = {"id", "conversation", "sender"}
    rows = [{"project": "shop", **score.model_dump(exclude=new), "received": TIME} for score in old]
    warehouse.insert("scores", rows)
    for _ in range(2):
        # Killed before the step was recorded, a process does it again.
        for statement in STEPS[0].statements:
            warehouse.execute(statement)

    insert_scores(warehouse, "shop", [score.model_copy(update={"value": 0.9}) for score in old])

    found = scores_of_traces(warehouse, "shop", [trace_id()])
    assert {score.id: score.value for score in found} == {natural_id(score): 0.9 for score in old}
