import asyncio
import subprocess
import sys

import pytest

from windlass.errors import InputError
from windlass.evaluation.memory import MemorySamples
from windlass.evaluation.metrics.usage import latency_s
from windlass.evaluation.recorded import RecordedOutputs, read_output, recorded_release, require_outputs
from windlass.evaluation.runner import Progress, RunnerSettings, run_samples
from windlass.evaluation.samples import Context, Item, Prediction
from windlass.evaluation.trajectories import ToolCall
from windlass.models.completion import Usage

MESSAGES = [
    {"role": "user", "content": "Book it."},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "function": {"name": "book", "arguments": '{"seat": 4}'}}],
    },
    {"role": "tool", "tool_call_id": "c1", "content": "done"},
    {"role": "assistant", "content": "Booked."},
]


def item(output: object, name: str = "answer") -> Item:
    return Item(id="i0", input="?", reference="right", metadata={name: output})


@pytest.mark.parametrize(
    ("output", "prediction"),
    [
        ("text", Prediction("text")),
        (MESSAGES, Prediction("Booked.", trajectory=(ToolCall("book", {"seat": 4}),))),
        (
            {"messages": MESSAGES, "output": "Yes."},
            Prediction("Yes.", trajectory=(ToolCall("book", {"seat": 4}),)),
        ),
        (
            {
                "output": "Yes.",
                "tool_calls": [{"tool_name": "look", "tool_input": {}}],
                "retrieved": ["one", {"text": "two", "document": "b.md", "score": 0.5}],
                "usage": {"input_tokens": 3, "output_tokens": 1},
                "cost_usd": 0.5,
                "latency_s": 2,
            },
            Prediction(
                "Yes.",
                contexts=(Context("", "", "one"), Context("b.md", "", "two", 0.5)),
                usage=Usage(3, 1),
                cost_usd=0.5,
                latency_s=2.0,
                trajectory=(ToolCall("look"),),
            ),
        ),
    ],
    ids=["text", "messages", "messages and output", "all"],
)
def test_an_output_is_text_messages_or_an_object(output: object, prediction: Prediction) -> None:
    assert read_output(output) == prediction
    assert asyncio.run(RecordedOutputs("answer")(item(output))) == prediction
    assert asyncio.run(RecordedOutputs("metadata.answer")(item(output))) == prediction


def test_the_reference_can_be_the_output() -> None:
    assert asyncio.run(RecordedOutputs("reference")(item("x"))) == Prediction("right")


@pytest.mark.parametrize(
    ("output", "sentence"),
    [
        (None, r"'i0' has no output in 'answer' \(1 of 1 items lack it\); its metadata has answer"),
        (7, "'i0' in 'answer': an output is text, a list of messages or an object with `output`, this is a int"),
        ({}, "needs `output` or `messages`"),
        ({"output": "x", "score": 1}, "'score' is wrong"),
        ({"output": "x", "usage": {"input_tokens": -1, "output_tokens": 1}}, "'usage.input_tokens' is wrong"),
        (["x"], "no messages are found in this list"),
    ],
    ids=["none", "number", "empty", "unknown", "usage", "list"],
)
def test_an_output_that_cannot_be_read_is_refused_before_the_run(output: object, sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        require_outputs([item(output)], "answer")


def test_a_recorded_output_is_not_repeated() -> None:
    with pytest.raises(InputError, match="leave repeats out"):
        require_outputs([item("x")], "answer", repeats=2)


def test_a_recorded_error_is_a_failed_sample_and_no_latency_is_made_up(store: MemorySamples) -> None:
    items = [item("x"), item({"error": "timed out"}).model_copy(update={"id": "i1"})]
    require_outputs(items, "answer")
    settings = RunnerSettings(linger_s=0, measure_latency=False)
    progress = asyncio.run(run_samples(items, RecordedOutputs("answer"), [latency_s], store, settings=settings))
    assert progress == Progress(2, 2, 1)
    assert store.stored()["i0"].judgements["latency_s"].value is None
    assert (store.stored()["i1"].error, store.stored()["i1"].attempts) == ("timed out", 1)


def test_a_release_stands_for_what_a_column_of_one_dataset_version_holds() -> None:
    name, body = recorded_release("questions", "sha256:abc", "metadata.GPT-4 answer")
    assert name == "questions-gpt-4-answer"
    assert body == {"code": {"entry": "dataset/questions:GPT-4 answer", "digest": "sha256:abc"}}
    assert recorded_release("questions", "sha256:abc", "답")[0] == "questions-outputs"


def test_the_base_install_scores_recorded_texts_and_says_what_messages_need() -> None:
    program = f"""
import sys
sys.modules.update(dict.fromkeys(("numpy", "orjson", "chdb")))
from windlass.errors import ConfigurationError
from windlass.evaluation.recorded import read_output
import windlass.sdk.evaluation
print(read_output("text").output)
try:
    read_output({MESSAGES!r})
except ConfigurationError as error:
    print(error.message)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines() == [
        "text",
        "Messages need the server's packages: pip install 'windlass[server]'.",
    ]
