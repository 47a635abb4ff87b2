"""`windlass.replay`: recorded traces run again against a candidate, whose tools answer from the record."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from pydantic import ValidationError

from windlass.artifacts.references import parse_selector
from windlass.client import Client
from windlass.errors import InputError, ProviderError
from windlass.evaluation.evaluators import Evaluator, Function
from windlass.evaluation.metrics.replays import replay_match
from windlass.evaluation.replay.answering import LiveTool, ReplayPolicy, ToolFailed
from windlass.evaluation.replay.chat import replayed_agent
from windlass.evaluation.replay.functions import Candidate, ReplayedFunction, Tools
from windlass.evaluation.replay.live import live_functions
from windlass.evaluation.replay.note import ReplayNote
from windlass.evaluation.replay.recording import read_recording
from windlass.evaluation.replay.simulating import ModelSimulator
from windlass.evaluation.replayed import Policy
from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.samples import Item, Target
from windlass.evaluation.targets.opening import open_target
from windlass.models.calls.current import current_calls
from windlass.models.completion import Completion, Message, OutputSchema
from windlass.models.providers import address_of, open_model
from windlass.sdk.asked import AgentTarget, Asked, FunctionAsked
from windlass.sdk.connection import current_client
from windlass.sdk.evaluation import Run, evaluate_on, run_of
from windlass.sdk.progress import shown_progress
from windlass.sdk.server_runs import await_run, start_run

__all__ = ["ToolFailed", "Tools", "replay"]


def replay(
    candidate: str | Candidate | AgentTarget,
    *,
    dataset: str,
    policy: Policy = "stop",
    simulator: str = "",
    safe: Sequence[str] = (),
    live: Mapping[str, Callable[..., Any]] | None = None,
    evaluators: Sequence[str | Function | Evaluator] | None = None,
    release: str | None = None,
    name: str | None = None,
    concurrency: int = 8,
    repeats: int = 1,
    timeout_s: float | None = None,
    progress: bool | None = None,
) -> Run:
    """Replay recorded traces against a candidate; each sample says where it left the record.

    Args:
        candidate: A release that binds tools, `name@what`: the server asks it. Or a function
            `answer(input, tools)` that calls its tools through `tools` (`tools.call(name, …)`,
            `await tools.acall(name, …)` or `tools.wrap(function)`) and returns text or a `Prediction`. Or
            an agent by URL that speaks OpenAI's protocol and asks for its tools.
        dataset: A version of a dataset of recordings, made by `windlass datasets from-traces --recording`.
        policy: What happens at the first call that the record does not have. `stop`: the sample ends there, and
            is no part of the means. `simulate`: `simulator` makes the tools' answers from there on. `live`: tools
            of `safe` or `live` are really called; at any other the sample ends.
        simulator: The model that simulates, `openai:NAME` and the like.
        safe: Tools of a release by name. To name one is to say that calling it changes nothing.
        live: Functions by the names of their tools, for a function or an agent; named in the same sense.
        evaluators: As `windlass.evaluate` takes them, for a release by name; `replay_match` is always among them.
            By default every built-in one that the recordings have what is needed for.
        release: Of a function or an agent: the release that it is; by default one is made of it.
        name: Of that release.
        concurrency: Samples in flight at once.
        repeats: How often each recording is replayed.
        timeout_s: Longest seconds for one sample; 600 by default.
        progress: Whether to draw how far it is; by default where standard error is a terminal.

    A release goes on at the server when this process ends (`windlass runs cancel` ends it).

    Raises InputError and NotFound before the first call, Unavailable when the server is away, ProviderError for a
    release's run that could not be finished.
    """
    if isinstance(candidate, str):
        _refuse_beside_release(live=live, release=release, name=name)
        return replay_release_on(
            current_client(),
            candidate,
            read_note(policy, simulator, safe),
            dataset=dataset,
            evaluators=_named(evaluators),
            concurrency=concurrency,
            repeats=repeats,
            timeout_s=timeout_s,
            progress=progress,
        )
    if safe:
        raise InputError("`safe` names tools of a release; give functions that stand for tools with `live={…}`.")
    note = read_note(policy, simulator, tuple(live or ()))
    return replay_on(
        current_client(),
        candidate if isinstance(candidate, AgentTarget) else FunctionAsked(candidate),
        note,
        live_functions(live or {}),
        dataset=dataset,
        evaluators=evaluators,
        release=release,
        name=name,
        concurrency=concurrency,
        repeats=repeats,
        options=RunOptions(timeout_s=timeout_s),
        progress=progress,
    )


def replay_release_on(
    client: Client,
    release: str,
    note: ReplayNote,
    *,
    dataset: str,
    evaluators: Sequence[str] | None,
    concurrency: int,
    repeats: int,
    timeout_s: float | None,
    progress: bool | None,
) -> Run:
    """Have a server replay a release, and wait for it. Raises as ``replay``."""
    selector = parse_selector(release, kind="release")
    started = start_run(
        client,
        f"{selector.name}@{selector.what}",
        dataset,
        evaluators=evaluators,
        concurrency=concurrency,
        repeats=repeats,
        replay=note,
        options={} if timeout_s is None else {"timeout_s": timeout_s},
    )
    with shown_progress(selector.name, started["items"] * repeats, progress) as observe:
        ended = await_run(client, started["id"], observe)
    if ended["state"] not in {"finished", "cancelled"}:
        raise ProviderError(f"The run {ended['id']} is {ended['state']}: {ended['error']}")
    return run_of(client, ended)


def _refuse_beside_release(**given: object) -> None:
    """Raise InputError for what says of a function or an agent what a release says itself."""
    beside = next((argument for argument, value in given.items() if value), None)
    if beside == "live":
        raise InputError(
            "A release brings its tools; leave `live` out, and name those that are safe by `safe=[…]`."
        )
    if beside is not None:
        raise InputError(f"The candidate is a release already; leave `{beside}` out, or replay a function as it.")


def _named(evaluators: Sequence[str | Function | Evaluator] | None) -> list[str] | None:
    """Return the evaluators that a server is to find. Raises InputError for one that only this process has."""
    if evaluators is None:
        return None
    names = [each for each in evaluators if isinstance(each, str)]
    if len(names) < len(evaluators):
        raise InputError(
            "The server replays a release, and finds evaluators by their names: push this one "
            "(`windlass push`), and name it."
        )
    return names


def replay_on(
    client: Client,
    asked: AgentTarget | FunctionAsked,
    note: ReplayNote,
    live: Mapping[str, LiveTool],
    **more: Any,
) -> Run:
    """Replay as a run of a server; ``more`` are further arguments of ``evaluate_on``."""
    simulator = _simulator(note.simulator) if note.simulator else None
    policy = ReplayPolicy(note.policy, simulator, live)
    return evaluate_on(client, Replayed(asked, note, policy), always=[replay_match], **more)


class Replayed:
    """A candidate that answers in recorded worlds."""

    def __init__(self, asked: AgentTarget | FunctionAsked, note: ReplayNote, policy: ReplayPolicy) -> None:
        self._asked: Asked = asked
        self._target = _target(asked, policy)
        self._note = note
        self.title = asked.title
        self.measures_latency = asked.measures_latency

    def check(self, items: Sequence[Item], repeats: int) -> None:
        for item in items:
            read_recording(item)
        self._asked.check(items, repeats)

    def release(self, data: Mapping[str, Any], title: str) -> tuple[str, dict[str, object]]:
        return self._asked.release(data, title)

    def open(self) -> Target:
        return self._target

    def noted(self) -> dict[str, object]:
        return {**self._asked.noted(), "replay": self._note.known()}


def read_note(policy: str, simulator: str = "", live: Sequence[str] = ()) -> ReplayNote:
    """Return how a run is to replay. Raises InputError for what does not go together."""
    try:
        return ReplayNote.model_validate({"policy": policy, "simulator": simulator, "live": list(live)})
    except ValidationError as error:
        message = error.errors(include_url=False, include_input=False)[0]["msg"].removeprefix("Value error, ")
        raise InputError(f"This is no policy of a replay: {message}.") from error


def _target(asked: AgentTarget | FunctionAsked, policy: ReplayPolicy) -> Target:
    if isinstance(asked, FunctionAsked):
        return ReplayedFunction(asked.function, policy)
    return replayed_agent(open_target(asked.spec), policy)


def _simulator(ref: str) -> ModelSimulator:
    opened, (provider, _, name), address = open_model(ref), ref.partition(":"), address_of(ref)

    async def ask(messages: Sequence[Message], schema: OutputSchema) -> Completion:
        calls = current_calls()
        if calls is None:
            return await opened.complete(messages, {}, schema)
        governed = calls.govern(opened, provider=address or provider, name=name, address=address)
        return await governed.complete(messages, {}, schema)

    return ModelSimulator(ask)
