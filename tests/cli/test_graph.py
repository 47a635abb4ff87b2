import json
from pathlib import Path

from tests.live import Project
from tests.monitoring.graphs.test_graphs import buying, finding, send

from .conftest import Windlass, rows


def test_the_graph_of_a_release_is_a_table_with_loops_and_retries(project: Project, windlass: Windlass) -> None:
    send(project, 1, [finding(3, failing=True)] * 2 + [buying()])
    done = windlass("graph", "shop")
    assert done.code == 0
    assert done.out.splitlines()[0] == "shop: 3 traces"
    assert ["model", "gpt", "tool", "find", "6", "2"] in [row[:6] for row in rows(done)]
    assert "loop: model gpt → tool find, up to 3 times in a row, in 2 traces" in done.out
    assert "retry: tool find, 4 times after a failure, 0 of them with success" in done.out


def test_a_graph_as_json_is_what_the_server_answers(project: Project, windlass: Windlass) -> None:
    send(project, 1, [buying()])
    answer = json.loads(windlass("graph", "shop", "--json").out)
    assert (answer["scope"]["traces"], len(answer["edges"])) == (1, 4)


def test_a_release_without_steps_says_so(windlass: Windlass) -> None:
    assert "No trace of it has a step" in windlass("graph", "nobody").out


def test_two_releases_are_compared_edge_by_edge(project: Project, windlass: Windlass) -> None:
    send(project, 1, [finding(1)] * 3, release="old")
    send(project, 11, [buying()] * 3, release="new")
    done = windlass("graph", "new", "--against", "old")
    assert done.out.startswith("base: old: 3 traces\ncandidate: new: 3 traces\n")
    changes = {(row[0], " ".join(row[1:5])) for row in rows(done)}
    assert ("added", "model gpt tool buy") in changes
    assert ("vanished", "model gpt tool find") in changes
    assert done.out.rstrip().endswith("This explores; a gate decides by runs.")


def test_conformance_exits_1_where_a_trace_does_what_is_not_allowed(
    project: Project, windlass: Windlass, tmp_path: Path
) -> None:
    send(project, 1, [finding(1)] * 3 + [buying()])
    file = tmp_path / "allowed.yaml"
    file.write_text("forbidden:\n- ['*', 'tool:buy']\n", encoding="utf-8")
    done = windlass("graph", "shop", "--conformance", file)
    assert done.code == 1
    assert "75.0% (19%–99%) of 4 traces do only what is allowed." in done.out
    assert "forbidden" in done.out
    file.write_text("required: ['agent:shop']\n", encoding="utf-8")
    assert windlass("graph", "shop", "--conformance", file).code == 0


def test_two_questions_at_once_are_refused(windlass: Windlass, tmp_path: Path) -> None:
    done = windlass("graph", "shop", "--against", "old", "--conformance", tmp_path / "allowed.yaml")
    assert done.code == 2
