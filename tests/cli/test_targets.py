"""`windlass eval` on agents by URL."""

import pytest

from tests.cli.conftest import Windlass
from tests.evaluation.targets.agents import asked, completion
from tests.live import Project


def test_any_agent_is_evaluated_from_the_users_own_process(
    windlass: Windlass, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ADDER_KEY", "secret-of-the-adder")
    project.push_sums(items=4)
    with asked(lambda _: completion("4")) as server:
        at = ["--target", f"{server.url}/v1", "--model", "adder", "--key", "ADDER_KEY"]
        done = windlass("eval", "--dataset", "sums", *at, "--parameters", '{"temperature": 0}')
    assert (done.code, done.err.count("began: ")) == (0, 1)
    assert "finished, 4 of 4 samples, 0 failed" in done.out
    assert "exact_match" in done.out
    assert server.bodies[0]["temperature"] == 0
    (run,) = project.client.pages("/runs")
    kept = project.client.get(f"/runs/{run['id']}")
    assert kept["settings"]["target"] == {
        "protocol": "openai",
        "url": f"{server.url}/v1",
        "model": "adder",
        "parameters": {"temperature": 0},
        "key_variable": "ADDER_KEY",
    }
    assert (run["release"]["name"], run["metrics"]["exact_match"]["mean"]) == ("adder", 0.25)
    gone = windlass("eval", "--dataset", "sums", *at)
    assert (gone.code, gone.err.count("\n")) == (2, 1)
    assert "could not be reached" in gone.err
    refused = windlass("eval", "--dataset", "sums", *at, "--on-server")
    assert (refused.code, "an administrator allows addresses" in refused.err) == (2, True)
    assert len(list(project.client.pages("/runs"))) == 1


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (["--protocol", "smoke"], "protocol: Input should be 'openai', 'a2a', 'agent-engine' or 'mcp'"),
        (["--protocol", "mcp"], "name the tool that is called there"),
        (["--model", "m", "--parameters", "{"], "--parameters is a JSON object, and this is none"),
        (["--model", "m", "--parameters", "[1]"], "--parameters is a JSON object, not [1]"),
        (["--model", "m", "--header", "X-Key"], "write Name=VARIABLE"),
        (["--model", "m", "--key", "UNSET_KEY"], "environment variable UNSET_KEY, which is not set"),
        (["--model", "m", "--max-cost", "1"], "A budget is for runs that the server executes"),
        (["--model", "m", "--evaluator", "my-judge"], "'my-judge' is no built-in evaluator"),
        (["--model", "m", "--outputs", "answer"], "leave `--target` or `--outputs` out"),
    ],
)
def test_a_wrong_option_is_one_sentence(
    windlass: Windlass, project: Project, options: list[str], sentence: str
) -> None:
    project.push_sums(items=1)
    done = windlass("eval", "--dataset", "sums", "--target", "http://127.0.0.1:9/v1", *options)
    assert (done.code, done.out) == (2, "")
    assert sentence in done.err
