"""Digests that prove an erasure and tell nothing of what was erased (廃棄の証明)."""

import hashlib
import hmac
import json
from collections.abc import Sequence

from flask import current_app

PURPOSE = b"kyotsu erasure "


def digest_of(values: Sequence[object]) -> str:
    """Keyed digest over what was there (鍵付きハッシュ).

    Keyed, because addresses can be guessed: whoever holds the table alone cannot try them out.
    """
    text = json.dumps(values, ensure_ascii=False, sort_keys=True, default=str)
    key = PURPOSE + current_app.config["SETTINGS"].secret_key().encode()
    return hmac.digest(key, text.encode(), hashlib.sha256).hex()


def digest_of_ids(ids: Sequence[int]) -> str:
    """Digest of the cases of a list (一覧のハッシュ): what is approved is what was seen."""
    return hashlib.sha256(",".join(str(each) for each in ids).encode()).hexdigest()
