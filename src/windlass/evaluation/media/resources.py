"""What a judge of pictures works with beside its models: the files of a project, and questions that are kept."""

from collections.abc import Sequence
from typing import Final, Literal, Protocol

from pydantic import BaseModel, ConfigDict, Field

from windlass.errors import InputError
from windlass.evaluation.media.files import Media

ELEMENTS: Final = ("object", "attribute", "count", "relation", "action", "text")


class MediaQuestion(BaseModel):
    """One atomic question about one element of a prompt."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    element: str = Field(min_length=1, max_length=200)
    """The words of the prompt that it is about."""
    type: Literal["object", "attribute", "count", "relation", "action", "text"]
    question: str = Field(min_length=1, max_length=500)


class Resources(Protocol):
    """The files and the kept questions of one project."""

    async def read(self, media: Media) -> bytes:
        """Return the bytes of a file. Raises NotFound for one that is gone, InputError for no file of ours."""
        ...

    async def keep(self, data: bytes, mime_type: str) -> str:
        """Keep bytes and return what names them from now on."""
        ...

    async def find_questions(self, key: str) -> Sequence[MediaQuestion] | None:
        """Return the questions that are kept under the digest of what they were made of."""
        ...

    async def keep_questions(self, key: str, questions: Sequence[MediaQuestion]) -> Sequence[MediaQuestion]:
        """Keep questions unless others are kept already; return those that are kept: the first stay."""
        ...


class NoResources:
    """Stands where no server is at hand."""

    async def read(self, media: Media) -> bytes:
        raise _nowhere(media)

    async def keep(self, data: bytes, mime_type: str) -> str:
        raise _nowhere(data, mime_type)

    async def find_questions(self, key: str) -> Sequence[MediaQuestion] | None:
        raise _nowhere(key)

    async def keep_questions(self, key: str, questions: Sequence[MediaQuestion]) -> Sequence[MediaQuestion]:
        raise _nowhere(key, questions)


def _nowhere(*_asked: object) -> InputError:
    return InputError("Pictures and clips are judged in a run on a server, or after `windlass.init()`.")
