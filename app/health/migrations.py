"""Whether the tables are those this program knows (表の版).

Not through the extension: it shares what it has opened among all threads, and closes it at the end
of whichever request ends first.
"""

from functools import cache

from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from app.extensions import db
from config import ROOT


def are_migrations_pending() -> bool:
    """Whether `db upgrade` is to be run, or the program is older than its tables (移行待ち)."""
    context = MigrationContext.configure(db.session.connection())
    return frozenset(context.get_current_heads()) != _known_heads()


@cache
def _known_heads() -> frozenset[str]:
    return frozenset(_script().get_heads())


def _script() -> ScriptDirectory:
    folder = str(ROOT / "migrations")
    return ScriptDirectory(folder, version_locations=[folder])
