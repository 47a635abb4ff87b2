"""A jury of judges, whose members are asked through the wire like any judge."""

import asyncio
from collections.abc import Mapping

import pytest
from pydantic import JsonValue

import windlass
from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError
from windlass.evaluation.evaluator_making import make_evaluator, models_of
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.judging import Ask
from windlass.evaluation.judges.jury import Combine, jury
from windlass.evaluation.samples import Judgement

from .asking import asking, judge_server, judged, sample

SCALE: dict[str, JsonValue] = {"0": "no", "1": "half", "2": "yes"}


def member(value: float | None, label: str = "", *, higher_is_better: bool = True) -> Evaluator:
    async def judge(_: object) -> Judgement:
        return Judgement(value, label, f"because\n{value}", "judge")

    return Evaluator("m", judge, higher_is_better=higher_is_better, needs=("reference",), prompt=str(value))


def verdict(*members: Evaluator, combine: Combine = "majority", quorum: int | None = None) -> Judgement:
    named = {f"m{number}": each for number, each in enumerate(members, 1)}
    return asyncio.run(jury(named, combine, quorum).judge(sample("Paris")))


def test_the_majority_decides_and_every_member_is_kept_with_its_reason() -> None:
    found = verdict(member(1), member(0), member(1))
    assert (found.value, found.label, found.source) == (1, "2 of 3", "judge")
    assert found.explanation == (
        "1 of 3 pairs of members agree.\nm1: 1 — because 1\nm2: 0 — because 0\nm3: 1 — because 1"
    )


@pytest.mark.parametrize("values", [(0, 1), (0, 1, 2), (0, 0, 1, 1, 2)])
def test_a_tie_for_the_most_is_an_abstention(values: tuple[int, ...]) -> None:
    found = verdict(*map(member, values))
    assert (found.value, found.label) == (None, "abstain")
    assert found.explanation.startswith("The members are split.")


@pytest.mark.parametrize(("combine", "value"), [("mean", 2.0), ("median", 1.0)])
def test_scores_become_their_mean_or_their_median(combine: Combine, value: float) -> None:
    found = verdict(member(1), member(0), member(5), combine=combine)
    assert (found.value, found.label) == (value, "0 to 5, 3 of 3")


def test_a_member_without_a_verdict_has_no_vote_and_below_the_quorum_there_is_no_value() -> None:
    silent, failing = member(None, "abstain"), member(None, "error")
    assert verdict(member(1), member(1), failing).label == "2 of 2"
    short = verdict(member(1), silent, silent)
    assert (short.value, short.label) == (None, "no_quorum")
    assert short.explanation.startswith("1 of 3 members have a verdict, and it takes 2.\nm1: 1")
    assert verdict(member(1), silent, silent, quorum=1).value == 1
    assert verdict(member(1), member(1), failing, quorum=3).label == "error", "a resumed run asks it again"


def test_members_must_mean_the_same_and_be_two_at_least() -> None:
    with pytest.raises(InputError, match="at least two members"):
        verdict(member(1))
    with pytest.raises(InputError, match="quorum of a jury of 2 is from 1 to 2, not 3"):
        verdict(member(1), member(1), quorum=3)
    with pytest.raises(InputError, match="for some more is better, for others less"):
        verdict(member(1), member(1, higher_is_better=False))


def test_judges_of_ones_own_process_are_a_jury_by_their_names() -> None:
    with judge_server(lambda _: {"reasoning": "so", "score": "2"}) as server:
        one, two = (
            windlass.judge("rubric", name=name, model="openai:j", base_url=server.url, criteria=name, scores=SCALE)
            for name in ("right", "short")
        )
        panel = windlass.jury(one, two, name="panel", combine="median")
        found = judged(panel.judge(sample("Paris")))
    assert (panel.name, found.value, found.label) == ("panel", 2, "2 to 2, 2 of 2")
    with pytest.raises(InputError, match="Two judges of the jury have the same name"):
        windlass.jury(one, one)


def body(*members: JsonValue, **more: JsonValue) -> EvaluatorBody:
    return EvaluatorBody(function="jury", parameters={"members": list(members), **more})


def rubric(name: str, model: str = "openai:one") -> dict[str, JsonValue]:
    parameters: dict[str, JsonValue] = {"model": model, "criteria": f"Is it {name}?", "scores": SCALE}
    return {"name": name, "function": "rubric", "parameters": parameters}


def test_a_file_says_its_members_each_with_a_model_and_words_of_its_own() -> None:
    opened: list[tuple[str, str]] = []
    with judge_server(
        lambda messages: {"reasoning": "so", "score": "2" if "Is it short?" in messages[0].content else "1"}
    ) as server:

        def open_judge(evaluator: str, ref: str, _: Mapping[str, JsonValue]) -> Ask:
            opened.append((evaluator, ref))
            return asking(server)

        said = body(rubric("right"), rubric("short", "openai:two"), combine="mean")
        made = make_evaluator("good", said, open_judge)
        found = judged(made.judge(sample("Paris")))
    assert opened == [("good/right", "openai:one"), ("good/short", "openai:two")]
    assert (made.name, found.value, found.label) == ("good", 1.5, "1 to 2, 2 of 2")
    assert models_of(said) == ["openai:one", "openai:two"]
    assert "right:\nYou judge" in made.told
    other = make_evaluator("good", body(rubric("right"), rubric("brief")), lambda *_: asking(server))
    assert made.prompt != other.prompt


@pytest.mark.parametrize(
    ("said", "sentence"),
    [
        (body(), "A jury has at least two members."),
        (body(rubric("a"), rubric("a")), "evaluator/j: two members of the jury are named 'a'"),
        (body(rubric("a"), {"function": "exact_match"}), "evaluator/j: member 2 is no judge, 'exact_match'"),
        (body(rubric("a"), {"function": "jury"}), "evaluator/j: member 2 is no judge, 'jury'"),
        (
            body(rubric("a"), {"function": "claims"}),
            "evaluator/j/member 2 asks a model: its parameters need `model`",
        ),
        (body(rubric("a"), rubric("b"), combine="loudest"), "evaluator/j: combine of jury is wrong"),
        (body(rubric("a"), rubric("b"), vote="mean"), "evaluator/j: vote of jury is wrong"),
    ],
)
def test_a_file_that_is_no_jury_is_one_sentence(said: EvaluatorBody, sentence: str) -> None:
    with judge_server(lambda _: "") as server, pytest.raises(InputError) as raised:
        make_evaluator("j", said, lambda *_: asking(server))
    assert raised.value.message.startswith(sentence)
