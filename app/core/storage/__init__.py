"""Where the contents of files lie (ファイルの保管庫), named by their sha256.

A content is put before the row that names it is committed, and swept when no row does (P02).
"""

from app.core.storage.chosen import init_storage, store
from app.core.storage.contract import (
    CHUNK,
    SHA256_PATTERN,
    DamagedContent,
    MissingContent,
    StorageFailure,
    Store,
    StoredContent,
)

__all__ = [
    "CHUNK",
    "SHA256_PATTERN",
    "DamagedContent",
    "MissingContent",
    "StorageFailure",
    "Store",
    "StoredContent",
    "init_storage",
    "store",
]
