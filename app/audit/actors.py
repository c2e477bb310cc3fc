"""Whoever acted, as the trail holds a person (行為者): the body in clear, the name as a commitment.

The commitment is an HMAC-SHA-256 of the name under a key of the account. With the key anybody can
check that an entry means this name; once it is destroyed (氏名の消去) nobody can find the name by
trying, and the chain holds as before. Entries from before hold the name in clear.
"""

import hashlib
import hmac
import re
import secrets

ERASED = "消去済み"
KEY_BYTES = 32
_COMMITTED = re.compile(r"(?P<body>.*) #(?P<commitment>[0-9a-f]{64})", re.DOTALL)


def new_name_key() -> str:
    """Make the key of a person's name, in hexadecimal digits (氏名の鍵)."""
    return secrets.token_hex(KEY_BYTES)


def sealed_label(body: str, name: str, key: str | None) -> str:
    """Put a person into an entry (行為者): body, and commitment to the name under the key."""
    return f"{body} #{_commitment(name, key)}" if key else f"{body} {ERASED}"


def label_in_words(label: str, name: str | None) -> str:
    """Body and name (「事務局 総括A」), the name as the account has it today; words without one."""
    found = _COMMITTED.fullmatch(label)
    return f"{found['body']} {name or ERASED}" if found else label


def is_name_of(label: str, name: str, key: str) -> bool:
    """Whether an entry means this name (氏名の照合); one that holds it in clear is not judged."""
    found = _COMMITTED.fullmatch(label)
    return not found or hmac.compare_digest(found["commitment"], _commitment(name, key))


def _commitment(name: str, key: str) -> str:
    return hmac.new(bytes.fromhex(key), name.encode(), hashlib.sha256).hexdigest()
