"""What the evaluators of a project work with beside their models."""

from windlass.evaluation.evaluator_making import Facilities
from windlass.evaluation.item_checklists import ItemChecklists
from windlass.evaluation.media.project import ProjectResources
from windlass.evaluation.media.questions import MediaQuestions
from windlass.evaluation.sandbox.limits import SandboxLimits
from windlass.settings import Settings
from windlass.storage.database import Database
from windlass.telemetry.media import MediaStore


class ProjectFacilities:
    """Gives it for any project, out of the stores of a server."""

    def __init__(self, settings: Settings, database: Database, media: MediaStore) -> None:
        self._database = database
        self._media = media
        self._code = SandboxLimits(
            settings.evaluator_code, settings.evaluator_time_s, settings.evaluator_memory_mb * 2**20
        )

    def of(self, project: str) -> Facilities:
        checklists = ItemChecklists(self._database, project)
        return Facilities(self.resources(project), checklists, self._code)

    def resources(self, project: str) -> ProjectResources:
        """Return the files and questions that judges of pictures work with."""
        return ProjectResources(project, self._media, self.media_questions(project))

    def media_questions(self, project: str) -> MediaQuestions:
        return MediaQuestions(self._database, project)
