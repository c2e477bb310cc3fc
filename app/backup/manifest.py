"""What a backup says of itself (目録): from which moment it is, and every part with its sha256."""

import json
from dataclasses import asdict, dataclass, field
from typing import Any

FORMAT = "kyotsu-backup-1"


class BackupFailure(Exception):
    """A backup cannot be made, is not whole, or cannot be restored here; the message says why."""


class DamagedBackup(BackupFailure):
    """The file is not as it was when it was made (壊れたバックアップ)."""


@dataclass(frozen=True, kw_only=True)
class Part:
    """One part of the archive (部品)."""

    name: str
    sha256: str
    size: int


@dataclass(frozen=True, kw_only=True)
class Moment:
    """Of which moment of the database a copy is (写しの時点), and how it can be recognized."""

    engine: str
    revision: str
    # Rows of each table (表ごとの行数).
    tables: dict[str, int]
    audit_seq: int
    audit_hash: str
    # Last value of each sequence, and whether it was given out (採番); PostgreSQL only.
    sequences: dict[str, tuple[int, bool]] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Manifest:
    """The manifest (目録): the last part of an archive.

    `missing` are contents that the database names and the store did not have, or only damaged.
    """

    created_at: str
    moment: Moment
    parts: list[Part]
    missing: list[str]
    format: str = FORMAT

    def to_json(self) -> bytes:
        """Write the manifest."""
        return json.dumps(asdict(self), ensure_ascii=False, indent=1).encode()

    @property
    def files(self) -> int:
        """How many contents of files are in it (ファイルの内容の数)."""
        return sum(1 for part in self.parts if part.name.startswith("files/"))


def read_manifest(content: bytes) -> Manifest:
    """Read a manifest. Raises DamagedBackup for what is none."""
    try:
        values: dict[str, Any] = json.loads(content)
        if values["format"] != FORMAT:
            raise DamagedBackup(f"この製品が読めない形式のバックアップです（{values['format']}）。")
        moment = values["moment"]
        sequences = {name: (last, flag) for name, (last, flag) in moment["sequences"].items()}
        return Manifest(
            created_at=values["created_at"],
            moment=Moment(**{**moment, "sequences": sequences}),
            parts=[Part(**part) for part in values["parts"]],
            missing=values["missing"],
        )
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise DamagedBackup("目録を読み取れません。") from error
