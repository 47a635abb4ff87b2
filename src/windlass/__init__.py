"""windlass: MLOps for generative AI on your own machines.

The names below are the whole public interface of the SDK; each is imported when it is first used, so that
`import windlass` costs an application almost nothing.
"""

from typing import TYPE_CHECKING, Any

from windlass.version import __version__

if TYPE_CHECKING:
    from windlass.sdk.adapters.deepeval import from_deepeval
    from windlass.sdk.adapters.models import deepeval_model, ragas_model
    from windlass.sdk.adapters.ragas import from_ragas
    from windlass.sdk.asked import agent
    from windlass.sdk.cases import case
    from windlass.sdk.datasets import read_dataset
    from windlass.sdk.evaluation import (
        Context,
        Judgement,
        Prediction,
        RecordedOutputs,
        Run,
        Sample,
        ToolCall,
        evaluate,
        evaluator,
    )
    from windlass.sdk.exporting import flush, lost_spans
    from windlass.sdk.judges import judge, jury
    from windlass.sdk.media import Media
    from windlass.sdk.prompts import Prompt, prompt
    from windlass.sdk.replaying import ToolFailed, Tools, replay
    from windlass.sdk.requirements import NotShown
    from windlass.sdk.reviews import ReviewQueue, review_queue
    from windlass.sdk.scoring import lost_scores, score
    from windlass.sdk.setup import init, shutdown
    from windlass.sdk.synthesising import Synthesis, synthesise
    from windlass.sdk.tracing import trace

__all__ = [
    "Context",
    "Judgement",
    "Media",
    "NotShown",
    "Prediction",
    "Prompt",
    "RecordedOutputs",
    "ReviewQueue",
    "Run",
    "Sample",
    "Synthesis",
    "ToolCall",
    "ToolFailed",
    "Tools",
    "__version__",
    "agent",
    "case",
    "deepeval_model",
    "evaluate",
    "evaluator",
    "flush",
    "from_deepeval",
    "from_ragas",
    "init",
    "judge",
    "jury",
    "lost_scores",
    "lost_spans",
    "prompt",
    "ragas_model",
    "read_dataset",
    "replay",
    "review_queue",
    "score",
    "shutdown",
    "synthesise",
    "trace",
]

_HOMES = {
    "Context": "evaluation",
    "Judgement": "evaluation",
    "Media": "media",
    "NotShown": "requirements",
    "Prediction": "evaluation",
    "Prompt": "prompts",
    "RecordedOutputs": "evaluation",
    "ReviewQueue": "reviews",
    "Run": "evaluation",
    "Sample": "evaluation",
    "Synthesis": "synthesising",
    "ToolCall": "evaluation",
    "ToolFailed": "replaying",
    "Tools": "replaying",
    "agent": "asked",
    "case": "cases",
    "deepeval_model": "adapters.models",
    "evaluate": "evaluation",
    "evaluator": "evaluation",
    "flush": "exporting",
    "from_deepeval": "adapters.deepeval",
    "from_ragas": "adapters.ragas",
    "init": "setup",
    "judge": "judges",
    "jury": "judges",
    "lost_scores": "scoring",
    "lost_spans": "exporting",
    "prompt": "prompts",
    "ragas_model": "adapters.models",
    "read_dataset": "datasets",
    "replay": "replaying",
    "review_queue": "reviews",
    "score": "scoring",
    "shutdown": "setup",
    "synthesise": "synthesising",
    "trace": "tracing",
}


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'windlass' has no attribute {name!r}")
    from importlib import import_module

    value = getattr(import_module(f"windlass.sdk.{home}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
