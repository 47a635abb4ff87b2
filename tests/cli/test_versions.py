"""What is on the server: list, show, diff, label, environments."""

from pathlib import Path

import pytest

from tests.cli.conftest import Windlass, rows


def prompt_file(folder: Path, text: str, **front: str) -> Path:
    file = folder / "greet.md"
    header = "".join(f"{name}: {value}\n" for name, value in front.items())
    file.write_text(f"---\nname: greet\n{header}input:\n  name: {{type: string}}\n---\n{text}\n", encoding="utf-8")
    return file


@pytest.fixture
def pushed(windlass: Windlass, tmp_path: Path) -> Path:
    """Two versions of a prompt, the first the champion, and a release with the first."""
    windlass("push", prompt_file(tmp_path, "Hello {{ name }}.\nBe brief."))
    windlass("label", "prompt/greet@1", "champion")
    (tmp_path / "model.yaml").write_text("kind: model\nname: scripted\nmodel: openai:scripted\n")
    (tmp_path / "release.yaml").write_text(
        "kind: release\nname: greeter\nprompts: {answer: prompt/greet@champion}\nmodel: model/scripted\n"
    )
    windlass("push", tmp_path / "model.yaml", tmp_path / "release.yaml")
    windlass("push", prompt_file(tmp_path, "Good day {{ name }}.\nBe brief."), "--message", "more polite")
    windlass("promote", "greeter@1", "--to", "production", "--reason", "the first")
    return tmp_path


@pytest.mark.usefixtures("pushed")
def test_artifacts_are_listed_with_where_their_labels_and_environments_point(windlass: Windlass) -> None:
    listed = {row[0]: row[1:] for row in rows(windlass("list"))}
    assert listed.keys() == {"model/scripted", "prompt/greet", "release/greeter"}
    assert listed["prompt/greet"][:3] == ["2", "2", "champion"]
    assert listed["release/greeter"][:3] == ["1", "1", "production"]
    assert listed["prompt/greet"][3] == "@1"
    assert [row[0] for row in rows(windlass("list", "prompt"))] == ["prompt/greet"]
    wrong = windlass("list", "poem")
    assert (wrong.code, "the kinds are prompt, dataset" in wrong.err) == (2, True)


@pytest.mark.usefixtures("pushed")
def test_history_and_one_version_with_its_parts_and_its_users(windlass: Windlass) -> None:
    history = rows(windlass("show", "prompt/greet"))
    assert [(row[0], row[2]) for row in history] == [("2", "latest"), ("1", "champion")]
    assert history[0][-2:] == ["more", "polite"]
    one = windlass("show", "prompt/greet@champion").out
    assert "prompt/greet@1" in one
    assert "release/greeter@1" in one
    assert "Hello {{ name }}.\nBe brief." in one
    assert "prompt/greet@1" in windlass("show", "release/greeter@production").out
    gone = windlass("show", "prompt/greet@7")
    assert (gone.code, "greet" in gone.err) == (2, True)


@pytest.mark.usefixtures("pushed")
def test_of_a_text_only_the_lines_that_differ_are_shown(windlass: Windlass) -> None:
    changed = windlass("diff", "prompt/greet@champion").out
    assert changed.startswith("prompt/greet 1 → 2\n")
    assert [line for line in changed.splitlines() if line.startswith(("  -", "  +"))] == [
        "  -Hello {{ name }}.",
        "  +Good day {{ name }}.",
    ]
    assert windlass("diff", "prompt/greet@2", "@2").out == "prompt/greet 2 → 2: nothing differs.\n"


@pytest.mark.usefixtures("pushed")
def test_a_label_is_moved_unless_somebody_moved_it_meanwhile(windlass: Windlass) -> None:
    moved = windlass("label", "prompt/greet@2", "champion", "--reason", "measured")
    assert moved.out.startswith("prompt/greet@champion is version 2 (")
    refused = windlass("label", "prompt/greet@1", "champion", "--expected", "none")
    assert (refused.code, "somebody moved it" in refused.err) == (2, True)
    assert rows(windlass("list", "prompt"))[0][3:5] == ["champion", "@2"]
    assert windlass("label", "prompt/greet@1", "Champion").code == 2
    assert "label:move" in windlass("audit", "list").out


@pytest.mark.usefixtures("pushed")
def test_environments_say_what_runs_where_and_why(windlass: Windlass) -> None:
    ((environment, release, *_, verdict, _the, reason),) = rows(windlass("environments"))
    assert (environment, release, verdict, reason) == ("production", "greeter@1", "–", "first")
