"""What changed between two versions of an artifact, field by field."""

from pydantic import BaseModel, JsonValue

from windlass.artifacts.registry import Registry
from windlass.artifacts.versions import Version


class Change(BaseModel):
    """One field that differs; None where a side does not have it."""

    path: str
    before: JsonValue
    after: JsonValue


def changes_between(registry: Registry, project: str, before: Version, after: Version) -> list[Change]:
    """Return the changed fields by path.

    A version's references are expanded one level, so that two releases that bind different prompts differ
    in the prompt's text (`prompts.answer.messages.0.template`) and not only in a digest.
    """
    left, right = _flat(_expanded(registry, project, before)), _flat(_expanded(registry, project, after))
    return [
        Change(path=path, before=left.get(path), after=right.get(path))
        for path in sorted(left.keys() | right.keys())
        if left.get(path) != right.get(path)
    ]


def _expanded(registry: Registry, project: str, version: Version) -> dict[str, JsonValue]:
    expanded: dict[str, JsonValue] = {
        name: value for name, value in version.body.items() if name not in {"prompts", "model", "index", "tools"}
    }
    if version.kind != "release":
        return version.body
    for link in registry.references(project, version):
        part = registry.get(project, f"{link.kind}/{link.name}@{link.digest}")
        expanded[link.role] = {"version": f"{link.kind}/{link.name}@{link.number}", **part.body}
    return expanded


def _flat(value: JsonValue, path: str = "") -> dict[str, JsonValue]:
    if isinstance(value, dict) and value:
        return {
            deeper: leaf
            for key, item in value.items()
            for deeper, leaf in _flat(item, f"{path}.{key}" if path else key).items()
        }
    if isinstance(value, list) and value:
        return {
            deeper: leaf
            for position, item in enumerate(value)
            for deeper, leaf in _flat(item, f"{path}.{position}").items()
        }
    return {path: value}
