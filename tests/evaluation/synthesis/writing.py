"""A scripted model that writes items and answers from sources, behind a real socket."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from windlass.evaluation.judges.judging import Ask
from windlass.evaluation.samples import Item
from windlass.evaluation.synthesis.candidates import Candidate, candidate_of
from windlass.evaluation.synthesis.drafting import Draft, Drafter, QuotedDraft, Task
from windlass.evaluation.synthesis.making import Maker
from windlass.evaluation.synthesis.materials import Material, of_chunks, of_items, passages_of
from windlass.models.completion import Completion, Message, OutputSchema
from windlass.models.providers import open_model
from windlass.models.scripted import ScriptedServer
from windlass.retrieval.documents import Document

LEASE = "A lease of an item ends after fifteen minutes, and then another reviewer may get it."
AUDIT = "The audit chain is signed with a key that lies outside the database."
GUIDE = Document(name="guide.md", text=f"# Guide\n\n## Leases\n\n{LEASE}\n\n## Audit\n\n{AUDIT}\n")

Reply = Callable[[Mapping[str, Any]], object]


def shown(messages: Sequence[Message]) -> dict[str, Any]:
    """Return what a model was shown."""
    fields: dict[str, Any] = json.loads(messages[-1].content)
    return fields


def write(fields: Mapping[str, Any]) -> dict[str, object]:
    """Ask for the first sentence of a passage, and quote it."""
    sentence = str(fields["passage"]).split("\n\n")[-1]
    topic = "leases" if "lease" in sentence else "the audit chain"
    return {
        "items": [{"question": f"What should I know of {topic}?", "answer": sentence, "quote": sentence}]
        * fields["count"]
    }


def answer(fields: Mapping[str, Any]) -> dict[str, object]:
    """Answer with the last words of a source."""
    return {"answerable": True, "answer": str(fields["source"]).split("\n\n")[-1]}


def reply(fields: Mapping[str, Any]) -> dict[str, object]:
    return answer(fields) if "source" in fields else write(fields)


@contextmanager
def model_server(said: Reply = reply) -> Iterator[ScriptedServer]:
    """Serve a model that says what a function makes of what it is shown: text, or what becomes JSON."""

    def text(messages: Sequence[Message]) -> str:
        made = said(shown(messages))
        return made if isinstance(made, str) else json.dumps(made, ensure_ascii=False)

    with ScriptedServer(text) as server:
        yield server


def asking(server: ScriptedServer) -> Ask:
    model = open_model("openai:writer", base_url=server.url)

    async def ask(messages: Sequence[Message], schema: OutputSchema) -> Completion:
        return await model.complete(messages, {}, schema)

    return ask


def maker(ask: Ask | None, judge: Ask | None = None, **more: Any) -> Maker:
    made = {"model": "openai:writer" if ask else "", "judge_name": "openai:judge" if judge else "baseline"}
    return Maker(Drafter(ask, 0), judge=judge, **{**made, "seed": 0, "split": "", **more})


def passages() -> list[Material]:
    return list(of_chunks(passages_of([GUIDE])))


def item(question: str = "When does a lease of an item end?", **more: Any) -> Item:
    fields: dict[str, Any] = {"id": "a", "input": {"question": question}, "reference": "After fifteen minutes."}
    return Item.model_validate({**fields, **more})


def mutated(question: str, original: Item, mutation: str) -> Candidate:
    """Return an item that was asked otherwise."""
    (material,) = of_items([original], "questions@1")
    task = Task(material, mutation=mutation)
    return candidate_of(Draft(question=question, answer=""), task, model="m", seed=0, split="")


def drafted(question: str, answer: str = LEASE, quote: str = LEASE, split: str = "") -> Candidate:
    """Return an item that was made of the passage about leases."""
    draft = QuotedDraft(question=question, answer=answer, quote=quote)
    return candidate_of(draft, Task(passages()[0]), model="m", seed=0, split=split)
