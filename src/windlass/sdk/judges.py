"""`windlass.judge` and `windlass.jury`: models that grade, as evaluators of one's own evaluation."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

from windlass.artifacts.kinds import Evaluator as EvaluatorBody
from windlass.errors import InputError
from windlass.evaluation.evaluator_making import Facilities, make_evaluator
from windlass.evaluation.evaluators import Evaluator
from windlass.evaluation.judges.judging import Ask
from windlass.evaluation.judges.jury import Combine
from windlass.evaluation.judges.jury import jury as jury_of
from windlass.models.calls.current import current_calls
from windlass.models.completion import Completion, Message, OutputSchema
from windlass.models.providers import address_of, open_model
from windlass.sdk.media import RESOURCES

AskAnything: TypeAlias = Callable[[Sequence[Message], OutputSchema | None], Awaitable[Completion]]
"""Asks a model for text, or for JSON of a schema."""


def asking(ref: str, base_url: str | None, settings: Mapping[str, Any]) -> AskAnything:
    """Return what asks a model from this process, within the limits of a run where one is under way.

    Raises InputError for a reference that names no model, ConfigurationError for one without a key.
    """
    opened, (provider, _, model_name) = open_model(ref, base_url=base_url), ref.partition(":")
    address = address_of(ref, base_url)

    async def ask(messages: Sequence[Message], schema: OutputSchema | None) -> Completion:
        calls = current_calls()
        if calls is None:
            return await opened.complete(messages, settings, schema)
        # Who shares an address shares what is refused there.
        governed = calls.govern(opened, provider=address or provider, name=model_name, address=address)
        return await governed.complete(messages, settings, schema)

    return ask


def judge(
    function: str,
    *,
    model: str,
    name: str | None = None,
    base_url: str | None = None,
    model_parameters: Mapping[str, Any] | None = None,
    **parameters: Any,
) -> Evaluator:
    """Make an evaluator that asks a model, for `windlass.evaluate`; it is asked from this process.

    Args:
        function: What it does: `rubric`, `checklist`, `claims`, `pairwise`, `media_agreement` and the like.
        model: `openai:NAME`, `anthropic:NAME` or `google:NAME`; the key is taken from the environment.
        name: Of its metric; by default the function's.
        base_url: Of a server of the provider's wire format, such as Ollama or vLLM.
        model_parameters: `temperature` and the like.
        parameters: Of the function, as in an evaluator's file.

    Raises InputError for what the function does not know, ConfigurationError for a model without a key.
    """

    def open_judge(_evaluator: str, ref: str, settings: Mapping[str, Any]) -> Ask:
        return asking(ref, base_url, settings)

    asked = {"model": model, "model_parameters": dict(model_parameters or {}), **parameters}
    return make_evaluator(
        name or function,
        EvaluatorBody(function=function, parameters=asked),
        open_judge,
        Facilities(RESOURCES),
    )


def jury(
    *judges: Evaluator, name: str = "jury", combine: Combine = "majority", quorum: int | None = None
) -> Evaluator:
    """Make one evaluator of several judges, for `windlass.evaluate`.

    Args:
        judges: Two or more, made by `windlass.judge`, each with a name of its own.
        name: Of its metric.
        combine: `majority` (a tie for the most is an abstention), `mean` or `median`.
        quorum: How many must have a verdict for a value; by default more than half.

    Raises InputError for judges that are no jury.
    """
    members = {each.name: each for each in judges}
    if len(members) < len(judges):
        raise InputError("Two judges of the jury have the same name; give each its own, with `name=`.")
    return replace(jury_of(members, combine, quorum), name=name)
