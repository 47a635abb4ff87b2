"""The overview: each environment with its releases, their quality, traffic and cost, and what awaits somebody."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import BaseModel

from windlass.artifacts.environments import Deployment, Environments
from windlass.artifacts.registry import Registry
from windlass.evaluation.gates.evidence import Verdict
from windlass.evaluation.gates.told import told_in
from windlass.evaluation.gates.verdicts import list_verdicts
from windlass.evaluation.results import MetricSummary
from windlass.evaluation.run_lists import list_runs, newest_finished_run
from windlass.evaluation.runs import RunSummary
from windlass.evaluation.wording.language import Language
from windlass.prices.book import PriceBook
from windlass.storage.database import Database, now
from windlass.storage.warehouse import Warehouse
from windlass.telemetry.models import Traffic
from windlass.telemetry.queries import measure_traffic

WINDOW = timedelta(hours=24)

_RECENT = 6


class Quality(BaseModel):
    """A release's quality: the primary metric of its newest finished run."""

    metric: str
    mean: float | None
    low: float | None
    high: float | None
    n: int
    run: str


class TrafficPoint(BaseModel):
    time: datetime
    estimated: bool
    requests: int
    errors: int
    latency_p50_s: float | None
    cost_usd: float | None


class RunningRelease(BaseModel):
    """A release version that runs in an environment, with what it was measured on and how it does."""

    release: str
    number: int
    digest: str
    since: datetime
    previous: str | None
    verdict_id: str | None
    quality: Quality | None
    estimated: bool
    """Whether the figures of traffic are estimates, because only a share of the requests was traced."""
    requests_24h: int
    errors_24h: int
    latency_p50_s: float | None
    latency_p95_s: float | None
    cost_24h_usd: float | None
    unpriced_models: list[str] = []
    """Models whose tokens have no price; the cost is without them."""
    series: list[TrafficPoint]
    """The last 24 hours, by hour; hours without requests are there with zeros."""


class EnvironmentOverview(BaseModel):
    name: str
    deployments: list[RunningRelease]


class Waiting(BaseModel):
    """A release that passed its gate and is not deployed; nobody deployed another version of it since."""

    kind: str = "verdict"
    id: str
    release: str
    number: int
    outcome: str
    sentence: str
    created: datetime


class Counts(BaseModel):
    traces_24h: int
    spans_24h: int
    releases: int
    runs: int


class Overview(BaseModel):
    environments: list[EnvironmentOverview]
    waiting: list[Waiting]
    counts: Counts
    recent_runs: list[RunSummary]
    recent_verdicts: list[Verdict]


class Overviews:
    """Makes the overview of a project from what the nouns below know."""

    def __init__(
        self,
        database: Database,
        warehouse: Warehouse,
        *,
        registry: Registry,
        environments: Environments,
        prices: PriceBook | None = None,
    ) -> None:
        self._database = database
        self._warehouse = warehouse
        self._registry = registry
        self._environments = environments
        self._prices = prices

    def make(self, project: str, language: Language = "en") -> Overview:
        """Return the overview as it is now, with the sentences of verdicts in a language."""
        until = now()
        since = (until - WINDOW).replace(minute=0, second=0, microsecond=0) + timedelta(hours=1)
        figures = measure_traffic(self._warehouse, project, since=since, until=until, lists=self._prices)
        hourly, daily = _by_place(figures.intervals), _by_place(figures.whole)
        given = list_verdicts(self._database, project, limit=50).items
        verdicts = [told_in(each, language) for each in given]
        environments = [
            EnvironmentOverview(
                name=environment.name,
                deployments=[
                    self._running(
                        project,
                        deployment,
                        next(iter(daily[environment.name, deployment.digest]), None),
                        _filled(hourly[environment.name, deployment.digest], since),
                        verdicts,
                    )
                    for deployment in environment.deployments
                ],
            )
            for environment in self._environments.list_environments(project)
        ]
        runs = list_runs(self._database, project, limit=500).items
        return Overview(
            environments=environments,
            waiting=_waiting(verdicts, environments),
            counts=Counts(
                traces_24h=figures.volume.traces,
                spans_24h=figures.volume.spans,
                releases=sum(artifact.versions for artifact in self._registry.list_artifacts(project, "release")),
                runs=len(runs),
            ),
            recent_runs=runs[:_RECENT],
            recent_verdicts=verdicts[:_RECENT],
        )

    def _running(
        self,
        project: str,
        deployment: Deployment,
        day: Traffic | None,
        series: list[TrafficPoint],
        verdicts: Sequence[Verdict],
    ) -> RunningRelease:
        return RunningRelease(
            release=deployment.release,
            number=deployment.number,
            digest=deployment.digest,
            since=deployment.since,
            previous=deployment.previous,
            verdict_id=deployment.verdict_id,
            quality=self._quality(project, deployment.digest, verdicts),
            estimated=day.estimated if day else False,
            requests_24h=day.requests if day else 0,
            errors_24h=day.errors if day else 0,
            latency_p50_s=day.latency_p50_s if day else None,
            latency_p95_s=day.latency_p95_s if day else None,
            cost_24h_usd=day.cost_usd if day else None,
            unpriced_models=day.unpriced_models if day else [],
            series=series,
        )

    def _quality(self, project: str, digest: str, verdicts: Sequence[Verdict]) -> Quality | None:
        run = newest_finished_run(self._database, project, digest)
        if run is None:
            return None
        # The metric that decided about the project's newest release is the one people look for.
        decided = next((verdict.rule.primary.metric for verdict in verdicts), None)
        metric = decided if decided in run.metrics else next(iter(run.metrics), None)
        if metric is None:
            return None
        summary: MetricSummary = run.metrics[metric]
        return Quality(
            metric=metric, mean=summary.mean, low=summary.low, high=summary.high, n=summary.n, run=run.id
        )


def _by_place(points: Iterable[Traffic]) -> Mapping[tuple[str, str], list[Traffic]]:
    placed: dict[tuple[str, str], list[Traffic]] = defaultdict(list)
    for point in points:
        placed[point.environment, point.release].append(point)
    return placed


def _filled(points: Sequence[Traffic], since: datetime) -> list[TrafficPoint]:
    by_hour = {point.time: point for point in points}
    series = []
    for hour in range(int(WINDOW.total_seconds() // 3600)):
        time = since + timedelta(hours=hour)
        point = by_hour.get(time)
        series.append(
            TrafficPoint(
                time=time,
                estimated=point.estimated if point else False,
                requests=point.requests if point else 0,
                errors=point.errors if point else 0,
                latency_p50_s=point.latency_p50_s if point else None,
                cost_usd=point.cost_usd if point else None,
            )
        )
    return series


def _waiting(verdicts: Sequence[Verdict], environments: Sequence[EnvironmentOverview]) -> list[Waiting]:
    """Return the passing verdicts that nobody has acted on, of each release version its newest."""
    deployments = [deployment for environment in environments for deployment in environment.deployments]
    newest: dict[str, Verdict] = {}
    for verdict in verdicts:
        newest.setdefault(verdict.candidate.digest, verdict)
    return [
        Waiting(
            id=verdict.id,
            release=verdict.candidate.name,
            number=verdict.candidate.number,
            outcome=verdict.outcome,
            sentence=verdict.sentence,
            created=verdict.created,
        )
        for digest, verdict in newest.items()
        if verdict.outcome == "pass"
        and not any(
            running.digest == digest
            or (running.release == verdict.candidate.name and running.since > verdict.created)
            for running in deployments
        )
    ]
