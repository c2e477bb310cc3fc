"""Tokens of links that go out by mail (メールで送るリンク): no table holds one in clear (P41).

The outbox keeps its letters, so a token cannot stand in one. It is derived with a key that is not
in the database, and only when the letter is handed to the mail server: the same at each try.
"""

import hashlib
import hmac
import secrets
from base64 import urlsafe_b64encode

from flask import current_app

from app.accounts.models import PasswordReset
from app.accounts.services.sessions import hash_token

NONCE_BYTES = 32
_PURPOSE = b"kyotsu password reset"


def new_nonce() -> str:
    """Return what the token of a new link is derived from."""
    return secrets.token_hex(NONCE_BYTES)


def derived_token(nonce: str) -> str:
    """Token of a nonce, with today's key (再設定のリンクの鍵)."""
    return _token(_keys()[0], nonce)


def token_of(link: PasswordReset) -> str:
    """Token of a link that is sent by mail (メールで送るリンク), with today's key or the last one.

    Raises ValueError for a link of another kind, and when its key is gone.
    """
    for key in _keys():
        token = _token(key, link.mail_nonce or "")
        if hash_token(token) == link.token_hash:
            return token
    raise ValueError("no key of ours belongs to this link")


def _token(key: bytes, nonce: str) -> str:
    derived = hmac.digest(_PURPOSE, key, hashlib.sha256)
    return urlsafe_b64encode(hmac.digest(derived, nonce.encode(), hashlib.sha256)).decode()[:43]


def _keys() -> list[bytes]:
    settings = current_app.config["SETTINGS"]
    return [key.encode() for key in (settings.secret_key(), settings.SECRET_KEY_OLD) if key]
