"""What happens to telemetry before any of it is written: rules of the project are applied, files taken out."""

from google.protobuf.message import Message

from windlass.telemetry.masking.store import MaskingRulesStore
from windlass.telemetry.masking.walk import Found
from windlass.telemetry.media import MediaStore
from windlass.telemetry.media_parts import may_hold_files, take_out_files


class Intake:
    """The one door that spans, logs and metrics of every transport go through."""

    def __init__(self, masking: MaskingRulesStore, media: MediaStore) -> None:
        self._masking = masking
        self._media = media

    def clean(self, project: str, message: Message, body: bytes) -> bytes:
        """Mask a parsed OTLP request in place, move files in it to the blob store, and return its bytes.

        ``body`` is what the request was parsed from; it is returned as it is when nothing had to change. Raises
        Unavailable when rules cannot be read or a file cannot be kept: then nothing of the request may be stored.
        """
        masker = self._masking.masker_of(project)
        has_files = may_hold_files(body)
        if masker is None:
            if has_files and take_out_files(message, lambda data, kind: self._media.keep(project, data, kind)):
                return message.SerializeToString()
            return body
        found = Found()
        masker.remove(message, found)
        if has_files:
            # Before texts are masked: a rule may take digits of base64 for something, and would break the file.
            take_out_files(
                message,
                lambda data, kind: self._media.keep(project, masker.mask_file(data, kind, found), kind),
            )
        masker.mask_texts(message, found)
        if found.counts:
            self._masking.count(project, found.counts)
        return message.SerializeToString()
