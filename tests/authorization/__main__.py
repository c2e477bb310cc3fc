"""Write the tables anew (権限表の更新).

`python -m tests.authorization write [endpoint …]` asks at all doors, or at those that are named;
`python -m tests.authorization mutants` looks for a cell that tells when a guard is missing.
"""

import logging
import sys
import tempfile
from pathlib import Path

import structlog

from app.extensions import alembic
from tests.authorization.matrix import (
    TABLE,
    ask_all,
    asked_doors,
    read_table,
    write_audiences,
    write_table,
    write_unasked,
)
from tests.authorization.mutants import find_witnesses, write_witnesses
from tests.authorization.probing import Prober, prober_on
from tests.conftest import close_connections, make_app


def main(arguments: list[str]) -> None:
    """Write the table that is asked for."""
    if arguments[:1] not in (["write"], ["mutants"]):
        sys.exit(__doc__)
    with tempfile.TemporaryDirectory() as folder:
        app = make_app(f"sqlite:///{Path(folder) / 'matrix.sqlite3'}")
        _be_quiet()
        with app.app_context():
            alembic.upgrade()
        write_audiences(app)
        with prober_on(app) as prober:
            if arguments[0] == "write":
                write(prober, set(arguments[1:]))
            else:
                write_witnesses(find_witnesses(prober, read_table()))
        close_connections(app)


def write(prober: Prober, named: set[str]) -> None:
    """Ask at all doors, or at those of the endpoints named, and keep the answers."""
    wanted = [door for door in asked_doors(prober) if not named or door.endpoint in named]
    # Forms of other doors stand on pages that were not named.
    pages = [door for door in asked_doors(prober) if door.method == "GET"]
    rows = list(ask_all(prober, [*pages, *wanted] if named else wanted))
    kept = read_table() if named and TABLE.exists() else []
    known = {(door.endpoint, door.method) for door in wanted}
    new = {row for row in rows if row.key in known}
    table = [*(row for row in kept if row.key not in known), *new]
    write_table(table)
    every = {(door.endpoint, door.method) for door in asked_doors(prober)}
    write_unasked(every - {row.key for row in table})


def _be_quiet() -> None:
    logging.disable()
    silent = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=silent)


main(sys.argv[1:])
