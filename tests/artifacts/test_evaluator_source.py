"""Sources of evaluators, read without being run."""

import pytest

from windlass.artifacts.evaluator_source import Declared, declares_evaluator, read_source
from windlass.errors import InputError

WHOLE = '''
import re
from collections import Counter
import windlass

LIMIT = 3

@windlass.evaluator(name="brief-answer", higher_is_better=False, needs=["reference", "metadata.page"])
async def brief(sample: windlass.Sample) -> float:
    """Words beyond the limit.

    More.
    """
    return max(0, len(re.findall(r"\\w+", sample.output)) - LIMIT)
'''


def test_a_source_says_what_its_evaluator_is() -> None:
    assert read_source(WHOLE) == Declared(
        function="brief",
        name="brief-answer",
        description="Words beyond the limit.",
        higher_is_better=False,
        needs=("reference", "metadata.page"),
        is_async=True,
        modules=("re", "collections"),
    )


def test_the_decorator_needs_no_options_and_no_prefix() -> None:
    declared = read_source("from windlass import evaluator\n@evaluator\ndef short(sample):\n    return 1\n")
    assert (declared.name, declared.needs, declared.higher_is_better) == ("short", (), True)


FUNCTION = "@windlass.evaluator\ndef f(sample): return 1\n"


@pytest.mark.parametrize(
    ("source", "problem"),
    [
        ("def f(:", "Line 1 of the source is not Python"),
        ("x = '\0'", "The source is not Python|cannot be read as Python"),
        ("-" * 40_000 + "1", "cannot be read as Python|Line 1 of the source"),
        ("a" + ".a" * 30_000, "cannot be read as Python|one function"),
        ("def f(sample): return 1", "one function with @windlass.evaluator, this one has none"),
        (FUNCTION + FUNCTION.replace("f(", "g("), "this one has f, g"),
        ("import os\n" + FUNCTION, "Line 1: an evaluator of the registry cannot import 'os'"),
        ("from . import x\n" + FUNCTION, "cannot import '.'"),
        (FUNCTION + "def g():\n    import subprocess", "Line 4: .* cannot import 'subprocess'"),
        ("@windlass.evaluator('x')\ndef f(s): 1", "takes options by name alone"),
        ("@windlass.evaluator(nme='x')\ndef f(s): 1", "has no option 'nme'"),
        ("@windlass.evaluator(name=NAME)\ndef f(s): 1", "name is written out in the decorator"),
        ("@windlass.evaluator(**{})\ndef f(s): 1", "has no option None"),
        ("@windlass.evaluator(name=1)\ndef f(s): 1", "name of @windlass.evaluator is a text"),
        ("@windlass.evaluator(higher_is_better=1)\ndef f(s): 1", "is True or False"),
        ("@windlass.evaluator(needs='reference')\ndef f(s): 1", "needs is a list of columns"),
        ("@windlass.evaluator(needs=['metadata.'])\ndef f(s): 1", "needs is a list of columns"),
        ("#" * 70_000, "at most 64 KiB"),
    ],
    # The sources themselves would be names of 60 KB.
    ids=lambda value: value[:20],
)
def test_what_cannot_be_run_is_refused_with_its_place(source: str, problem: str) -> None:
    with pytest.raises(InputError, match=problem):
        read_source(source)


def test_other_python_is_no_evaluator() -> None:
    assert declares_evaluator(WHOLE)
    assert not declares_evaluator("import windlass\nwindlass.evaluate(f, dataset='x', evaluators=['f'])")
    assert not declares_evaluator("def f(:")
