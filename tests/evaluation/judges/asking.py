"""A scripted judge behind a real socket, asked through the real client."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.judging import Ask
from windlass.evaluation.samples import Judgement, Sample
from windlass.models.completion import Completion, Message, OutputSchema
from windlass.models.providers import open_model
from windlass.models.scripted import ScriptedServer

Answer = Callable[[Sequence[Message]], object]


def sample(output: str, **more: Any) -> Sample:
    known: Mapping[str, Any] = {"input": "Where is the Eiffel Tower?", "reference": "Paris", "metadata": {}}
    return Sample(item="a", output=output, **{**known, **more})


@contextmanager
def judge_server(answer: Answer) -> Iterator[ScriptedServer]:
    """Serve a judge whose verdict is what a function makes of the messages: text, or what becomes JSON."""

    def text(messages: Sequence[Message]) -> str:
        said = answer(messages)
        return said if isinstance(said, str) else json.dumps(said)

    with ScriptedServer(text) as server:
        yield server


def asking(server: ScriptedServer) -> Ask:
    model = open_model("openai:judge", base_url=server.url)

    async def ask(messages: Sequence[Message], schema: OutputSchema) -> Completion:
        return await model.complete(messages, {"temperature": 0}, schema)

    return ask


def judged(judging: Coroutine[Any, Any, Judgement]) -> Judgement:
    return asyncio.run(judging)


def judge_all(evaluator: Evaluator, samples: Iterable[Sample]) -> list[Judgement]:
    """Judge samples side by side, for there are many."""

    async def judge() -> list[Judgement]:
        return await asyncio.gather(*map(evaluator.judge, samples))

    return asyncio.run(judge())
