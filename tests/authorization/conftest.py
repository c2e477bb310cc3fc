"""The world of the matrix, made once for all the tests of this folder."""

from collections.abc import Iterator

import pytest

from tests.authorization.probing import Prober, prober_on
from tests.conftest import close_connections, make_app
from tests.databases import Databases


# Not of the package: in random order that is left and entered again.
@pytest.fixture(scope="session")
def prober(databases: Databases, migrated_database: str) -> Iterator[Prober]:
    """Asks at any door as any reader; nothing that it does stays."""
    url = databases.create(migrated_database)
    app = make_app(url)
    with prober_on(app) as asking:
        yield asking
    close_connections(app)
    databases.drop(url)
