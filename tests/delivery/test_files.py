import os
from pathlib import Path

import pytest

from windlass.delivery.files import ArtifactFile, read_file, read_files
from windlass.errors import InputError

PROMPT = "---\nname: answer\ninput: {question: {type: string}}\n---\n{{ question }}\n"
MODEL = "kind: model\nname: offline\nmodel: local:extractive\n"
EVALUATOR = "kind: evaluator\nname: f1\nfunction: token_f1\n"
RELEASE = (
    "kind: release\nname: guide\nlabels: [better, stable-1]\nprompts: {answer: prompt/answer}\n"
    "model: model/offline\nindex: guide@3\nretrieval: {k: 6}\n"
)
INDEX = 'kind: index\nname: guide\ndocuments: ["../guide/[0-9]*.md", "extra.md"]\nsettings: {chunk_tokens: 160}\n'
ITEMS = '{"id": "1", "input": "Why?"}\n\n{"id": "2", "input": "a\u2028b\u0085c"}\n'


def write(folder: Path, **files: str) -> None:
    for name, content in files.items():
        path = folder / name.replace("__", "/").replace("_DOT_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "repository"
    write(
        folder,
        a_release_DOT_yaml=RELEASE,
        b_index_DOT_yml=INDEX,
        c_evaluator_DOT_yaml=EVALUATOR,
        d_model_DOT_yaml=MODEL,
        deep__e_dataset_DOT_jsonl=ITEMS,
        deep__f_prompt_DOT_md=PROMPT,
        extra_DOT_md="# Extra\n",
    )
    write(
        tmp_path, guide__1_one_DOT_md="# One\n", guide__2_two_DOT_md="# Two\n", guide__notes_DOT_md="not indexed"
    )
    return folder


def test_a_folder_is_read_in_the_order_in_which_it_can_be_pushed(repository: Path) -> None:
    assert read_files([repository]) == [
        ArtifactFile(
            repository / "deep/f_prompt.md",
            "prompt",
            "answer",
            {
                "description": "",
                "messages": [{"role": "user", "template": "{{ question }}"}],
                "input": {"question": {"type": "string"}},
                "parameters": {},
            },
        ),
        ArtifactFile(
            repository / "deep/e_dataset.jsonl",
            "dataset",
            "e_dataset",
            {"items": [{"id": "1", "input": "Why?"}, {"id": "2", "input": "a\u2028b\u0085c"}]},
        ),
        ArtifactFile(repository / "d_model.yaml", "model", "offline", {"model": "local:extractive"}),
        ArtifactFile(repository / "c_evaluator.yaml", "evaluator", "f1", {"function": "token_f1"}),
        ArtifactFile(
            repository / "b_index.yml",
            "index",
            "guide",
            {
                "documents": [
                    {"name": "1_one.md", "text": "# One\n"},
                    {"name": "2_two.md", "text": "# Two\n"},
                    {"name": "extra.md", "text": "# Extra\n"},
                ],
                "settings": {"chunk_tokens": 160},
            },
        ),
        ArtifactFile(
            repository / "a_release.yaml",
            "release",
            "guide",
            {
                "prompts": {"answer": "prompt/answer"},
                "model": "model/offline",
                "index": "guide@3",
                "retrieval": {"k": 6},
            },
            ("better", "stable-1"),
        ),
    ]


def test_files_of_others_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    write(
        tmp_path,
        README_DOT_md="# A project\n",
        deployment_DOT_yaml="kind: Deployment\nname: x\n",
        two_DOT_yaml="kind: Service\n---\nkind: Deployment\n",
        tags_DOT_yml="Resources: !Ref x\n",
        broken_DOT_yaml="a: [\n",
        list_DOT_yaml="- kind: model\n",
        gate_DOT_yaml="kind: gate\n",
        main_DOT_py="---\n",
        _DOT_venv__prompt_DOT_md=PROMPT,
        prompt_DOT_md=PROMPT,
    )
    (tmp_path / "latin.md").write_bytes(b"# caf\xe9\n")
    (tmp_path / "folder.md").mkdir()
    assert [file.path.name for file in read_files([tmp_path])] == ["prompt.md"]


def test_a_broken_file_of_ours_in_a_folder_is_not_passed_over(tmp_path: Path) -> None:
    write(tmp_path, release_DOT_yaml="kind: release\nname: x\nprompts: {a: [}\n")
    with pytest.raises(InputError, match=r"release\.yaml, line 3: this is not YAML"):
        read_files([tmp_path])


def test_a_file_named_twice_is_read_twice_and_an_empty_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="There is nothing to push there"):
        read_files([tmp_path])
    with pytest.raises(InputError, match="There is nothing to push there"):
        read_files([])


def test_a_byte_order_mark_and_windows_line_ends_make_no_difference(tmp_path: Path) -> None:
    for name, content in (("prompt.md", PROMPT), ("model.yaml", MODEL), ("items.jsonl", ITEMS)):
        (tmp_path / name).write_text(content, encoding="utf-8")
        plain = read_file(tmp_path / name)
        (tmp_path / name).write_bytes(b"\xef\xbb\xbf" + content.replace("\n", "\r\n").encode())
        assert [read_file(tmp_path / name)] == read_files([tmp_path]) == [plain]
        (tmp_path / name).unlink()


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("x.md", "# No front matter\n", "FILE: a prompt begins with front matter"),
        ("x.md", "---\nname: a\ninput: {a: [}\n---\n", "FILE, line 3: the front matter is not YAML"),
        ("x.md", "---\nname: The Answer\n---\nx", "FILE: 'The Answer' is no name for a prompt"),
        ("x.md", "---\nname: a\n---\n{{ b }}", "FILE: the template uses 'b', which `input` does not declare"),
        ("x.md", "---\nname: a\n---\n{{ 'b }}", "FILE: the template is broken in its line 1"),
        ("x.md", "---\nname: a\n---\nx\n[user]\ny", "FILE: there is text before the first line"),
        ("x.jsonl", "", "FILE has no items; "),
        ("x.jsonl", "\n \n", "FILE has no items; "),
        ("x.jsonl", '{"input": 1}\n\n{"id": \n', "FILE, line 3: this is not JSON "),
        ("x.csv", "input,page\na,1\nb\n", "FILE, line 3: the header has 2 columns, and this row 1; a cell"),
        ("X y.jsonl", '{"id": 1}\n', "FILE: 'X y' is no name for a dataset"),
        ("x.yaml", "kind: [", "FILE, line 1: this is not YAML"),
        ("x.yaml", "kind: model\n\tname: x\n", "FILE, line 2: this is not YAML"),
        ("x.yaml", "kind: model\nname: a\x00", "FILE: this cannot be read as YAML"),
        ("x.yaml", "kind: model\nname: 2024-13-45", "FILE: this cannot be read as YAML: month must be"),
        ("x.yaml", "- kind\n", "FILE: a mapping of names to values is needed here"),
        ("x.yaml", "name: x\n", "FILE: `kind` is None; in YAML it is model, tool, evaluator, index or release"),
        ("x.yaml", "kind: prompt\nname: x\n", "FILE: `kind` is 'prompt'; in YAML"),
        ("x.yaml", "kind: [a]\nname: x\n", r"FILE: `kind` is \['a'\]"),
        ("x.yaml", "kind: model\n", "FILE: there is no `name`"),
        ("x.yaml", "kind: model\nname: 7\n", "FILE: there is no `name`"),
        ("x.yaml", "kind: model\nname: A B\n", "FILE: 'A B' is no name for a model"),
        ("x.yaml", MODEL + "labels: stable\n", "FILE: `labels` is a list of names"),
        ("x.yaml", MODEL + "labels: [1]\n", "FILE: `labels` is a list of names"),
        ("x.yaml", MODEL + "labels: [A B]\n", "FILE: 'A B' is no name for a label"),
        ("x.yaml", "kind: model\nname: x\nmodel: gpt\n", "FILE: This is no model: model: String should match"),
        ("x.yaml", MODEL + "modle: 1\n", "FILE: This is no model: modle: Extra inputs"),
        ("x.py", "def f(): 1", "FILE: The source of an evaluator has one function with @windlass.evaluator"),
        ("x.py", "@windlass.evaluator(name='Né')\ndef f(s): 1", "FILE: .*Né"),
        ("x.yaml", "kind: evaluator\nname: x\n", "FILE: This is no evaluator: function: Field required"),
        ("x.yaml", "kind: release\nname: x\ntools: tool/y\n", r"FILE: `tools` is a list such as \[tool/find"),
        (
            "x.yaml",
            "kind: release\nname: x\ntools: [model/y]\n",
            "FILE: 'model/y' is a model, but a tool is needed",
        ),
        ("x.yaml", "kind: tool\nname: x\neffect: read\n", "FILE: This is no tool: protocol: Field required"),
        ("x.yaml", "kind: release\nname: x\nprompt: y\n", "FILE: A release has no 'prompt'; it has cascade, code"),
        ("x.yaml", "kind: release\nname: x\n1: y\n", "FILE: A release has no '1'"),
        ("x.yaml", "kind: release\nname: x\nprompts: [y]\n", "FILE: `prompts` is a mapping such as"),
        ("x.yaml", "kind: release\nname: x\nprompts: {a: Y Z}\n", "FILE: 'Y Z' does not name a version"),
        ("x.yaml", "kind: release\nname: x\nmodel: prompt/y\n", "FILE: 'prompt/y' is a prompt, but a model is"),
        ("x.yaml", "kind: release\nname: x\nindex: model/y\n", "FILE: 'model/y' is a model, but a index is"),
        ("x.yaml", "kind: index\nname: x\n", "FILE: `documents` is a list of file patterns"),
        ("x.yaml", "kind: index\nname: x\ndocuments: []\n", "FILE: `documents` is a list of file patterns"),
        ("x.yaml", "kind: index\nname: x\ndocuments: ['*.txt']\n", r"FILE: no file fits the pattern '\*\.txt'"),
        ("x.yaml", "kind: index\nname: x\ndocuments: ['']\n", "FILE: '' is no pattern relative to this file"),
        ("x.yaml", "kind: index\nname: x\ndocuments: [/etc/*]\n", r"FILE: '/etc/\*' is no pattern relative"),
        (
            "x.yaml",
            "kind: index\nname: x\ndocs: [a]\n",
            "FILE: an index has no 'docs'; it has documents, settings",
        ),
        ("x.txt", "hello", r"FILE: only \*\.md, \*\.yaml, \*\.py and datasets .* can be pushed; a dataset of"),
    ],
)
def test_a_bad_file_is_refused_by_one_sentence_that_names_it(
    tmp_path: Path, name: str, content: str, message: str
) -> None:
    file = tmp_path / name
    file.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="^" + message.replace("FILE", str(file))) as caught:
        read_file(file)
    assert "\n" not in str(caught.value)
    assert str(caught.value).endswith(".")


def test_a_file_that_is_not_there_or_no_text_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=rf"^There is no file {tmp_path}/missing\.md\.$"):
        read_files([tmp_path / "missing.md"])
    (tmp_path / "latin.yaml").write_bytes(b"kind: caf\xe9\n")
    with pytest.raises(InputError, match=r"latin\.yaml cannot be read as UTF-8 text: "):
        read_file(tmp_path / "latin.yaml")
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(InputError, match=r"pipe: only"):
        read_file(tmp_path / "pipe")


def test_in_a_folder_python_without_an_evaluator_is_somebody_else_s(tmp_path: Path) -> None:
    source = "import windlass\n@windlass.evaluator\ndef brief(sample):\n    return 1\n"
    (tmp_path / "brief.py").write_text(source, encoding="utf-8")
    (tmp_path / "other.py").write_text("import windlass\nwindlass.evaluator\n", encoding="utf-8")
    (tmp_path / "old.py").write_bytes(b"print 'evaluator \xff'")
    assert read_files([tmp_path]) == [
        ArtifactFile(tmp_path / "brief.py", "evaluator", "brief", {"function": "brief", "source": source})
    ]


CASCADE = """\
kind: release
name: both
cascade:
  steps:
    - {release: release/small, confidence: likeness, escalate_below: 0.6}
    - {release: guide@3}
"""


def test_a_cascade_is_pushed_after_the_releases_that_it_binds(tmp_path: Path) -> None:
    write(tmp_path, a_cascade_DOT_yaml=CASCADE, z_release_DOT_yaml=RELEASE)
    assert [file.name for file in read_files([tmp_path])] == ["guide", "both"]


@pytest.mark.parametrize(
    ("steps", "wrong"),
    [
        ("[]", "has `steps`, a list"),
        ("{steps: [{confidence: likeness}]}", "each names its `release`"),
        ("{steps: [{release: model/x}]}", "but a release is needed here"),
    ],
)
def test_a_cascade_without_its_releases_is_refused(tmp_path: Path, steps: str, wrong: str) -> None:
    write(tmp_path, a_DOT_yaml=f"kind: release\nname: both\ncascade: {steps}\n")
    with pytest.raises(InputError, match=wrong):
        read_file(tmp_path / "a.yaml")
