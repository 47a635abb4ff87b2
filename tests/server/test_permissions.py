"""Who may do what, asked over real HTTP with real keys."""

from collections.abc import Iterator, Sequence
from inspect import iscoroutinefunction
from typing import Any, NamedTuple, get_args

import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from starlette.routing import BaseRoute, Mount

from tests.live import LiveServer, Project, http_client
from windlass.access.permissions import ALLOWED, Action
from windlass.access.principals import Role
from windlass.server.app import create_app
from windlass.server.caller import principal_of
from windlass.server.services import Services

OPEN = {"sign_in", "sign_out", "is_live", "is_ready"}
"""Who has no key yet signs in here, and a probe has none at all."""


class Operation(NamedTuple):
    name: str
    method: str
    path: str


def api_routes(routes: Sequence[BaseRoute]) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif (included := getattr(route, "original_router", None)) is not None:
            yield from api_routes(included.routes)
        else:
            # The description of the API and the built UI: files that hold nobody's data.
            assert getattr(route, "path", "") == "/api/v1/openapi.json" or isinstance(route, Mount)


def calls_of(dependant: Dependant) -> Iterator[Any]:
    for dependency in dependant.dependencies:
        yield dependency.call
        yield from calls_of(dependency)


def declared_action(route: APIRoute) -> Action | None:
    actions = {action for call in calls_of(route.dependant) if (action := call.__dict__.get("action"))}
    assert len(actions) <= 1, f"{route.name} declares more than one permission"
    return next(iter(actions), None)


def operations(services: Services) -> list[Operation]:
    paths = create_app(services).openapi()["paths"]
    return [
        Operation(operation["operationId"], method.upper(), path)
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]


@pytest.fixture
def actions(live: LiveServer) -> dict[str, Action | None]:
    """The permission that each operation declares, by its name."""
    return {route.name: declared_action(route) for route in api_routes(create_app(live.services).routes)}


def test_every_route_declares_a_permission_or_is_known_to_be_open(live: LiveServer) -> None:
    routes = {route.name: route for route in api_routes(create_app(live.services).routes)}
    undeclared = {name for name, route in routes.items() if declared_action(route) is None}
    assert undeclared == {*OPEN, "get_session"}
    assert principal_of in calls_of(routes["get_session"].dependant)


def test_no_dependency_is_sent_to_a_thread(live: LiveServer) -> None:
    calls = {call for route in api_routes(create_app(live.services).routes) for call in calls_of(route.dependant)}
    assert len(calls) > 1
    assert {call for call in calls if not iscoroutinefunction(call)} == set()


def test_every_route_is_described_by_a_name_of_its_own(
    live: LiveServer, actions: dict[str, Action | None]
) -> None:
    names = [operation.name for operation in operations(live.services)]
    assert sorted(names) == sorted(actions)


def test_every_action_guards_something(actions: dict[str, Action | None]) -> None:
    # The registry asks for it, by what is in a body: tests/artifacts/test_registry.py.
    of_the_registry = {"code:write"}
    assert {action for action in actions.values() if action} | of_the_registry == set(get_args(Action))


@pytest.mark.parametrize("role", get_args(Role))
def test_a_role_may_do_what_the_table_says_and_nothing_else(
    project: Project, actions: dict[str, Action | None], role: Role
) -> None:
    refused, expected = set(), set()
    with project.http(project.key_of(role)) as http:
        for name, method, path in operations(project.live.services):
            if name in OPEN:
                continue
            answer = http.request(
                method, path.replace("{kind}", "prompt").replace("{", "").replace("}", ""), json={}
            )
            assert answer.status_code not in {401, 405}, name
            assert answer.status_code < 500, name
            action = actions[name]
            if answer.status_code == 403:
                refused.add(name)
                problem = answer.json()
                assert f"has the role {role}, which may not do {action}" in (
                    problem["detail"] if "detail" in problem else problem["error"]["message"]
                )
            if action is not None and action not in ALLOWED[role]:
                expected.add(name)
    assert refused == expected


def test_without_a_key_everything_but_the_open_is_401_in_a_server_that_asks_for_keys(live: LiveServer) -> None:
    with http_client(live.with_settings(mode="server")) as http:
        for name, method, path in operations(live.services):
            status = http.request(method, path.replace("{", "").replace("}", ""), json={}).status_code
            assert (status == 401) is (name not in OPEN), name


def test_a_key_sees_its_own_project_only(live: LiveServer, project: Project) -> None:
    release = project.push_release()
    other = Project(live, f"{project.name}-other")
    with other.http() as http:
        assert http.get("/api/v1/artifacts").json() == {"items": []}
        assert http.get(f"/api/v1/artifacts/release/adder/versions/{release['digest']}").status_code == 404
        entries = http.get("/api/v1/audit").json()["items"]
    other.close()
    assert {entry["project"] for entry in entries} == {other.name}
