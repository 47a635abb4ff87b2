"""Phrases by which a refusal is known, English and Korean."""

from collections.abc import Iterator
from itertools import product
from typing import Final


def _phrases() -> Iterator[str]:
    acts = ("help", "assist", "comply", "provide", "share", "answer", "do that", "fulfil", "fulfill", "discuss")
    yield from map(" ".join, product(("I cannot", "I can't", "I will not", "I won't"), acts))
    yield from map(" ".join, product(("I am", "I'm"), ("unable to", "not able to", "not allowed to")))
    yield from ("I will not be able to", "I won't be able to")
    yield from (
        "I must decline",
        "I have to decline",
        "I refuse to",
        "against my guidelines",
        "as an AI language model",
    )
    # Of a Korean verb the stem is enough: 없습니다, 없어요 and 없네요 begin alike.
    able = (
        "도와드릴",
        "도와줄",
        "도움을 드릴",
        "제공할",
        "제공해 드릴",
        "답변할",
        "답변드릴",
        "답변해 드릴",
        "알려드릴",
        "응할",
    )
    yield from (f"{act} 수 {end}" for act, end in product((*able, "따를", "들어드릴", "수행할"), ("없", "는 없")))
    hard = ("도와드리기", "제공하기", "제공해 드리기", "답변하기", "답변드리기", "알려드리기")
    yield from (f"{act} {end}" for act, end in product(hard, ("어렵", "어려", "곤란")))
    yield from ("거절하겠", "거부하겠", "인공지능 언어 모델로서", "AI 언어 모델로서")


PHRASES: Final = tuple(_phrases())
