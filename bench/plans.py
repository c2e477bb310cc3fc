"""How the database answers the questions of the pages (実行計画): EXPLAIN on either database."""

from sqlalchemy import text

from app.extensions import db
from bench import floor_sql
from bench.serving.world import app_on, database, prepare
from bench.settings import Settings, say

STATE = "in_review"


def run(settings: Settings) -> None:
    """Print the plans of the statements that the floor and the pages have in common."""
    day = floor_sql.DAY_SQLITE if settings.database == "sqlite" else floor_sql.DAY_POSTGRESQL
    with database(settings) as url:
        world = prepare(url, 0)
        asked: dict[str, tuple[str, tuple[object, ...]]] = {
            "list": (floor_sql.LIST, (world.round_id, STATE)),
            "list, counts": (floor_sql.LIST_COUNTS, (STATE, STATE, world.round_id)),
            "search": (floor_sql.SEARCH, ("%公営住宅%",)),
            "backlog": (floor_sql.BACKLOG.format(day=day), (world.round_id,)),
            "classification": (floor_sql.CLASSIFICATION, (world.round_id,)),
            "history of a case": (floor_sql.ENTRIES, (1,)),
        }
        explain = "EXPLAIN QUERY PLAN" if settings.database == "sqlite" else "EXPLAIN"
        with app_on(url):
            for name, (statement, values) in asked.items():
                say(f"\n{name}")
                for row in _plan(f"{explain} {statement}", values):
                    say(f"  {row[-1]}")


def _plan(statement: str, values: tuple[object, ...]) -> list[tuple[object, ...]]:
    named = {f"v{place}": value for place, value in enumerate(values)}
    parts = statement.split("?")
    said = parts[0] + "".join(f":v{place}{part}" for place, part in enumerate(parts[1:]))
    return [tuple(row) for row in db.session.execute(text(said), named)]
