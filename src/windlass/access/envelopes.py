"""Signed envelopes: DSSE, the form in which in-toto attestations travel, with signatures by Ed25519.

Whoever has an envelope and a public key can check it, with any tool that knows the form. What is signed is the
payload with its type, byte for byte, so that no parser has a say in what a signature covers.
"""

import base64
import binascii
import hashlib
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Self

from pydantic import BaseModel, Field, ValidationError

from windlass.errors import ConfigurationError, InputError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

IN_TOTO = "application/vnd.in-toto+json"
"""The payload's type: an in-toto statement."""

_BEGIN = "-----BEGIN "
_END = "-----END PUBLIC KEY-----"
_NEEDED = "Signatures need cryptography: pip install 'windlass[verify]'."


class NotVerified(InputError):
    """A signed file that does not hold, and why."""


class PublicKey(NamedTuple):
    """A key that signatures are checked with. Its id is the SHA-256 of its DER form, as others name it too."""

    id: str
    pem: str


class Signature(BaseModel):
    keyid: str
    sig: str
    """Base64 of the 64 bytes."""


class Envelope(BaseModel):
    """A payload with who signed it."""

    payload_type: str = Field(alias="payloadType")
    payload: str
    """Base64 of the bytes that are signed."""
    signatures: list[Signature] = Field(min_length=1)

    @classmethod
    def parse(cls, text: str | bytes) -> Self:
        """Read an envelope. Raises NotVerified for what is none."""
        try:
            return cls.model_validate_json(text)
        except ValidationError as error:
            raise NotVerified("This is no signed file: it holds no envelope (DSSE) with a signature.") from error

    @property
    def key_ids(self) -> list[str]:
        return [each.keyid for each in self.signatures]

    def to_json(self) -> str:
        return self.model_dump_json(by_alias=True, indent=2) + "\n"

    def content(self) -> bytes:
        """Return the payload, which nothing vouches for yet. Raises NotVerified for one that is cut or changed."""
        return _decoded(self.payload, "payload")

    def verified(self, keys: Sequence[PublicKey]) -> "Verified":
        """Return the payload and the key that vouches for it: one signature by one of the keys is enough.

        Raises NotVerified, and ConfigurationError where the package that checks signatures is missing.
        """
        known = {key.id: key for key in keys}
        tried = [each for each in self.signatures if each.keyid in known]
        if not tried:
            raise NotVerified(
                f"It is signed with the key {', '.join(self.key_ids)}, which is none of those trusted here: "
                f"{', '.join(known) or 'there are none'}."
            )
        content = self.content()
        message = signed_bytes(self.payload_type, content)
        for each in tried:
            if _holds(known[each.keyid], _decoded(each.sig, "signature"), message):
                return Verified(content, each.keyid)
        raise NotVerified(
            f"The signature of the key {tried[0].keyid} does not fit: the file was changed after it was signed."
        )


class Verified(NamedTuple):
    """What an envelope holds, and the id of the key that vouches for it."""

    content: bytes
    key: str


def sign(key: "Ed25519PrivateKey", payload_type: str, content: bytes) -> Envelope:
    """Put bytes into an envelope that a key vouches for."""
    signed = signature(key, payload_type, content)
    return Envelope(payloadType=payload_type, payload=_encoded(content), signatures=[signed])


def signature(key: "Ed25519PrivateKey", payload_type: str, content: bytes) -> Signature:
    signed = key.sign(signed_bytes(payload_type, content))
    return Signature(keyid=public_key_of(key.public_key()).id, sig=_encoded(signed))


def signed_bytes(payload_type: str, content: bytes) -> bytes:
    """Return what is signed: DSSE's pre-authentication encoding of a payload and its type."""
    kind = payload_type.encode()
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind, len(content), content)


def public_key_of(key: "Ed25519PublicKey") -> PublicKey:
    from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

    der = key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    pem = key.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return PublicKey("sha256:" + hashlib.sha256(der).hexdigest(), pem.decode())


def parse_public_keys(text: str, place: str) -> list[PublicKey]:
    """Read public keys in PEM, one after the other; what stands between them does not count.

    Raises InputError for a text without any, for a private key, and for a key of another kind.
    """
    if "PRIVATE KEY" in text:
        raise InputError(
            f"{place} holds a private key: signatures are checked with the public one, and it is secret."
        )
    blocks = [_BEGIN + each.partition(_END)[0] + _END for each in text.split(_BEGIN)[1:] if _END in each]
    if not blocks:
        raise InputError(f"{place} holds no public key in PEM (`-----BEGIN PUBLIC KEY-----`).")
    return [_parse_public_key(block, place) for block in blocks]


def _parse_public_key(pem: str, place: str) -> PublicKey:
    return public_key_of(_loaded(pem, place))


def _loaded(pem: str, place: str) -> "Ed25519PublicKey":
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
        from cryptography.hazmat.primitives.serialization import load_pem_public_key
    except ImportError as error:
        raise ConfigurationError(_NEEDED) from error
    try:
        key = load_pem_public_key(pem.encode())
    except ValueError as error:
        raise InputError(f"{place} holds a public key that cannot be read: it is damaged.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise InputError(f"{place} holds a public key of another kind than Ed25519, which windlass signs with.")
    return key


def _holds(key: PublicKey, signed: bytes, message: bytes) -> bool:
    public = _loaded(key.pem, f"The key {key.id}")
    from cryptography.exceptions import InvalidSignature

    try:
        public.verify(signed, message)
    except InvalidSignature:
        return False
    return True


def _encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _decoded(text: str, part: str) -> bytes:
    try:
        # Either alphabet is allowed in an envelope.
        return base64.b64decode(text.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError) as error:
        raise NotVerified(f"The {part} of this file is damaged: it is no base64.") from error
