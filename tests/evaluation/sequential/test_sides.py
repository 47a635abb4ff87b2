from dataclasses import replace
from datetime import UTC, datetime

import pytest

from windlass.evaluation.repeats import average_repeats
from windlass.evaluation.runs import Run, VersionName
from windlass.evaluation.samples import Judgement, Prediction, SampleResult
from windlass.evaluation.sequential.sides import done_items
from windlass.storage.database import now

VERSION = VersionName(name="n", number=1, digest="sha256:n")


def run(state: str, repeats: int = 1) -> Run:
    return Run.model_validate(
        {
            **dict.fromkeys(("error", "started", "finished", "calls")),
            **dict.fromkeys(("items", "finished_items", "failed_items"), 0),
            **dict.fromkeys(("release", "dataset"), VERSION),
            "id": "run-1",
            "by": "ada",
            "project": "p",
            "created": now(),
            "concurrency": 1,
            "state": state,
            "repeats": repeats,
            "evaluators": ["f1"],
            "metrics": {},
            "settings": {},
        }
    )


def sample(item: str, *, judged: bool = True, repeat: int = 1) -> SampleResult:
    judgements = {"f1": Judgement(None, "undefined")} if judged else {}
    return SampleResult(item, "t", "s", 0, 1, Prediction(output="x"), judgements=judgements, repeat=repeat)


def test_an_item_is_there_with_its_judgements_or_its_failure() -> None:
    failed = replace(sample("b", judged=False), prediction=None, error="broken")
    results = {"a": sample("a"), "b": failed, "c": sample("c", judged=False)}
    assert done_items(run("running"), results) == {"a", "b"}


def test_an_item_is_there_with_all_its_repeats() -> None:
    samples = [sample("a"), sample("a", repeat=2), sample("b"), sample("c"), sample("c", judged=False, repeat=2)]
    assert done_items(run("decided", repeats=2), average_repeats(samples)) == {"a"}


@pytest.mark.parametrize("state", ["finished"])
def test_what_a_finished_run_lacks_will_not_come(state: str) -> None:
    assert done_items(run(state), {}) is None


def test_what_a_resumed_run_asks_again_is_not_looked_at_before_it_did() -> None:
    taken_up = datetime.fromtimestamp(2, UTC)
    refused = replace(sample("b"), prediction=None, error="busy", error_type="Refused")
    unjudged = replace(sample("c"), judgements={"f1": Judgement(None, "error", "away")})
    again = replace(refused, item="d", start_ns=3 * 10**9, end_ns=4 * 10**9)
    broken = replace(refused, item="e", error_type="KeyError")
    results = {each.item: each for each in (sample("a"), refused, unjudged, again, broken)}
    assert done_items(run("running"), results, taken_up) == {"a", "d", "e"}
    assert done_items(run("running"), results) == set(results)
    # Nothing is asked any more: what failed stays so, and decides as missing.
    assert done_items(run("decided"), results, taken_up) == set(results)
