from pathlib import Path

import pytest

from windlass.errors import ConfigurationError
from windlass.settings import Settings, load_settings
from windlass.storage.blobs import open_blobs
from windlass.storage.database import Database


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in Settings.model_fields:
        monkeypatch.delenv(f"WINDLASS_{name.upper()}", raising=False)


def test_each_source_wins_over_the_one_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings().port == 4800
    (tmp_path / "windlass.toml").write_text("port = 1111\nhost = '0.0.0.0'\n", encoding="utf-8")
    assert load_settings().port == 1111
    monkeypatch.setenv("WINDLASS_PORT", "2222")
    assert load_settings().port == 2222
    assert load_settings(port=3333, host=None) == Settings(port=3333, host="0.0.0.0")


def test_an_empty_variable_and_an_override_of_none_do_not_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("WINDLASS_DATABASE_URL", "")
    monkeypatch.setenv("WINDLASS_HOST", "")
    assert load_settings(mode=None) == Settings()


@pytest.mark.parametrize("folder", ["plain", "with blank", "per%41cent", "what?#now", "데이터"])
def test_the_embedded_stores_lie_in_the_data_folder_whatever_its_name(tmp_path: Path, folder: str) -> None:
    data = tmp_path / folder
    data.mkdir()
    settings = load_settings(data=data)
    database = Database(settings.records_url)
    database.migrate()
    database.close()
    open_blobs(settings.files_url).put(b"x")
    assert {path.name for path in data.iterdir()} == {"records.sqlite", "blobs"}
    assert Database(settings.work_url).url.database == str(data / "jobs.sqlite")
    assert settings.spans_url == f"chdb://{data / 'warehouse'}"
    assert [path.name for path in tmp_path.iterdir()] == [folder]


def test_a_given_url_is_taken_as_it_is() -> None:
    settings = load_settings(
        database_url="postgresql://a@b/c",
        warehouse_url="clickhouse://d",
        blobs_url="s3://e",
        jobs_url="postgresql://f",
    )
    assert (settings.records_url, settings.spans_url, settings.files_url, settings.work_url) == (
        "postgresql://a@b/c",
        "clickhouse://d",
        "s3://e",
        "postgresql://f",
    )


def test_a_relative_data_folder_is_of_the_working_folder(tmp_path: Path) -> None:
    assert load_settings(data=Path("here")).files_url == (tmp_path / "here" / "blobs").as_uri()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("WINDLASS_PORT", "many", "valid integer"),
        ("WINDLASS_PORT", "70000", "less than or equal to 65535"),
        ("WINDLASS_MODE", "production", "'server', 'dev' or 'demo'"),
        ("WINDLASS_MAX_BODY_MB", "0", "greater than or equal to 1"),
    ],
)
def test_a_wrong_setting_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str, message: str) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(ConfigurationError, match=rf"\({name}, or windlass\.toml\) is wrong: .*{message}"):
        load_settings()


def test_a_setting_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    (tmp_path / "windlass.toml").write_text("prot = 1\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"The setting 'prot' .* is wrong: Extra inputs"):
        load_settings()


@pytest.mark.parametrize("content", [b"port = ", b"host = '\xff'"], ids=["syntax", "encoding"])
def test_a_broken_settings_file_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "windlass.toml").write_bytes(content)
    with pytest.raises(ConfigurationError, match=r"windlass\.toml cannot be read: "):
        load_settings()
