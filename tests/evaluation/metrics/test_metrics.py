import math

import pytest

from windlass.errors import ConfigurationError, InputError
from windlass.evaluation.built_in import BUILT_IN
from windlass.evaluation.evaluators import Evaluator, Registry, evaluator
from windlass.evaluation.metrics.answers import exact_match, groundedness, token_f1
from windlass.evaluation.metrics.retrieval import hit_at, mrr, ndcg_at_10, precision_at, recall_at_5
from windlass.evaluation.metrics.usage import cost_usd, input_tokens, latency_s, output_tokens
from windlass.evaluation.samples import Context, Judgement, Sample
from windlass.models.completion import Usage


def sample(
    output: str = "", reference: object = None, contexts: tuple[Context, ...] = (), **metadata: object
) -> Sample:
    return Sample(item="a", input="?", reference=reference, metadata=metadata, output=output, contexts=contexts)


def passages(*places: tuple[str, str]) -> tuple[Context, ...]:
    return tuple(Context(document, section, "text") for document, section in places)


@pytest.mark.parametrize(
    ("output", "reference", "expected"),
    [
        ("the cat sat", "a cat sat down", 2 * 1.0 * (2 / 3) / (1.0 + 2 / 3)),
        ("Paris", "paris.", 1.0),
        ("London", "Paris", 0.0),
        ("", "Paris", 0.0),
        ("the", "a", 1.0),
        ("cat cat", "cat", 2 / 3),
        ("London town", ["Paris", "London"], 2 / 3),
        ("배포 승인", "배포 거절", 0.5),
    ],
)
def test_token_f1(output: str, reference: object, expected: float) -> None:
    assert token_f1(sample(output, reference)).value == pytest.approx(expected)


def test_exact_match_forgives_spelling_only() -> None:
    assert exact_match(sample("The  Answer.", "answer")).value == 1
    assert exact_match(sample("answer 42", ["42", "answer"])).value == 0


def test_recall_asks_for_the_passage_among_the_first_five() -> None:
    place = {"page": "03-prompts.md", "section": "Labels move"}
    late = passages(*[("01.md", "x")] * 5, ("03-prompts.md", "Labels move"))
    assert recall_at_5(sample(contexts=late, **place)).value == 0
    assert recall_at_5(sample(contexts=late[1:], **place)).value == 1
    assert recall_at_5(sample(contexts=(), **place)).value == 0


@pytest.mark.parametrize(
    ("document", "section", "relevant"),
    [
        ("03-prompts.md", "Labels move", True),
        ("docs/guide/03-prompts.md", "Prompts as artifacts > Labels  MOVE", True),
        ("03-prompts.md", "Labels move > A detail", True),
        ("103-prompts.md", "Labels move", False),
        ("03-prompts.md", "Labels", False),
        ("04-releases.md", "Labels move", False),
    ],
)
def test_a_context_is_relevant_by_page_and_section(document: str, section: str, relevant: bool) -> None:
    judged = recall_at_5(
        sample(contexts=passages((document, section)), page="03-prompts.md", section="Labels move")
    )
    assert judged.value == float(relevant)


def test_an_item_without_a_section_means_the_page() -> None:
    assert recall_at_5(sample(contexts=passages(("a.md", "anything")), page="a.md")).value == 1


def test_recall_counts_passages_and_not_contexts() -> None:
    relevant = [{"page": "a.md", "section": "One"}, {"page": "b.md", "section": "Two"}]
    contexts = passages(("a.md", "One"), ("a.md", "One"), ("a.md", "One"))
    assert recall_at_5(sample(contexts=contexts, relevant=relevant)).value == 0.5


def test_hit_precision_and_reciprocal_rank_count_relevant_contexts() -> None:
    contexts = passages(("x.md", ""), ("a.md", "One"), ("a.md", "One"), ("y.md", ""))
    asked = sample(contexts=contexts, page="a.md", section="One")
    assert [hit_at(k)(asked).value for k in (1, 2)] == [0, 1]
    # Fewer than k retrieved are as many misses.
    assert [precision_at(k)(asked).value for k in (1, 3, 10)] == [0, pytest.approx(2 / 3), 0.2]
    assert mrr(asked).value == 0.5
    assert mrr(sample(contexts=contexts, page="b.md")).value == 0
    assert mrr(sample(contexts=contexts)).value is None


@pytest.mark.parametrize("rank", [1, 2, 3, 10])
def test_ndcg_of_one_passage_is_its_discount(rank: int) -> None:
    contexts = passages(*[("x.md", "x")] * (rank - 1), ("a.md", "One"), ("a.md", "One"))
    judged = ndcg_at_10(sample(contexts=contexts, page="a.md", section="One"))
    assert judged.value == pytest.approx(1 / math.log2(1 + rank))


def test_ndcg_beyond_ten_is_nothing_and_of_several_is_relative_to_the_best_order() -> None:
    late = passages(*[("x.md", "x")] * 10, ("a.md", "One"))
    assert ndcg_at_10(sample(contexts=late, page="a.md", section="One")).value == 0
    relevant = [{"page": "a.md", "section": "One"}, {"page": "b.md", "section": "Two"}]
    contexts = passages(("x.md", "x"), ("a.md", "One"), ("b.md", "Two"))
    expected = (1 / math.log2(3) + 1 / math.log2(4)) / (1 + 1 / math.log2(3))
    assert ndcg_at_10(sample(contexts=contexts, relevant=relevant)).value == pytest.approx(expected)


def test_groundedness_is_the_share_of_supported_sentences() -> None:
    contexts = (
        Context("a.md", "One", "A release binds a prompt, a model and an index; it never changes."),
        Context("b.md", "Two", "Rollback goes back to the release before."),
    )
    answer = "A release binds a prompt, a model and an index. It was invented in Paris in 1987."
    judged = groundedness(sample(answer, contexts=contexts))
    assert judged == Judgement(0.5, "", "not in the retrieved text: It was invented in Paris in 1987.")
    assert groundedness(sample("Rollback goes back.", contexts=contexts)).value == 1
    assert groundedness(sample("Rollback goes back.")).value == 0
    assert groundedness(sample("—", contexts=contexts)).value is None


def test_a_sentence_pieced_together_from_two_contexts_is_not_supported() -> None:
    contexts = (Context("a", "", "alpha beta gamma"), Context("b", "", "delta epsilon zeta"))
    assert groundedness(sample("alpha beta gamma delta epsilon zeta", contexts=contexts)).value == 0


def test_groundedness_reads_korean() -> None:
    contexts = (Context("a", "", "릴리스는 프롬프트와 모델과 색인을 묶는다."),)
    assert groundedness(sample("릴리스는 모델과 색인을 묶는다.", contexts=contexts)).value == 1
    assert groundedness(sample("서울은 대한민국의 수도이다.", contexts=contexts)).value == 0


def test_what_a_prediction_took_is_read_from_it() -> None:
    measured = Sample("a", "?", None, {}, "x", usage=Usage(12, 3), cost_usd=0.5, latency_s=1.25)
    metrics = (input_tokens, output_tokens, cost_usd, latency_s)
    assert [metric(measured).value for metric in metrics] == [12, 3, 0.5, 1.25]
    assert [metric(sample("x")).value for metric in metrics] == [None] * 4
    assert not any(metric.higher_is_better for metric in metrics)


def test_the_built_in_evaluators_say_what_they_are() -> None:
    assert list(BUILT_IN) == [
        "recall_at_5",
        "ndcg_at_10",
        "mrr",
        "token_f1",
        "exact_match",
        "groundedness",
        "latency_s",
        "input_tokens",
        "output_tokens",
        "cost_usd",
        "rouge_1",
        "rouge_2",
        "rouge_l",
        "numeric_match",
        "is_json",
        "fuzzy_match",
        "embedding_similarity",
        "bleu",
        "chrf",
        "has_citations",
        "citation_precision",
        "citation_recall",
        "pii",
        "refusal",
        "trajectory_exact_match",
        "trajectory_in_order_match",
        "trajectory_any_order_match",
        "trajectory_precision",
        "trajectory_recall",
        "trajectory_f1",
        "trajectory_edit_distance",
        "tool_name_match",
        "tool_parameter_key_match",
        "tool_parameter_match",
        "tool_choice_accuracy",
        "error_recovery",
        "repeated_calls",
        "replay_match",
    ]
    assert all(each.description.endswith(".") for each in BUILT_IN.values())


def test_a_run_that_names_no_evaluators_leaves_out_what_few_answers_are_for_or_what_takes_time() -> None:
    assert {each.name for each in BUILT_IN.values() if not each.by_default} == {
        "numeric_match",
        "is_json",
        "fuzzy_match",
        "embedding_similarity",
        "bleu",
        "chrf",
        "has_citations",
        "citation_precision",
        "citation_recall",
        "pii",
        "refusal",
        "error_recovery",
        "repeated_calls",
        "replay_match",
    }
    assert BUILT_IN["rouge_l"](sample("x", "x")) == Judgement(1.0)


def test_an_evaluator_that_lacks_a_package_is_refused_before_the_run() -> None:
    def lacking() -> None:
        raise ConfigurationError("BLEU needs a package.")

    registry = Registry([Evaluator("bleu", lambda sample: 1, prepare=lacking), token_f1])
    assert registry.select(["token_f1"]) == [token_f1]
    with pytest.raises(ConfigurationError, match="needs a package"):
        registry.select(["token_f1", "bleu"])


def test_a_plain_function_is_an_evaluator() -> None:
    @evaluator(higher_is_better=False)
    def length(sample: Sample) -> int:
        """Characters of the answer."""
        return len(sample.output)

    assert (length.name, length.description) == ("length", "Characters of the answer.")
    assert length(sample("four")) == Judgement(4.0)


def test_an_evaluator_that_breaks_gives_a_missing_score_that_says_why() -> None:
    broken = Evaluator("broken", lambda sample: 1 / len(sample.output))
    assert broken(sample("")) == Judgement(None, "error", "ZeroDivisionError: division by zero")
    endless = Evaluator("endless", lambda sample: math.inf)
    assert endless(sample("")).value is None


def test_an_unknown_evaluator_is_refused_with_those_there_are() -> None:
    with pytest.raises(InputError, match="no evaluator named 'magic'; known are bleu, chrf"):
        BUILT_IN.select(["token_f1", "magic"])
    assert [each.name for each in BUILT_IN.select(["token_f1", "latency_s", "token_f1"])] == [
        "token_f1",
        "latency_s",
    ]


def test_two_evaluators_cannot_share_a_name() -> None:
    registry = Registry([token_f1])
    with pytest.raises(InputError, match="already an evaluator named 'token_f1'"):
        registry.add(Evaluator("token_f1", lambda sample: 0))
