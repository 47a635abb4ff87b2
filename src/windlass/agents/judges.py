"""The models of judges, asked within spans: what a judge cost and said is in the trace of the sample it judged."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from opentelemetry.trace import Tracer, set_span_in_context
from pydantic import JsonValue

from windlass.agents import spans
from windlass.agents.models import Models
from windlass.evaluation.evaluator_making import OpenJudge
from windlass.evaluation.judges.judging import Ask
from windlass.models.calls.run_calls import RunCalls
from windlass.models.completion import Completion, Message, OutputSchema, Picture

EVALUATOR: Final = "windlass.evaluator"


def judges_of(
    models: Models,
    tracer: Tracer,
    calls: RunCalls,
    keep_picture: Callable[[Picture], str] | None = None,
    *,
    doing: str = "judge",
) -> OpenJudge:
    """Return what opens a judge's model for the calls of one run; its spans say what it is ``doing``.

    ``keep_picture`` keeps a picture that a judge is shown, for its span to refer to; it may block.
    """

    def open_judge(evaluator: str, ref: str, parameters: Mapping[str, JsonValue]) -> Ask:
        opened = models.open(ref)
        model = calls.govern(opened.model, provider=opened.provider, name=opened.name, address=opened.address)

        async def ask(messages: Sequence[Message], schema: OutputSchema) -> Completion:
            pictures = [picture for message in messages for picture in message.pictures]
            kept = await asyncio.to_thread(_kept, pictures, keep_picture) if pictures and keep_picture else {}
            # Not a current span of its own: judges of one sample ask side by side.
            judging = tracer.start_span(f"{doing} {evaluator}", attributes={EVALUATOR: evaluator})
            try:
                with spans.ModelCall(
                    tracer,
                    set_span_in_context(judging),
                    opened.provider,
                    opened.name,
                    parameters,
                    messages,
                    {EVALUATOR: evaluator},
                    kept,
                ) as call:
                    completion = await model.complete(messages, parameters, schema)
                    call.done(completion)
            except BaseException as error:
                spans.mark_failed(judging, error)
                raise
            finally:
                judging.end()
            return completion

        return ask

    return open_judge


def _kept(pictures: Sequence[Picture], keep: Callable[[Picture], str]) -> Mapping[Picture, str]:
    return {picture: keep(picture) for picture in pictures}
