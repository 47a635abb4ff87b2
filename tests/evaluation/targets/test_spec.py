import pytest
from pydantic import JsonValue

from windlass.errors import InputError
from windlass.evaluation.samples import Item
from windlass.evaluation.targets.spec import Identity, read_spec, target_release
from windlass.evaluation.targets.templates import fill_arguments

OPENAI = {"protocol": "openai", "url": "http://127.0.0.1:9/v1/", "model": "m"}


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"protocol": "smoke", "url": "http://a"}, "target: protocol: Input should be 'openai', 'a2a'"),
        ({"protocol": "openai", "url": "http://a"}, "name the model"),
        ({"protocol": "mcp", "url": "http://a"}, "name the tool"),
        ({"protocol": "a2a", "url": "http://a", "model": "m"}, "model belongs to openai, not to a2a"),
        ({"protocol": "openai", "url": "http://a", "model": "m", "arguments": {"a": 1}}, "agent-engine and mcp"),
        ({**OPENAI, "url": "ftp://a"}, "begins with http:// or https:// and a host"),
        ({**OPENAI, "url": "a.example"}, "begins with http:// or https:// and a host"),
        ({**OPENAI, "url": "http://u:secret@a"}, "a URL with a password in it would be stored"),
        ({**OPENAI, "url": "http://a/#x"}, "leave out what follows #"),
        ({**OPENAI, "url": "http://a:port"}, "is no URL"),
        ({**OPENAI, "key_variable": "sk-123"}, "by the name of a variable of the environment, not by its value"),
        ({**OPENAI, "headers": {"X-Key": "sk-123"}}, "by the name of a variable of the environment"),
        ({**OPENAI, "headers": {"X Key:": "KEY"}}, "is no name of a header"),
        ({**OPENAI, "colour": "red"}, "target: colour: Extra inputs"),
    ],
)
def test_what_is_no_target_is_said_in_one_sentence(fields: dict[str, object], sentence: str) -> None:
    with pytest.raises(InputError, match=sentence) as raised:
        read_spec(fields)
    assert "secret" not in raised.value.message


def test_a_release_stands_for_what_is_asked_and_for_the_version_that_answers() -> None:
    spec = read_spec(OPENAI)
    assert spec.url == "http://127.0.0.1:9/v1"
    name, body = target_release(spec, Identity())
    assert (name, body["code"]["entry"]) == ("m", "openai:http://127.0.0.1:9/v1#m")  # type: ignore[index]
    hotter = target_release(read_spec({**OPENAI, "parameters": {"temperature": 1}}), Identity())
    newer = target_release(spec, Identity(name="Shop Agent", version="2"))
    assert newer[0] == "shop-agent"
    digests = [each["code"]["digest"] for each in (body, hotter[1], newer[1])]  # type: ignore[index]
    assert len(set(digests)) == 3
    assert target_release(spec, Identity()) == (name, body)


def test_places_of_a_template_take_what_the_item_has() -> None:
    item = Item(id="i", input={"question": "Where?", "order": {"id": 7}}, metadata={"user": "ada"})
    template: dict[str, JsonValue] = {
        "q": "{{ question }}",
        "order": "{{order.id}}",
        "t": "{{ metadata.user }} asks {{ order }}",
        "n": [1],
    }
    assert fill_arguments(template, item) == {"q": "Where?", "order": 7, "t": 'ada asks {"id": 7}', "n": [1]}
    assert fill_arguments({"q": "{{ question }}"}, Item(id="i", input="So?")) == {"q": "So?"}
    with pytest.raises(InputError, match=r"'i' has nothing for \{\{ order.name \}\}; it has question, order"):
        fill_arguments({"q": "{{ order.name }}"}, item)
