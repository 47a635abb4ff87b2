# /// script
# dependencies = ["inspect-ai"]
# ///
"""Write data/inspect.eval: what Inspect itself writes of an evaluation with tools, epochs and three scorers.

And data/inspect.chunked.eval: the same log with its samples in chunks, as Inspect converts it.

uv run tests/evaluation/imports/record.py
"""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

DATA = Path(__file__).parent / "data"


class _Words:
    """A tokenizer that needs no download."""

    def encode(self, text: str, **_: object) -> list[str]:
        return text.split()


def main() -> None:
    os.environ["INSPECT_DISPLAY"] = "none"
    import tiktoken
    from inspect_ai import Task
    from inspect_ai import eval as evaluate
    from inspect_ai.dataset import MemoryDataset, Sample
    from inspect_ai.model import (
        ChatMessageAssistant,
        ChatMessageUser,
        ModelOutput,
        get_model,
    )
    from inspect_ai.scorer import Score, Scorer, includes, mean, model_graded_qa, scorer
    from inspect_ai.solver import generate, system_message, use_tools
    from inspect_ai.tool import Tool, ToolError, tool

    tiktoken.get_encoding = lambda _name: _Words()

    @tool
    def look() -> Tool:
        async def execute(at: str) -> str:
            """Look at a place.

            Args:
                at: Place.
            """
            if at == "b":
                raise ToolError("There is nothing at b.")
            return f"seen {at}"

        return execute

    @scorer(metrics={"*": [mean()]})
    def shape() -> Scorer:
        async def score(state: Any, _target: Any) -> Score:
            return Score(value={"length": len(state.output.completion), "polite": True})

        return score

    def outputs() -> Iterator[ModelOutput]:
        number = 0
        while True:
            yield ModelOutput.for_tool_call("mockllm/model", "look", {"at": "a"})
            yield ModelOutput.for_tool_call("mockllm/model", "look", {"at": "b"})
            number += 1
            yield ModelOutput.from_content("mockllm/model", f"The answer is {4 + number % 2}.")

    said = [
        ChatMessageUser(content="Hello"),
        ChatMessageAssistant(content="Hi"),
        ChatMessageUser(content="What is 1 + 3? " + "x" * 200),
    ]
    samples = [
        Sample(id="sum", input="What is 2 + 2?", target="4", metadata={"page": 1}),
        Sample(id=7, input=said, target=["4", "four"]),
    ]
    task = Task(
        name="sums",
        dataset=MemoryDataset(samples, name="sums"),
        solver=[system_message("Be brief."), use_tools(look()), generate()],
        scorer=[includes(), shape(), model_graded_qa(model="mockllm/judge")],
    )
    with TemporaryDirectory() as folder:
        (log,) = evaluate(
            task,
            model=get_model("mockllm/model", custom_outputs=outputs()),
            epochs=2,
            log_dir=folder,
            log_format="eval",
            max_samples=1,
            max_connections=1,
        )
        shutil.copy(log.location, DATA / "inspect.eval")
        write_chunked()


def write_chunked() -> None:
    """Write the log again with its samples in chunks of two messages, as Inspect converts it."""
    from inspect_ai.log._recorders.chunked.convert import convert_eval_logs_to_chunked

    with TemporaryDirectory() as folder:
        convert_eval_logs_to_chunked(str(DATA / "inspect.eval"), folder, chunk_size=2)
        shutil.copy(Path(folder) / "inspect.eval", DATA / "inspect.chunked.eval")


if __name__ == "__main__":
    main()
