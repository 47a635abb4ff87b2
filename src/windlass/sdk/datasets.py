"""`windlass.read_dataset`: items of a file, for `windlass.evaluate` or for a look."""

from collections.abc import Mapping
from os import PathLike
from pathlib import Path

from windlass.evaluation.formats.files import read_items
from windlass.evaluation.formats.format import fields_of
from windlass.evaluation.formats.registry import format_named, format_of


def read_dataset(
    path: str | PathLike[str], *, data_format: str | None = None, columns: Mapping[str, str] | None = None
) -> list[dict[str, object]]:
    """Read a file or folder as the items of a dataset, as `windlass.evaluate` takes them; no server is asked.

    Args:
        path: JSON Lines, a JSON array, CSV, TSV, Parquet, a folder of Hugging Face datasets, tests of promptfoo,
            an eval set of ADK or an evaluation dataset of Vertex AI.
        data_format: Which of these it is, where the name and the content do not say: `jsonl`, `json`, `csv`,
            `tsv`, `parquet`, `hugging-face`, `promptfoo`, `adk`, `vertex`.
        columns: The column of a table for an item's field, where it has another name: `{"input": "question"}`.

    Raises InputError naming the line, row or case of what is wrong.
    """
    file = Path(path)
    form = format_named(data_format) if data_format else format_of(file)
    return [fields_of(item) for item in read_items(file, form, columns)]
