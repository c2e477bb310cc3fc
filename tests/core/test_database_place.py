"""Where the file of an SQLite database lies (データベースの置き場所, P12)."""

from pathlib import Path

import pytest
from pysqlite3 import dbapi2 as sqlite
from sqlalchemy import create_engine

from app.core import database_place
from app.core.database import UnsafeDatabase, open_safely
from app.core.database_place import file_system_of

MOUNTS = r"""
21 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw
30 21 0:40 / /srv/share rw shared:9 - nfs4 server:/export rw
31 30 8:2 / /srv/share/local rw - xfs /dev/sdb1 rw
32 21 0:41 / /srv/with\040space rw - cifs //server/share rw
33 21 8:3 / /data rw - ext4 /dev/sdc1 rw
34 21 0:42 / /data rw - fuse.sshfs host:/data rw
a line that is cut
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/var/lib/kyotsu/kyotsu.sqlite3", "ext4"),
        ("/srv/share/kyotsu.sqlite3", "nfs4"),
        ("/srv/shared/kyotsu.sqlite3", "ext4"),
        ("/srv/share/local/kyotsu.sqlite3", "xfs"),
        ("/srv/with space/kyotsu.sqlite3", "cifs"),
        ("/data/kyotsu.sqlite3", "fuse.sshfs"),
    ],
)
def test_the_nearest_mount_tells_the_file_system(path: str, kind: str) -> None:
    assert file_system_of(Path(path), MOUNTS) == kind


def test_p12_sqlite_over_a_network_refuses_to_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(f"21 1 0:40 / {tmp_path} rw - nfs4 server:/export rw\n")
    monkeypatch.setattr(database_place, "MOUNTS", mounts)
    engine = create_engine(f"sqlite:///{tmp_path / 'kyotsu.sqlite3'}", module=sqlite)

    with pytest.raises(UnsafeDatabase, match=r"nfs4.*PostgreSQL"):
        open_safely(engine)


def test_p12_sqlite_on_this_machine_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = tmp_path / "mountinfo"
    monkeypatch.setattr(database_place, "MOUNTS", mounts)
    engine = create_engine(f"sqlite:///{tmp_path / 'kyotsu.sqlite3'}", module=sqlite)

    # Where the system tells nothing of its mounts, nothing is refused.
    open_safely(engine)
    mounts.write_text("21 1 8:1 / / rw - ext4 /dev/sda1 rw\n")
    open_safely(engine)

    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar() == "wal"
    engine.dispose()
