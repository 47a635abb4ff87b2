"""Who takes part in the arena of these tests."""

from windlass.access.principals import Principal

RUNS = ("run-a", "run-b", "run-c")
JUDGE = "judge@1"


def person(name: str) -> Principal:
    return Principal(id=name, kind="key", role="reviewer", project="guide")


def version(name: str, number: int = 1) -> dict[str, object]:
    return {"name": name, "number": number, "digest": f"sha256:{name}"}
