"""How far a run's numbers are to be believed: its judges held against people, its noise against itself."""

from collections.abc import Sequence

from windlass.agents.release_runs import ReleaseRuns
from windlass.errors import InputError
from windlass.evaluation.human.labels import HumanLabels
from windlass.evaluation.human.metrics import CorrectedMetric, JudgedMetric, correct_metric, judged_metric
from windlass.evaluation.items_by_id import ids_of
from windlass.evaluation.noise import NoiseFloor, noise_floor
from windlass.evaluation.result_columns import is_judged
from windlass.evaluation.reviews.run_labels import read_labels, sources_of_run
from windlass.evaluation.runs import get_run
from windlass.storage.database import Database


def judged_by_people(
    database: Database, runs: ReleaseRuns, project: str, run_id: str, metric: str | None, human: HumanLabels | None
) -> list[JudgedMetric]:
    """Return a run's judged metrics, each corrected by what people said of its samples.

    Without ``human``, by the questions of review queues that are called as the metric is. Raises NotFound, and
    InputError for labels without a metric, for a metric that the run has not, and where labels cannot be read.
    """
    run = get_run(database, project, run_id)
    if human is not None and metric is None:
        raise InputError("Say which metric the labels are about.")
    if metric is not None and metric not in run.evaluators:
        raise InputError(f"{run_id} has no metric {metric!r}; it has {', '.join(run.evaluators)}.")
    version, (results,) = runs.reading.sides(run)
    items = version.in_order

    def corrected(name: str) -> Sequence[CorrectedMetric]:
        places = [human] if human is not None else _named_alike(database, project, run_id, name)
        labels = [(place, read_labels(database, project, run_id, name, place, items)) for place in places]
        found = (correct_metric(name, place, said, results, items) for place, said in labels)
        return [each for each in found if each is not None]

    names = [metric] if metric is not None else [each for each in run.evaluators if is_judged(results, each)]
    return [judged_metric(name, results, corrected(name)) for name in names]


def noise_of_runs(
    database: Database, runs: ReleaseRuns, project: str, run_id: str, other: str | None
) -> NoiseFloor:
    """Return the noise floor of two runs of one release, or of one run's repeats. Raises NotFound, InputError."""
    compared = [get_run(database, project, each) for each in ([other, run_id] if other else [run_id])]
    # Only scores tell: what was answered is not read.
    samples = [{sample.key: sample for sample in runs.reading.samples(each)} for each in compared]
    return noise_floor(compared, samples, ids_of(runs.items(compared[0])))


def _named_alike(database: Database, project: str, run_id: str, metric: str) -> list[HumanLabels]:
    sources = sources_of_run(database, project, run_id, metric)
    return [HumanLabels(queue=each.queue, question=each.question) for each in sources]
