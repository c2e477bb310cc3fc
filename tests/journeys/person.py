"""A person of a story: opens pages and sends the forms on them, as a browser without script."""

from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

UNCHECKED = ("checkbox", "radio")
NOT_SENT = ("submit", "button", "file")


class Person:
    """Somebody at a browser of their own (登場人物)."""

    def __init__(self, client: FlaskClient) -> None:
        self._client = client

    def read(self, path: str, status: int = 200) -> str:
        """The page at a path."""
        page = self._client.get(path)
        assert page.status_code == status, (path, page.status_code)
        return page.text

    def send(self, page: str, to: str | None = None, **typed: Any) -> TestResponse:
        """Send the form of a page that goes `to` an address, with what was typed into it."""
        target = to or page
        forms = _Forms(urlsplit(page).path)
        forms.feed(self.read(page))
        found = [fields for action, fields in forms.found if action == target]
        assert found, (page, [action for action, _ in forms.found])
        # One form of a page may come twice, at its head and at its end; they are alike.
        fields = {name: value for name, value in found[0].items() if name != "form_key"}
        answer = self._client.post(target, data={**fields, **typed})
        assert answer.status_code == 302, (target, answer.status_code, answer.text)
        return answer


class _Forms(HTMLParser):
    """The forms of a page that post, with the values that would be sent from them."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self._path = path
        self._area: str | None = None
        self._select: str | None = None
        self.found: list[tuple[str, dict[str, str]]] = []
        self._is_open = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._is_open = given.get("method", "get").lower() == "post"
            if self._is_open:
                self.found.append((given.get("action") or self._path, {}))
        elif self._is_open:
            self._take(tag, given)

    def _take(self, tag: str, given: dict[str, str]) -> None:
        fields, name = self.found[-1][1], given.get("name", "")
        if tag == "textarea":
            self._area = name
            fields[name] = ""
        elif tag == "select":
            self._select = name
        elif tag == "option" and self._select and "selected" in given:
            fields[self._select] = given.get("value", "")
        elif tag == "input" and name and _is_sent(given):
            fields[name] = given.get("value", "")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._is_open = False
        elif tag == "textarea":
            self._area = None
        elif tag == "select":
            self._select = None

    def handle_data(self, data: str) -> None:
        if self._area is not None:
            fields = self.found[-1][1]
            # A browser drops the first line break of a text field.
            fields[self._area] += data if fields[self._area] else data.removeprefix("\n")


def _is_sent(given: dict[str, str]) -> bool:
    kind = given.get("type")
    return kind not in NOT_SENT and (kind not in UNCHECKED or "checked" in given)
