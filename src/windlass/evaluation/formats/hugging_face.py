"""Folders as Hugging Face `datasets` keeps them; a split of theirs is one of the items. Needs pyarrow.

Either what `save_to_disk` writes (`state.json` and Arrow files, a folder for each split beside
`dataset_dict.json`), or the layout of the hub: `train-00000-of-00002.parquet`, perhaps in `data/`. The second is
written.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from windlass.errors import InputError
from windlass.evaluation.datasets import Row
from windlass.evaluation.formats.format import Columns, load_json
from windlass.evaluation.formats.parquet import arrow_table, read_arrow, read_parquet
from windlass.evaluation.samples import Item

SPLIT: Final = "windlass.split"
"""The column with an item's split, where Hugging Face takes no split of that name (or none)."""

_SPLIT_NAME: Final = re.compile(r"\w+(\.\w+)*", re.ASCII)
_NO_SPLIT: Final = "train"
"""What a dataset without splits is called there."""
_LONGEST_SPLIT: Final = 60

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


def write_folder(items: Iterable[Item], folder: Path, _name: str) -> None:
    """Write a Parquet file for each split, as `datasets.load_dataset` reads them; all have the same columns.

    Raises InputError for metadata of the one name that is windlass's own.
    """
    from pyarrow.parquet import write_table

    listed = list(items)
    taken = next((item.id for item in listed if SPLIT in item.metadata), None)
    if taken is not None:
        raise InputError(f"The item {taken!r} has metadata {SPLIT!r}, a name that this format keeps for itself.")
    names = _names_of_splits([item.split for item in listed])
    exact = any(names[item.split] != item.split for item in listed)
    table = arrow_table(
        item.model_copy(
            update={"split": "", "metadata": {**item.metadata, **({SPLIT: item.split} if exact else {})}}
        )
        for item in listed
    )
    (folder / "data").mkdir()
    for split, name in names.items():
        rows = [place for place, item in enumerate(listed) if item.split == split]
        write_table(table.take(rows), folder / "data" / f"{name}-00000-of-00001.parquet")


def _names_of_splits(splits: Iterable[str]) -> dict[str, str]:
    """Return a name that Hugging Face takes for each split, and no name twice."""
    names: dict[str, str] = {}
    for split in sorted(set(splits), key=lambda each: (not _SPLIT_NAME.fullmatch(each), each)):
        plain = re.sub(r"\W+", "_", split, flags=re.ASCII)[:_LONGEST_SPLIT] if split else _NO_SPLIT
        name, number = (split if _SPLIT_NAME.fullmatch(split) else plain), 2
        while name in names.values():
            name, number = f"{plain}_{number}", number + 1
        names[split] = name
    return names


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
        metadata = fields.get("metadata")
        if isinstance(metadata, dict) and SPLIT in metadata:
            exact = metadata.pop(SPLIT)
            yield Row(f"{file}, {place}", {**fields, "split": exact})
            continue
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
