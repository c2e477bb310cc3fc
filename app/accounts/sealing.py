"""Secrets sealed for the table (秘密の封): whoever reads a copy of the database reads none of them.

The keys are derived from SECRET_KEY (HKDF, RFC 5869). A secret is at most as long as one output of
HMAC-SHA-256, so it is hidden under one (a keyed one-time pad with a nonce of its own) and then
authenticated together with the id of its owner: a sealed secret of one person opens for no other.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64decode, urlsafe_b64encode

from flask import current_app

NONCE_BYTES = 16
TAG_BYTES = 32
LONGEST_SECRET = 32  # bytes: one output of the pad


def seal(secret: bytes, *, owner: str) -> str:
    """Seal a secret of an owner with today's key (封をする). Raises ValueError for a long one."""
    if len(secret) > LONGEST_SECRET:
        raise ValueError("a sealed secret has at most 32 bytes")
    key = _keys()[0]
    nonce = secrets.token_bytes(NONCE_BYTES)
    hidden = _under_pad(secret, key, nonce)
    return urlsafe_b64encode(nonce + hidden + _tag(key, nonce + hidden, owner)).decode()


def unseal(sealed: str, *, owner: str) -> bytes | None:
    """Open a sealed secret with today's key or the one before; None when neither fits (開封)."""
    raw = urlsafe_b64decode(sealed)
    body, tag = raw[:-TAG_BYTES], raw[-TAG_BYTES:]
    for key in _keys():
        if hmac.compare_digest(tag, _tag(key, body, owner)):
            return _under_pad(body[NONCE_BYTES:], key, body[:NONCE_BYTES])
    return None


def _keys() -> list[bytes]:
    settings = current_app.config["SETTINGS"]
    return [key.encode() for key in (settings.secret_key(), settings.SECRET_KEY_OLD) if key]


def _derived(key: bytes, purpose: bytes) -> bytes:
    extracted = hmac.digest(b"kyotsu second factor", key, hashlib.sha256)
    return hmac.digest(extracted, purpose + b"\x01", hashlib.sha256)


def _under_pad(text: bytes, key: bytes, nonce: bytes) -> bytes:
    pad = hmac.digest(_derived(key, b"pad"), nonce, hashlib.sha256)
    return bytes(one ^ other for one, other in zip(text, pad, strict=False))


def _tag(key: bytes, body: bytes, owner: str) -> bytes:
    return hmac.digest(_derived(key, b"tag"), owner.encode() + b"\0" + body, hashlib.sha256)
