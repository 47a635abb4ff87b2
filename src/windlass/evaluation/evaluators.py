"""Evaluators: plain functions from a sample to a score, known by name."""

import asyncio
import inspect
import json
import math
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import overload

from windlass.errors import InputError
from windlass.evaluation.said import is_cancelled, said, whole_text
from windlass.evaluation.samples import Judgement, Sample
from windlass.models.calls.stopping import Stopped

Scored = float | int | bool | Judgement | None
Function = Callable[[Sample], Scored | Awaitable[Scored]]


@dataclass(frozen=True)
class Evaluator:
    """A function, and what must be known of it to run it and to read its scores."""

    name: str
    function: Function
    higher_is_better: bool = True
    needs: tuple[str, ...] = ()
    """Columns of the dataset: 'reference', 'metadata.<name>'."""
    description: str = ""
    by_default: bool = True
    """Whether a run that names no evaluators uses this one, where the dataset has what it needs."""
    prompt: str = ""
    """Of a judge: the digest of what it is told, which is windlass's own text around what its version says."""
    told: str = ""
    """Of a judge: those words themselves."""
    of_replays: bool = False
    """Whether it is about a replay and not about answers: it also judges samples that ended with their record."""
    questions: Callable[[Sample], Awaitable["tuple[str, ...] | Judgement"]] | None = None
    """Of a judge whose questions a model writes for each item: writes them, or returns those that are kept."""
    prepare: Callable[[], object] | None = None
    """Brings in what the base install may lack. Raises ConfigurationError, which says what to install."""
    close: Callable[[], None] | None = None
    """Lets go what it holds, a process of its own for one; called when a run or a trial ends."""

    def ready(self) -> "Evaluator":
        """Return it when it can judge here: better before a run is paid for than at each of its samples.

        Raises ConfigurationError.
        """
        if self.prepare is not None:
            self.prepare()
        return self

    @cached_property
    def waits(self) -> bool:
        """Whether the function is async: it waits, for a model mostly, and others can go on meanwhile."""
        call = getattr(self.function, "__call__", None)  # noqa: B004 - the method of an object, to look at it
        return inspect.iscoroutinefunction(self.function) or inspect.iscoroutinefunction(call)

    def __call__(self, sample: Sample) -> Judgement:
        """Judge one sample by a function that is not async.

        An evaluator that raises, or gives no finite number, yields a missing score that says why: one bad
        evaluator must not lose a run whose predictions were paid for.
        """
        try:
            scored = self.function(sample)
            if inspect.isawaitable(scored):
                if inspect.iscoroutine(scored):
                    scored.close()
                raise TypeError("it is async, and was called as if it were not")
            return _judgement(scored)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - users' functions raise anything; the explanation keeps it
            return _failed(error)

    async def judge(self, sample: Sample) -> Judgement:
        """Judge one sample by a function of either kind, as ``__call__`` does. Raises Stopped."""
        try:
            scored = self.function(sample)
            return _judgement(await scored if inspect.isawaitable(scored) else scored)
        except Stopped:
            raise
        except asyncio.CancelledError as cancelled:
            if is_cancelled():
                raise
            return _failed(cancelled)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - as above
            return _failed(error)


@overload
def evaluator(function: Function, /) -> Evaluator: ...
@overload
def evaluator(
    *,
    name: str = "",
    higher_is_better: bool = True,
    needs: Iterable[str] = (),
    description: str = "",
    by_default: bool = True,
) -> Callable[[Function], Evaluator]: ...
def evaluator(
    function: Function | None = None,
    /,
    *,
    name: str = "",
    higher_is_better: bool = True,
    needs: Iterable[str] = (),
    description: str = "",
    by_default: bool = True,
) -> Evaluator | Callable[[Function], Evaluator]:
    """Make an evaluator of a function from a `Sample` to a number, None or a `Judgement`; async functions too.

    Args:
        function: It, where the decorator stands without brackets.
        name: Of its scores; by default the function's.
        higher_is_better: Whether more of it is better.
        needs: What the items of a dataset must have: `reference`, `metadata.<name>`.
        description: One line; by default the first of the docstring.
        by_default: Whether a run that names no evaluators uses it; of those that windlass brings.
    """

    def make(function: Function) -> Evaluator:
        documented = (function.__doc__ or "").strip().splitlines()
        return Evaluator(
            name=name or function.__name__,
            function=function,
            higher_is_better=higher_is_better,
            needs=tuple(needs),
            description=description or (documented[0] if documented else ""),
            by_default=by_default,
        )

    return make if function is None else make(function)


class Registry(Mapping[str, Evaluator]):
    """Evaluators by name."""

    def __init__(self, evaluators: Iterable[Evaluator] = ()) -> None:
        self._evaluators: dict[str, Evaluator] = {}
        for each in evaluators:
            self.add(each)

    def add(self, added: Evaluator) -> None:
        """Add an evaluator. Raises InputError when another one has its name."""
        known = self._evaluators.setdefault(added.name, added)
        if known is not added:
            raise InputError(f"There is already an evaluator named {added.name!r}; give yours another name.")

    def select(self, names: Iterable[str]) -> list[Evaluator]:
        """Return evaluators in the order asked for, each once and ready.

        Raises InputError for an unknown name and ConfigurationError for one that needs what is not installed.
        """
        chosen = list(dict.fromkeys(names))
        for name in chosen:
            if name not in self._evaluators:
                raise InputError(
                    f"There is no evaluator named {name!r}; known are {', '.join(sorted(self._evaluators))}."
                )
        return [self._evaluators[name].ready() for name in chosen]

    def __getitem__(self, name: str) -> Evaluator:
        return self._evaluators[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._evaluators)

    def __len__(self) -> int:
        return len(self._evaluators)


class _NoScoreError(Exception):
    """What an evaluator said, and nobody can keep."""


def _failed(error: BaseException) -> Judgement:
    kind = "" if isinstance(error, _NoScoreError) else f"{type(error).__name__}: "
    return Judgement(None, "error", f"{kind}{said(error)}")


def _judgement(scored: Scored) -> Judgement:
    """Return what a function said as it can be kept. Raises TypeError, ValueError and _NoScoreError."""
    if not isinstance(scored, Judgement):
        return Judgement(None if scored is None else _finite(scored))
    if scored.source not in {"code", "judge"}:
        raise _NoScoreError(f"the evaluator's judgement is of {scored.source!r}, and not of code or judge")
    _require_json(scored.evidence)
    return replace(
        scored,
        value=None if scored.value is None else _finite(scored.value),
        label=_text(scored.label),
        explanation=_text(scored.explanation),
    )


def _finite(value: object) -> float:
    # bool, numpy's numbers and texts of numbers are such, too.
    number = float(value)  # type: ignore[arg-type]
    if not math.isfinite(number):
        raise _NoScoreError(f"the evaluator returned {number}, which is not a finite number")
    return number


def _text(value: object) -> str:
    return "" if value is None else whole_text(value)


def _require_json(evidence: object) -> None:
    if evidence is None:
        return
    try:
        json.dumps(evidence, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError, RecursionError) as error:
        raise _NoScoreError(f"the evaluator's evidence is no JSON: {error}") from error
