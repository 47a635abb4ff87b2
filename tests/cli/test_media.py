"""`windlass media`."""

import json
from pathlib import Path

from tests.cli.conftest import Windlass
from tests.live import Project
from tests.pictures import Drawn, picture
from tests.telemetry.sending import Plain, request, span
from windlass.evaluation.media.files import reference_to


def test_a_file_is_kept_named_and_deleted(windlass: Windlass, project: Project, tmp_path: Path) -> None:
    data = picture(Drawn("red", "circle", 10, 10))
    drawn = tmp_path / "ball.unknown"
    drawn.write_bytes(data)
    reference = reference_to(data, "image/png")
    assert windlass("media", "put", drawn).out == f"{reference}  {drawn}\n"
    assert project.client.read_file(f"/media/{reference.split('//')[1].split('?')[0]}") == data
    assert windlass("media", "delete", reference).out == "Deleted.\n"
    again = windlass("media", "delete", reference)
    assert again.code == 2
    assert again.err.startswith("Error: This project has no file sha256:")


def test_a_file_that_is_not_there_is_named(windlass: Windlass, tmp_path: Path) -> None:
    done = windlass("media", "put", tmp_path / "none.png")
    assert done.code == 2
    assert done.err == f"Error: There is no file {tmp_path}/none.png.\n"


def test_files_are_listed_newest_first_page_by_page_with_the_traces_that_refer_to_them(
    windlass: Windlass, project: Project, tmp_path: Path
) -> None:
    assert windlass("media", "list").out.startswith("There are no files")
    references = []
    for place, colour in enumerate(("red", "green", "blue")):
        file = tmp_path / f"{colour}.png"
        file.write_bytes(picture(Drawn(colour, "circle", 10, 10 + place)))
        references.append(windlass("media", "put", file).out.split()[0])
    said = json.dumps([{"role": "user", "parts": [{"type": "uri", "modality": "image", "uri": references[1]}]}])
    about: dict[str, Plain] = {"gen_ai.input.messages": said}
    spans = (span(trace, number, attributes=about) for trace, number in ((1, 1), (1, 2), (2, 1)))
    project.live.services.writer.write_spans(project.name, request(*spans))

    first = json.loads(windlass("media", "list", "--limit", "2", "--json").out)
    assert [file["uri"] for file in first["items"]] == [references[2], references[1]]
    assert [file["traces"] for file in first["items"]] == [0, 2]
    assert first["items"][0]["used"] is None
    assert first["items"][1]["used"] > first["items"][1]["kept"]
    rest = windlass("media", "list", "--limit", "2", "--cursor", first["next"])
    assert references[0].split("//")[1].split("?")[0] in rest.out
    assert "There are more" not in rest.out
    assert first["next"] in windlass("media", "list", "--limit", "2").out
    damaged = windlass("media", "list", "--cursor", "2026-13-01T00:00:00.000000Z~sha256:" + 64 * "0")
    assert damaged.code == 2
    assert "is no cursor of this list" in damaged.err
