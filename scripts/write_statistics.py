"""Write the figures of simulations into docs/reference/statistics.md; it takes some minutes of one core."""

import sys
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "reference" / "statistics.md"

sys.path.insert(0, str(ROOT))

from tests.evaluation.simulations.coverage import COVERAGE, POWER  # noqa: E402
from tests.evaluation.simulations.errors import ERRORS  # noqa: E402
from tests.evaluation.simulations.promises import Promise  # noqa: E402


def main() -> None:
    tables = {"coverage": table(COVERAGE), "power": table(POWER), "errors": table(ERRORS)}
    page = PAGE.read_text(encoding="utf-8")
    for name, text in tables.items():
        page = replaced(page, name, text)
    PAGE.write_text(page, encoding="utf-8")


def replaced(page: str, name: str, text: str) -> str:
    """Put a table between the marks of its name."""
    begin, end = f"<!-- simulated: {name} -->\n", "<!-- end -->\n"
    before, _, rest = page.partition(begin)
    _, _, after = rest.partition(end)
    return f"{before}{begin}\n{text}\n{end}{after}"


def table(promises: Sequence[Promise]) -> str:
    rows = ["| statistic | drawn | says | seen | simulations |", "|---|---|---:|---:|---:|"]
    rows += map(row, promises)
    return "\n".join(rows) + "\n"


def row(promise: Promise) -> str:
    seen = promise.simulate()
    error = "" if seen.rounds is None else f" ± {100 * seen.error:.1f}"
    rounds = "all outcomes" if seen.rounds is None else f"{seen.rounds:,}"
    said, share = f"{100 * promise.said:.4g} %", f"{100 * seen.share:.1f}{error} %"
    mark = "**" if promise.known is not None else ""
    return f"| {promise.statistic} | {promise.setting} | {said} | {mark}{share}{mark} | {rounds} |"


if __name__ == "__main__":
    main()
