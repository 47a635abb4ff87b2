"""Opening and closing the engines. These tests want the live server closed: chDB takes one folder a process."""

from pathlib import Path

import pytest

from windlass.access.audit import list_entries
from windlass.access.keys import authenticate
from windlass.access.principals import LOCAL_ADMIN
from windlass.errors import ConfigurationError, Conflict
from windlass.server.services import Services
from windlass.settings import Settings, load_settings
from windlass.storage.data_folder import find_running_server


def settings_of(folder: Path, **more: object) -> Settings:
    return load_settings(data=folder, port=0, **more)


def test_the_first_admin_key_is_made_once_and_only_where_keys_are_asked_for(tmp_path: Path) -> None:
    services = Services(settings_of(tmp_path, mode="dev"))
    assert services.first_key() is None
    services.close()
    services = Services(settings_of(tmp_path, mode="server"))
    key = services.first_key()
    assert key is not None
    principal = authenticate(services.database, key)
    assert (principal.role, principal.project) == ("admin", "default")
    assert services.first_key() is None
    assert [entry.action for entry in list_entries(services.database, "default")] == ["key:create"]
    services.close()


def test_a_folder_has_one_owner_who_says_where_it_answers(tmp_path: Path) -> None:
    services = Services(settings_of(tmp_path))
    services.announce("http://127.0.0.1:1234")
    running = find_running_server(tmp_path)
    assert running is not None
    assert running.url == "http://127.0.0.1:1234"
    with pytest.raises(Conflict, match=r"is in use by another windlass \(process \d+, http://127\.0\.0\.1:1234\)"):
        Services(settings_of(tmp_path))
    services.close()
    assert find_running_server(tmp_path) is None


@pytest.mark.parametrize(
    "more", [{"warehouse_url": "nonsense"}, {"blobs_url": "nonsense://x"}, {"database_url": "nonsense"}], ids=str
)
def test_an_engine_that_cannot_be_opened_closes_what_was(tmp_path: Path, more: dict[str, str]) -> None:
    with pytest.raises(ConfigurationError):
        Services(settings_of(tmp_path, **more))
    assert find_running_server(tmp_path) is None
    services = Services(settings_of(tmp_path))
    assert services.check() == {}
    services.close()


def test_what_was_pushed_is_there_after_the_next_start(tmp_path: Path) -> None:
    body = {"messages": [{"role": "user", "template": "Hi."}]}
    services = Services(settings_of(tmp_path))
    digest = services.registry.push(LOCAL_ADMIN, "prompt", "greeting", body).version.digest
    services.close()
    services = Services(settings_of(tmp_path))
    assert services.registry.get("default", "prompt/greeting").digest == digest
    assert services.audit.verify(services.database).ok
    services.close()
