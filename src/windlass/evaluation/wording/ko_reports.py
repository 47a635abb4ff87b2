"""Korean texts of reports, by the English ones."""

from typing import Final

KO_REPORTS: Final[dict[str, str]] = {}
