"""Folders as Hugging Face `datasets` keeps them; a split of theirs is one of the items. Needs pyarrow.

Either what `save_to_disk` writes (`state.json` and Arrow files, a folder for each split beside
`dataset_dict.json`), or the layout of the hub: `train-00000-of-00002.parquet`, perhaps in `data/`.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from windlass.errors import InputError
from windlass.evaluation.datasets import Row
from windlass.evaluation.formats.format import Columns, load_json
from windlass.evaluation.formats.parquet import read_arrow, read_parquet

_SHARD: Final = re.compile(
    r"(?P<split>[\w.]+?)(?:-(?P<number>\d{5})-of-(?P<count>\d{5})(?:-[0-9a-f]+)?)?\.parquet"
)


def read_folder(path: Path, columns: Columns) -> Iterator[Row]:
    if not path.is_dir():
        raise InputError(f"{path} is no folder; a dataset of Hugging Face is one.")
    if (path / "dataset_dict.json").is_file():
        splits = _named_splits(path)
        for split in splits:
            yield from _saved(path / split, split, columns, path)
    elif (path / "state.json").is_file():
        yield from _saved(path, None, columns, path)
    else:
        for split, files in _shards(path).items():
            for file in files:
                yield from _in_split(read_parquet(file, columns), split, _place(file, path))


def _named_splits(path: Path) -> list[str]:
    content = load_json(path / "dataset_dict.json")
    splits = content.get("splits") if isinstance(content, Mapping) else None
    if not isinstance(splits, list) or not all(isinstance(split, str) for split in splits):
        raise InputError(f"{path / 'dataset_dict.json'} does not name the dataset's `splits`.")
    return splits


def _saved(folder: Path, split: str | None, columns: Columns, root: Path) -> Iterator[Row]:
    """Read a split as `save_to_disk` wrote it."""
    state = load_json(folder / "state.json")
    listed = state.get("_data_files") if isinstance(state, Mapping) else None
    if not isinstance(state, Mapping) or not isinstance(listed, list):
        raise InputError(f"{folder / 'state.json'} does not name the dataset's `_data_files`.")
    if state.get("_indices_data_files"):
        raise InputError(f"{folder} keeps rows by an index: call `flatten_indices()` before `save_to_disk()`.")
    name = split if split is not None else state.get("_split")
    for file in listed:
        path = folder / str(file.get("filename") if isinstance(file, Mapping) else file)
        yield from _in_split(read_arrow(path, columns), name if isinstance(name, str) else "", _place(path, root))


def _in_split(rows: Iterator[Row], split: str, file: str) -> Iterator[Row]:
    for place, fields in rows:
        assert isinstance(fields, dict)
        own = fields.get("split")
        if split and own not in (None, "", split):
            # The folder's word counts; the column's is kept.
            fields.setdefault("metadata", {})["split"] = own
        yield Row(f"{file}, {place}", {**fields, "split": split or own})


def _place(file: Path, root: Path) -> str:
    return file.relative_to(root).as_posix()


def _shards(path: Path) -> dict[str, list[Path]]:
    """Return the Parquet files of each split, all of them."""
    folder = path if any(path.glob("*.parquet")) else path / "data"
    found: dict[str, list[Path]] = defaultdict(list)
    counts: dict[str, int] = {}
    for file in sorted(folder.glob("*.parquet")):
        match = _SHARD.fullmatch(file.name)
        split = match["split"] if match else file.stem
        found[split].append(file)
        counts[split] = int(match["count"]) if match and match["count"] else 1
    for split, files in found.items():
        if len(files) != counts[split]:
            raise InputError(f"{folder} has {len(files)} of the {counts[split]} files of the split {split!r}.")
    if not found:
        raise InputError(
            f"{path} is no dataset of Hugging Face: it has no dataset_dict.json, state.json or *.parquet; "
            "name the folder of one configuration."
        )
    return dict(found)
