"""Principals: who acts. A user, an agent or an API key, in one project, with one role."""

from dataclasses import dataclass
from typing import Literal

Role = Literal["viewer", "application", "reviewer", "editor", "admin"]
PrincipalKind = Literal["user", "agent", "key"]

DEFAULT_PROJECT = "default"


@dataclass(frozen=True)
class Principal:
    """Who acts, in which project, with which role."""

    id: str
    kind: PrincipalKind
    role: Role
    project: str = DEFAULT_PROJECT


LOCAL_ADMIN = Principal(id="local-admin", kind="user", role="admin")
"""Whoever sits at this machine: the principal of keyless loopback callers in the modes dev and demo."""

SYSTEM = Principal(id="windlass", kind="agent", role="admin")
"""The server itself, when it acts on nobody's behalf (first start, recovery)."""
