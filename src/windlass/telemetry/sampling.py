"""How many spans a stored span stands for, when those who sent it keep only a share of theirs.

The weight of a span is one over the probability with which it was kept, so sums of weights estimate what there
was without bias. The probability comes with the span: in `tracestate` (OpenTelemetry's threshold `ot=th:`, its
older exponent `ot=p:`, Elastic's `es=s:`) or in an attribute. A span that says nothing stands for itself.
"""

from typing import Final

from windlass.storage.warehouse import Step

_MEMBER: Final = "(?:^|,)[ \\t]*"
_THRESHOLD: Final = f"extract(trace_state, '{_MEMBER}ot=(?:[^,;]*;)*th:([0-9a-f]{{1,14}})[ \\t]*(?:[;,]|$)')"
_EXPONENT: Final = f"extract(trace_state, '{_MEMBER}ot=(?:[^,;]*;)*p:([0-9]{{1,2}})[ \\t]*(?:[;,]|$)')"
_SHARE: Final = f"extract(trace_state, '{_MEMBER}es=(?:[^,;]*;)*s:([0-9.]{{1,12}})[ \\t]*(?:[;,]|$)')"
_ALL: Final = "72057594037927936"
"""2 to the power of 56: a threshold has 14 hexadecimal digits, of which zeros at the end may be left out."""

_RATE: Final = ("SampleRate",)
"""Attributes with the weight itself: Honeycomb's."""
_PERCENT: Final = ("microsoft.sample_rate", "_MS.sampleRate")
"""Attributes with the probability in percent: Azure Monitor's."""


def _number(attribute: str) -> str:
    """Return the number of an attribute, whose text begins with the letter of its type; 0 when there is none."""
    return f"toFloat64OrZero(substring(attributes['{attribute}'], 2))"


def _of_attributes() -> str:
    rates = "".join(f"{_number(name)} >= 1, {_number(name)}, " for name in _RATE)
    percents = "".join(
        f"{_number(name)} > 0 AND {_number(name)} <= 100, 100 / {_number(name)}, " for name in _PERCENT
    )
    names = ", ".join(f"'{name}'" for name in (*_RATE, *_PERCENT))
    return f"if(hasAny(mapKeys(attributes), [{names}]), multiIf({rates}{percents}1), 1)"


def _of_trace_state() -> str:
    threshold = f"reinterpretAsUInt64(reverse(unhex(concat('00', rightPad({_THRESHOLD}, 14, '0')))))"
    share = f"toFloat64OrZero({_SHARE})"
    return (
        f"multiIf({_THRESHOLD} != '', {_ALL} / ({_ALL} - {threshold}), "
        # 63 says that the span was kept for another reason and stands for none.
        f"{_EXPONENT} != '', if(toUInt8OrZero({_EXPONENT}) > 62, 0, exp2(toUInt8OrZero({_EXPONENT}))), "
        f"{share} > 0 AND {share} <= 1, 1 / {share}, {_of_attributes()})"
    )


_WEIGHT: Final = f"if(trace_state = '', {_of_attributes()}, {_of_trace_state()})"

STEPS: Final = (
    Step(
        1,
        "how many spans a span stands for",
        (f"ALTER TABLE spans ADD COLUMN IF NOT EXISTS weight Float64 MATERIALIZED {_WEIGHT}",),
    ),
)
