"""Write the tables anew (権限表の更新).

`python -m tests.authorization write [endpoint or package …]` asks at all doors, or at those named;
`python -m tests.authorization mutants [seconds]` looks for cells that tell when a guard is missing.
`python -m tests.authorization events` uses every door and writes what it left in the trail.
"""

import logging
import sys
import tempfile
from pathlib import Path
from time import monotonic

import structlog

from app.extensions import alembic
from tests.authorization.events import write_declared
from tests.authorization.guards import all_guards
from tests.authorization.matrix import (
    TABLE,
    ask_all,
    asked_doors,
    read_table,
    write_audiences,
    write_table,
)
from tests.authorization.mutants import (
    find_witnesses,
    read_witnesses,
    still_tells,
    write_witnesses,
)
from tests.authorization.probing import Prober, prober_on
from tests.authorization.questions import QUESTIONS
from tests.conftest import close_connections, make_app


def main(arguments: list[str]) -> None:
    """Write the table that is asked for."""
    if arguments[:1] not in (["write"], ["mutants"], ["events"]):
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
            elif arguments[0] == "events":
                write_declared(prober)
            else:
                prove(prober, float(*arguments[1:2] or ["inf"]))
        close_connections(app)


def write(prober: Prober, named: set[str]) -> None:
    """Ask at all doors, or at those of the endpoints named, and keep the answers."""
    wanted = [
        door
        for door in asked_doors(prober)
        if not named or door.endpoint in named or door.endpoint.partition(".")[0] in named
    ]
    new = list(ask_all(prober, wanted))
    kept = read_table() if named and TABLE.exists() else []
    known = {(door.endpoint, door.method) for door in wanted}
    table = [*(row for row in kept if row.key not in known), *new]
    write_table(table)


def prove(prober: Prober, seconds: float) -> None:
    """Keep the cells that still tell of their guard, and look for more, so long at most."""
    guards = set(all_guards())
    kept = [witness for witness in read_witnesses() if still_tells(prober, witness)]
    left = guards - {witness.guard for witness in kept}
    until = monotonic() + seconds
    found = [*kept, *find_witnesses(prober, read_table(), left, until)]
    write_witnesses(found)
    unproven = sorted(guards - {witness.guard for witness in found} - set(QUESTIONS))
    sys.stdout.write(
        f"{len(found)} of {len(guards)} guards have a cell; without a question, too:\n"
    )
    sys.stdout.writelines(f"    {full!r},\n" for full in unproven)


def _be_quiet() -> None:
    logging.disable()
    silent = structlog.make_filtering_bound_logger(logging.CRITICAL)
    structlog.configure(wrapper_class=silent)


main(sys.argv[1:])
