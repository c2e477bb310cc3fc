"""Checkpoints of the trail (監査の封印): made each hour, kept in the database and outside.

The file (AUDIT_CHECKPOINTS) belongs on another disk or host, where the owner of the database cannot
write: the table alone can be rewritten by him together with the trail.
"""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from errno import ENOENT
from pathlib import Path
from urllib.parse import unquote, urlsplit

from flask import current_app
from sqlalchemy import select

from app.audit.models import AuditCheckpoint, AuditHead
from app.audit.sealing import Seal, anchors_of, is_genuine, is_known_key, read_line, sign
from app.audit.verification import Verification, verify
from app.core import clock
from app.extensions import db

FORGED = "封印の署名が合いません。封印そのものが書き換えられたか、偽の封印です"
NO_FILE = "封印のファイル（{path}）がありません。消された疑いがあります。置き場所を確かめてください"
NO_FILE_YET = "封印のファイル（{path}）はまだありません。次の封印で作られます"
UNREADABLE = "封印のファイル（{path}）を読めません。置き場所と権限を確かめてください"
NOT_A_SEAL = "封印のファイルの{number}行目は、封印として読めません"
CUT_FILE = (
    "データベースにある封印（{seq}番まで）が、封印のファイルにありません。"
    "ファイルが切り詰められたか、差し替えられています"
)
OTHER_KEY = "今の鍵では署名を確かめられない封印が{count}件あります（鍵を替える前のもの）"
NOT_SET = (
    "封印のファイル（AUDIT_CHECKPOINTS）が設定されていないため、データベースの中の封印だけで"
    "確かめました"
)


@dataclass(frozen=True, kw_only=True)
class SealedVerification:
    """Result of a check of the chain against its checkpoints (封印との照合)."""

    chain: Verification
    seals: int
    warnings: list[str] = field(default_factory=list)

    @property
    def is_intact(self) -> bool:
        """Whether no entry is broken."""
        return self.chain.is_intact


@dataclass(kw_only=True)
class _Known:
    seals: list[Seal]
    forged: Seal | None = None
    warnings: list[str] = field(default_factory=list)


def prepare_checkpoint(*, is_restart: bool = False, starts_file: bool = False) -> Callable[[], int]:
    """Sign how far the trail is and write it outside; return what notes it in the database.

    Nothing to do while the trail has not grown. The line outside comes first: one that the database
    does not know is as good, one that only the database has is not. Raises OSError when the place
    outside cannot be written, or is gone: a new file is begun by a person alone (`starts_file`),
    for a lost one must not go unnoticed.
    """
    head = db.session.execute(select(AuditHead.last_seq, AuditHead.last_hash)).one()
    inside = _seals_inside()
    path = checkpoint_file()
    if path is not None and inside and not path.exists() and not starts_file:
        raise FileNotFoundError(ENOENT, "封印のファイルがありません", str(path))
    is_new = not inside or inside[-1].seq != head.last_seq or is_restart
    if not is_new and not starts_file:
        return lambda: 0
    now = clock.now().isoformat()
    seal = sign(now, head.last_seq, head.last_hash, is_restart=is_restart)
    if path is not None:
        _append(path, [*(inside if starts_file else []), seal])
    return lambda: _note(seal)


def verify_sealed() -> SealedVerification:
    """Check the chain and that it is the one that was sealed (監査証跡の検証)."""
    known = _known_seals()
    anchors = anchors_of(known.seals)
    result = verify(db.session, anchors)
    if known.forged is not None and result.is_intact:
        result = Verification(entries=result.entries, broken_seq=known.forged.seq, problem=FORGED)
    return SealedVerification(chain=result, seals=len(known.seals), warnings=known.warnings)


def checkpoint_file() -> Path | None:
    """File of the checkpoints (封印のファイル), None where none is set."""
    place: str = current_app.config["SETTINGS"].AUDIT_CHECKPOINTS
    return Path(unquote(urlsplit(place).path)) if place else None


def _known_seals() -> _Known:
    """Every checkpoint there is, oldest first: those outside, then what only the database has."""
    inside = _seals_inside()
    path = checkpoint_file()
    found = _Known(seals=list(inside))
    if path is None:
        if inside:
            found.warnings.append(NOT_SET)
    else:
        outside = _seals_outside(path, found.warnings, had_some=bool(inside))
        signed = {seal.mac for seal in outside}
        missing = [seal for seal in inside if seal.mac not in signed]
        if outside and missing:
            found.warnings.append(CUT_FILE.format(seq=missing[0].seq))
        found.seals = outside + [seal for seal in inside if seal.mac not in signed]
        found.seals.sort(key=lambda seal: seal.at)
    strange = [seal for seal in found.seals if not is_known_key(seal)]
    if strange:
        found.warnings.append(OTHER_KEY.format(count=len(strange)))
    signed_by_us = (seal for seal in found.seals if is_known_key(seal))
    found.forged = next((seal for seal in signed_by_us if not is_genuine(seal)), None)
    return found


def _seals_outside(path: Path, warnings: list[str], *, had_some: bool) -> list[Seal]:
    try:
        lines = path.read_text(encoding="ascii", errors="replace").splitlines()
    except FileNotFoundError:
        warnings.append((NO_FILE if had_some else NO_FILE_YET).format(path=path))
        return []
    except OSError:
        warnings.append(UNREADABLE.format(path=path))
        return []
    found = []
    for number, line in enumerate(lines, start=1):
        seal = read_line(line)
        if seal is None:
            warnings.append(NOT_A_SEAL.format(number=number))
        else:
            found.append(seal)
    return found


def _seals_inside() -> list[Seal]:
    rows = db.session.scalars(select(AuditCheckpoint).order_by(AuditCheckpoint.id))
    return [
        Seal(
            at=row.made_at.isoformat(),
            seq=row.seq,
            hash=row.entry_hash,
            restart=row.is_restart,
            key=row.key_id,
            mac=row.mac,
        )
        for row in rows
    ]


def _append(path: Path, seals: Sequence[Seal]) -> None:
    """Put lines behind the others and wait until the disk has them."""
    lines = "".join(f"{seal.line()}\n" for seal in seals).encode("ascii")
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
    try:
        # Never written into the middle of a line that a crash cut short.
        torn = os.fstat(handle).st_size > 0 and not path.read_bytes().endswith(b"\n")
        os.write(handle, (b"\n" if torn else b"") + lines)
        os.fsync(handle)
    finally:
        os.close(handle)


def _note(seal: Seal) -> int:
    db.session.add(
        AuditCheckpoint(
            made_at=datetime.fromisoformat(seal.at),
            seq=seal.seq,
            entry_hash=seal.hash,
            is_restart=seal.restart,
            key_id=seal.key,
            mac=seal.mac,
        )
    )
    db.session.flush()
    return 1
