"""Groundedness by claim."""

import json
from collections.abc import Sequence

import pytest

from windlass.evaluation.judges.claims import claims
from windlass.evaluation.samples import Context
from windlass.models.completion import Message

from .asking import asking, judge_server, judged, sample

TOWER = Context("paris.md", "Tower", "The Eiffel Tower stands in Paris. It is 330 metres high.")


def look_up(messages: Sequence[Message]) -> object:
    """Find each sentence of the answer in the passages, word for word; a number that differs contradicts."""
    shown = json.loads(messages[-1].content)
    passages = " ".join(each["text"] for each in shown["contexts"])
    found = []
    for claim in filter(None, (part.strip() for part in shown["output"].split("."))):
        finding = "supported" if claim in passages else "contradicted" if "metres" in claim else "not_found"
        found.append({"claim": claim, "evidence": claim if finding == "supported" else "", "finding": finding})
    return {"reasoning": "", "claims": found}


@pytest.mark.parametrize(
    ("output", "value", "label"),
    [
        ("The Eiffel Tower stands in Paris", 1.0, "1 supported, 0 contradicted, 0 not found"),
        (
            "It is 330 metres high. It is 12 metres high. It is blue",
            1 / 3,
            "1 supported, 1 contradicted, 1 not found",
        ),
        ("It is blue", 0.0, "0 supported, 0 contradicted, 1 not found"),
        ("", None, "no_claims"),
    ],
)
def test_the_value_is_the_share_of_claims_that_a_passage_supports(
    output: str, value: float | None, label: str
) -> None:
    with judge_server(look_up) as server:
        found = judged(claims(asking(server)).judge(sample(output, contexts=(TOWER,))))
    assert (found.value, found.label) == (value, label)


def test_the_explanation_lists_each_claim_with_its_evidence() -> None:
    with judge_server(look_up) as server:
        found = judged(
            claims(asking(server)).judge(sample("It is 330 metres high. It is blue", contexts=(TOWER,)))
        )
    assert found.explanation == "✓ It is 330 metres high — “It is 330 metres high”\n? It is blue"
