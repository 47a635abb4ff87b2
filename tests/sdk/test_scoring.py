"""Scores of an application, against the real server."""

import logging
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

import windlass
from tests.live import Project
from windlass.sdk import scoring

TRACE = "ab" * 16


@pytest.fixture
def connected(project: Project, finished: object) -> Iterator[Project]:
    windlass.init(project.live.url, api_key=project.key_of("application"))
    yield project
    windlass.shutdown()


def listed(project: Project) -> list[dict[str, Any]]:
    return list(project.client.pages("/scores"))


def test_inside_a_traced_function_the_current_trace_is_scored(connected: Project, finished: Any) -> None:
    @windlass.trace
    def answer(question: str) -> str:
        windlass.score("helpful", True, comment="quick")
        return "42"

    answer("why?")
    assert windlass.flush(10)

    (found,) = listed(connected)
    (span,) = finished.get_finished_spans()
    assert found["trace_id"] == f"{span.context.trace_id:032x}"
    assert (found["name"], found["value"], found["label"], found["span_id"]) == ("helpful", 1.0, "true", "")
    assert (found["explanation"], found["source"], found["author"]) == ("quick", "code", "key:a-application")


def test_a_user_s_thumb_is_posted_later_and_changed(connected: Project) -> None:
    for value in (1, 0):
        windlass.score("user_feedback", value, trace_id=TRACE, source="human", user="ada", comment="Too long")
    windlass.score("mood", "cross", session="c1")
    windlass.score("right", 0.5, trace_id=TRACE, span_id="00000000000000ab", id="r1")
    assert windlass.flush(10)

    found = {score["name"]: score for score in listed(connected)}
    thumb, mood, right = found["user_feedback"], found["mood"], found["right"]
    assert (thumb["value"], thumb["author"], thumb["explanation"]) == (0.0, "ada", "Too long")
    assert (mood["conversation"], mood["trace_id"], mood["label"], mood["value"]) == ("c1", "", "cross", None)
    assert (right["span_id"], right["id"]) == ("00000000000000ab", "r1")


def test_scores_that_cannot_be_right_are_counted_and_logged_and_the_others_arrive(
    connected: Project, caplog: pytest.LogCaptureFixture
) -> None:
    before = windlass.lost_scores()
    with caplog.at_level(logging.WARNING, "windlass"):
        windlass.score("nowhere", 1)
        windlass.score("", 1, trace_id=TRACE)
        windlass.score("no json", object(), trace_id=TRACE)  # type: ignore[arg-type]
        windlass.score("no id", 1, trace_id="nonsense")
        for number in range(5):
            windlass.score(f"good {number}", 1, trace_id=TRACE)
        assert windlass.flush(10)

    assert sorted(score["name"] for score in listed(connected)) == [f"good {number}" for number in range(5)]
    assert windlass.lost_scores() - before == 4
    assert "outside of a traced function a score needs a trace_id or a session" in caplog.text
    assert "not an id of 32 hexadecimal digits" in caplog.text


def test_without_a_server_nothing_is_raised_and_every_score_is_counted(
    finished: object, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(scoring, "_ATTEMPTS", 2)
    monkeypatch.setattr(scoring, "_FIRST_PAUSE_S", 0.01)
    windlass.init("http://127.0.0.1:9", api_key="")
    before = windlass.lost_scores()
    for number in range(3):
        windlass.score(f"good {number}", 1, trace_id=TRACE)
    assert windlass.flush(10)
    windlass.shutdown()

    assert windlass.lost_scores() - before == 3
    assert "No windlass answers at http://127.0.0.1:9" in caplog.text


def test_past_the_bound_scores_are_dropped_and_counted(
    connected: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(scoring, "_MOST_WAITING", 0)
    before = windlass.lost_scores()
    windlass.score("good", 1, trace_id=TRACE)

    assert windlass.lost_scores() - before == 1


def test_a_process_that_ends_delivers_what_waits(project: Project) -> None:
    code = (
        "import sys, windlass; windlass.init(sys.argv[1], api_key=sys.argv[2]); "
        "[windlass.score(f'n{n}', n, trace_id='ab' * 16) for n in range(1200)]"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, project.live.url, project.key],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (done.returncode, done.stderr) == (0, "")
    assert len(list(project.client.pages("/scores", limit=500))) == 1200


FORKED = """
import os, sys, windlass

windlass.init(sys.argv[1], api_key=sys.argv[2])
windlass.score("parent", 1, trace_id="ab" * 16)
assert windlass.flush(10)
child = os.fork()
if child == 0:
    windlass.score("child", 1, trace_id="ab" * 16)
    os._exit(0 if windlass.flush(10) else 1)
sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""


def test_a_forked_process_delivers_its_scores_too(project: Project) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FORKED, project.live.url, project.key],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert {score["name"] for score in listed(project)} == {"parent", "child"}
