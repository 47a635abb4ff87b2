"""Files pushed to a server and pulled back as files."""

from pathlib import Path

import pytest

from tests.live import Project
from windlass.delivery.files import read_files
from windlass.delivery.push import pull_file, push_files
from windlass.errors import InputError, NotFound

FILES = {
    "prompt": (
        "answer.md",
        (
            "---\nname: answer\ninput:\n  question: {type: string}\n  tone: {default: kind}\n"
            "model: openai:gpt\nparameters: {temperature: 0.5}\n---\n"
            "[system]\nBe {{ tone }}. {% raw %}{{ not a variable }}{% endraw %}\n\n[user]\n{{ question }}\n"
        ),
    ),
    "dataset": (
        "questions.jsonl",
        (
            '{"id": "a", "input": {"question": "한국어?\u2028"}, "reference": ["y"], "metadata": {"page": 1}}\n'
            '{"input": "no id", "split": "test"}\n'
        ),
    ),
    "model": (
        "offline.yaml",
        "kind: model\nname: offline\nmodel: local:extractive\nparameters: {max_sentences: 2}\n",
    ),
    "tool": (
        "find.yaml",
        (
            "kind: tool\nname: find\ndescription: Find an order.\neffect: read\nprotocol: mcp\n"
            "url: http://127.0.0.1:9/mcp\ntool: findOrder\nheaders: {X-Key: SHOP_KEY}\n"
            "parameters:\n  type: object\n  properties: {order: {type: integer, default: 1}}\n"
        ),
    ),
    "evaluator": ("charm.yaml", "kind: evaluator\nname: charm\nfunction: exact_match\n"),
    "release": (
        "guide.yaml",
        (
            "kind: release\nname: guide\nlabels: [better]\ndescription: 한국어\nprompts: {answer: prompt/answer}\n"
            "model: model/offline\nindex: index/pages\nretrieval: {k: 2, mode: text}\ntools: [tool/find]\n"
        ),
    ),
    "index": ("pages.yaml", "kind: index\nname: pages\ndocuments: [docs/*.txt]\nsettings: {chunk_tokens: 64}\n"),
}

NAMES = {
    "prompt": "prompt/answer",
    "dataset": "dataset/questions",
    "model": "model/offline",
    "tool": "tool/find",
    "evaluator": "evaluator/charm",
    "release": "release/guide",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "repository"
    (made / "docs").mkdir(parents=True)
    for name, content in FILES.values():
        (made / name).write_text(content, encoding="utf-8")
    (made / "docs" / "one.txt").write_text("The guide says yes.", encoding="utf-8")
    return made


def test_a_folder_is_pushed_in_the_order_of_its_references_with_its_labels(project: Project, folder: Path) -> None:
    pushed = push_files(project.client, read_files([folder]), message="the first")
    assert [file.kind for file in pushed] == [
        "prompt",
        "dataset",
        "model",
        "tool",
        "evaluator",
        "index",
        "release",
    ]
    assert all(file.is_new and file.number == 1 for file in pushed)
    release = project.client.get("/artifacts/release/guide/versions/better")
    assert (release["digest"], release["message"]) == (pushed[-1].digest, "the first")
    assert {link["role"] for link in release["references"]} == {"prompts.answer", "model", "index", "tools.find"}
    again = push_files(project.client, read_files([folder]))
    assert not any(file.is_new for file in again)
    assert [file.digest for file in again] == [file.digest for file in pushed]


@pytest.mark.parametrize("kind", NAMES)
def test_what_is_pulled_is_pushed_as_the_same_version(
    project: Project, folder: Path, tmp_path: Path, kind: str
) -> None:
    pushed = {file.kind: file for file in push_files(project.client, read_files([folder]))}
    name, content = pull_file(project.client, NAMES[kind])
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    (back,) = push_files(project.client, read_files([file]))
    assert (back.kind, back.digest, back.is_new) == (kind, pushed[back.kind].digest, False)


def test_code_is_pulled_as_the_file_that_was_pushed(project: Project, tmp_path: Path) -> None:
    source = 'import windlass\n\n@windlass.evaluator(name="brief")\ndef f(sample):\n    return 1  # 한국어\n'
    (tmp_path / "brief.py").write_text(source, encoding="utf-8")
    push_files(project.client, read_files([tmp_path / "brief.py"]))
    assert pull_file(project.client, "evaluator/brief") == ("brief.py", source)


def test_an_older_version_is_pulled_by_its_number(project: Project, folder: Path) -> None:
    push_files(project.client, read_files([folder / "offline.yaml"]))
    (folder / "offline.yaml").write_text("kind: model\nname: offline\nmodel: openai:gpt\n", encoding="utf-8")
    push_files(project.client, read_files([folder / "offline.yaml"]))
    assert "local:extractive" in pull_file(project.client, "model/offline@1")[1]
    assert "openai:gpt" in pull_file(project.client, "model/offline")[1]


def test_an_index_is_not_pulled_and_says_where_its_documents_are(project: Project, folder: Path) -> None:
    push_files(project.client, read_files([folder]))
    with pytest.raises(InputError, match="index/pages is made of documents, which stay in your repository"):
        pull_file(project.client, "index/pages")


@pytest.mark.parametrize("reference", ["prompt/none", "prompt/answer@better", "prompt/answer@9"])
def test_a_release_of_what_is_not_there_is_refused(project: Project, folder: Path, reference: str) -> None:
    push_files(project.client, read_files([folder]))
    release = folder / "guide.yaml"
    content = release.read_text(encoding="utf-8").replace("prompt/answer", reference).replace("한국어", "new")
    release.write_text(content, encoding="utf-8")
    with pytest.raises(NotFound):
        push_files(project.client, read_files([release]))
    assert len(project.client.get("/artifacts/release/guide")["versions"]) == 1


def test_what_is_not_there_cannot_be_pulled(project: Project) -> None:
    with pytest.raises(NotFound, match="There is no prompt 'none'"):
        pull_file(project.client, "prompt/none")
    with pytest.raises(InputError, match="does not say its kind"):
        pull_file(project.client, "none")
