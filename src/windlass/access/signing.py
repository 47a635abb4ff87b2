"""The key that a server signs with, and the public halves of all that it ever signed with.

They are files beside the database, as the key of the audit chain is: whoever can write to the database can sign
nothing, and cannot make another key count. The private key is made at first use, readable by its owner alone, or
given by a setting. Nothing is signed without it, and one that is lost is never replaced unasked: that would be a
rotation that nobody ordered.
"""

import os
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pydantic import BaseModel, TypeAdapter, ValidationError

from windlass.access.audit import AuditChain
from windlass.access.envelopes import Envelope, PublicKey, public_key_of, sign, signature
from windlass.access.principals import Principal
from windlass.errors import ConfigurationError, Conflict
from windlass.storage.database import Database, now

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

_PRIVATE: Final = "key.pem"
_KNOWN: Final = "keys.json"
_ROTATE: Final = "`windlass verdicts rotate-key`"


class SigningKey(BaseModel):
    """A public key of this server."""

    id: str
    """The SHA-256 of its DER form."""
    pem: str
    since: datetime
    current: bool
    """Whether it signs now; those before it are kept, so that what they signed can still be verified."""


class _Kept(BaseModel):
    id: str
    pem: str
    since: datetime


_KEPT: Final = TypeAdapter(list[_Kept])


class SigningKeys:
    """The keys of one server, in a folder of its own; ``given`` is a private key that lies elsewhere."""

    def __init__(self, folder: Path, given: Path | None = None) -> None:
        """Read the key where there is one. Raises ConfigurationError for a damaged one."""
        self._folder = folder
        self._given = given
        self._lock = threading.Lock()
        self._key: Ed25519PrivateKey | None = None
        if given is not None or self._own.exists():
            self._key = _read(given or self._own)

    def sign(self, payload_type: str, content: bytes) -> Envelope:
        """Put bytes into an envelope. Raises ConfigurationError where there is no key to sign with."""
        return sign(self._current(), payload_type, content)

    def sign_again(self, envelope: Envelope) -> Envelope:
        """Return an envelope with a signature by the key that signs now, beside those it has."""
        key = self._current()
        if public_key_of(key.public_key()).id in envelope.key_ids:
            return envelope
        added = signature(key, envelope.payload_type, envelope.content())
        return envelope.model_copy(update={"signatures": [*envelope.signatures, added]})

    def public_keys(self) -> list[SigningKey]:
        """Return the public keys, the one that signs now first."""
        current = public_key_of(self._current().public_key()).id
        kept = [SigningKey(**each.model_dump(), current=each.id == current) for each in self._kept()]
        return sorted(kept, key=lambda each: (not each.current, -each.since.timestamp()))

    def trusted(self) -> list[PublicKey]:
        """Return what a file of this server may be signed with."""
        return [PublicKey(each.id, each.pem) for each in self.public_keys()]

    def rotate(self, database: Database, audit: AuditChain, principal: Principal) -> SigningKey:
        """Make another key, which signs from now on. Raises Conflict where a setting gives the key."""
        if self._given is not None:
            raise Conflict(
                f"The signing key is given by WINDLASS_SIGNING_KEY_FILE: put another key into {self._given} and "
                "start the server again."
            )
        with self._lock:
            before = None if self._key is None else public_key_of(self._key.public_key()).id
            made = _new_key()
            after = public_key_of(made.public_key())
            with database.write() as tx:
                # Within the transaction: a key that could not be kept is not in the chain.
                audit.append(tx, principal, "signing_key:rotate", "signing-key", before=before, after=after.id)
                self._keep(made)
                self._key = made
        return next(each for each in self.public_keys() if each.current)

    @property
    def _own(self) -> Path:
        return self._folder / _PRIVATE

    def _current(self) -> "Ed25519PrivateKey":
        with self._lock:
            if self._key is None:
                if self._kept():
                    raise ConfigurationError(
                        f"The signing key {self._own} is gone: put it back from a backup, or make another with "
                        f"{_ROTATE}."
                    )
                self._key = _new_key()
                self._keep(self._key)
            elif not any(each.id == public_key_of(self._key.public_key()).id for each in self._kept()):
                self._note(self._key)
            return self._key

    def _keep(self, key: "Ed25519PrivateKey") -> None:
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        # The public half first: a private key without it would sign what nobody can verify.
        self._note(key)
        _write(self._own, pem, 0o600)

    def _note(self, key: "Ed25519PrivateKey") -> None:
        """Add a public key to those that are known."""
        public = public_key_of(key.public_key())
        kept = [*self._kept(), _Kept(id=public.id, pem=public.pem, since=now())]
        _write(self._folder / _KNOWN, _KEPT.dump_json(kept, indent=2) + b"\n", 0o644)

    def _kept(self) -> list[_Kept]:
        file = self._folder / _KNOWN
        try:
            return _KEPT.validate_json(file.read_bytes()) if file.exists() else []
        except OSError as error:
            raise ConfigurationError(f"The public keys in {file} cannot be read: {error.strerror}.") from error
        except ValidationError as error:
            raise ConfigurationError(
                f"The public keys in {file} are damaged: put the file back from a backup, or else what they "
                "signed cannot be verified here."
            ) from error


def _new_key() -> "Ed25519PrivateKey":
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    return Ed25519PrivateKey.generate()


def _read(file: Path) -> "Ed25519PrivateKey":
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(file.read_bytes(), password=None)
    except OSError as error:
        raise ConfigurationError(f"The signing key {file} cannot be read: {error.strerror}.") from error
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigurationError(
            f"The signing key {file} is no private key in PEM without a password: put it back from a backup, or "
            "make one with `openssl genpkey -algorithm ed25519`."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigurationError(
            f"The signing key {file} is of another kind than Ed25519: make one with `openssl genpkey -algorithm "
            "ed25519`."
        )
    return key


def _write(file: Path, data: bytes, mode: int) -> None:
    """Write a file that is there wholly or not at all."""
    temporary = file.with_name(f".{file.name}")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        temporary.unlink(missing_ok=True)
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as opened:
            opened.write(data)
            opened.flush()
            os.fsync(opened.fileno())
        temporary.replace(file)
    except OSError as error:
        raise ConfigurationError(f"The signing key {file} cannot be written: {error.strerror}.") from error
