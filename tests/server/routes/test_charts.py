from collections.abc import Mapping

import httpx2
import pytest

from tests.live import Project
from tests.telemetry.sending import request, span
from windlass.errors import Conflict, InputError

NEW = {"id": "slow", "title": "Slow", "chart": {"measure": "latency_p99_s"}, "beside": "latency_p50_s"}


def put(http: httpx2.Client, *charts: Mapping[str, object], expected: int = 0) -> httpx2.Response:
    return http.put("/api/v1/charts", json={"charts": charts, "expected": expected})


def test_a_project_starts_with_charts_of_its_live_traffic_that_can_all_be_measured(project: Project) -> None:
    project.send_traces(request(span(name="ask")).SerializeToString())

    dashboard = project.client.get("/charts")

    assert (dashboard["version"], dashboard["updated_by"]) == (0, None)
    assert [chart["id"] for chart in dashboard["charts"]] == [
        "requests",
        "error-rate",
        "latency",
        "tokens-by-model",
        "cost-by-model",
        "cost-by-release",
        "requests-by-user",
        "tool-calls",
    ]
    for chart in dashboard["charts"]:
        assert "run=" in chart["chart"]["where"]
        assert project.client.post("/charts/measure", chart["chart"])["interval_s"] == 900


def test_a_saved_dashboard_is_the_project_s_alone_and_stands_in_the_audit_chain(project: Project) -> None:
    saved = project.client.put("/charts", {"charts": [NEW], "expected": 0})

    assert (saved["version"], [chart["title"] for chart in saved["charts"]]) == (1, ["Slow"])
    assert project.client.get("/charts") == saved
    assert saved["charts"][0]["chart"]["of"] == "traces"
    entry = project.client.get("/audit")["items"][0]
    assert (entry["action"], entry["resource"], entry["principal"]) == (
        "dashboard:save",
        "dashboard",
        saved["updated_by"],
    )
    again = project.client.put("/charts", {"charts": [NEW], "expected": 1})
    assert again == saved
    assert project.client.get("/audit")["items"][0] == entry


def test_of_two_editors_the_second_does_not_overwrite_the_first_unseen(project: Project) -> None:
    project.client.put("/charts", {"charts": [NEW], "expected": 0})

    with pytest.raises(Conflict, match=r"changed by somebody else meanwhile; load it again"):
        project.client.put("/charts", {"charts": [], "expected": 0})

    assert project.client.get("/charts")["version"] == 1
    assert project.client.put("/charts", {"charts": [], "expected": 1})["charts"] == []


def test_what_cannot_be_drawn_is_refused_with_what_to_do(project: Project) -> None:
    for wrong, sentence in (
        ({**NEW, "beside": "cost_usd"}, "choose latency_p50_s or latency_p95_s"),
        ({**NEW, "chart": {"measure": "cost_usd"}, "beside": None}, "cost_usd is of calls of models"),
        ({**NEW, "chart": {"measure": "count", "where": ["nothing"]}, "beside": None}, "is no condition"),
        ({**NEW, "id": "Not An Id"}, "id"),
    ):
        with pytest.raises(InputError, match=sentence):
            project.client.put("/charts", {"charts": [wrong], "expected": 0})
    with pytest.raises(InputError, match="the same id"):
        project.client.put("/charts", {"charts": [NEW, NEW], "expected": 0})


def test_a_viewer_sees_the_dashboard_and_cannot_change_it(project: Project) -> None:
    with project.http(project.key_of("viewer")) as viewer:
        assert viewer.get("/api/v1/charts").status_code == 200
        assert put(viewer, NEW).status_code == 403
    with project.http(project.key_of("application")) as application:
        assert application.get("/api/v1/charts").status_code == 403
    with project.http(project.key_of("editor")) as editor:
        assert put(editor, NEW).status_code == 200
