from typing import get_args

import pytest

from windlass.access.permissions import ALLOWED, Action, require
from windlass.access.principals import LOCAL_ADMIN, Principal, Role
from windlass.errors import Denied

# One line an action: who may. It stands apart from the code on purpose.
TABLE: dict[Action, str] = {
    "artifact:read": "viewer application editor admin",
    "artifact:write": "editor admin",
    "code:write": "editor admin",
    "label:move": "editor admin",
    "environment:read": "viewer application editor admin",
    "environment:change": "editor admin",
    "trace:read": "viewer editor admin",
    "trace:write": "application editor admin",
    "score:write": "application editor admin",
    "view:write": "editor admin",
    "price:change": "editor admin",
    "dashboard:write": "editor admin",
    "run:read": "viewer editor admin",
    "run:write": "editor admin",
    "review:read": "viewer reviewer editor admin",
    "review:label": "reviewer editor admin",
    "review:manage": "editor admin",
    "verdict:read": "viewer editor admin",
    "verdict:write": "editor admin",
    "completion:create": "application editor admin",
    "sql:query": "editor admin",
    "retention:read": "viewer editor admin",
    "retention:change": "admin",
    "erasure:create": "admin",
    "audit:read": "viewer editor admin",
    "masking:read": "viewer editor admin",
    "masking:change": "admin",
    "key:manage": "admin",
}


def test_the_table_names_every_action_and_role() -> None:
    assert set(TABLE) == set(get_args(Action))
    assert set(ALLOWED) == set(get_args(Role))


@pytest.mark.parametrize("role", get_args(Role))
@pytest.mark.parametrize("action", get_args(Action))
def test_a_role_may_do_what_the_table_says_and_no_more(role: Role, action: Action) -> None:
    principal = Principal(id="key:ci", kind="key", role=role)
    if role in TABLE[action].split():
        require(principal, action)
    else:
        able = ", ".join(TABLE[action].split())
        with pytest.raises(Denied) as caught:
            require(principal, action)
        assert (
            str(caught.value) == f"key:ci has the role {role}, which may not do {action}; it takes one of: {able}."
        )


def test_whoever_sits_at_this_machine_may_do_everything() -> None:
    assert ALLOWED[LOCAL_ADMIN.role] == set(get_args(Action))
