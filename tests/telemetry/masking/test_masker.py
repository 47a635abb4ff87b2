import base64
import json
from collections.abc import Mapping
from typing import Any

import pytest
from google.protobuf.message import Message
from hypothesis import given, settings
from hypothesis import strategies as st
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from tests.telemetry.sending import Plain, attributes, request, span, value
from windlass.telemetry.masking.masker import Masker
from windlass.telemetry.masking.rules import DeniedAttribute, MaskingRules, PatternRule
from windlass.telemetry.masking.walk import Found
from windlass.telemetry.values import plain_attributes

SECRETS = {
    "ada@example.com": "detector:email",
    "4111111111111111": "detector:credit_card",
    "DE89370400440532013000": "detector:iban",
    "900101-1234568": "detector:korean_rrn",
    "sk-proj-0123456789abcdefghij": "detector:api_key",
    "AKIAIOSFODNN7EXAMPLE": "detector:api_key",
    "비밀-7": "pattern:word",
}
RULES = MaskingRules(
    detectors=("email", "credit_card", "iban", "korean_rrn", "api_key"),
    patterns=(PatternRule(name="word", pattern=r"비밀-\d", replacement="***"),),
)


def mask(message: Message, rules: MaskingRules = RULES) -> Found:
    found = Found(with_places=True)
    Masker(rules).mask(message, found)
    return found


def masked_attributes(rules: MaskingRules, plain: Mapping[str, Plain]) -> dict[str, Any]:
    made = span(attributes=plain)
    mask(made, rules)
    return dict(plain_attributes(made.attributes))


def said(secret: str) -> st.SearchStrategy[str]:
    beside = st.sampled_from(["", " ", "\n", '"', "한글 ", ", ", "(", "\\", "\t"])
    return st.builds("".join, st.tuples(beside, st.just(secret), beside))


def holding(secret: str) -> st.SearchStrategy[Plain]:
    """Return values with a secret somewhere in them: text, JSON in a text, bytes, a name, however nested."""
    leaf: st.SearchStrategy[Plain] = said(secret) | said(secret).map(str.encode)
    leaf |= said(secret).map(lambda text: b"\xff\x00 " + text.encode())
    if secret.isdecimal():
        leaf |= st.just(int(secret)) | st.just(float(secret))

    def nested(inner: st.SearchStrategy[Plain]) -> st.SearchStrategy[Plain]:
        as_json = st.tuples(inner, st.booleans(), st.booleans()).map(_as_json)
        lists = inner.map(lambda item: [1, item, None])
        named = inner.map(lambda item: {"a": True, "text": item})
        return lists | named | as_json | said(secret).map(lambda name: {name: 1.5})

    return st.recursive(leaf, nested, max_leaves=4)


def _as_json(made: tuple[Plain, bool, bool]) -> str:
    inner, escaped, compact = made
    text = json.dumps(
        {"messages": [{"content": _textual(inner)}]},
        ensure_ascii=escaped,
        separators=(",", ":") if compact else None,
    )
    return text.replace("/", "\\/").replace("@", "\\u0040") if escaped else text


def _textual(plain: Plain) -> Any:
    match plain:
        case bytes():
            return plain.decode(errors="replace")
        case list():
            return [_textual(item) for item in plain]
        case dict():
            return {name: _textual(item) for name, item in plain.items()}
        case _:
            return plain


def everything_of(message: Message) -> str:
    """Return every text of a message, JSON and bytes within it undone, as one."""
    data = message.SerializeToString()
    return data.decode(errors="replace") + "".join(_undone(text) for text in _texts(message))


def _texts(message: Message) -> list[str]:
    found: list[str] = []
    for field, item in message.ListFields():
        for one in [item] if isinstance(item, Message | str | bytes | int | float) else item:
            if isinstance(one, Message):
                found += _texts(one)
            elif isinstance(one, str):
                found.append(one)
            elif field.name in {"int_value", "double_value"}:
                found.append(str(int(one)))
    return found


def _undone(text: str) -> str:
    try:
        parsed = json.loads(text)
    except ValueError:
        return text
    if isinstance(parsed, str | int | float | None):
        return str(parsed)
    return json.dumps(parsed, ensure_ascii=False) + "".join(map(_undone, _leaves(parsed)))


def _leaves(parsed: Any) -> list[str]:
    if isinstance(parsed, str):
        return [parsed]
    if isinstance(parsed, dict):
        return [leaf for name, item in parsed.items() for leaf in (name, *_leaves(item))]
    return [leaf for item in parsed for leaf in _leaves(item)] if isinstance(parsed, list) else []


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(sorted(SECRETS)).flatmap(lambda secret: st.tuples(st.just(secret), holding(secret))))
def test_no_secret_is_left_in_any_value_of_a_span(made: tuple[str, Plain]) -> None:
    secret, plain = made
    sent = span(attributes={"user.note": plain})
    sent.events.add(name="said").attributes.extend(attributes({"again": plain}))
    sent.links.add().attributes.extend(attributes({"again": plain}))
    message = request(sent, resource={"of": plain})

    found = mask(message)

    assert secret not in everything_of(message)
    assert found.counts[SECRETS[secret]] >= 4


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_is_left_beside_the_attributes(secret: str) -> None:
    sent = span(name=f"call {secret}", attributes={f"of {secret}": 1})
    sent.status.message = f"failed for {secret}"
    sent.trace_state = f"ot=th:c;rv:41111111111111,vendor={secret},ot={secret}"
    sent.events.add(name=f"said {secret}")
    message = request(sent)
    message.resource_spans[0].scope_spans[0].scope.name = secret
    message.resource_spans[0].scope_spans[0].scope.attributes.extend(attributes({"x": secret}))

    mask(message)

    assert secret not in everything_of(message)
    assert message.resource_spans[0].scope_spans[0].spans[0].trace_state.startswith("ot=th:c;rv:41111111111111,")


@pytest.mark.parametrize("secret", SECRETS)
def test_no_secret_is_left_in_logs_and_metrics(secret: str) -> None:
    logs = ExportLogsServiceRequest()
    record = logs.resource_logs.add().scope_logs.add().log_records.add(severity_text=secret)
    record.body.CopyFrom(value({"message": [secret, {"deep": f"it is {secret}"}]}))
    record.attributes.extend(attributes({"exception.message": secret}))
    metrics = ExportMetricsServiceRequest()
    metric = metrics.resource_metrics.add().scope_metrics.add().metrics.add(name="tokens", description=secret)
    point = metric.histogram.data_points.add()
    point.attributes.extend(attributes({"user": secret}))
    point.exemplars.add().filtered_attributes.extend(attributes({"user": secret}))

    mask(logs)
    mask(metrics)

    assert secret not in everything_of(logs)
    assert secret not in everything_of(metrics)


def test_what_otlp_does_not_know_is_not_kept() -> None:
    # Field 500 of a span, with a secret in it.
    hidden = span().SerializeToString() + b"\xa2\x1f\x0fada@example.com"
    message = ExportTraceServiceRequest()
    message.resource_spans.add().scope_spans.add().spans.add().ParseFromString(hidden)
    assert b"ada@example.com" in message.SerializeToString()

    mask(message)

    assert b"ada@example.com" not in message.SerializeToString()


def test_what_no_rule_means_stays_as_it_came() -> None:
    plain: dict[str, Plain] = {
        "json": '{"b": 1.10, "a": [12345678901234567890123, null], "a\\u00e9": "x"}',
        "tokens": 1234,
        "cost": 0.25,
        "raw": b"\x00\xff",
        "nested": {"x": [True, None, {"y": "text"}]},
    }
    message, same = request(span(attributes=plain)), request(span(attributes=plain))

    assert not mask(message).counts
    assert message == same


def test_json_stays_json_and_keeps_its_numbers() -> None:
    text = '[{"content": "to\\nada@example.com", "n": 12345678901234567890123}]'
    masked = masked_attributes(RULES, {"gen_ai.input.messages": text})["gen_ai.input.messages"]
    assert masked == '[{"content": "to\\n[email]", "n": 12345678901234567890123}]'


def test_a_name_twice_in_one_object_hides_nothing() -> None:
    text = '{"a": "ada@example.com", "a": "else", "card": 4111111111111111}'
    assert masked_attributes(RULES, {"x": text})["x"] == '{"a": "else", "card": "[credit_card]"}'


@pytest.mark.parametrize("depth", [90, 400, 3_000, 200_000])
def test_json_that_nests_deeply_hides_nothing(depth: int) -> None:
    text = '[{"a":' * depth + '{"password": "hunter2", "to": "ada@example.com"}' + "}]" * depth
    rules = MaskingRules(detectors=("email",), attributes=(DeniedAttribute(name="*.password"),))
    masked = masked_attributes(rules, {"x": text})["x"]
    assert "hunter2" not in masked
    assert "ada@example.com" not in masked
    assert "ada@example.com" not in masked_attributes(RULES, {"x": text})["x"]


@pytest.mark.parametrize("cut", [20, 90])
def test_json_that_was_cut_off_hides_nothing(cut: int) -> None:
    text = json.dumps(
        [{"role": "system", "content": "SECRETIVE"}, {"to": "비밀-7 of ada@example.com", "x": "y" * 99}]
    )
    text = text[:-cut]
    assert "비밀" not in text
    masked = masked_attributes(RULES, {"x": text})["x"]
    assert "[email]" in masked
    assert "***" in masked
    assert "\\ube44" not in masked
    dropping = MaskingRules(drop=("system_instructions",))
    assert masked_attributes(dropping, {"x": text, "y": "[INFO] no JSON", "z": "{{ x }}"}) == {
        "x": "[dropped]",
        "y": "[INFO] no JSON",
        "z": "{{ x }}",
    }


@pytest.mark.parametrize("odd", [None, 1, [], {}, [["system"]], "unknown"])
def test_messages_of_odd_shapes_are_looked_through(odd: Any) -> None:
    message = {"role": odd, "type": odd, "content": [odd, {"role": "system", "content": "SECRETIVE"}], "name": odd}
    masked = masked_attributes(MaskingRules(drop=("system_instructions",)), {"x": json.dumps([message])})["x"]
    assert json.loads(masked)[0]["content"][1] == {"role": "system", "content": "[dropped]"}


def test_what_windlass_finds_spans_by_stays() -> None:
    plain: dict[str, Plain] = {
        "windlass.item": "ada@example.com",
        "windlass.run": "r",
        "user.id": "ada@example.com",
    }
    assert masked_attributes(RULES, plain) == {**plain, "user.id": "[email]"}


def test_the_place_of_a_finding_is_named() -> None:
    sent = span(attributes={"a": {"b": ["ada@example.com"]}})
    sent.events.add().attributes.extend(attributes({"c": "ada@example.com"}))
    assert mask(request(sent)).places == {
        ("detector:email", "span 0000000000000001: a.b"): 1,
        ("detector:email", "span 0000000000000001 event: c"): 1,
    }


def denying(*names: str, **more: Any) -> MaskingRules:
    return MaskingRules(attributes=tuple(DeniedAttribute(name=name, **more) for name in names))


def test_denied_attributes_are_taken_out_by_name_or_glob_however_they_nest() -> None:
    plain: dict[str, Plain] = {
        "password": "x",
        "password.hint": "kept",
        "http.request.header.cookie": "x",
        "user": {"password": "x", "name": "kept", "keys": [{"password": "x", "id": 1}]},
        "body": '{"user": {"password": "x", "name": "kept"}}',
    }
    rules = denying("password", "http.request.header.*", "*.password")
    assert masked_attributes(rules, plain) == {
        "password.hint": "kept",
        "user": {"name": "kept", "keys": [{"id": 1}]},
        "body": '{"user": {"name": "kept"}}',
    }


def test_a_denied_attribute_is_taken_out_where_the_rule_says_only() -> None:
    sent = span(attributes={"host.name": "a"})
    sent.events.add().attributes.extend(attributes({"host.name": "a"}))
    message = request(sent, resource={"host.name": "a"})

    mask(message, denying("host.name", places=("resource", "event")))

    kept = message.resource_spans[0].scope_spans[0].spans[0]
    assert [attribute.key for attribute in kept.attributes] == ["host.name"]
    assert not kept.events[0].attributes
    assert not message.resource_spans[0].resource.attributes


MESSAGES = json.dumps(
    [
        {"role": "system", "parts": [{"type": "text", "content": "INSTRUCTIONS"}]},
        {"role": "user", "parts": [{"type": "text", "content": "QUESTION"}]},
        {
            "role": "assistant",
            "parts": [
                {"type": "text", "content": "ANSWER"},
                {"type": "tool_call", "id": "c1", "name": "find", "arguments": {"q": "ARGUMENTS"}},
            ],
        },
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "RESULTS"}]},
    ]
)
LANGCHAIN = json.dumps(
    {
        "messages": [
            [
                {"kwargs": {"type": "system", "content": "INSTRUCTIONS"}},
                {"kwargs": {"type": "human", "content": "QUESTION"}},
                {"kwargs": {"type": "ai", "content": "ANSWER"}},
                {"kwargs": {"tool_calls": [{"name": "find", "args": {"q": "ARGUMENTS"}}]}},
                {"kwargs": {"type": "tool", "content": "RESULTS"}},
            ]
        ]
    }
)
OPENAI = json.dumps(
    {
        "messages": [
            {"role": "developer", "content": "INSTRUCTIONS"},
            {"role": "user", "content": [{"type": "text", "text": "QUESTION"}]},
            {"role": "assistant", "content": "ANSWER"},
            {"tool_calls": [{"id": "c1", "function": {"name": "find", "arguments": '{"q":"ARGUMENTS"}'}}]},
            {"role": "tool", "tool_call_id": "c1", "content": "RESULTS"},
        ]
    }
)
WORDS = {
    "system_instructions": "INSTRUCTIONS",
    "input": "QUESTION",
    "output": "ANSWER",
    "tool_arguments": "ARGUMENTS",
    "tool_results": "RESULTS",
}


@pytest.mark.parametrize("content", WORDS)
@pytest.mark.parametrize("messages", [MESSAGES, OPENAI, LANGCHAIN])
def test_of_a_dropped_content_nothing_is_left_in_messages(content: Any, messages: str) -> None:
    # An attribute that is none of the conversation's: what is dropped is known by its shape there.
    left = masked_attributes(MaskingRules(drop=(content,)), {"logged": messages})["logged"]
    gone = {WORDS[content], "ARGUMENTS"} if content == "output" and messages == MESSAGES else {WORDS[content]}
    assert {word for word in WORDS.values() if word not in left} == gone
    assert len(json.loads(left)) == len(json.loads(messages))


FLAT: dict[str, Plain] = {
    "gen_ai.system_instructions": "INSTRUCTIONS",
    "gen_ai.prompt.0.role": "system",
    "gen_ai.prompt.0.content": "INSTRUCTIONS",
    "gen_ai.input.messages": "QUESTION",
    "llm.input_messages.1.message.content": "QUESTION",
    "input.value": "QUESTION",
    "gen_ai.completion.0.content": "ANSWER",
    "output.value": "ANSWER",
    "gen_ai.tool.call.arguments": "ARGUMENTS",
    "llm.output_messages.0.message.tool_calls.0.tool_call.function.arguments": "ARGUMENTS",
    "gen_ai.tool.call.result": "RESULTS",
    "gen_ai.usage.input_tokens": 12,
}


@pytest.mark.parametrize("content", WORDS)
def test_of_a_dropped_content_no_attribute_is_left(content: Any) -> None:
    left = masked_attributes(MaskingRules(drop=(content,)), FLAT)
    assert WORDS[content] not in left.values()
    assert left["gen_ai.usage.input_tokens"] == 12
    # What a tool was given and gave is the input and output of its span.
    also = {"input": {"ARGUMENTS", "INSTRUCTIONS"}, "output": {"RESULTS", "ARGUMENTS"}}.get(content, set())
    assert set(WORDS.values()) - set(map(str, left.values())) <= {WORDS[content], *also}


def test_input_and_output_of_a_tool_are_its_arguments_and_results() -> None:
    rules = MaskingRules(drop=("tool_arguments", "tool_results"))
    plain: dict[str, Plain] = {"input.value": "a", "output.value": "b"}
    assert masked_attributes(rules, plain) == plain
    of_tool: dict[str, Plain] = {**plain, "openinference.span.kind": "TOOL"}
    assert masked_attributes(rules, of_tool) == {"openinference.span.kind": "TOOL"}


def test_messages_that_are_events_are_dropped_too() -> None:
    rules = MaskingRules(drop=("input",))
    sent = span()
    sent.events.add(name="gen_ai.user.message").attributes.extend(
        attributes({"content": "QUESTION", "role": "user"})
    )
    sent.events.add(name="gen_ai.choice").attributes.extend(attributes({"message": "ANSWER"}))
    logs = ExportLogsServiceRequest()
    record = logs.resource_logs.add().scope_logs.add().log_records.add(event_name="gen_ai.user.message")
    record.body.CopyFrom(value({"content": "QUESTION"}))
    mask(sent, rules)
    mask(logs, rules)
    assert [plain_attributes(event.attributes) for event in sent.events] == [
        {"role": "user"},
        {"message": "ANSWER"},
    ]
    assert not record.HasField("body")


def test_files_of_text_are_masked_and_others_left_alone() -> None:
    masker, found = Masker(RULES), Found()
    assert masker.mask_file(b"to ada@example.com", "text/csv; charset=utf-8", found) == b"to [email]"
    assert masker.mask_file(b"to ada@example.com", "image/png", found) == b"to ada@example.com"
    assert base64.b64encode(masker.mask_file("비밀-7".encode(), "application/json", found)) == b"Kioq"
