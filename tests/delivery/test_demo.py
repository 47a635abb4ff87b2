"""What the demo takes for its own."""

from windlass.delivery.demo import EVALUATORS, runs_of_demo


def test_a_run_of_somebody_else_by_other_evaluators_is_not_taken_for_the_demos() -> None:
    own, more = {"evaluators": list(EVALUATORS)}, {"evaluators": [*EVALUATORS, "says_please"]}
    assert runs_of_demo([{"evaluators": ["token_f1", "says_please"]}, own, more]) == [own, more]
