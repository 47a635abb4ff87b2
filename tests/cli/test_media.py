"""`windlass media`."""

from pathlib import Path

from tests.cli.conftest import Windlass
from tests.live import Project
from tests.pictures import Drawn, picture
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
