"""What a form would send (フォームの内容): read from a page, filled in hastily."""

import re
from html.parser import HTMLParser
from urllib.parse import urlsplit

from app.core.posted_form import FORM_KEY, NOT_CONTENT
from tests.authorization.filled import FILLED
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
# Dates, addresses and numbers are typed as text, in any usual way of writing: the name tells.
BY_NAME = (
    (re.compile(r"(_on|^day|_from|^until|_until|_as_of)$"), "令和6年9月10日"),
    (re.compile(r"email$"), "someone@city.example.jp"),
    (re.compile(r"^(cases|case)$|^numbers$|^receipt_number$"), "R6-0012"),
    (re.compile(r"^(position|mark|years)$"), "30"),
    (re.compile(r"^(plan_drafted|consulted|agreed|in_service)$"), ""),
)
# Buttons that look before they act, or lay the form out anew: what is sent is the act itself.
LOOKS = ("preview", "what_if", "show_result", "move", "add", "take")
UNTYPED = ("submit", "button", "file", "image", "reset")

Body = dict[str, list[str]]


class FormReader(HTMLParser):
    """Collects the posting forms of a page: address and what it would send."""

    def __init__(self, path: str) -> None:
        super().__init__(convert_charrefs=True)
        self.path = path
        self.forms: dict[str, Body] = {}
        self.files: dict[str, str] = {}
        # Addresses that a form posts to which carries no key.
        self.keyless: set[str] = set()
        self._has_key = False
        self._action = ""
        self._body: Body | None = None
        self._select = ""
        self._textarea = ""
        self._text = ""
        # Buttons that send the form to another address.
        self._buttons: list[tuple[str, dict[str, str]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form" and given.get("method", "").lower() == "post":
            action = urlsplit(given.get("action") or self.path).path
            # The first form of an address: others repeat it for other rows.
            self._action, self._has_key = action, False
            self._body = self.forms.setdefault(action, {})
        elif self._body is None:
            return
        elif tag == "input":
            self._take_input(given)
        elif tag == "button":
            self._take_button(self._body, given)
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and self._select and given.get("value"):
            chosen = "selected" in given
            if chosen or self._select not in self._body:
                self._body[self._select] = [given["value"]]
        elif tag == "textarea":
            self._textarea, self._text = given.get("name", ""), ""

    def _take_button(self, body: Body, given: dict[str, str]) -> None:
        if given.get("formaction"):
            self._buttons.append((urlsplit(given["formaction"]).path, given))
        elif given.get("name") and given["name"] not in LOOKS:
            body.setdefault(given["name"], [given.get("value", "")])

    def _take_input(self, given: dict[str, str]) -> None:
        name, kind = given.get("name", ""), given.get("type", "text")
        self._has_key |= name == FORM_KEY
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
            self._body[name] = [value or ("" if kind == "hidden" else typed(name, kind))]

    def handle_data(self, data: str) -> None:
        self._text += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "form" and self._body is not None:
            for path, button in self._buttons:
                name = button.get("name")
                pressed = {name: [button.get("value", "")]} if name and name not in LOOKS else {}
                self.forms.setdefault(path, {**self._body, **pressed})
            if not self._has_key:
                self.keyless |= {self._action, *(path for path, _ in self._buttons)}
            self._body, self._buttons = None, []
        elif tag == "select":
            self._select = ""
        elif tag == "textarea" and self._textarea and self._body is not None:
            self._body[self._textarea] = [self._text.strip() or typed(self._textarea, "text")]
            self._textarea = ""


def typed(name: str, kind: str) -> str:
    """What a person types into a field that is empty."""
    by_name = next((text for pattern, text in BY_NAME if pattern.search(name)), WORDS)
    return TYPED.get(kind, by_name)


def forms_of(path: str, page: str) -> dict[str, Body]:
    """The posting forms of a page, by the path they post to."""
    reader = FormReader(path)
    reader.feed(page)
    return reader.forms


def completed(endpoint: str, shown: Body | None) -> Body | None:
    """A form as somebody sends it who knows what belongs there."""
    known = FILLED.get(endpoint, {})
    return {**(shown or {}), **known} if shown or known else None
