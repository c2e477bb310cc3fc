"""Free space where the product keeps things (ディスクの空き, P16): told before it runs out."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from config import Settings

# Below it somebody is told; the last twentieth is what a busy day may fill.
LOW_SHARE = 0.10
# Above it that is over: what goes up and down about a tenth is not told of each time.
ROOMY_SHARE = 0.12


class DiskSpace(NamedTuple):
    """Bytes of a file system (ディスクの容量): what the product may still use, and all."""

    free: int
    total: int

    @property
    def is_low(self) -> bool:
        """Whether less than a tenth is left (空きが少ない)."""
        return self.free < self.total * LOW_SHARE

    @property
    def is_roomy(self) -> bool:
        """Whether there is clearly more than a tenth (空きが戻った)."""
        return self.free >= self.total * ROOMY_SHARE


def places(settings: Settings) -> dict[str, Path]:
    """Folders of this machine that the product writes to, by what is in them (保存場所)."""
    found: dict[str, Path] = {}
    if settings.is_sqlite():
        found["database"] = Path(settings.database_url().removeprefix("sqlite:///")).parent
    storage = urlsplit(settings.storage_url())
    if storage.scheme == "file":
        found["files"] = Path(unquote(storage.path))
    return found


def disk_spaces(settings: Settings) -> dict[str, DiskSpace]:
    """Space of each place (保存場所ごとの空き); a folder that cannot be asked is left out."""
    found = {name: _space(path) for name, path in places(settings).items()}
    return {name: space for name, space in found.items() if space is not None}


def low_places(spaces: Mapping[str, DiskSpace]) -> list[str]:
    """Names of the places with little left (空きが少ない保存場所)."""
    return [name for name, space in spaces.items() if space.is_low]


def _space(path: Path) -> DiskSpace | None:
    # A folder that is made with the first file is on the disk of the one above it.
    while not path.exists() and path != path.parent:
        path = path.parent
    try:
        told = os.statvfs(path)
    except OSError:
        return None
    return DiskSpace(free=told.f_bavail * told.f_frsize, total=told.f_blocks * told.f_frsize)
