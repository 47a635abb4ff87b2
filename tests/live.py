"""One server for the tests of this process that want one: real sockets, a scripted model, a project for each test.

chDB and DBOS take one folder a process, so the server closes before the first test that does not use it.
"""

import copy
import json
import re
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests import vision
from windlass.access.keys import create_key
from windlass.access.principals import Principal, Role
from windlass.client import Client
from windlass.evaluation.judges import decomposition, media_agreement
from windlass.models.completion import Message
from windlass.models.scripted import ScriptedServer
from windlass.server.local import LocalServer
from windlass.server.run import listen, url_of, uvicorn_server
from windlass.server.services import Services
from windlass.settings import load_settings

LOOKS = (decomposition.INSTRUCTIONS, media_agreement.INSTRUCTIONS)
CAREFUL = "Add carefully."
CARELESS = "Add quickly."

_WAIT_S = 30.0


def answer(messages: Sequence[Message]) -> str:
    """Judge what is to be judged, look at what is shown, and answer anything else."""
    if messages[0].content in LOOKS:
        return vision.answer(messages)
    return grade(messages[-1].content) if messages[0].content.startswith("You judge") else add_up(messages)


def grade(evidence: str) -> str:
    """Give a right sum the score 1 and any other 0; of two, prefer the right one."""
    shown = json.loads(evidence)
    first, second = map(int, re.findall(r"\d+", shown["input"]["question"]))
    if "first" in shown:
        good = [shown[place] == str(first + second) for place in ("first", "second")]
        better = "tie" if good[0] == good[1] else "first" if good[0] else "second"
        return json.dumps({"reasoning": f"It is {first + second}.", "better": better})
    right = shown["output"] == str(first + second)
    return json.dumps({"reasoning": f"It is {first + second}.", "score": "1" if right else "0"})


def add_up(messages: Sequence[Message]) -> str:
    """Answer "What is 3 + 4?": rightly when told to be careful, else only where the first number is even."""
    asked = re.findall(r"(\d+) \+ (\d+)", messages[-1].content)
    if not asked:
        return f"You said: {messages[-1].content}"
    first, second = map(int, asked[-1])
    careful = any(CAREFUL in message.content for message in messages)
    return str(first + second if careful or first % 2 == 0 else first + second + 1)


def sure(messages: Sequence[Message], text: str) -> float:
    """Return how sure the model is of each token: of wrong sums less than of right ones."""
    asked = re.findall(r"(\d+) \+ (\d+)", messages[-1].content)
    return 0.9 if not asked or text == str(sum(map(int, asked[-1]))) else 0.4


def http_client(url: str = "", **headers: str) -> httpx2.Client:
    """Return a plain HTTP client; `_` in the name of a header stands for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    # Without verify=False each client would load the certificates of the world, in 40 ms.
    return httpx2.Client(base_url=url, headers=named, timeout=_WAIT_S, verify=False)


class LiveServer:
    """A server in the mode dev on a free port of this process. Opened again, it has the data that it had."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.provider = ScriptedServer(self._answer, probability=sure)
        self.asked = threading.Event()
        """Set when the model is asked something."""
        self.answering = threading.Event()
        """While it is not set, the model keeps those waiting who ask it."""
        self.answering.set()
        self.held: Callable[[Sequence[Message]], object] = lambda _messages: None
        """What keeps those waiting who ask for certain things."""
        self._running: LocalServer | None = None
        self._variants = ExitStack()
        self._variant_urls: dict[str, str] = {}

    @property
    def url(self) -> str:
        assert self._running is not None
        return self._running.url

    @property
    def services(self) -> Services:
        assert self._running is not None
        return self._running.services

    def open(self) -> None:
        if self._running is None:
            self.provider = ScriptedServer(self._answer, probability=sure).__enter__()
            self._running = self._started()

    def _started(self) -> LocalServer:
        settings = load_settings(data=self.data, mode="dev", port=0, model_base_url=self.provider.url)
        return LocalServer(settings).__enter__()

    def _answer(self, messages: Sequence[Message]) -> str:
        self.asked.set()
        self.answering.wait(_WAIT_S)
        self.held(messages)
        return answer(messages)

    def close(self) -> None:
        if self._running is not None:
            self._close_server()
            self._running = None
            self.provider.__exit__()

    def _close_server(self) -> None:
        assert self._running is not None
        # What serves the same engines under other settings ends with them.
        self._variants.close()
        self._variant_urls.clear()
        self._running.__exit__(None, None, None)

    def restart(self) -> None:
        self.close()
        self.open()

    def restart_alone(self) -> None:
        """Restart the server, whose model goes on answering at its address."""
        self._close_server()
        self._running = self._started()

    def new_key(self, project: str, role: Role = "admin") -> str:
        principal = Principal(id="tests", kind="user", role="admin", project=project)
        services = self.services
        return create_key(services.database, services.audit, principal, name=f"a-{role}", role=role).key

    def with_settings(self, **settings: Any) -> str:
        """Return the URL of the same engines under other settings; it is served until the server closes."""
        name = repr(settings)
        if name not in self._variant_urls:
            self._variant_urls[name] = self._variants.enter_context(self.beside(**settings))
        return self._variant_urls[name]

    @contextmanager
    def beside(self, services: Services | None = None, **settings: Any) -> Iterator[str]:
        """Serve the same engines on another port, with services or settings that were changed."""
        changed = copy.copy(services or self.services)
        changed.settings = changed.settings.model_copy(update={"port": 0, **settings})
        with listen(changed.settings) as listener:
            server = uvicorn_server(changed)
            thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
            thread.start()
            try:
                yield url_of("127.0.0.1", listener)
            finally:
                server.should_exit = True
                thread.join()


class Project:
    """A project of its own on the live server, spoken to with an admin's key."""

    def __init__(self, live: LiveServer, name: str) -> None:
        self.live = live
        self.name = name
        self.key = live.new_key(name)
        self.client = Client(live.url, self.key)

    def key_of(self, role: Role) -> str:
        return self.live.new_key(self.name, role)

    def http(self, key: str | None = None) -> httpx2.Client:
        """Return a plain HTTP client with a key of the project (the admin's)."""
        return http_client(self.live.url, authorization=f"Bearer {key or self.key}")

    def send_traces(self, request: bytes) -> None:
        """Export spans, and wait until they can be read."""
        self.client.send_traces(request)
        self.live.services.writer.flush()

    def push_release(self, name: str = "adder", instructions: str = CAREFUL, **more: object) -> dict[str, Any]:
        """Push a release that asks the scripted model."""
        template = [{"role": "system", "template": instructions}, {"role": "user", "template": "{{ question }}"}]
        prompt = {"messages": template, "input": {"question": {"type": "string"}}}
        self.client.post(f"/artifacts/prompt/{name}", {"body": prompt})
        self.client.post("/artifacts/model/scripted", {"body": {"model": "openai:scripted"}})
        body = {"prompts": {"answer": f"prompt/{name}"}, "model": "model/scripted", **more}
        version: dict[str, Any] = self.client.post(f"/artifacts/release/{name}", {"body": body})
        return version

    def push_sums(self, name: str = "sums", *, items: int = 16) -> dict[str, Any]:
        """Push a dataset of sums; the careless get every other one wrong."""
        rows = [
            {"id": f"i{number:03}", "input": {"question": f"What is {number} + 4?"}, "reference": str(number + 4)}
            for number in range(items)
        ]
        version: dict[str, Any] = self.client.post(f"/datasets/{name}", {"items": rows})
        return version

    def evaluate(self, release: str, dataset: str = "sums", **request: object) -> dict[str, Any]:
        """Run a release on a dataset to the end."""
        body = {"release": release, "dataset": dataset, "evaluators": ["exact_match"], **request}
        return self.await_run(self.client.post("/runs", body)["id"])

    def await_run(self, run_id: str) -> dict[str, Any]:
        """Wait until a run has ended."""
        self.live.services.jobs.wait(run_id)
        run: dict[str, Any] = self.client.get(f"/runs/{run_id}")
        return run

    def evaluate_two(self, *, items: int = 16) -> tuple[dict[str, Any], dict[str, Any]]:
        """Return finished runs of a careless and a careful release on the same sums."""
        self.push_sums(items=items)
        careless, careful = self.push_release(instructions=CARELESS), self.push_release(instructions=CAREFUL)
        return self.evaluate(f"adder@{careless['number']}"), self.evaluate(f"adder@{careful['number']}")

    def ask(self, model: str, question: str, **headers: str) -> httpx2.Response:
        """Ask a release through the OpenAI wire format."""
        body = {"model": model, "messages": [{"role": "user", "content": question}]}
        with self.http() as http:
            return http.post("/v1/chat/completions", json=body, headers=headers)

    def close(self) -> None:
        self.client.close()


_LIVE = pytest.StashKey[LiveServer]()
_numbers = count(1)


@pytest.fixture
def live(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> LiveServer:
    """The running server of this process."""
    stash = request.config.stash
    if _LIVE not in stash:
        stash[_LIVE] = LiveServer(tmp_path_factory.mktemp("live"))
    stash[_LIVE].open()
    return stash[_LIVE]


@pytest.fixture
def project(live: LiveServer) -> Iterator[Project]:
    """A project of this test's own on the running server."""
    made = Project(live, f"project-{next(_numbers)}")
    yield made
    made.close()


@pytest.hookimpl(trylast=True)
def pytest_runtest_teardown(item: pytest.Item, nextitem: pytest.Item | None) -> None:
    running = item.config.stash.get(_LIVE, None)
    if running is not None and "live" not in getattr(nextitem, "fixturenames", ()):
        running.close()
