"""Evaluates a function of its own. Argument: the server's URL."""

import sys

import windlass

windlass.init(sys.argv[1])


def shorten(item: dict[str, str]) -> str:
    if item["text"] == "fail":
        raise RuntimeError("no such luck")
    return item["text"].split()[0]


def is_short(sample: windlass.Sample) -> float:
    return float(len(sample.output) <= 5)


items = [
    {"id": "one", "input": {"text": "short words win"}, "reference": "short"},
    {"id": "two", "input": {"text": "lengthy ones lose"}, "reference": "ones"},
    {"id": "three", "input": {"text": "fail"}, "reference": "never"},
]
run = windlass.evaluate(shorten, dataset=items, evaluators=["token_f1", is_short])
print(run.id)
windlass.shutdown()
