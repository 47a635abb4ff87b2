"""Verdicts as in-toto statements: a test result about a release, with the whole evidence in it.

The result is *PASSED* for a gate that passed and *FAILED* for anything else: a policy that asks for the standard
fields alone lets nothing through that the gate did not. Reads and writes plain JSON, so that a file can be
verified where nothing but the SDK is installed.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple

from windlass.access.envelopes import IN_TOTO, Envelope, NotVerified, PublicKey
from windlass.canonical import canonical_json, digest
from windlass.errors import InputError

STATEMENT: Final = "https://in-toto.io/Statement/v1"
TEST_RESULT: Final = "https://in-toto.io/attestation/test-result/v0.1"
EXTENSION: Final = "windlass_verdict"
"""The field of the predicate that holds the verdict itself."""


class SignedVerdict(NamedTuple):
    """A verdict out of a signed file that holds."""

    id: str
    digest: str
    project: str
    created: str
    by: str
    evidence: Mapping[str, Any]
    """All that the digest names."""
    key: str
    """The id of the key that vouches for it."""


def statement_of(
    evidence: Mapping[str, Any], *, verdict: str, digest: str, project: str, created: str, by: str
) -> bytes:
    """Return the bytes that are signed for a verdict."""
    candidate = evidence["candidate"]
    predicate: dict[str, Any] = {
        **_results(evidence),
        "configuration": list(_configuration(evidence)),
        EXTENSION: {
            "id": verdict,
            "digest": digest,
            "project": project,
            "created": created,
            "by": by,
            "evidence": evidence,
        },
    }
    return canonical_json(
        {
            "_type": STATEMENT,
            "subject": [_resource(f"release/{candidate['name']}@{candidate['number']}", candidate["digest"])],
            "predicateType": TEST_RESULT,
            "predicate": predicate,
        }
    )


def verify_verdict(envelope: Envelope, keys: Sequence[PublicKey]) -> SignedVerdict:
    """Return the verdict that a signed file holds. Raises NotVerified, which says what does not hold.

    A key of ``keys`` must have signed it, its evidence must have the digest that the verdict names, and what it
    says in the standard fields must be what the evidence says.
    """
    if envelope.payload_type != IN_TOTO:
        raise NotVerified(f"This is no verdict: it holds {envelope.payload_type!r}, not an in-toto statement.")
    found = _read(envelope.content())
    _refuse_altered(found)
    content, key = envelope.verified(keys)
    verdict = found["predicate"][EXTENSION]
    again = statement_of(
        verdict["evidence"],
        verdict=verdict["id"],
        digest=verdict["digest"],
        project=verdict["project"],
        created=verdict["created"],
        by=verdict["by"],
    )
    if canonical_json(json.loads(content)) != again:
        raise NotVerified(
            "What the file says of its result, its release or its data is not what its evidence says."
        )
    return SignedVerdict(**verdict, key=key)


def _read(content: bytes) -> dict[str, Any]:
    try:
        found: dict[str, Any] = json.loads(content)
        verdict = found["predicate"][EXTENSION]
        named = {name: verdict[name] for name in ("id", "digest", "project", "created", "by", "evidence")}
    except (ValueError, KeyError, TypeError) as error:
        raise NotVerified(
            "This is no verdict: what is signed in it is another statement, or a damaged one."
        ) from error
    found["predicate"][EXTENSION] = named
    return found


def _refuse_altered(found: Mapping[str, Any]) -> None:
    """Say first of changed evidence that it was changed: that its signature does not fit follows."""
    verdict = found["predicate"][EXTENSION]
    try:
        actual = digest(verdict["evidence"])
    except InputError as error:
        raise NotVerified(f"The evidence cannot be read: {error.message}") from error
    if actual != verdict["digest"]:
        raise NotVerified(
            f"The evidence was altered: its digest is {actual}, and the verdict was given on {verdict['digest']}."
        )


def _results(evidence: Mapping[str, Any]) -> dict[str, Any]:
    """Return the standard fields: what passed, what passed with a warning, and what did not pass."""
    passed: list[str] = []
    warned: list[str] = []
    failed: list[str] = []
    for check in evidence["checks"]:
        if not check.get("blocking", True):
            continue  # a slice of too few items has no say, and is no test
        told = passed if not check["warning"] else warned
        (told if check["outcome"] == "pass" else failed).append(_name(check))
    has_passed = evidence["outcome"] == "pass"
    if not has_passed and not failed:
        failed.append(f"gate: {evidence['outcome']}")
    return {
        "result": "PASSED" if has_passed else "FAILED",
        "passedTests": passed,
        "warnedTests": warned,
        "failedTests": failed,
    }


def _name(check: Mapping[str, Any]) -> str:
    of = check.get("slice")
    where = f" on {of['field']}={of['value']}" if of else ""
    return f"{check['role']}: {check['kind']} of {check['metric']}{where}"


def _configuration(evidence: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    """Give what the gate was held with: its rule, the baseline, the data, and both runs' scores."""
    baseline, candidate, dataset = evidence["baseline"], evidence["candidate"], evidence["dataset"]
    yield _resource("rule", digest(evidence["rule"]))
    yield _resource(f"dataset/{dataset['name']}@{dataset['number']}", dataset["digest"])
    yield _resource(f"release/{baseline['name']}@{baseline['number']}", baseline["digest"])
    yield _resource(f"scores/{candidate['run']}", candidate["scores"])
    yield _resource(f"scores/{baseline['run']}", baseline["scores"])


def _resource(name: str, digest_of: str) -> dict[str, Any]:
    """Return in-toto's descriptor of something with a digest."""
    algorithm, _, value = digest_of.partition(":")
    return {"name": name, "digest": {algorithm: value}}
