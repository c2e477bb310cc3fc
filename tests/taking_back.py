"""Taking back what was committed inside a test (書いたものを戻す): one world for several trials."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from sqlalchemy import Connection

from app.extensions import db


@contextmanager
def taken_back() -> Iterator[None]:
    """Take back whatever is committed inside, as the `app` fixture does after a whole test.

    What was written before is committed first. Objects that were made inside are of no use
    afterwards; those from before are read anew.
    """
    db.session.commit()
    connection = db.session.get_bind()
    assert isinstance(connection, Connection), "only with the fixtures app and db_session"
    kept = connection.begin_nested()
    try:
        yield
    finally:
        db.session.rollback()
        kept.rollback()
        db.session.expire_all()


@contextmanager
def rolled_back(app: Flask) -> Iterator[None]:
    """Roll back whatever is committed inside, also by requests: for a fixture that lends an app."""
    with app.app_context():
        engine, sessionmaker = db.engine, db.sessionmaker
    with engine.connect() as connection:
        transaction = connection.begin()
        sessionmaker.configure(bind=connection, join_transaction_mode="create_savepoint")
        yield
        sessionmaker.configure(bind=engine, join_transaction_mode="conditional_savepoint")
        transaction.rollback()
