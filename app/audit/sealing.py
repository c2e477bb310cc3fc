"""Checkpoints of the trail as signed lines (監査の封印): how one is made, read and judged.

A line says how long the trail was and how its last entry hashed, under HMAC-SHA-256. The key never
lies in the database: it is AUDIT_CHECKPOINT_KEY, or derived from SECRET_KEY. Limits: who has both
the key and the place of the lines can sign what he likes; who can only write there can cut off the
newest lines, and what was written to the trail since the last one left is then not proven.
"""

import hashlib
import hmac
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

from flask import current_app

KEY_ID_LENGTH = 16
_PURPOSE = b"kyotsu audit checkpoint"


@dataclass(frozen=True, kw_only=True)
class Seal:
    """One checkpoint (封印): `at` is the instant in ISO, `key` names the key, not tells it."""

    at: str
    seq: int
    hash: str
    restart: bool
    key: str
    mac: str

    def line(self) -> str:
        """The checkpoint as one line of its file."""
        return json.dumps(asdict(self), sort_keys=True)


def sign(at: str, seq: int, entry_hash: str, *, is_restart: bool) -> Seal:
    """Sign how far the trail is, with today's key (封印)."""
    key = _keys()[0]
    mac = _mac(key, at, seq, entry_hash, is_restart)
    return Seal(at=at, seq=seq, hash=entry_hash, restart=is_restart, key=_name_of(key), mac=mac)


def is_known_key(seal: Seal) -> bool:
    """Whether one of today's keys made it (鍵の名前)."""
    return seal.key in {_name_of(key) for key in _keys()}


def is_genuine(seal: Seal) -> bool:
    """Whether the signature is that of what the line says (署名の確認)."""
    return any(
        hmac.compare_digest(seal.mac, _mac(key, seal.at, seal.seq, seal.hash, seal.restart))
        for key in _keys()
    )


def read_line(line: str) -> Seal | None:
    """Read one line of the file; None for what is no checkpoint."""
    try:
        values: Any = json.loads(line)
        seal = Seal(**values)
    except (TypeError, ValueError):
        return None
    kinds = {"at": str, "seq": int, "hash": str, "restart": bool, "key": str, "mac": str}
    return seal if all(type(getattr(seal, name)) is kind for name, kind in kinds.items()) else None


def anchors_of(seals: Iterable[Seal]) -> dict[int, str]:
    """Hashes of the entries that must be in the trail (封印された番号), from the oldest seal on.

    One made after a restore says that what was sealed behind it is known to be lost.
    """
    anchors: dict[int, str] = {}
    for seal in seals:
        if seal.restart:
            anchors = {seq: value for seq, value in anchors.items() if seq <= seal.seq}
        # The first word counts: a later line cannot make another past.
        anchors.setdefault(seal.seq, seal.hash)
    anchors.pop(0, None)
    return anchors


def _mac(key: bytes, at: str, seq: int, entry_hash: str, is_restart: bool) -> str:
    text = json.dumps([at, seq, entry_hash, is_restart])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _keys() -> list[bytes]:
    settings = current_app.config["SETTINGS"]
    given = (settings.AUDIT_CHECKPOINT_KEY, settings.secret_key(), settings.SECRET_KEY_OLD)
    return [hmac.digest(_PURPOSE, key.encode(), hashlib.sha256) for key in given if key]


def _name_of(key: bytes) -> str:
    return hashlib.sha256(b"name:" + key).hexdigest()[:KEY_ID_LENGTH]
