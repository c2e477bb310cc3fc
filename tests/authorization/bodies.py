"""What a form would send (フォームの内容): read from a page, filled in hastily."""

from html.parser import HTMLParser
from urllib.parse import urlsplit

from app.core.posted_form import NOT_CONTENT
from tests.authorization.worlds import NOW

# Of what a person types nothing has to be right: a refusal must come before the rules of the work.
TYPED = {
    "date": NOW.date().replace(month=9, day=10).isoformat(),
    "number": "1",
    "email": "someone@city.example",
    "password": "a password for the tests",
    "time": "10:00",
    "datetime-local": "2024-09-10T10:00",
}
WORDS = "試験のための文です。"
UNTYPED = ("submit", "button", "file", "image", "reset")

Body = dict[str, list[str]]


class FormReader(HTMLParser):
    """Collects the posting forms of a page: address and what it would send."""

    def __init__(self, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.forms: dict[str, Body] = {}
        self.files: dict[str, str] = {}
        self._action = ""
        self._body: Body | None = None
        self._select = ""
        self._textarea = ""
        self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            action = urlsplit(given.get("action") or self.path).path
            # The first form of an address: others repeat it for other rows.
            self._action = action
            self._body = self.forms.setdefault(action, {})
        elif self._body is None:
            return
        elif tag == "input":
            self._take_input(given)
        elif tag == "button" and given.get("name"):
            self._body.setdefault(given["name"], [given.get("value", "")])
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select and given.get("value"):
            chosen = "selected" in given
            if chosen or self._select not in self._body:
                self._body[self._select] = [given["value"]]
        elif tag == "textarea":
            self._textarea, self._text = given.get("name", ""), ""

    def _take_input(self, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        if kind == "file":
            self.files[self._action] = name
        if self._body is None or not name or kind in UNTYPED or name in NOT_CONTENT:
            return
        value = given.get("value", "")
        if kind == "radio":
            if "checked" in given or name not in self._body:
                self._body[name] = [value]
        elif kind == "checkbox":
            self._body.setdefault(name, []).append(value or "y")
        else:
            self._body[name] = [value or ("" if kind == "hidden" else TYPED.get(kind, WORDS))]

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._body = None
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._textarea and self._body is not None:
            self._body[self._textarea] = [self._text.strip() or WORDS]
            self._textarea = ""


def forms_of(path: str, page: str) -> dict[str, Body]:
    """The posting forms of a page, by the path they post to."""
    reader = FormReader(path)
    reader.feed(page)
    return reader.forms
