from pathlib import Path

from tests.cli.conftest import Windlass, rows
from tests.live import Project
from tests.telemetry.sending import request, span

RULES = """
detectors: [email]
patterns:
  - {name: ticket, pattern: 'T-\\d+', replacement: 'T-…'}
attributes:
  - {name: '*.password'}
drop: [system_instructions]
"""


def test_rules_are_set_from_a_file_tried_and_shown_with_what_they_masked(
    windlass: Windlass, project: Project, tmp_path: Path
) -> None:
    assert windlass("masking", "show").out.startswith("Nothing is masked")
    file = tmp_path / "masking.yaml"
    file.write_text(RULES, encoding="utf-8")

    tried = windlass("masking", "test", "T-12 of ada@example.com", "--rules", file)
    assert tried.out.splitlines()[0] == "T-… of [email]"
    assert windlass("masking", "test", "ada@example.com").out == "ada@example.com\n"

    assert windlass("masking", "set", file, "--reason", "GDPR").out == "Revision 1 of the masking rules holds.\n"
    assert windlass("masking", "test", "ada@example.com").out.splitlines()[0] == "[email]"
    project.client.send_traces(request(span(name="T-1, T-2")).SerializeToString())
    shown = windlass("masking", "show")
    assert '"system_instructions"' in shown.out
    assert rows(shown)[-1][:2] == ["pattern:ticket", "2"]


def test_a_file_that_holds_no_rules_is_refused_in_one_sentence(windlass: Windlass, tmp_path: Path) -> None:
    file = tmp_path / "masking.yaml"
    file.write_text("detectors: [shoe_size]", encoding="utf-8")
    refused = windlass("masking", "set", file)
    assert (refused.code, refused.err.count("\n")) == (2, 1)
    assert "shoe_size" in refused.err or "detectors" in refused.err
    file.write_text("a: [", encoding="utf-8")
    assert "neither YAML nor JSON" in windlass("masking", "set", file).err
    assert "cannot be read" in windlass("masking", "set", tmp_path / "none").err
