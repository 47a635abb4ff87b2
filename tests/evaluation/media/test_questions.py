"""Questions that are kept: the first stay, and each project has its own."""

from windlass.evaluation.media.questions import MediaQuestions
from windlass.evaluation.media.resources import MediaQuestion
from windlass.storage.database import Database

BALL = MediaQuestion(element="ball", type="object", question="Is there a ball?")
CUBE = MediaQuestion(element="cube", type="object", question="Is there a cube?")
KEY = f"sha256:{'1' * 64}"


def test_the_questions_that_came_first_stay(database: Database) -> None:
    kept = MediaQuestions(database, "shop")
    assert kept.find(KEY) is None
    assert kept.keep(KEY, [BALL]) == [BALL]
    assert kept.keep(KEY, [CUBE]) == [BALL]
    assert MediaQuestions(database, "shop").find(KEY) == [BALL]


def test_another_project_has_its_own(database: Database) -> None:
    MediaQuestions(database, "shop").keep(KEY, [BALL])
    other = MediaQuestions(database, "other")
    assert other.find(KEY) is None
    assert other.keep(KEY, [CUBE]) == [CUBE]
