import re
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError

from windlass.telemetry.masking.dry_run import try_text
from windlass.telemetry.masking.rules import DeniedAttribute, MaskingRules, PatternRule


@pytest.mark.parametrize(
    ("rule", "problem"),
    [
        ({"pattern": "(?<=x)y"}, "cannot be used: invalid perl operator: (?<"),
        ({"pattern": r"(a)\1"}, "cannot be used: invalid escape sequence"),
        ({"pattern": "a*"}, "matches the empty text"),
        ({"pattern": "(a", "replacement": "x"}, "cannot be used: missing )"),
        ({"pattern": "a" * 2_001}, "at most 2000 characters"),
        ({"pattern": "(a)", "replacement": r"\2"}, "names a group that the pattern does not have (it has 1)"),
        ({"pattern": "a", "name": "Not a name"}, "should match pattern"),
    ],
)
def test_a_pattern_that_cannot_be_used_is_refused_when_it_is_set(rule: dict[str, str], problem: str) -> None:
    with pytest.raises(ValidationError) as refused:
        PatternRule.model_validate({"name": "mine", **rule})
    assert problem in str(refused.value)


@pytest.mark.parametrize("name", ["", "a\0b", "a" * 301])
def test_what_can_be_the_name_of_no_attribute_is_refused(name: str) -> None:
    with pytest.raises(ValidationError):
        DeniedAttribute(name=name)


def test_patterns_of_one_name_are_refused() -> None:
    rule = PatternRule(name="mine", pattern="a")
    with pytest.raises(ValidationError, match="two patterns have the name 'mine'"):
        MaskingRules(patterns=(rule, rule))


def test_a_replacement_may_keep_a_group() -> None:
    rules = MaskingRules(
        patterns=(PatternRule(name="order", pattern=r"order-\d+(\d\d)", replacement=r"order-…\1"),)
    )
    assert try_text(rules, "order-123456 한글 order-99").text == "order-…56 한글 order-99"


def test_a_pattern_that_ruins_backtracking_engines_is_harmless() -> None:
    rules = MaskingRules(patterns=(PatternRule(name="nested", pattern=r"(?:x+x+)+y"),))
    text = "x" * 100_000
    assert try_text(rules, text).text == text


def test_the_rules_in_the_guide_are_rules() -> None:
    page = (Path(__file__).parents[3] / "docs" / "guide" / "11-security.md").read_text(encoding="utf-8")
    (example,) = re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    rules = MaskingRules.model_validate(yaml.safe_load(example))
    assert rules.attributes[1].places == ("span", "event")
    assert try_text(rules, "T-123456 of ada@example.com").text == "T-12… of [email]"
