"""Judges that are scripted."""

import json
from collections.abc import Callable, Sequence

import pytest

from tests import live as live_parts
from tests.live import Project
from tests.server.calibrations.calibrating import Judge
from windlass.models.completion import Message


@pytest.fixture
def judged_by(project: Project, monkeypatch: pytest.MonkeyPatch) -> Callable[[Judge], None]:
    """Have the scripted model judge by a function of what it is shown."""

    def judge_by(judge: Judge) -> None:
        def answer(messages: Sequence[Message]) -> str:
            if not messages[0].content.startswith("You judge"):
                return live_parts.add_up(messages)
            said = judge(json.loads(messages[-1].content))
            return said if isinstance(said, str) else json.dumps(said)

        monkeypatch.setattr(live_parts, "answer", answer)

    return judge_by
