"""Two who register the same thing at once: one is told, nothing breaks (P04)."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from app.accounts.models import OrganizationKind, Role, User
from app.core.access import public
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from tests.factories import make_organization, make_user


def test_collision_in_the_database_is_told_in_words(
    client: FlaskClient, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    body = make_organization(OrganizationKind.SECRETARIAT, "事務局")
    known = make_user("known", body, Role.OFFICER)
    db_session.commit()

    def register_again() -> str:
        with unit_of_work():
            db.session.add(
                User(
                    login=known.login,
                    display_name="同じ人",
                    organization_id=known.organization_id,
                    password_hash="",
                    created_at=known.created_at,
                )
            )
        return "never"

    views = client.application.view_functions
    monkeypatch.setitem(views, "health.healthz", public(register_again))

    answer = client.get("/healthz")

    assert answer.status_code == 409
    assert "ほかの人が同時に同じものを登録した" in answer.text
