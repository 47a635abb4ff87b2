"""What users' code says, as text that can be stored."""

import asyncio


def whole_text(value: object) -> str:
    """Return a text without halves of surrogate pairs, which JSON may hold, and no store or wire takes."""
    text = str(value)
    return text if text.isascii() else text.encode(errors="replace").decode()


def said(error: BaseException | None) -> str:
    """Return what an error says, or at least what it is."""
    if isinstance(error, SystemExit):
        return "it ended its process (sys.exit) instead of answering"
    try:
        text = whole_text(error).strip()
    except Exception:  # noqa: BLE001 - an error of users' code need not be able to tell itself
        text = ""
    if isinstance(error, asyncio.CancelledError):
        return text or "what it waited for was cancelled"
    return text or type(error).__name__


def is_cancelled() -> bool:
    """Tell whether the task at work is to end: otherwise a CancelledError is of something that it waited for."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0
