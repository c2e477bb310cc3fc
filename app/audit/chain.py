"""Hash chain of the trail (証跡の連鎖): how one entry is bound to the one before."""

import hashlib
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

# What the first entry is bound to.
GENESIS_HASH = hashlib.sha256("共通化提案トリアージ 監査証跡".encode()).hexdigest()

SEALED_FIELDS = (
    "seq",
    "occurred_at",
    "verb",
    "actor_id",
    "actor_label",
    "subject_type",
    "subject_id",
    "subject_version",
    "from_state",
    "to_state",
    "reason",
    "changes",
    "request_id",
)

# Made once: a long trail is millions of texts.
_canonical = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode


def entry_hash(values: Mapping[str, Any], previous_hash: str) -> str:
    """Hash of an entry: SHA-256 over the hash before it and the canonical JSON of its fields."""
    sealed = {name: plain_value(values[name]) for name in SEALED_FIELDS}
    return hashlib.sha256(f"{previous_hash}\n{_canonical(sealed)}".encode()).hexdigest()


def plain_value(value: Any) -> Any:
    """A sealed field as it is hashed (封をする値): instants in UTC to the microsecond."""
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value
