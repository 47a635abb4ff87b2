import asyncio

import pytest

from windlass.errors import InputError
from windlass.models.completion import JSON, Completion, Message
from windlass.models.embeddings import load_embedder
from windlass.models.extractive import ExtractiveModel

CONTEXT = """\
[04-releases.md — Rolling back]
A rollback moves the environment to the release that ran before. It takes one command.
The audit chain records who did it. Bananas are rich in potassium.

```
How do I roll back a release?
```
"""


def ask(*contents: str, **parameters: JSON) -> Completion:
    messages = [Message("user", content) for content in contents]
    return asyncio.run(ExtractiveModel(load_embedder()).complete(messages, parameters))


def tagged(question: str, context: str = CONTEXT) -> str:
    return f"Answer from the passages.\n<context>\n{context}\n</context>\n<question>{question}</question>"


def test_it_quotes_the_sentence_that_matches_best() -> None:
    answer = ask(tagged("How do I roll back a release?"), max_sentences=1)
    assert answer.text == "A rollback moves the environment to the release that ran before."
    assert ask(tagged("What is good for my diet?"), max_sentences=1).text == "Bananas are rich in potassium."


def test_it_quotes_sentences_in_a_row_and_of_one_paragraph() -> None:
    answer = ask(tagged("How many commands does rolling back to the earlier release take?"), max_sentences=2)
    assert answer.text == (
        "A rollback moves the environment to the release that ran before. It takes one command."
    )
    other = "Bananas are rich in potassium.\n\nA rollback takes one command."
    assert ask(tagged("What does a rollback take?", other)).text == "A rollback takes one command."


def test_it_says_what_it_is_and_that_it_cost_nothing() -> None:
    answer = ask(tagged("How do I roll back a release?"))
    assert ExtractiveModel.baseline is True
    assert answer.model == "local:extractive"
    assert answer.cost == 0.0
    assert answer.finish_reason == "stop"
    assert answer.usage.input_tokens > answer.usage.output_tokens > 10
    assert answer.latency_s > 0


def test_without_tags_the_last_paragraph_is_the_question() -> None:
    answer = ask(f"{CONTEXT}\n\nWhat is potassium found in?", max_sentences=1)
    assert answer.text == "Bananas are rich in potassium."


@pytest.mark.parametrize(
    ("context", "says"),
    [("", "no context"), ("  \n", "no context"), ("```\ncode\n```\n| a | b |", "holds no sentence")],
    ids=["empty", "blank", "no prose"],
)
def test_it_says_when_there_is_nothing_to_quote(context: str, says: str) -> None:
    assert says in ask(tagged("What is a release?", context)).text


def test_a_question_alone_has_no_context() -> None:
    assert "no context" in ask("What is a release?").text


def test_a_question_in_the_context_is_no_answer() -> None:
    context = "What is a release? It binds the versions of prompts, models and indexes."
    assert ask(tagged("What is a release?", context), max_sentences=1).text.startswith("It binds")


def test_a_sentence_that_does_not_fit_is_left_out_whole() -> None:
    answer = ask(tagged("Who is recorded in the audit chain when somebody does a rollback?"), max_tokens=14)
    assert answer.text == "A rollback moves the environment to the release that ran before."
    assert answer.finish_reason == "length"


@pytest.mark.parametrize(
    ("parameters", "sentence"),
    [
        ({"max_sentence": 1}, "no parameter 'max_sentence'"),
        ({"max_sentences": 0}, "'max_sentences' is wrong"),
        ({"temperature": "hot"}, "'temperature' is wrong"),
    ],
)
def test_a_wrong_parameter_is_named(parameters: dict[str, JSON], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence):
        ask(tagged("What?"), **parameters)


def test_no_question_is_refused() -> None:
    with pytest.raises(InputError, match="found no question"):
        ask("<context>Some context stands here.</context>")


def test_a_stream_is_the_answer_in_words_and_then_the_completion() -> None:
    async def collect() -> list[str | Completion]:
        model = ExtractiveModel(load_embedder())
        return [piece async for piece in model.stream([Message("user", tagged("How do I roll back?"))], {})]

    *pieces, last = asyncio.run(collect())
    assert isinstance(last, Completion)
    assert len(pieces) > 5
    assert "".join(str(piece) for piece in pieces) == last.text
