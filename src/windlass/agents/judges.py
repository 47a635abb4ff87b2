"""The models of judges, asked within spans: what a judge cost and said is in the trace of the sample it judged."""

from collections.abc import Mapping, Sequence

from opentelemetry.context import get_current
from opentelemetry.trace import Tracer
from pydantic import JsonValue

from windlass.agents import spans
from windlass.agents.models import Models
from windlass.evaluation.evaluator_versions import OpenJudge
from windlass.evaluation.judges.judging import Ask
from windlass.models.completion import Completion, Message, OutputSchema


def judges_of(models: Models, tracer: Tracer) -> OpenJudge:
    """Return what opens a judge's model for one project."""

    def open_judge(evaluator: str, ref: str, parameters: Mapping[str, JsonValue]) -> Ask:
        opened = models.open(ref)

        async def ask(messages: Sequence[Message], schema: OutputSchema) -> Completion:
            with spans.ModelCall(
                tracer,
                get_current(),
                opened.provider,
                opened.name,
                parameters,
                messages,
                {"windlass.evaluator": evaluator},
            ) as call:
                completion = await opened.model.complete(messages, parameters, schema)
                call.done(completion)
            return completion

        return ask

    return open_judge
