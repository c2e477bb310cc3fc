"""Rows that a statement wrote past the session (セッションを通さない書込み)."""

from app.extensions import Base, db


def read_anew(model: type[Base], *columns: str) -> None:
    """Have columns of a table's rows read anew wherever one is loaded (読み直し).

    For after an UPDATE whose values are parameters: the session cannot know them, and would take
    them for None.
    """
    for row in db.session.identity_map.values():
        if isinstance(row, model):
            db.session.expire(row, columns)
