"""Which store this process uses (保管庫の選択): STORAGE_URL says so."""

from pathlib import Path
from typing import cast
from urllib.parse import unquote, urlsplit

from flask import Flask, current_app

from app.core.storage.contract import Store
from app.core.storage.folder import FolderStore
from app.core.storage.s3 import S3Store

EXTENSION = "kyotsu_storage"


def init_storage(app: Flask) -> None:
    """Bind the store of the settings to the application."""
    settings = app.config["SETTINGS"]
    app.extensions[EXTENSION] = open_store(settings.storage_url(), settings.S3_ENDPOINT_URL)


def store() -> Store:
    """Return the store of the running application (保管庫)."""
    return cast(Store, current_app.extensions[EXTENSION])


def open_store(url: str, endpoint_url: str = "") -> Store:
    """Make the store of an address: `file:///folder` or `s3://bucket/prefix`. ValueError else."""
    parts = urlsplit(url)
    if parts.scheme == "file" and not parts.netloc and parts.path.strip("/"):
        return FolderStore(Path(unquote(parts.path)))
    if parts.scheme == "s3" and parts.netloc:
        return S3Store(parts.netloc, parts.path.strip("/"), endpoint_url)
    raise ValueError("STORAGE_URL")
