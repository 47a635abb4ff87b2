"""Korean names of the fields that a verdict holds, as reports show what they do not tell in words of their own."""

from typing import Final

KO_FIELDS: Final[dict[str, str]] = {}
