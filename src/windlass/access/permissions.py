"""The one permission check: which role may do which action."""

from typing import Literal

from windlass.access.principals import Principal, Role
from windlass.errors import Denied

Action = Literal[
    "artifact:read",
    "artifact:write",
    "code:write",
    "label:move",
    "environment:read",
    "environment:change",
    "trace:read",
    "trace:write",
    "score:write",
    "price:change",
    "view:write",
    "dashboard:write",
    "run:read",
    "run:write",
    "review:read",
    "review:label",
    "review:manage",
    "verdict:read",
    "verdict:write",
    "completion:create",
    "sql:query",
    "retention:read",
    "retention:change",
    "erasure:create",
    "audit:read",
    "masking:read",
    "masking:change",
    "key:manage",
]

_READ: frozenset[Action] = frozenset(
    {
        "artifact:read",
        "environment:read",
        "trace:read",
        "run:read",
        "review:read",
        "verdict:read",
        "retention:read",
        "masking:read",
        "audit:read",
    }
)
_APPLICATION: frozenset[Action] = frozenset(
    {"artifact:read", "environment:read", "trace:write", "score:write", "completion:create"}
)
_REVIEW: frozenset[Action] = frozenset({"review:read", "review:label"})
_EDIT: frozenset[Action] = frozenset(
    {
        "artifact:write",
        "code:write",
        "label:move",
        "environment:change",
        "run:write",
        "review:manage",
        "verdict:write",
        "price:change",
        "view:write",
        "sql:query",
        "dashboard:write",
    }
)

ALLOWED: dict[Role, frozenset[Action]] = {
    "viewer": _READ,
    "application": _APPLICATION,
    "reviewer": _REVIEW,
    "editor": _READ | _APPLICATION | _REVIEW | _EDIT,
    "admin": _READ
    | _APPLICATION
    | _REVIEW
    | _EDIT
    | {"key:manage", "masking:change", "retention:change", "erasure:create"},
}
"""What each role may do. `application` is for a deployed program: it sends traces and scores, reads
artifacts, asks releases; it sees nobody's traces. `reviewer` is for who labels the items of review queues, and
sees nothing else."""


def require(principal: Principal, action: Action) -> None:
    """Raise Denied unless the principal's role allows the action."""
    if action not in ALLOWED[principal.role]:
        able = ", ".join(role for role, actions in ALLOWED.items() if action in actions)
        raise Denied(
            f"{principal.id} has the role {principal.role}, which may not do {action}; it takes one of: {able}."
        )
