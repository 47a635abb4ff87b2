from windlass.telemetry.graphs.models import Loop, Retry, StepSequence
from windlass.telemetry.graphs.patterns import collapse, find_loops, find_retries, find_variants, repetitions

M, S, B = "model:gpt", "tool:search", "tool:buy"


def sequence(*steps: str, traces: int = 1, examples: tuple[str, ...] = ("t",)) -> StepSequence:
    """Return a sequence; a step that ends with ! failed."""
    return StepSequence(
        tuple(step.removesuffix("!") for step in steps),
        tuple(step.endswith("!") for step in steps),
        traces,
        examples,
    )


def test_a_repetition_is_counted_whole_and_not_again_as_repetitions_of_its_multiples() -> None:
    assert list(repetitions("aaaa")) == [(("a",), 4)]
    assert list(repetitions("xababab")) == [(("a", "b"), 3)]
    assert list(repetitions("abcabcd")) == [(("a", "b", "c"), 2)]
    assert list(repetitions("abcdabcd")) == [(("a", "b", "c", "d"), 2)]
    assert list(repetitions("aabb")) == [(("a",), 2), (("b",), 2)]
    assert list(repetitions("abcab")) == []
    assert list(repetitions("")) == []


def test_a_loop_is_one_wherever_it_is_entered() -> None:
    loops = find_loops(
        [
            sequence(M, S, M, S, M, S, B, traces=3, examples=("t3", "t2", "t1")),
            sequence(S, M, S, M, examples=("t4",)),
            sequence(B, B),
        ]
    )
    assert loops == [
        Loop(steps=[M, S], longest=3, count=4, traces=4, examples=["t3", "t2", "t1"]),
        Loop(steps=[B], longest=2, count=1, traces=1, examples=["t"]),
    ]


def test_a_retry_comes_at_once_or_after_one_call_of_a_model_and_only_after_a_failure() -> None:
    retries = find_retries(
        [
            sequence(f"{S}!", f"{S}!", S, traces=2, examples=("a", "b")),
            sequence(f"{S}!", M, S, examples=("c",)),
            sequence(f"{B}!", S, B),
            sequence(f"{B}!", M, M, B),
            sequence(S, S),
            sequence(f"{M}!", M, examples=("d",)),
            sequence(f"{B}!"),
        ]
    )
    assert retries == [
        Retry(step=S, count=5, recovered=3, traces=3, examples=["a", "b", "c"]),
        Retry(step=M, count=1, recovered=1, traces=1, examples=["d"]),
    ]


def test_variants_are_ways_through_whatever_the_number_of_rounds() -> None:
    once, thrice = sequence(M, S, M, traces=2), sequence(M, S, M, f"{S}!", M, S, M, examples=("u",))
    frequent, rare = find_variants([once, sequence(M, B), thrice])
    assert (frequent.steps, frequent.traces, frequent.share, frequent.failed) == ([M, S, M], 3, 0.75, 1)
    assert frequent.examples == ["t", "u"]
    assert (rare.steps, rare.traces, rare.share, rare.failed) == ([M, B], 1, 0.25, 0)
    assert find_variants([]) == []


def test_collapsing_leaves_one_round_of_nested_loops() -> None:
    assert "".join(collapse("saabaabe")) == "sabe"
    assert "".join(collapse("abcabcabc")) == "abc"
    assert "".join(collapse("abcd")) == "abcd"
