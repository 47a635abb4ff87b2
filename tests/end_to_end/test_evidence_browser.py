"""How far a run is to be believed, in a real browser: a judge's word, people's, and a release against itself."""

import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser

from tests.live import LiveServer, Project
from windlass.access.principals import DEFAULT_PROJECT
from windlass.canonical import digest
from windlass.delivery.imports import bring_run
from windlass.evaluation.imports.imported import ImportOptions
from windlass.evaluation.imports.registry import read_runs

from .browser import window

pytestmark = [pytest.mark.slow, pytest.mark.browser]

ITEMS = 50
LABELLED = 16


@pytest.fixture
def here(live: LiveServer) -> Iterator[Project]:
    """The project that a browser on this machine is in."""
    made = Project(live, DEFAULT_PROJECT)
    yield made
    made.close()


def judged(here: Project, folder: Path, release: str, verdicts: Sequence[bool]) -> str:
    """Bring a judge's verdicts as a run of a release and return its id."""
    folder.mkdir()
    pairs, judge = folder / "helpful.json", folder / "judge.json"
    pairs.write_text(json.dumps([{"id": n, "input": f"Question {n}?"} for n in range(ITEMS)]), encoding="utf-8")
    rows = [{"id": n, "v": "yes" if verdict else "no"} for n, verdict in enumerate(verdicts)]
    judge.write_text(json.dumps(rows), encoding="utf-8")
    columns = {"id": "id", "input": "input", "verdict": "v"}
    options = ImportOptions(items=pairs, columns=columns, verdicts={"yes": 1.0, "no": 0.0}, name=release)
    (run,) = read_runs("judgements", judge, options)
    # The digest is the release's: one that was asked twice is one release.
    brought = bring_run(here.client, replace(run, tool=f"judgements-{folder.name}", digest=digest(release)))
    return str(brought.run["id"])


@pytest.fixture
def runs(here: Project, tmp_path: Path) -> dict[str, Any]:
    """Two runs of one release whose judge is unsure, one of another that people labelled as well, and verdicts."""
    dice = random.Random(11)
    right = [dice.random() < 0.6 for _ in range(ITEMS)]

    def unsure(kindness: float) -> list[bool]:
        return [verdict or dice.random() < kindness for verdict in right]

    again, first = (judged(here, tmp_path / name, "judged", unsure(0.3)) for name in ("again", "first"))
    other = judged(here, tmp_path / "other", "flattered", unsure(0.6))
    queue = "/review-queues/people"
    here.client.put(queue, {"questions": [{"name": "verdict", "type": "boolean"}], "labels_per_item": 1})
    for run in (first, other):
        here.client.post(f"{queue}/items", {"run": {"run": run, "sample": LABELLED, "seed": 3}})
        for _ in range(LABELLED):
            item = here.client.post(f"{queue}/next", {})["item"]
            answers = {"verdict": right[int(item["source"]["item"])]}
            here.client.put(f"{queue}/items/{item['id']}/label", {"answers": answers})
    primary = {"metric": "verdict", "kind": "non_inferiority", "margin": 0.1}
    gate = {"candidate": other, "baseline": first}
    alone = here.client.post("/gates", {**gate, "rule": {"primary": primary}})
    corrected = here.client.post(
        "/gates", {**gate, "rule": {"primary": {**primary, "human": {"queue": "people"}}}}
    )
    return {"first": first, "again": again, "other": other, "alone": alone["id"], "corrected": corrected["id"]}


@pytest.mark.looks
def test_a_judge_s_word_is_marked_and_people_s_stands_beside_it(
    chromium: Browser, here: Project, runs: dict[str, Any]
) -> None:
    with window(chromium, here.live.url) as seen:
        seen.visit(f"/verdicts/{runs['alone']}", "judge-only")
        found = seen.look_at("judged-alone", f"/runs/{runs['again']}", "judge-only")
        found += seen.look_at("judged-run", f"/runs/{runs['other']}", "by people")
        found += seen.look_at("judged-verdict", f"/verdicts/{runs['corrected']}", f"{LABELLED} labels of people")
        path = f"/runs/compare?baseline={runs['first']}&candidate={runs['again']}"
        found += seen.look_at("noise", path, "Noise floor", "Items that flip")
        assert seen.main.get_by_role("table").filter(has_text="verdict").get_by_role("row").count() == 2
        seen.assert_clean()
    assert found == []
