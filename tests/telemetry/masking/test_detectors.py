import time

import pytest

from windlass.telemetry.masking.detectors import Detector
from windlass.telemetry.masking.dry_run import try_text
from windlass.telemetry.masking.rules import MaskingRules

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U"


def masked(detector: Detector, text: str) -> str | None:
    return try_text(MaskingRules(detectors=(detector,)), text).text


@pytest.mark.parametrize(
    ("detector", "text", "expected"),
    [
        ("email", "Write to Ada.Lovelace+x@mail.example.co.uk, please.", "Write to [email], please."),
        ("email", "?to=ada%40example.com&x", "?to=[email]&x"),
        ("email", "메일은 ada@example.com으로", "메일은 [email]으로"),
        ("phone", "call +49 (30) 901820-12 now", "call [phone] now"),
        ("phone", "call +1 415-555-2671", "call [phone]"),
        ("phone", "(415) 555-2671 or 415-555-2671", "[phone] or [phone]"),
        ("phone", "전화는010-1234-5678이고 02-312-4567도", "전화는[phone]이고 [phone]도"),
        ("phone", "01012345678", "[phone]"),
        ("phone", "Ada (+82 10-1234-5678) or +49 (30)", "Ada ([phone]) or +49 (30)"),
        ("phone", "+1 415 555 (2671)", "[phone]"),
        ("credit_card", "paid with 4111 1111 1111 1111.", "paid with [credit_card]."),
        ("credit_card", "on 12 4111111111111111", "on 12 [credit_card]"),
        ("credit_card", "378282246310005,5555-5555-5555-4444", "[credit_card],[credit_card]"),
        ("iban", "to DE89 3704 0044 0532 0130 00 today", "to [iban] today"),
        ("iban", "DE89370400440532013000 GB29NWBK60161331926819", "[iban] [iban]"),
        ("iban", "gb82 west 1234 5698 7654 32", "[iban]"),
        (
            "ip_address",
            "from 192.168.0.1:8080 and 2001:db8::8a2e:370:7334",
            "from [ip_address]:8080 and [ip_address]",
        ),
        ("korean_rrn", "주민번호 900101-1234568 입니다", "주민번호 [korean_rrn] 입니다"),
        ("korean_rrn", "2105043123456 and 210504-3123456", "2105043123456 and [korean_rrn]"),
        ("brazilian_cpf", "CPF 529.982.247-25", "CPF [brazilian_cpf]"),
        ("spanish_dni", "DNI 12345678Z, NIE X1234567L", "DNI [spanish_dni], NIE [spanish_dni]"),
        ("api_key", "OPENAI_API_KEY=sk-proj-abcdefghijklmnop1234", "OPENAI_API_KEY=[api_key]"),
        ("api_key", "AKIAIOSFODNN7EXAMPLE", "[api_key]"),
        ("api_key", "Authorization: Bearer abc.def_ghi-jklmno12", "Authorization: [api_key]"),
        ("jwt", f"token {JWT}!", "token [jwt]!"),
        (
            "private_key",
            "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n-----END RSA PRIVATE KEY----- and on",
            "[private_key] and on",
        ),
        ("private_key", "cut off: -----BEGIN PRIVATE KEY-----\nMIIE", "cut off: [private_key]"),
    ],
)
def test_what_a_detector_means_is_masked(detector: Detector, text: str, expected: str) -> None:
    assert masked(detector, text) == expected


@pytest.mark.parametrize(
    ("detector", "text"),
    [
        ("email", "the decorator @trace of a.b and an @ sign"),
        ("phone", "between 2019-2021, at 12:30, version 1.2.3, id 20260501123456789"),
        ("phone", "sha 0102345678901234567"),
        ("credit_card", "4111 1111 1111 1112 has a wrong checksum"),
        ("credit_card", "1790000000000000000 is a time"),
        ("iban", "DE88 3704 0044 0532 0130 00 has a wrong checksum"),
        ("iban", "AB12 this is a sentence of words"),
        ("ip_address", "std::vector<a::b> at 10:20:30, v1.2.3.4.5, 999.1.1.1"),
        ("korean_rrn", "901301-1234567 has no such month"),
        ("korean_rrn", "9001011234567 has a wrong checksum"),
        ("brazilian_cpf", "111.111.111-11 and 529.982.247-26"),
        ("spanish_dni", "12345678A"),
        ("api_key", "task-force sk-short risk-assessment-of-the-whole"),
        ("jwt", "eyJ.eyJ.x"),
        ("private_key", "-----BEGIN PUBLIC KEY-----"),
    ],
)
def test_what_only_resembles_it_stays(detector: Detector, text: str) -> None:
    assert masked(detector, text) == text


HOSTILE = {
    "digits": "4 1 " * 100_000,
    "@": "a@" * 200_000,
    "colons": "1:" * 200_000,
    "letters": "DE00" + "A" * 400_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_text_takes_time_in_proportion_to_its_length(text: str) -> None:
    rules = MaskingRules(
        detectors=("email", "phone", "credit_card", "iban", "ip_address", "korean_rrn", "api_key", "jwt")
    )
    started = time.process_time()
    try_text(rules, text)
    assert time.process_time() - started < 10
