"""The report of several runs: quality, cost and time side by side."""

from collections.abc import Callable, Iterator, Sequence

from windlass.errors import InputError
from windlass.evaluation.amounts import Amounts
from windlass.evaluation.reports.document import (
    Block,
    Document,
    IntervalRow,
    Intervals,
    Point,
    Scatter,
    Section,
    plain_table,
)
from windlass.evaluation.reports.evaluated import Evaluated, mean_of
from windlass.evaluation.reports.figures import (
    MISSING,
    dollars,
    figure,
    interval,
    is_amount,
    reach_words,
    seconds,
)
from windlass.evaluation.run_scores import Floats
from windlass.evaluation.statistics.paired import MeanEstimate
from windlass.evaluation.wording.language import said, say, say_count


def runs_report(evaluated: Sequence[Evaluated], made: str) -> Document:
    """Return the report of runs on one dataset version. Raises InputError for others."""
    first = evaluated[0].run
    for each in evaluated:
        if each.run.dataset.digest != first.dataset.digest:
            raise InputError(
                f"{first.id} and {each.run.id} are on different versions of data; report on runs of one version."
            )
    shared = [name for name in first.evaluators if all(name in each.run.evaluators for each in evaluated)]
    if not shared:
        raise InputError("The runs have no metric in common; evaluate them with the same evaluators.")
    ordered = _best_first(evaluated, shared[0])
    return Document(
        title=say("{n} runs on {data}", n=len(evaluated), data=f"{first.dataset.name}@{first.dataset.number}"),
        subtitle=say("Ordered by {metric}", metric=shared[0]),
        lead=_lead(ordered, shared[0]),
        facts=[(say("Items"), f"{first.items:,}"), (say("Data"), first.dataset.digest)],
        sections=list(_sections(ordered, shared)),
        made=made,
    )


def names_of(evaluated: Sequence[Evaluated]) -> list[str]:
    """Return what the runs are called: their releases, and the run too where two ran the same."""
    names = [each.name for each in evaluated]
    return [
        name if names.count(name) == 1 else f"{name} ({each.run.id})"
        for name, each in zip(names, evaluated, strict=True)
    ]


def _best_first(evaluated: Sequence[Evaluated], metric: str) -> list[Evaluated]:
    sign = -1 if evaluated[0].ascending(metric) else 1
    means = {each.run.id: each.metrics[metric].mean for each in evaluated}

    def place(each: Evaluated) -> tuple[bool, float]:
        mean = means[each.run.id]
        return (mean is None, sign * (mean or 0.0))

    return sorted(evaluated, key=place)


def _lead(ordered: Sequence[Evaluated], metric: str) -> str:
    best = ordered[0].metrics[metric]
    if best.mean is None:
        return say("No run has a value of {metric}.", metric=metric)
    figures = {
        "release": names_of(ordered)[0],
        "metric": metric,
        "mean": figure(metric, best.mean),
        "items": say_count(best.n, "{n} item", "{n} items"),
        "reach": reach_words(metric, best.low, best.high),
    }
    first = (
        say("{release} has the highest {metric}, {mean} ({items}{reach}).", **figures)
        if ordered[0].ascending(metric)
        else say("{release} has the lowest {metric}, {mean} ({items}{reach}).", **figures)
    )
    rest = say("Each interval is of its own run: whether two differ is what a report of both says.")
    return f"{first} {rest}"


def _sections(ordered: Sequence[Evaluated], shared: Sequence[str]) -> Iterator[Section]:
    names, metric = names_of(ordered), shared[0]
    qualities = [name for name in shared if not is_amount(name)]
    rows = [
        [
            name,
            *(_mean_cell(each, metric) for metric in qualities),
            _amount(mean_of(each.amounts.cost_usd), dollars),
            _amount(mean_of(each.amounts.latency_s), seconds),
            _amount(mean_of(each.amounts.tokens), _whole),
            f"{each.run.failed_items:,}",
        ]
        for name, each in zip(names, ordered, strict=True)
    ]
    columns = (*qualities, *said("cost a sample", "time a sample", "tokens a sample", "failed"))
    yield Section(
        title=say("Quality, cost and time"),
        note=say("Means with half the width of their 95 % intervals."),
        blocks=[plain_table(say("run"), *columns, rows=rows, right=columns)],
    )
    yield Section(title=metric, blocks=[_chart(ordered, names, metric)])
    trades = list(_scatters(ordered, names, metric))
    if trades:
        yield Section(title=say("Trade-offs"), note=say("The vertical lines are 95 % intervals."), blocks=trades)
    runs = [[name, each.run.id, each.run.release.digest] for name, each in zip(names, ordered, strict=True)]
    yield Section(title=say("Runs"), blocks=[plain_table(*said("run", "id", "release"), rows=runs)])


def _mean_cell(evaluated: Evaluated, metric: str) -> str:
    found = evaluated.metrics[metric]
    if found.mean is None:
        return MISSING
    half = (
        f" ±{figure(metric, (found.high - found.low) / 2)}"
        if found.low is not None and found.high is not None
        else ""
    )
    return f"{figure(metric, found.mean)}{half}"


def _amount(found: MeanEstimate | None, show: Callable[[float], str]) -> str:
    return MISSING if found is None else show(found.mean)


def _whole(value: float) -> str:
    return f"{value:,.0f}"


def _chart(ordered: Sequence[Evaluated], names: Sequence[str], metric: str) -> Intervals:
    rows = [
        IntervalRow(
            name=name,
            value=found.mean,
            low=found.low,
            high=found.high,
            text=f"{figure(metric, found.mean)} ({interval(metric, found.low, found.high)})",
        )
        for name, each in zip(names, ordered, strict=True)
        if (found := each.metrics[metric]).mean is not None
    ]
    return Intervals(caption=say("{metric}, means with their 95 % intervals", metric=metric), rows=rows)


def _scatters(ordered: Sequence[Evaluated], names: Sequence[str], metric: str) -> Iterator[Block]:
    amounts: tuple[tuple[str, Callable[[Amounts], Floats], Callable[[float], str]], ...] = (
        (say("cost of a sample"), lambda took: took.cost_usd, dollars),
        (say("time of a sample"), lambda took: took.latency_s, seconds),
    )
    for label, read, show in amounts:
        points = []
        for name, each in zip(names, ordered, strict=True):
            quality, amount = each.metrics[metric], mean_of(read(each.amounts))
            if quality.mean is not None and amount is not None:
                points.append(Point(name=name, x=amount.mean, y=quality.mean, low=quality.low, high=quality.high))
        if len(points) > 1 and len({point.x for point in points}) > 1:
            yield _scatter(points, label, metric, show)


def _scatter(points: list[Point], label: str, metric: str, show: Callable[[float], str]) -> Scatter:
    xs = [point.x for point in points]
    ys = [bound for point in points for bound in (point.low, point.y, point.high) if bound is not None]
    return Scatter(
        caption=say("{metric} by {amount}", metric=metric, amount=label),
        x=label,
        y=metric,
        points=points,
        x_ends=(show(min(xs)), show(max(xs))),
        y_ends=(figure(metric, min(ys)), figure(metric, max(ys))),
    )
