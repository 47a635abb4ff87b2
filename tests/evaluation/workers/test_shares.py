from windlass.evaluation.memory import MemorySamples
from windlass.evaluation.run_options import RunOptions
from windlass.evaluation.runs import OPTIONS, Run, VersionName
from windlass.evaluation.sample_stores import NothingFinished
from windlass.evaluation.samples import Item, Prediction, SampleResult, sample_key
from windlass.evaluation.workers.shares import divide, most_seats, numbers_of, share_of
from windlass.storage.database import now

ITEMS = [Item(id=f"i{number}", input=str(number)) for number in range(100)]


def a_run(concurrency: int, **options: object) -> Run:
    version = VersionName(name="v", number=1, digest="sha256:v")
    return Run(
        id="run-1",
        release=version,
        dataset=version,
        evaluators=["exact_match"],
        state="running",
        error=None,
        created=now(),
        started=None,
        finished=None,
        by="ada",
        items=len(ITEMS),
        finished_items=0,
        failed_items=0,
        calls=None,
        metrics={},
        project="default",
        concurrency=concurrency,
        settings={OPTIONS: options},
    )


def test_every_sample_that_is_not_finished_is_in_one_shard_in_the_order_of_asking() -> None:
    store = MemorySamples()
    for number, repeat in ((3, 1), (4, 1), (50, 2)):
        result = SampleResult(f"i{number}", "ab" * 16, "cd" * 8, 1, 2, Prediction(output="1"), repeat=repeat)
        store.write([(ITEMS[number], result)])
    finished = store.stored()
    parts = divide(len(ITEMS), 2, store.finished(ITEMS, range(1, 3), ()), seats=2)
    asked = [sample_key(f"i{number}", part.repeat) for part in parts for number in numbers_of(part.ranges)]
    assert asked == [
        key for repeat in (1, 2) for item in ITEMS if (key := sample_key(item.id, repeat)) not in finished
    ]
    assert sum(part.samples for part in parts) == 197
    assert max(part.samples for part in parts) == 13, "about eight shards for each seat"
    assert parts[0].ranges == [(0, 3), (5, 15)]


def test_a_shard_of_many_items_is_bounded() -> None:
    parts = divide(20_000, 1, NothingFinished(20_000), seats=2)
    assert {part.samples for part in parts} == {1000}


def test_the_limits_of_all_seats_together_are_those_of_the_run() -> None:
    run = a_run(10, requests_per_minute=100, tokens_per_minute=7, model_concurrency=4, max_tokens=50)
    shares = [share_of(run, seat, 3) for seat in range(3)]
    assert [share.concurrency for share in shares] == [4, 3, 3]
    for name in ("requests_per_minute", "tokens_per_minute", "model_concurrency"):
        assert sum(getattr(share.options, name) for share in shares) == getattr(run.options, name)
    assert {share.options.max_tokens for share in shares} == {50}, "a ceiling is shared, not divided"
    assert share_of(a_run(4), 1, 2).options == RunOptions()


def test_there_are_no_more_seats_than_shares_of_the_smallest_limit() -> None:
    assert most_seats(a_run(8), 3) == 3
    assert most_seats(a_run(2), 3) == 2
    assert most_seats(a_run(8, model_concurrency=1), 3) == 1
