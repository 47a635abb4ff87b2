from tests.cli.conftest import Windlass, rows
from tests.live import CARELESS, Project

EVALUATORS = ["exact_match", "latency_s", "output_tokens"]


def test_runs_are_compared_and_the_exit_code_says_whether_a_cheaper_one_will_do(
    windlass: Windlass, project: Project
) -> None:
    project.push_sums(items=20)
    for instructions in (CARELESS, "Add slowly.", "Add carefully."):
        number = project.push_release(instructions=instructions)["number"]
        project.evaluate(f"adder@{number}", evaluators=EVALUATORS)
    done = windlass("compare", "adder@1", "adder@2", "adder@3", "--cost", "output_tokens")
    assert done.code == 0
    assert sorted(row[0] + row[1] for row in rows(done)) == ["adder1", "adder2", "adder3"]
    done = windlass("compare", "adder@1", "adder@3", "--margin", "0.1", "--cost", "output_tokens")
    # Half of the sums wrong is too many; both write as much, so that nothing is cheaper.
    assert (done.code, done.out.splitlines()[0]) == (1, "Fail: nothing cheaper than adder@3 is good enough.")
    assert windlass("compare", "adder@1").code == 2
