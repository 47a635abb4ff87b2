import pytest

from windlass.evaluation.metrics.scripts import Script, main_script


@pytest.mark.parametrize(
    ("text", "script"),
    [
        ("", "other"),
        ("123 — !", "other"),
        ("The release 배포 was rolled back", "other"),
        ("배포는 gate가 통과해야 합니다", "hangul"),
        ("ﾡﾢ", "hangul"),
        ("发布已回滚", "han"),
        ("東京タワー", "kana"),
        ("東京都新宿区の", "kana"),
        ("ｶﾀｶﾅ", "kana"),
        ("Выпуск откатили", "other"),
    ],
)
def test_the_script_is_that_of_most_letters(text: str, script: Script) -> None:
    assert main_script(text) == script
