"""Evaluators where only the base install is: `pip install windlass`."""

import subprocess
import sys

PACKAGES = ("sacrebleu", "jsonschema_rs", "re2", "tokenizers", "numpy")
"""What evaluators use and the base install lacks."""


def run(program: str) -> list[str]:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


def test_the_evaluators_are_known_without_importing_what_some_of_them_need() -> None:
    imported = f"print([name for name in {PACKAGES} if name in sys.modules])"
    assert run(f"import sys, windlass.evaluation.built_in; {imported}") == ["[]"]


def test_one_that_needs_a_package_says_which_to_install_and_the_others_work() -> None:
    said = run(f"""
import sys
sys.modules.update(dict.fromkeys({PACKAGES}))  # None: importing it fails
from windlass.errors import ConfigurationError
from windlass.evaluation.built_in import BUILT_IN, MAKERS
from windlass.evaluation.samples import Sample

for name in BUILT_IN:
    try:
        BUILT_IN.select([name])
    except ConfigurationError as error:
        print(name, error)
for name, parameters in (("json_schema", [{{}}]), ("matches", ["a"])):
    try:
        MAKERS[name](*parameters)
    except ConfigurationError as error:
        print(name, error)
print(BUILT_IN["fuzzy_match"](Sample("a", "?", "b", {{}}, "b")).value)
print(BUILT_IN["bleu"](Sample("a", "?", "b", {{}}, "b")).explanation)
""")
    assert said == [
        "embedding_similarity Embeddings need the server's packages: pip install 'windlass[server]'.",
        "bleu BLEU and chrF need sacrebleu: pip install 'windlass[server]'.",
        "chrf BLEU and chrF need sacrebleu: pip install 'windlass[server]'.",
        "pii Detectors need RE2: pip install 'windlass[server]'.",
        "json_schema JSON Schemas need jsonschema-rs: pip install 'windlass[server]'.",
        "matches Patterns need RE2: pip install 'windlass[server]'.",
        "1.0",
        "ConfigurationError: BLEU and chrF need sacrebleu: pip install 'windlass[server]'.",
    ]


def test_reports_are_read_and_verdicts_verified_without_the_server_s_packages() -> None:
    missing = f"sys.modules.update(dict.fromkeys({PACKAGES}))"
    needed = "windlass.cli.report_view, windlass.cli.verdicts, windlass.evaluation.gates.statements"
    assert run(f"import sys; {missing}; import {needed}; print('read')") == ["read"]
