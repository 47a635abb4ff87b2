"""What personal data and secrets look like in a text: a pattern, and a check where that alone is not enough.

The patterns are RE2's, which takes linear time for whatever text: who sends spans must not be able to stop ingest
with one. RE2 cannot look around, so the checks see what stands beside a match.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date
from ipaddress import AddressValueError, IPv6Address
from types import MappingProxyType
from typing import Any, Final, Literal, NamedTuple

import re2

Detector = Literal[
    "email",
    "phone",
    "credit_card",
    "iban",
    "ip_address",
    "korean_rrn",
    "brazilian_cpf",
    "spanish_dni",
    "api_key",
    "jwt",
    "private_key",
]

_IBAN_LENGTHS: Final = {
    **dict.fromkeys(("NO",), 15),
    **dict.fromkeys(("BE",), 16),
    **dict.fromkeys(("DK", "FI", "FO", "GL", "NL", "SD"), 18),
    **dict.fromkeys(("MK", "SI"), 19),
    **dict.fromkeys(("AT", "BA", "EE", "KZ", "LT", "LU", "MN", "XK"), 20),
    **dict.fromkeys(("CH", "CR", "HR", "LI", "LV"), 21),
    **dict.fromkeys(("BG", "BH", "DE", "GB", "GE", "IE", "ME", "RS", "VA"), 22),
    **dict.fromkeys(("AE", "GI", "IL", "IQ", "OM", "SO", "TL"), 23),
    **dict.fromkeys(("AD", "CZ", "ES", "MD", "PK", "RO", "SA", "SE", "SK", "TN", "VG"), 24),
    **dict.fromkeys(("LY", "PT", "ST"), 25),
    **dict.fromkeys(("IS", "TR"), 26),
    **dict.fromkeys(("BI", "DJ", "FR", "GR", "IT", "MC", "MR", "SM"), 27),
    **dict.fromkeys(("AL", "AZ", "BY", "CY", "DO", "GT", "HU", "LB", "NI", "PL", "SV"), 28),
    **dict.fromkeys(("BR", "EG", "PS", "QA", "UA"), 29),
    **dict.fromkeys(("JO", "KW", "MU", "YE"), 30),
    **dict.fromkeys(("MT", "SC"), 31),
    **dict.fromkeys(("LC",), 32),
    **dict.fromkeys(("RU",), 33),
}
_CARD_PREFIX: Final = re.compile(
    "4|5[1-5]|222[1-9]|22[3-9]|2[3-6]|27[01]|2720|3[47]|35(?:2[89]|[3-8])|30[0-5]|3[689]|6011|64[4-9]|65|62"
)
_DNI_LETTERS: Final = "TRWAGMYFPDXBNJZSQVHLCKE"


class Context(NamedTuple):
    """A match with what stands right beside it in the text; empty at the text's ends."""

    before: str
    text: str
    after: str


class Detection(NamedTuple):
    pattern: Any
    """A compiled pattern of RE2, which has no types."""
    length: Callable[[Context], int]
    """How many characters of a match are what was looked for; 0 when the match is something else."""


def _whole(context: Context) -> int:
    return len(context.text)


def _when(check: Callable[[Context], bool]) -> Callable[[Context], int]:
    return lambda context: len(context.text) if check(context) else 0


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


def _length_of_phone(context: Context) -> int:
    """Return where the number ends: the parenthesis around a whole number is none of it."""
    text = context.text
    if not 8 <= len(_digits(text)) <= 15 or _continues_number(context):
        return 0
    return len(text) - (text.endswith(")") and text.count(")") > text.count("("))


def _continues_number(context: Context) -> bool:
    """Tell whether a match is a piece of a longer number or of a dotted version."""
    return context.before.isdigit() or context.before in {".", "-"} or context.after.isdigit()


def _is_card(context: Context) -> bool:
    digits = _digits(context.text)
    return bool(_CARD_PREFIX.match(digits)) and has_luhn_checksum(digits) and context.before != "."


def has_luhn_checksum(digits: str) -> bool:
    doubled = (sum(divmod(2 * int(digit), 10)) for digit in digits[-2::-2])
    return (sum(map(int, digits[-1::-2])) + sum(doubled)) % 10 == 0


def _length_of_iban(context: Context) -> int:
    """Return where the IBAN ends: words behind it look like more of it."""
    wanted = _IBAN_LENGTHS.get(context.text[:2].upper())
    ends = [end for end, character in enumerate(context.text, 1) if character.isalnum()]
    if wanted is None or len(ends) < wanted:
        return 0
    end = ends[wanted - 1]
    followed = context.text[end : end + 1] or context.after
    compact = "".join(context.text[:end].split()).upper()
    number = "".join(str(int(character, 36)) for character in compact[4:] + compact[:4])
    return end if int(number) % 97 == 1 and not followed.isalnum() else 0


def _is_ip(context: Context) -> bool:
    if ":" not in context.text:
        return not (context.before == "." or context.after.isalnum())
    groups = [group for group in context.text.split(":") if group]
    # `std::set` and `a::b` are no addresses, though both could be read as one.
    if context.before.isalnum() or context.after.isalnum() or not (len(groups) > 2 or len(groups[0]) == 4):
        return False
    try:
        IPv6Address(context.text)
    except AddressValueError:
        return False
    return any(character.isdigit() for character in context.text)


def _is_korean_rrn(context: Context) -> bool:
    """Tell a resident registration number; those of since October 2020 have a date, and no checksum."""
    digits = _digits(context.text)
    century = {"1": 1900, "2": 1900, "5": 1900, "6": 1900}.get(digits[6], 2000)
    try:
        date(century + int(digits[:2]), int(digits[2:4]), int(digits[4:6]))
    except ValueError:
        return False
    if "-" in context.text:
        return True
    total = sum(
        int(digit) * weight for digit, weight in zip(digits, (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5), strict=False)
    )
    return ((13 if digits[6] in "5678" else 11) - total % 11) % 10 == int(digits[-1])


def _is_brazilian_cpf(context: Context) -> bool:
    digits = [int(digit) for digit in _digits(context.text)]

    def check(count: int) -> int:
        return sum(digit * (count + 1 - place) for place, digit in enumerate(digits[:count])) * 10 % 11 % 10

    return len(set(digits)) > 1 and [check(9), check(10)] == digits[9:]


def _is_spanish_dni(context: Context) -> bool:
    text = context.text.upper().replace("-", "")
    number = int(text[:-1].translate(str.maketrans("XYZ", "012")))
    return _DNI_LETTERS[number % 23] == text[-1]


def compile_pattern(pattern: str) -> Any:
    """Compile a pattern of RE2. Raises re2.error, which says what is wrong with it."""
    return re2.compile(pattern, _options())


def compile_bytes(pattern: str) -> Any:
    """Compile a pattern in which a character is a byte, whatever text it may be of."""
    options = _options()
    options.encoding = re2.Options.Encoding.LATIN1
    return re2.compile(pattern.encode("latin-1"), options)


def _options() -> Any:
    options = re2.Options()
    options.log_errors = False
    options.max_mem = 8 * 2**20
    return options


_OCTET = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"

_PATTERNS: Final[Mapping[Detector, tuple[str, Callable[[Context], int]]]] = {
    "email": (r"(?i)[a-z0-9._%+-]{1,64}(?:@|%40)(?:[a-z0-9](?:[a-z0-9-]{0,62})\.)+[a-z]{2,24}", _whole),
    "phone": (
        (
            r"\+\d{1,3}(?:[ .-]?\(?\d{1,4}\)?){2,6}"
            r"|\b01[016789][ .-]?\d{3,4}[ .-]?\d{4}\b"
            r"|\b0(?:2|[3-6][1-5]|70|505)[ .)-]{1,2}\d{3,4}[ .-]\d{4}\b"
            r"|(?:\(\d{3}\) ?|\b\d{3}[.-])\d{3}[.-]\d{4}\b"
        ),
        _length_of_phone,
    ),
    "credit_card": (r"\b[2-6](?:[ -]?\d){12,18}\b", _when(_is_card)),
    "iban": (r"(?i)\b[a-z]{2}\d{2}(?: ?[a-z0-9]){11,31}", _length_of_iban),
    "ip_address": (
        rf"\b(?:{_OCTET}\.){{3}}{_OCTET}\b|(?i:[0-9a-f]{{1,4}}(?::[0-9a-f]{{0,4}}){{2,7}})",
        _when(_is_ip),
    ),
    "korean_rrn": (r"\b\d{2}[01]\d[0-3]\d-?[1-8]\d{6}\b", _when(_is_korean_rrn)),
    "brazilian_cpf": (r"\b\d{3}\.\d{3}\.\d{3}-\d{2}\b", _when(_is_brazilian_cpf)),
    "spanish_dni": (r"(?i)\b[xyz\d]\d{7}-?[a-z]\b", _when(_is_spanish_dni)),
    "api_key": (
        (
            r"\b(?:sk-[A-Za-z0-9_-]{16,}|(?:AKIA|ASIA)[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{30,}"
            r"|github_pat_[A-Za-z0-9_]{22,}|glpat-[A-Za-z0-9_-]{20,}|xox[abeoprs]-[A-Za-z0-9-]{10,}"
            r"|AIza[A-Za-z0-9_-]{35}|[prs]k_(?:live|test)_[A-Za-z0-9]{16,}|hf_[A-Za-z0-9]{30,}|npm_[A-Za-z0-9]{36}"
            r"|gsk_[A-Za-z0-9]{32,}|wl_[0-9a-f]{12}_[A-Za-z0-9_-]{43}|(?i:bearer) +[A-Za-z0-9._~+/=-]{16,})"
        ),
        _whole,
    ),
    "jwt": (r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]*", _whole),
    "private_key": (
        r"(?s)-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----.*?(?:-----END [A-Z0-9 ]*PRIVATE KEY-----|\z)",
        _whole,
    ),
}

DETECTIONS: Final[Mapping[Detector, Detection]] = MappingProxyType(
    {name: Detection(compile_pattern(pattern), length) for name, (pattern, length) in _PATTERNS.items()}
)
