"""Verdicts of a judge, a row each, on items of another file or of their own.

A verdict that is none of those asked for did not parse: it has no value, and so counts against coverage, not as 0.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from windlass.canonical import digest
from windlass.errors import InputError
from windlass.evaluation.formats.files import read_items
from windlass.evaluation.formats.format import Format
from windlass.evaluation.formats.registry import format_of
from windlass.evaluation.imports.imported import ImportedRun, ImportedSample, ImportOptions, refuse, slug
from windlass.evaluation.predictions import text_of
from windlass.evaluation.samples import Item, Judgement, Prediction
from windlass.telemetry.models import Message, MessagePart

_TOOL: Final = "judgements"
_METRIC: Final = "verdict"
_OWN: Final = ("verdict", "explanation", "output")
"""What columns say of a verdict; any other column is the items'."""


def read_judgements(path: Path, options: ImportOptions) -> list[ImportedRun]:
    if "verdict" not in options.columns or not options.verdicts:
        raise InputError(
            "Say which column is the verdict, and what each is worth: `--column verdict=winner --verdict A=1 "
            "--verdict B=0`."
        )
    form = format_of(path)
    if not form.has_columns:
        raise refuse(path, "the whole file", f"it is read as {form.name}, and verdicts are rows with columns.")
    rows = _rows(path, form, options.columns)
    items = _items(path, form, options)
    ids = [_id(path, row, options) for row in rows] if options.items else [item.id for item in items]
    return [
        ImportedRun(
            tool=_TOOL,
            digest=digest([[item.model_dump(mode="json") for item in items], rows, dict(options.verdicts)]),
            release=options.name or slug(path.stem, _TOOL),
            entry=f"{_TOOL}: {path.stem}",
            dataset=options.dataset or slug((options.items or path).stem, _TOOL),
            items=items,
            samples=_samples(path, rows, ids, items, options),
            metrics={_METRIC: True},
        )
    ]


def _rows(path: Path, form: Format, columns: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the rows, each with its verdict as `input`: a row without one is a row all the same."""
    taken = {"input": columns["verdict"], **({"id": columns["id"]} if "id" in columns else {})}
    rows = []
    for place, fields in form.read(path, taken):
        if not isinstance(fields, dict):
            raise refuse(path, place, "a verdict is an object with columns.")
        rows.append(fields)
    return rows


def _items(path: Path, form: Format, options: ImportOptions) -> list[Item]:
    columns = {field: column for field, column in options.columns.items() if field not in _OWN}
    if not any(field.partition(".")[0] == "input" for field in columns):
        # Said, so that any other column of the rows is metadata.
        columns["input"] = "input"
    if options.items is not None:
        return list(read_items(options.items, format_of(options.items), columns))
    return list(read_items(path, form, columns))


def _id(path: Path, row: Mapping[str, Any], options: ImportOptions) -> str:
    if row.get("id") is None:
        raise refuse(
            path,
            "a row",
            f"it has no id, by which {options.items} knows its item: name that column (`--column id=…`).",
        )
    return str(row["id"])


def _samples(
    path: Path,
    rows: Sequence[Mapping[str, Any]],
    ids: Sequence[str],
    items: Sequence[Item],
    options: ImportOptions,
) -> list[ImportedSample]:
    by_id = {item.id: item for item in items}
    repeats: dict[str, int] = {}
    samples = []
    for row, item in zip(rows, ids, strict=True):
        if item not in by_id:
            raise refuse(path, f"the verdict on {item!r}", f"{options.items} has no item of this id.")
        repeats[item] = repeats.get(item, 0) + 1
        samples.append(_sample(row, by_id[item], repeats[item], options))
    return samples


def _sample(row: Mapping[str, Any], item: Item, repeat: int, options: ImportOptions) -> ImportedSample:
    beside = row.get("metadata") or {}
    said = {name: str(beside.get(options.columns.get(name, "")) or "") for name in ("explanation", "output")}
    verdict = "" if row.get("input") is None else str(row["input"]).strip()
    return ImportedSample(
        item=item.id,
        repeat=repeat,
        messages=[_said("user", text_of(item.input)), _said("assistant", said["output"] or verdict)],
        prediction=Prediction(output=said["output"] or verdict),
        scores={_METRIC: _judgement(verdict, said["explanation"], options.verdicts)},
    )


def _judgement(verdict: str, explanation: str, verdicts: Mapping[str, float]) -> Judgement:
    if verdict not in verdicts:
        why = f"{verdict or 'Nothing'} is none of {', '.join(verdicts)}."
        return Judgement(None, "unparsable", f"{why} {explanation}".strip(), "judge")
    return Judgement(verdicts[verdict], verdict, explanation, "judge")


def _said(role: str, text: str) -> Message:
    return Message(role=role, parts=[MessagePart(type="text", content=text)] if text else [])
