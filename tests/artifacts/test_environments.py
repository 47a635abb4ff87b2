import json
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace

import pytest

from windlass.access.audit import AuditChain, list_entries
from windlass.access.principals import Principal
from windlass.artifacts.environments import Deployment, Environments
from windlass.artifacts.registry import Registry
from windlass.artifacts.versions import Version
from windlass.errors import Conflict, InputError, NotFound
from windlass.storage.database import Database

PushRelease = Callable[..., Version]

RACER = """
import json, sys
from windlass.access.audit import AuditChain
from windlass.access.principals import Principal
from windlass.artifacts.environments import Environments
from windlass.errors import WindlassError
from windlass.storage.database import Database

url, digest = sys.argv[1:]
environments = Environments(Database(url), AuditChain(b"the signing key of the tests, 32."))
principal = Principal("ada", "user", "admin", "guide")
environments.list_environments("guide")
print("ready", flush=True)
sys.stdin.readline()
try:
    environments.promote(principal, "production", digest, expected=None)
    print("won")
except WindlassError as error:
    print(type(error).__name__, error)
"""


@pytest.fixture
def releases(push_release: PushRelease) -> list[Version]:
    return [push_release(description) for description in ("one", "two", "three")]


def running(environments: Environments, environment: str = "production") -> list[tuple[str, int]]:
    found = {item.name: item.deployments for item in environments.list_environments("guide")}
    return [(deployment.release, deployment.number) for deployment in found[environment]]


def test_a_project_has_three_empty_environments_from_the_start(environments: Environments) -> None:
    found = environments.list_environments("guide")
    assert [(item.name, item.deployments) for item in found] == [
        ("development", []),
        ("staging", []),
        ("production", []),
    ]


def test_a_promoted_release_runs_and_is_audited_with_its_verdict(
    environments: Environments, database: Database, releases: list[Version], principal: Principal
) -> None:
    first, second, _ = releases
    environments.promote(principal, "production", "guide@1")
    deployment = environments.promote(
        principal, "production", "release/guide@2", expected=first.digest, reason="better", verdict_id="v1"
    )
    assert deployment == Deployment(
        release="guide",
        digest=second.digest,
        number=2,
        since=deployment.since,
        by="ada",
        reason="better",
        verdict_id="v1",
        previous=first.digest,
    )
    assert environments.list_environments("guide")[2].deployments == [deployment]
    entry = list_entries(database, "guide")[0]
    assert entry.action == "environment:promote"
    assert entry.resource == "environment/production/guide"
    assert (entry.before, entry.after, entry.reason) == (first.digest, second.digest, "better")
    assert entry.details == {"verdict": "v1"}


def test_promoting_what_runs_already_changes_nothing(
    environments: Environments, database: Database, releases: list[Version], principal: Principal
) -> None:
    first = environments.promote(principal, "production", "guide@1")
    before = list_entries(database, "guide")
    assert environments.promote(principal, "production", "guide@1", reason="again") == first
    assert list_entries(database, "guide") == before


def test_an_environment_names_what_runs_in_it(
    environments: Environments, releases: list[Version], principal: Principal
) -> None:
    environments.promote(principal, "staging", "guide@2")
    environments.promote(principal, "production", "guide@staging")
    environments.promote(principal, "canary-eu", "guide@1")
    for selector, number in (
        ("guide@production", 2),
        ("release/guide@canary-eu", 1),
        ("guide@3", 3),
        ("guide", 3),
    ):
        assert environments.resolve("guide", selector).number == number
    assert environments.resolve("guide", f"guide@{releases[0].digest}").number == 1
    assert [item.name for item in environments.list_environments("guide")][3:] == ["canary-eu"]


def test_a_label_of_a_release_is_resolved_too(
    environments: Environments, registry: Registry, releases: list[Version], principal: Principal
) -> None:
    registry.move_label(principal, "release", "guide", "better", "2")
    assert environments.resolve("guide", "guide@better").number == 2
    assert environments.promote(principal, "production", "guide@better").number == 2


def test_a_rollback_brings_back_what_ran_before_and_twice_what_ran_before_that(
    environments: Environments, database: Database, releases: list[Version], principal: Principal
) -> None:
    for number in (1, 2, 3):
        environments.promote(principal, "production", f"guide@{number}")
    once = environments.rollback(principal, "production", "guide", reason="complaints")
    assert (once.number, once.previous, once.reason) == (2, releases[0].digest, "complaints")
    twice = environments.rollback(principal, "production", "guide")
    assert (twice.number, twice.previous) == (1, None)
    with pytest.raises(
        NotFound, match="No other version of release/guide ran in 'production' before: promote one"
    ):
        environments.rollback(principal, "production", "guide")
    assert running(environments) == [("guide", 1)]
    newest = list_entries(database, "guide")[0]
    assert (newest.action, newest.before, newest.after) == (
        "environment:rollback",
        releases[1].digest,
        releases[0].digest,
    )


def test_a_rollback_never_brings_back_what_was_rolled_back(
    environments: Environments, releases: list[Version], principal: Principal
) -> None:
    environments.promote(principal, "production", "guide@1")
    environments.promote(principal, "production", "guide@2")
    environments.rollback(principal, "production", "guide")
    environments.promote(principal, "production", "guide@3")
    assert environments.rollback(principal, "production", "guide").number == 1
    with pytest.raises(NotFound, match="No other version"):
        environments.rollback(principal, "production", "guide")
    assert running(environments) == [("guide", 1)]


def test_what_was_rolled_back_can_be_promoted_again(
    environments: Environments, releases: list[Version], principal: Principal
) -> None:
    environments.promote(principal, "production", "guide@1")
    environments.promote(principal, "production", "guide@2")
    environments.rollback(principal, "production", "guide")
    assert environments.promote(principal, "production", "guide@2").previous == releases[0].digest
    assert environments.rollback(principal, "production", "guide").number == 1


def test_releases_and_projects_do_not_touch_each_other(
    environments: Environments, push_release: PushRelease, releases: list[Version], principal: Principal
) -> None:
    push_release("another", name="shop")
    environments.promote(principal, "production", "guide@1")
    environments.promote(principal, "production", "shop@1")
    environments.promote(principal, "production", "guide@2")
    assert running(environments) == [("guide", 2), ("shop", 1)]
    with pytest.raises(NotFound, match="No other version of release/shop"):
        environments.rollback(principal, "production", "shop")
    other = replace(principal, project="other")
    assert [item.deployments for item in environments.list_environments("other")] == [[], [], []]
    with pytest.raises(NotFound, match="There is no release 'guide' in the project 'other'"):
        environments.promote(other, "production", "guide@1")
    with pytest.raises(
        NotFound, match="No version of release/guide runs in 'production'; there is nothing to roll"
    ):
        environments.rollback(other, "production", "guide")


@pytest.mark.parametrize(
    ("environment", "release", "error", "message"),
    [
        ("Production!", "guide@1", InputError, "'Production!' is no name for an environment"),
        ("1", "guide@1", InputError, "The environment '1' would read as a version number"),
        ("production", "prompt/answer", InputError, "is a prompt, but a release is needed here"),
        ("production", "guide@9", NotFound, "release/guide has no version or label '9'"),
        ("production", "nobody", NotFound, "There is no release 'nobody' in the project 'guide'; there is: guide"),
        (
            "production",
            "guide@staging",
            NotFound,
            r"No version of release/guide runs in 'staging'; promote one with `windlass promote .* --to staging`",
        ),
    ],
)
def test_what_cannot_be_promoted_is_refused_by_one_sentence(
    environments: Environments,
    database: Database,
    releases: list[Version],
    principal: Principal,
    environment: str,
    release: str,
    error: type[Exception],
    message: str,
) -> None:
    before = list_entries(database, "guide")
    with pytest.raises(error, match=message):
        environments.promote(principal, environment, release)
    assert list_entries(database, "guide") == before
    assert running(environments) == []


def test_a_promotion_that_expected_something_else_is_a_conflict(
    environments: Environments, releases: list[Version], principal: Principal
) -> None:
    first, second, _ = releases
    with pytest.raises(
        Conflict, match="release/guide in 'production' runs nothing by now: somebody else was first"
    ):
        environments.promote(principal, "production", "guide@2", expected=first.digest)
    environments.promote(principal, "production", "guide@1", expected=None)
    with pytest.raises(Conflict, match=f"runs {first.digest} by now"):
        environments.promote(principal, "production", "guide@2", expected=second.digest)
    with pytest.raises(Conflict, match=f"runs {first.digest} by now"):
        environments.promote(principal, "production", "guide@2", expected=None)
    assert running(environments) == [("guide", 1)]


@pytest.mark.parametrize("existing", [False, True], ids=["first promotion", "next promotion"])
def test_of_racing_promotions_one_wins_and_the_others_get_a_conflict(
    environments: Environments,
    database: Database,
    database_url: str,
    push_release: PushRelease,
    principal: Principal,
    audit: AuditChain,
    existing: bool,
) -> None:
    versions = [push_release(f"release {number}") for number in range(6)]
    expected = environments.promote(principal, "production", "guide@6").digest if existing else None
    before = len(list_entries(database, "guide"))
    together = threading.Barrier(5)
    outcomes: list[object] = []

    def promote(version: Version) -> None:
        # A Database of its own, as another process would have.
        opened = Database(database_url)
        racer = Environments(opened, audit)
        together.wait(10)
        try:
            outcomes.append(racer.promote(principal, "production", f"guide@{version.digest}", expected=expected))
        except Conflict as error:
            outcomes.append(error)
        opened.close()

    threads = [threading.Thread(target=promote, args=[version]) for version in versions[:5]]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert Counter(type(outcome).__name__ for outcome in outcomes) == {"Deployment": 1, "Conflict": 4}
    [won] = [outcome for outcome in outcomes if isinstance(outcome, Deployment)]
    assert running(environments) == [("guide", won.number)]
    for outcome in outcomes:
        assert outcome is won or f"runs {won.digest} by now: somebody else was first" in str(outcome)
    assert len(list_entries(database, "guide")) == before + 1
    assert audit.verify(database).ok


def test_of_racing_processes_one_promotes(
    environments: Environments,
    database: Database,
    database_url: str,
    releases: list[Version],
    audit: AuditChain,
) -> None:
    before = len(list_entries(database, "guide"))
    racers = [
        subprocess.Popen(
            [sys.executable, "-c", RACER, database_url, f"guide@{version.digest}"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for version in releases
    ]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    answers = [racer.communicate(timeout=60)[0].split()[0] for racer in racers]
    assert Counter(answers) == {"won": 1, "Conflict": 2}, json.dumps(answers)
    assert running(environments) == [("guide", releases[answers.index("won")].number)]
    assert len(list_entries(database, "guide")) == before + 1
    assert audit.verify(database).ok
