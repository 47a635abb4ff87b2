"""The samples of a run of this process, kept on the server."""

import contextlib
import time
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from windlass.client import Client
from windlass.errors import Unavailable
from windlass.evaluation.runner import Progress
from windlass.evaluation.sample_stores import Finished, NothingFinished
from windlass.evaluation.samples import Item, SampleResult
from windlass.evaluation.spans import encode_samples
from windlass.sdk.answers import ServerAnswers
from windlass.sdk.progress import Observe

_SCORES_A_REQUEST = 5000
_REPORT_S = 1.0


class ServerSamples:
    """The samples of a run, kept on the server as traces and scores."""

    def __init__(self, client: Client, run: Mapping[str, Any], answers: ServerAnswers | None = None) -> None:
        self._client = client
        self.answers = answers
        self._run = str(run["id"])
        self._release = run["release"]
        self._reported = 0.0
        self.observe: Observe = lambda _: None
        """Is told of all progress, be it here."""

    def finished(self, items: Sequence[Item], repeats: range, names: Collection[str]) -> Finished:  # noqa: ARG002
        return NothingFinished(len(items))

    def of_items(self, items: Sequence[str]) -> Mapping[str, SampleResult]:  # noqa: ARG002 - none is finished
        return {}

    def write(self, samples: Sequence[tuple[Item, SampleResult]]) -> None:
        attributes = {
            "windlass.run": self._run,
            "windlass.release": self._release["digest"],
            "windlass.release.name": self._release["name"],
        }
        if self.answers is not None:
            self.answers.flush()
        self._client.send_traces(encode_samples(samples, attributes))
        self.write_judgements([result for _, result in samples])

    def report(self, progress: Progress) -> bool:
        """Say how far the run is, now and then; answer whether to go on."""
        self.observe(progress)
        if time.monotonic() - self._reported < _REPORT_S:
            return True
        self._reported = time.monotonic()
        so_far = {"finished": progress.finished, "failed": progress.failed}
        with contextlib.suppress(Unavailable):
            run = self._client.post(f"/runs/{self._run}/progress", so_far)
            return bool(run["state"] == "running")
        # Whether the server is away for good, storing the samples will tell.
        return True

    def write_judgements(self, results: Sequence[SampleResult]) -> None:
        scores = [
            {
                "trace_id": result.trace_id,
                "span_id": result.span_id,
                "name": metric,
                "value": judgement.value,
                "label": judgement.label,
                "explanation": judgement.explanation,
                "evidence": judgement.evidence,
                "source": judgement.source,
                "run": self._run,
                "item": result.item,
                "release": self._release["digest"],
                "evaluator": metric,
            }
            for result in results
            for metric, judgement in result.judgements.items()
        ]
        for start in range(0, len(scores), _SCORES_A_REQUEST):
            self._client.post("/scores", {"items": scores[start : start + _SCORES_A_REQUEST]})

    def settle(self) -> None:
        """The server settles when the run is finished there."""
