"""Asking the API as a program does."""

from flask import Flask
from werkzeug.test import TestResponse

BASE = "/api/v1"


def fetch(app: Flask, secret: str, path: str, **more: object) -> TestResponse:
    """Ask for an address of the API with a token, "" for none."""
    headers = {"Authorization": f"Bearer {secret}"} if secret else {}
    browser = app.test_client(use_cookies=False)
    return browser.get(f"{BASE}{path}", headers=headers, **more)


def numbers(answer: TestResponse) -> list[str]:
    """Receipt numbers of a page of the list, in its order."""
    assert answer.status_code == 200, answer.text
    return [item["receipt_number"] for item in answer.json["items"]]
