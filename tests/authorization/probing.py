"""Asking at one door as one reader (権限表の一升): what comes back, and nothing stays behind."""

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from typing import NamedTuple

from flask import Flask
from sqlalchemy import Connection
from werkzeug.test import TestResponse

from app.accounts.models import Role
from app.core import clock
from app.core.access import BEARER, PUBLIC, SIGNED_IN, audience_of
from app.core.problems import API_PATH
from app.extensions import db
from tests.accounts.browser import let_in
from tests.architecture.test_endpoints import VALUES, Door
from tests.authorization.bodies import Body, completed, forms_of
from tests.authorization.cases import Cases
from tests.authorization.filled import FILES
from tests.authorization.keys import secret_of
from tests.authorization.worlds import NOW, READERS, make_cases

ANYWHERE = "-"
# Situations of a case that the table asks in; the world has more of them.
TABLED = ("submitted", "in_confirmation", "classified", "replied", "released", "foreign")
OF_CASE = {"receipt_number", "proposal_id"}
RECEIPT = re.compile(r"R[68]-\d{4}")
DRAFT = re.compile(r"/proposals/drafts/(\d+)\b")

# One sign a status; the legend stands in the head of the table.
SIGNS = {200: "o", 302: ">", 303: ">", 401: "L", 403: "x", 404: ".", 409: "c", 422: "f", 400: "b"}
LEGEND = (
    "o shown, > done or sent on, L asked to sign in, x refused (403), . not found (404), "
    "c conflict (409), f form with errors (422), b unreadable (400), = other"
)


SentFile = tuple[str, str, bytes]  # name of the field, name and content of the file


class Cell(NamedTuple):
    """One door, one situation, one reader."""

    door: Door
    situation: str
    reader: str


@dataclass
class Prober:
    """The app on a world of its own, the cookies of the readers, and where forms were found."""

    app: Flask
    connection: Connection
    values: dict[str, dict[str, object]]
    typed: dict[str, Body] = field(default_factory=dict)
    queries: dict[str, str] = field(default_factory=dict)
    files: dict[str, SentFile] = field(default_factory=dict)
    cookies: dict[str, str] = field(default_factory=dict)
    roles: dict[str, frozenset[Role]] = field(default_factory=dict)
    _forms: dict[tuple[str, str], dict[str, Body]] = field(default_factory=dict)

    def ask(self, cell: Cell, body: Body | None = None) -> TestResponse:
        """Answer of a door to a reader; whatever it wrote is taken back."""
        address = self.address(cell.door, cell.situation)
        sent = self.with_files(cell.door.endpoint, body) if cell.door.method != "GET" else body
        return self.open(address, cell.door.method, cell.reader, sent)

    def open(
        self,
        path: str,
        method: str,
        reader: str,
        body: Mapping[str, object] | None = None,
        look: Callable[[Connection], None] | None = None,
    ) -> TestResponse:
        """Send a request as a reader and take back what it wrote, after a look at it."""
        with self.taken_back():
            answer = self.send(path, method, reader, body)
            if look:
                look(self.connection)
            return answer

    @contextmanager
    def taken_back(self) -> Iterator[None]:
        """Take back whatever is written inside the block."""
        kept = self.connection.begin_nested()
        try:
            yield
        finally:
            kept.rollback()

    def send(
        self, path: str, method: str, reader: str, body: Mapping[str, object] | None = None
    ) -> TestResponse:
        """Send a request as a reader; what it writes stays for the next one."""
        headers = {"Cookie": self.cookies[reader]} if reader in self.cookies else {}
        if path.startswith(API_PATH):
            # The cookie goes along: it must not open these doors.
            headers |= {"Authorization": f"Bearer {secret_of(READERS[reader])}"}
        client = self.app.test_client(use_cookies=False)
        with clock.at(NOW):
            return client.open(
                path, method=method, headers=headers, data=body or None, buffered=True
            )

    def address(self, door: Door, situation: str) -> str:
        """Path of a door, with what has to stand behind it."""
        return self.path(door, situation) + self.queries.get(door.endpoint, "")

    def path(self, door: Door, situation: str) -> str:
        """Path of a door for a case in a situation."""
        values = {name: VALUES[name] for name in door.arguments} | self._values(situation)
        known = {name: values[name] for name in door.arguments}
        adapter = self.app.url_map.bind("localhost")
        return adapter.build(door.endpoint, known, method=door.method)

    def _values(self, situation: str) -> Mapping[str, object]:
        return self.values.get(situation, {})

    def situations(self, door: Door) -> list[str]:
        """Situations in which a door is asked in any case."""
        asked = door.arguments
        if "receipt_number" in asked:
            return [name for name in TABLED if name in self.values]
        if "proposal_id" in asked:
            return ["draft", "submitted"]
        if "reply_id" in asked:
            return ["replied"]
        if "handoff_id" in asked:
            return ["handed_off", "replied"]
        return [ANYWHERE]

    def further_situations(self, door: Door) -> list[str]:
        """The others of the world that say something of what stands in its address."""
        asked = self.situations(door)
        return [
            name
            for name, values in self.values.items()
            if name not in asked
            and not door.arguments.isdisjoint(values)
            and door.arguments & OF_CASE <= values.keys()
        ]

    def knows(self, door: Door, situation: str) -> bool:
        """Whether a situation says something of this door."""
        return situation in (*self.situations(door), *self.further_situations(door))

    def may_enter(self, door: Door, reader: str) -> bool:
        """Whether the first gate lets the reader in, as the door declares."""
        audience = audience_of(self.app, door.endpoint)
        if audience == PUBLIC or reader == "nobody":
            return bool(audience == PUBLIC)
        # A program is let in by its token, at the first door or at none.
        return audience in (SIGNED_IN, BEARER) or bool(self.roles[reader] & audience)

    @contextmanager
    def without_gate(self) -> Iterator[None]:
        """The product with its first gate taken out (入口の権限)."""
        hooks = self.app.before_request_funcs[None]
        gate = next(hook for hook in hooks if hook.__name__ == "gate")
        place = hooks.index(gate)
        hooks.remove(gate)
        try:
            yield
        finally:
            hooks.insert(place, gate)

    def filled(self, endpoint: str, shown: Body | None) -> Body | None:
        """A form as somebody sends it who knows this world."""
        known = self.typed.get(endpoint, {})
        body = completed(endpoint, shown)
        return {**(body or {}), **known} if body or known else None

    def with_files(self, endpoint: str, body: Body | None) -> Mapping[str, object] | None:
        """What a form sends with the file that belongs to it."""
        files = FILES | self.files
        if endpoint not in files:
            return body
        field_name, name, content = files[endpoint]
        return {**(body or {}), field_name: (BytesIO(content), name)}

    def forms(self, page: Cell) -> dict[str, Body]:
        """The forms that a page shows to a reader; asked for once."""
        path = self.path(page.door, page.situation)
        key = path, page.reader
        if key not in self._forms:
            answer = self.ask(page)
            is_page = answer.status_code == 200 and answer.mimetype == "text/html"
            self._forms[key] = forms_of(path, answer.text) if is_page else {}
        return self._forms[key]

    def seen_in(self, answer: TestResponse) -> list[str]:
        """Situations of the cases whose number stands in an answer."""
        if answer.status_code != 200 or not answer.mimetype.startswith("text/"):
            return []
        numbers: set[object] = set(RECEIPT.findall(answer.text))
        numbers |= {int(found) for found in DRAFT.findall(answer.text)}
        known = {
            name: values.get("receipt_number", values.get("proposal_id"))
            for name, values in self.values.items()
            if not OF_CASE.isdisjoint(values)
        }
        return [name for name, number in known.items() if number in numbers]


def sign(answer: TestResponse) -> str:
    """Sign of an answer in the table."""
    if answer.status_code == 302 and (answer.location or "").startswith("/login"):
        return "L"
    return SIGNS.get(answer.status_code, "!" if answer.status_code >= 500 else "=")


@contextmanager
def prober_on(app: Flask) -> Iterator[Prober]:
    """Build the world in a transaction that is rolled back in the end.

    Neither its clock nor its context outlast the building: other tests come in between.
    """
    with lent(app) as connection:
        yield make_prober(app, connection)


@contextmanager
def lent(app: Flask) -> Iterator[Connection]:
    """One connection for all sessions of the app; what they commit is rolled back in the end."""
    with app.app_context():
        engine, sessionmaker = db.engine, db.sessionmaker
    with engine.connect() as connection:
        whole = connection.begin()
        sessionmaker.configure(bind=connection, join_transaction_mode="create_savepoint")
        try:
            yield connection
        finally:
            sessionmaker.configure(bind=engine, join_transaction_mode="conditional_savepoint")
            whole.rollback()


def make_prober(app: Flask, connection: Connection) -> Prober:
    """Build the world, and let everybody of it in."""
    with app.app_context(), clock.at(NOW):
        cases = make_cases()
        prober = Prober(app, connection, cases.values(), cases.typed, cases.queries, cases.files)
        _let_everybody_in(prober, cases)
        db.session.commit()
    return prober


def _let_everybody_in(prober: Prober, cases: Cases) -> None:
    for reader, login in READERS.items():
        if not login:
            continue
        client = prober.app.test_client()
        let_in(client, login)
        cookie = client.get_cookie("session")
        assert cookie is not None
        prober.cookies[reader] = f"session={cookie.value}"
        prober.roles[reader] = frozenset(cases.world[login].roles)
        with client.session_transaction() as kept:
            sitting = hashlib.sha256(kept["_user_id"].encode()).hexdigest()
        for done_by, act in cases.sittings:
            if done_by == login:
                act.session_key = sitting
    db.session.commit()
