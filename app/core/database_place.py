"""Where the file of an SQLite database lies (データベースの置き場所, P12): on this machine alone.

Over a network its locks do not hold: two machines would write into one file.
"""

import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
NETWORK_SYSTEMS = frozenset(
    [
        "9p",
        "afs",
        "ceph",
        "cifs",
        "fuse.glusterfs",
        "fuse.s3fs",
        "fuse.sshfs",
        "gfs2",
        "glusterfs",
        "lustre",
        "ncpfs",
        "nfs",
        "nfs4",
        "ocfs2",
        "smb3",
        "smbfs",
    ]
)


def file_system_of(path: Path, mounts: str) -> str:
    """Kind of the file system a path lies on (ファイルシステム), empty where it is not told.

    `mounts` is what the system tells of its mounts (proc(5), mountinfo).
    """
    found, longest = "", -1
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        words = before.split()
        if len(words) < 5 or not after:
            continue
        place = Path(_unescaped(words[4]))
        # A later mount on the same place hides the one before it.
        if path.is_relative_to(place) and len(place.parts) >= longest:
            found, longest = after.split()[0], len(place.parts)
    return found


def network_system_of(database: Path) -> str:
    """Kind of the network file system a database lies on; empty for one of this machine."""
    try:
        mounts = MOUNTS.read_text("utf-8", errors="surrogateescape")
    except OSError:
        return ""
    found = file_system_of(database.resolve(), mounts)
    return found if found in NETWORK_SYSTEMS else ""


def _unescaped(text: str) -> str:
    return re.sub(r"\\(\d{3})", lambda digits: chr(int(digits[1], 8)), text)
