"""Signing in as a browser does, for the tests of the pages."""

import re

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.factories import PASSWORD

# What differs from one answer to the next whatever was asked for: ids, the token, the clock.
CHANCE = re.compile(r'[0-9a-f]{16,}|<time.*?</time>|name="csrf_token"[^>]*>')


def sign_in(
    client: FlaskClient, login: str, password: str = PASSWORD, **fields: str
) -> TestResponse:
    """Post the sign-in form."""
    return client.post("/login", data={"login": login, "password": password, **fields})


def enter(app: Flask, login: str) -> FlaskClient:
    """Sign in with a browser of one's own."""
    browser = app.test_client()
    sign_in(browser, login)
    return browser


def is_signed_in(client: FlaskClient) -> bool:
    """Whether the home answers instead of asking for a sign-in."""
    return client.get("/rounds").status_code == 200
