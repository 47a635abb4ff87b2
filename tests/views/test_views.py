import pytest

from windlass.access.audit import AuditChain, list_entries
from windlass.access.principals import Principal
from windlass.errors import InputError, NotFound
from windlass.storage.database import Database
from windlass.views.store import delete_view, list_views, save_view

ADA = Principal(id="ada", kind="key", role="editor", project="shop")
EVE = Principal(id="eve", kind="key", role="editor", project="other")


def test_a_view_is_kept_for_its_project_and_its_list(database: Database, audit: AuditChain) -> None:
    saved = save_view(database, audit, ADA, page="traces", name=" slow ", query="?where=duration_s%3E2")
    save_view(database, audit, ADA, page="sessions", name="today", query="since=24h")
    save_view(database, audit, EVE, page="traces", name="slow", query="")

    assert (saved.name, saved.query, saved.author) == ("slow", "where=duration_s%3E2", "ada")
    assert list_views(database, "shop", "traces") == [saved]
    assert [view.author for view in list_views(database, "other", "traces")] == ["eve"]


def test_a_view_of_the_same_name_takes_the_place_of_the_one_before(database: Database, audit: AuditChain) -> None:
    for query in ("status=error", "status=ok"):
        save_view(database, audit, ADA, page="traces", name="mine", query=query)
    assert [view.query for view in list_views(database, "shop", "traces")] == ["status=ok"]


def test_a_view_is_removed_once(database: Database, audit: AuditChain) -> None:
    save_view(database, audit, ADA, page="traces", name="a/b", query="")
    delete_view(database, audit, ADA, page="traces", name="a/b")
    assert list_views(database, "shop", "traces") == []
    with pytest.raises(NotFound, match="There is no view 'a/b' of the list traces in the project 'shop'"):
        delete_view(database, audit, ADA, page="traces", name="a/b")


def test_saving_and_removing_are_audited_and_what_failed_is_not(database: Database, audit: AuditChain) -> None:
    save_view(database, audit, ADA, page="traces", name="mine", query="q=x")
    delete_view(database, audit, ADA, page="traces", name="mine")
    with pytest.raises(NotFound):
        delete_view(database, audit, ADA, page="traces", name="mine")
    told = [(entry.action, entry.resource, entry.details) for entry in list_entries(database, "shop", limit=10)]
    assert told == [
        ("view:delete", "view/traces/mine", {}),
        ("view:save", "view/traces/mine", {"query": "q=x"}),
    ]


@pytest.mark.parametrize(("name", "query"), [(" ", ""), ("n" * 101, ""), ("name", "q" * 8_001)])
def test_a_view_without_a_name_or_with_too_long_a_query_is_refused(
    database: Database, audit: AuditChain, name: str, query: str
) -> None:
    with pytest.raises(InputError):
        save_view(database, audit, ADA, page="traces", name=name, query=query)
    assert list_views(database, "shop", "traces") == []
