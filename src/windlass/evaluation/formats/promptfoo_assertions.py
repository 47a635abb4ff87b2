"""Assertions of promptfoo, and the evaluators of windlass that ask the same.

They ask the same, not to the letter: the texts that `contains` looks for are words, whatever their case, `matches`
takes patterns of RE2, and `exact_match` overlooks punctuation. Thresholds are a gate's in windlass, and stay where
they are.
"""

from collections.abc import Mapping
from typing import Any, Final

TWIN: Final = "evaluator"

_WANTED: Final = {
    "contains": "all",
    "icontains": "all",
    "contains-all": "all",
    "icontains-all": "all",
    "contains-any": "any",
    "icontains-any": "any",
    "not-contains": "none",
    "not-icontains": "none",
    "not-contains-any": "none",
    "not-icontains-any": "none",
}
_WITHOUT_VALUE: Final = {"is-json": "is_json", "latency": "latency_s", "cost": "cost_usd"}
_OF_REFERENCE: Final = {"equals": ("exact_match", {}), "rouge-n": ("rouge_n", {"n": 1})}
_SEQUENCE: Final = "trajectory:tool-sequence"
_MATCHES: Final = {"in_order": "trajectory_in_order_match", "exact": "trajectory_exact_match"}

Twin = tuple[str, dict[str, Any]]


def with_twin(assertion: object, reference: object) -> object:
    """Return an assertion with the evaluator that asks the same, where there is one, and its parameters."""
    if not isinstance(assertion, Mapping):
        return assertion
    twin = _twin(str(assertion.get("type")), assertion.get("value"), reference)
    if twin is None:
        return dict(assertion)
    function, parameters = twin
    return {**assertion, TWIN: {"function": function, **({"parameters": parameters} if parameters else {})}}


def expected_trajectory(asserted: list[Any]) -> list[dict[str, object]] | None:
    """Return the calls, without their arguments, that the first assertion of a sequence of tools asks for."""
    for each in asserted:
        steps = _steps(each.get("value")) if isinstance(each, Mapping) and each.get("type") == _SEQUENCE else None
        if steps:
            return [{"tool_name": step, "tool_input": {}} for step in steps]
    return None


def is_text(value: object) -> bool:
    """Whether a value is one text or number by itself: no template, and not in another file."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return True
    return isinstance(value, str) and value != "" and "{{" not in value and not value.startswith("file://")


def _twin(kind: str, value: object, reference: object) -> Twin | None:
    if kind in _WANTED:
        # In one text promptfoo separates several by commas, and has rules of its own for quotes.
        texts = value if kind.endswith(("-all", "-any")) else [value]
        if not isinstance(texts, list) or not texts or not all(map(is_text, texts)):
            return None
        return "contains", {"texts": [str(text) for text in texts], "want": _WANTED[kind]}
    if kind == "regex":
        return ("matches", {"pattern": value}) if isinstance(value, str) and is_text(value) else None
    if kind in _WITHOUT_VALUE:
        return (_WITHOUT_VALUE[kind], {}) if value is None else None
    if kind in _OF_REFERENCE:
        return _OF_REFERENCE[kind] if is_text(value) and str(value) == reference else None
    return _twin_of_tools(kind, value)


def _twin_of_tools(kind: str, value: object) -> Twin | None:
    if kind == "trajectory:tool-used":
        return (
            ("trajectory_single_tool_use", {"tool": value}) if isinstance(value, str) and is_text(value) else None
        )
    mode = value.get("mode", "in_order") if isinstance(value, Mapping) else None
    if kind == _SEQUENCE and _steps(value) and mode in _MATCHES:
        return _MATCHES[mode], {"ignore_args": True}
    return None


def _steps(value: object) -> list[str] | None:
    steps = value.get("steps") if isinstance(value, Mapping) else None
    return (
        steps
        if isinstance(steps, list) and steps and all(isinstance(step, str) and step for step in steps)
        else None
    )
