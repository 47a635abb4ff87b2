"""Documents: what an index is made of."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from windlass.canonical import digest
from windlass.errors import InputError


class Document(BaseModel):
    """One text by name, in Markdown or plain."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=500)
    """Unique within an index; usually the file's path."""
    text: str

    @property
    def digest(self) -> str:
        """``sha256:…`` of name and text."""
        return digest({"name": self.name, "text": self.text})


def check_documents(documents: Sequence[Document]) -> None:
    """Raise InputError when there are none, when two share a name, or when all are empty."""
    if not documents:
        raise InputError("An index needs at least one document; none was given.")
    names: set[str] = set()
    for document in documents:
        if document.name in names:
            raise InputError(f"Two documents are named {document.name!r}; give each its own name.")
        names.add(document.name)
    if not any(document.text.strip() for document in documents):
        raise InputError("All documents are empty; an index needs text.")
