"""Signing in as a browser does, for the tests of the pages."""

import re

from flask import Flask, current_app, has_app_context, session
from flask.testing import FlaskClient
from flask_login import login_user
from flask_wtf.csrf import generate_csrf
from werkzeug.test import TestResponse

from app.accounts.queries import find_user
from app.accounts.services.sign_in import SignIn, open_session, remember_try
from app.core.unit_of_work import unit_of_work
from app.extensions import db
from tests.factories import PASSWORD

SOURCE = "127.0.0.1"

# What differs from one answer to the next whatever was asked for: ids, the token, the clock.
CHANCE = re.compile(r'[0-9a-f]{16,}|<time.*?</time>|name="csrf_token"[^>]*>')


def sign_in(
    client: FlaskClient, login: str, password: str = PASSWORD, **fields: str
) -> TestResponse:
    """Post the sign-in form."""
    return client.post("/login", data={"login": login, "password": password, **fields})


def enter(app: Flask, login: str) -> FlaskClient:
    """Be signed in with a browser of one's own."""
    browser = app.test_client()
    let_in(browser, login)
    return browser


def let_in(client: FlaskClient, login: str) -> None:
    """Leave in the browser, the database and the trail what the sign-in form leaves there.

    Without the form and its password, which is slow to check on purpose: what signs in is the
    subject of tests/accounts, and the beginning of nearly every other test of a page.
    """
    app = client.application
    beside_session = has_app_context() and current_app == app
    if beside_session:
        db.session.flush()
    with app.app_context(), app.test_request_context():
        command = SignIn(login=login, password=PASSWORD, source=SOURCE)
        with unit_of_work():
            user = find_user(login)
            assert user is not None, login
            assert user.is_active, login
            remember_try(command, is_success=True)
            token = open_session(user, command, hours=app.config["SETTINGS"].SESSION_HOURS)
        user.bind_session(token)
        login_user(user)
        generate_csrf()
        left = dict(session)
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie.update(left)
    if beside_session:
        db.session.expire_all()


def is_signed_in(client: FlaskClient) -> bool:
    """Whether the home answers instead of asking for a sign-in."""
    return client.get("/rounds").status_code == 200
