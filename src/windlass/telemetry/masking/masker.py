"""The rules of a project, ready to be applied to what it sends."""

from google.protobuf.message import Message

from windlass.telemetry.masking.removal import Removal
from windlass.telemetry.masking.rules import MaskingRules
from windlass.telemetry.masking.texts import TextMasking
from windlass.telemetry.masking.walk import Found


class Masker:
    """Compiled rules. May be used by any number of threads at once."""

    def __init__(self, rules: MaskingRules) -> None:
        self._removal = Removal(rules)
        self._texts = TextMasking(rules)

    def remove(self, message: Message, found: Found) -> None:
        """Take out of any message of OTLP what the rules name."""
        # What OTLP does not know cannot be looked through.
        message.DiscardUnknownFields()
        if self._removal:
            self._removal.apply(message, found)

    def mask_texts(self, message: Message, found: Found) -> None:
        """Mask what the rules find in the texts of any message of OTLP."""
        if self._texts:
            self._texts.apply(message, found)

    def mask_file(self, data: bytes, mime_type: str, found: Found) -> bytes:
        """Return a file as it may be stored: those of text are masked, others are not looked into."""
        if self._texts and is_text(mime_type):
            return self._texts.mask_bytes(data, found)
        return data

    def mask(self, message: Message, found: Found) -> None:
        """Do both, where no files are taken out between them."""
        self.remove(message, found)
        self.mask_texts(message, found)


def is_text(mime_type: str) -> bool:
    """Tell whether files of a type can be read as text."""
    kind = mime_type.partition(";")[0].strip().lower()
    return (
        kind.startswith("text/")
        or kind.endswith(("+json", "+xml"))
        or kind in {"application/json", "application/xml", "application/x-ndjson", "application/yaml"}
    )
