"""Where the log of a process goes."""

import logging


def configure_logs(level: int = logging.INFO) -> None:
    """Log to standard error: our own events from a level on, everybody else's warnings."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s %(message)s", level=logging.WARNING)
    logging.getLogger("windlass").setLevel(level)
