"""Rows that the warehouse refused lie in the spool, where no query finds them: they are erased from its files."""

from collections.abc import Collection
from pathlib import Path

from google.protobuf.message import DecodeError

from windlass.telemetry.lifecycle.subjects import Subject
from windlass.telemetry.rows import read_row, split_rows
from windlass.telemetry.spool import rewrite_refused


def erase_refused(folder: Path, project: str, subject: Subject, traces: Collection[str], *, dry_run: bool) -> int:
    """Erase a subject's rows, and those of some traces, from what was set aside; return how many they are."""
    ids = {bytes.fromhex(trace) for trace in traces}

    def is_meant(row: bytes) -> bool:
        try:
            owner, span = read_row(row)
        except DecodeError:
            # Nobody can tell what it says: it goes when it could be the subject's.
            is_subjects = subject.id.encode() in row or any(trace in row for trace in ids)
            return is_subjects and project.encode() in row
        return owner == project and (span.trace_id in ids or subject.is_in(span))

    count = 0
    for file in sorted(folder.glob("*/refused/*.rows")):
        rows = [row.data for row in split_rows(file.read_bytes())]
        kept = [row for row in rows if not is_meant(row)]
        count += len(rows) - len(kept)
        if len(kept) < len(rows) and not dry_run:
            rewrite_refused(file, kept)
    return count
