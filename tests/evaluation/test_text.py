import pytest

from windlass.evaluation.text import answer_words, sentences, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The model's state-of-the-art.", ["the", "models", "state", "of", "the", "art"]),
        ("p = 0.025, n=1,319", ["p", "0025", "n", "1319"]),
        ("ＡＢＣ Straße café", ["abc", "strasse", "café"]),
        ("배포는 windlass로", ["배", "포", "는", "windlass", "로"]),
        ("東京タワー2024", ["東", "京", "タ", "ワ", "ー", "2024"]),
        ("हिन्दी भाषा", ["हिन्दी", "भाषा"]),
        ("ελληνικά κείμενο", ["ελληνικά", "κείμενο"]),
        ("`sha256:ab` — ✓", ["sha256", "ab"]),
        ("", []),
    ],
)
def test_words_of_many_scripts(text: str, expected: list[str]) -> None:
    assert list(words(text)) == expected


def test_composed_and_decomposed_letters_are_one() -> None:
    assert words("café") == words("cafe\u0301")


def test_articles_do_not_count_in_answers() -> None:
    assert answer_words("The cat and a dog") == ("cat", "and", "dog")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("One. Two! Three?", ["One.", "Two!", "Three?"]),
        ("Use 0.5 here. Then stop.", ["Use 0.5 here.", "Then stop."]),
        ("- first point\n- second point\n\n---\n", ["first point", "second point"]),
        ("それは本です。これは？はい", ["それは本です。", "これは？", "はい"]),
        ('He said "yes." She left.', ['He said "yes.', "She left."]),
        ("…", []),
    ],
)
def test_sentences_of_many_scripts(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected
