"""Keys and envelopes: what a signature holds for, and that nothing is signed or believed without a key."""

import base64
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
)

from windlass.access.audit import AuditChain, list_entries
from windlass.access.envelopes import Envelope, NotVerified, parse_public_keys, signed_bytes
from windlass.access.principals import LOCAL_ADMIN
from windlass.access.signing import SigningKeys
from windlass.errors import ConfigurationError, Conflict, InputError
from windlass.storage.database import Database

KIND = "application/vnd.in-toto+json"


def test_what_is_signed_is_the_standard_s_encoding_of_type_and_payload() -> None:
    # The example of DSSE's own specification.
    assert signed_bytes("http://example.com/HelloWorld", b"hello world") == (
        b"DSSEv1 29 http://example.com/HelloWorld 11 hello world"
    )


def test_a_signature_holds_for_these_bytes_of_this_type_by_this_key(tmp_path: Path) -> None:
    signing, other = SigningKeys(tmp_path / "ours"), SigningKeys(tmp_path / "theirs")
    envelope = signing.sign(KIND, b'{"a": 1}')
    (key,) = signing.trusted()
    assert envelope.verified([key]) == (b'{"a": 1}', key.id)
    assert Envelope.parse(envelope.to_json()) == envelope
    altered = envelope.model_copy(update={"payload": base64.b64encode(b'{"a": 2}').decode()})
    retyped = envelope.model_copy(update={"payload_type": "text/plain"})
    for broken in (altered, retyped):
        with pytest.raises(NotVerified, match="does not fit: the file was changed"):
            broken.verified([key])
    with pytest.raises(NotVerified, match="none of those trusted here"):
        envelope.verified(other.trusted())
    with pytest.raises(NotVerified, match="there are none"):
        envelope.verified([])
    # Somebody else's signature under our key's name.
    forged = other.sign(KIND, b'{"a": 1}')
    renamed = [each.model_copy(update={"keyid": key.id}) for each in forged.signatures]
    with pytest.raises(NotVerified, match="does not fit"):
        forged.model_copy(update={"signatures": renamed}).verified([key])


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_others_can_verify_it(tmp_path: Path) -> None:
    signing = SigningKeys(tmp_path / "signing")
    envelope = signing.sign(KIND, b"content")
    (tmp_path / "key.pem").write_text(signing.trusted()[0].pem)
    (tmp_path / "signed").write_bytes(signed_bytes(KIND, b"content"))
    (tmp_path / "signature").write_bytes(base64.b64decode(envelope.signatures[0].sig))
    command = "openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in signed -sigfile signature"
    done = subprocess.run(command.split(), cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "Verified Successfully" in done.stdout) == (0, True)


def test_the_key_is_made_at_first_use_for_its_owner_alone_and_stays(tmp_path: Path) -> None:
    folder = tmp_path / "signing"
    signing = SigningKeys(folder)
    assert not folder.exists()
    (key,) = signing.public_keys()
    assert (key.current, stat.S_IMODE((folder / "key.pem").stat().st_mode)) == (True, 0o600)
    assert SigningKeys(folder).public_keys() == [key]


def test_a_rotated_key_signs_no_more_and_is_still_trusted(
    tmp_path: Path, database: Database, audit: AuditChain
) -> None:
    signing = SigningKeys(tmp_path / "signing")
    before = signing.sign(KIND, b"old")
    made = signing.rotate(database, audit, LOCAL_ADMIN)
    after = signing.sign(KIND, b"new")
    assert (after.key_ids, before.key_ids != after.key_ids) == ([made.id], True)
    again = SigningKeys(tmp_path / "signing")
    assert [each.current for each in again.public_keys()] == [True, False]
    assert {before.verified(again.trusted()).key, after.verified(again.trusted()).key} == {
        *before.key_ids,
        made.id,
    }
    (entry,) = list_entries(database, "default")
    assert (entry.action, entry.before, entry.after) == ("signing_key:rotate", before.key_ids[0], made.id)
    both = again.sign_again(before)
    assert both.key_ids == [*before.key_ids, made.id]
    assert both.verified([each for each in again.trusted() if each.id == made.id]).content == b"old"
    assert again.sign_again(both) == both


def test_a_key_of_a_setting_signs_and_is_not_rotated_here(
    tmp_path: Path, database: Database, audit: AuditChain
) -> None:
    SigningKeys(tmp_path / "elsewhere").public_keys()
    given = tmp_path / "elsewhere" / "key.pem"
    signing = SigningKeys(tmp_path / "signing", given)
    assert [each.current for each in signing.public_keys()] == [True]
    assert [each.name for each in (tmp_path / "signing").iterdir()] == ["keys.json"]
    with pytest.raises(Conflict, match="put another key into"):
        signing.rotate(database, audit, LOCAL_ADMIN)


def test_a_bad_key_file_is_one_sentence_and_nothing_is_signed(tmp_path: Path) -> None:
    folder = tmp_path / "signing"
    SigningKeys(folder).public_keys()
    file = folder / "key.pem"
    good = file.read_bytes()
    other_kind = generate_private_key(SECP256R1())
    locked = BestAvailableEncryption(b"secret")
    for bad, said in (
        (b"nonsense", "is no private key in PEM"),
        (good[:60], "is no private key in PEM"),
        (other_kind.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), "another kind than Ed25519"),
        (other_kind.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, locked), "without a password"),
    ):
        file.write_bytes(bad)
        with pytest.raises(ConfigurationError, match=said) as refused:
            SigningKeys(folder)
        assert str(file) in refused.value.message
    with pytest.raises(ConfigurationError, match=r"gone\.pem cannot be read: No such file"):
        SigningKeys(folder, tmp_path / "gone.pem")
    # One that is lost is not replaced unasked.
    file.unlink()
    with pytest.raises(ConfigurationError, match="is gone: put it back from a backup, or make another"):
        SigningKeys(folder).sign(KIND, b"")
    file.write_bytes(good)
    (folder / "keys.json").write_text("[{")
    with pytest.raises(ConfigurationError, match="are damaged"):
        SigningKeys(folder).sign(KIND, b"")
    (tmp_path / "file").touch()
    with pytest.raises(ConfigurationError, match="cannot be written: Not a directory"):
        SigningKeys(tmp_path / "file" / "signing").sign(KIND, b"")


def test_public_keys_are_read_from_pem_and_nothing_else_is_taken_for_one(tmp_path: Path) -> None:
    pems = [SigningKeys(tmp_path / name).trusted()[0] for name in "ab"]
    text = "".join(f"# {each.id}, signs now\n{each.pem}" for each in pems)
    assert parse_public_keys(text, "keys.pem") == pems
    other_kind = generate_private_key(SECP256R1()).public_key()
    for bad, said in (
        ("", "holds no public key"),
        ((tmp_path / "a" / "key.pem").read_text(), "holds a private key"),
        (pems[0].pem.replace("MCow", "MCox"), "is damaged"),
        (other_kind.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode(), "another kind"),
    ):
        with pytest.raises(InputError, match=said):
            parse_public_keys(bad, "keys.pem")


def test_where_cryptography_is_missing_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    signing = SigningKeys(tmp_path)
    envelope, keys = signing.sign(KIND, b"{}"), signing.trusted()
    for module in [name for name in sys.modules if name.partition(".")[0] == "cryptography"]:
        monkeypatch.setitem(sys.modules, module, None)
    for needs_it in (lambda: envelope.verified(keys), lambda: parse_public_keys(keys[0].pem, "keys.pem")):
        with pytest.raises(ConfigurationError, match=r"pip install 'windlass\[verify\]'"):
            needs_it()


def test_what_is_no_envelope_is_said_so() -> None:
    for text in ("", "[]", "{}", '{"payloadType": "x", "payload": "", "signatures": []}'):
        with pytest.raises(NotVerified, match="no signed file"):
            Envelope.parse(text)
    broken = Envelope.parse('{"payloadType": "x", "payload": "?", "signatures": [{"keyid": "k", "sig": ""}]}')
    with pytest.raises(NotVerified, match="payload of this file is damaged"):
        broken.content()
