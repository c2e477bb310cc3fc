"""What a hand-over consists of (授受の内容): texts and files by their hashes alone."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from typing import Any

from app.files.models import StoredFile


def text_part(label: str, *texts: object) -> dict[str, Any]:
    """A text that is handed over (本文), as its sha256 and length in bytes."""
    content = json.dumps([str(text) for text in texts], ensure_ascii=False).encode()
    return {
        "label": label,
        "sha256": hashlib.sha256(content).hexdigest(),
        "size_bytes": len(content),
    }


def file_parts(label: str, files: Iterable[StoredFile]) -> list[dict[str, Any]]:
    """Files that are handed over (添付), numbered: a name may tell of a person."""
    return [
        {"label": f"{label}{place}", "sha256": row.sha256, "size_bytes": row.size_bytes}
        for place, row in enumerate(files, start=1)
    ]


def digest_of(parts: Sequence[dict[str, Any]]) -> str:
    """One hash over the whole list (一覧のハッシュ), which both sides compare."""
    return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()
