"""Questions that are kept: the first stay, and each project has its own."""

from windlass.evaluation.media.questions import QuestionStore
from windlass.evaluation.media.resources import MediaQuestion
from windlass.storage.database import Database

BALL = MediaQuestion(element="ball", type="object", question="Is there a ball?")
CUBE = MediaQuestion(element="cube", type="object", question="Is there a cube?")
KEY = f"sha256:{'1' * 64}"


def test_the_questions_that_came_first_stay(database: Database) -> None:
    store = QuestionStore(database)
    assert store.find("shop", KEY) is None
    assert store.keep("shop", KEY, [BALL]) == [BALL]
    assert store.keep("shop", KEY, [CUBE]) == [BALL]
    assert QuestionStore(database).find("shop", KEY) == [BALL]


def test_another_project_has_its_own(database: Database) -> None:
    store = QuestionStore(database)
    store.keep("shop", KEY, [BALL])
    assert store.find("other", KEY) is None
    assert store.keep("other", KEY, [CUBE]) == [CUBE]
