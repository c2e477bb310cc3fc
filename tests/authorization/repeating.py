"""The same form sent again (二重送信, P04): what the second one changed, and what was answered."""

from dataclasses import dataclass, replace
from urllib.parse import urlsplit

from werkzeug.test import TestResponse

from app.core.posted_form import FORM_KEY, PostedForm
from tests.authorization.bodies import completed, forms_of
from tests.authorization.posts import Post
from tests.authorization.probing import Prober
from tests.authorization.stored import Rows, keep

KEY = "0123456789abcdef" * 2
LATER_TEXT = "あとから書き足した文です。"
CLAIMS = PostedForm.__tablename__


@dataclass
class Sent:
    """One sending of a form: the answer, and what stood in the database afterwards."""

    answer: TestResponse
    rows: Rows

    @property
    def told(self) -> tuple[int, str | None]:
        """What the person was told: status and place."""
        return self.answer.status_code, self.answer.location

    @property
    def acted(self) -> bool:
        """Whether the form was taken: its key is claimed in the transaction of the act."""
        return bool(self.rows[CLAIMS])


@dataclass
class Trial:
    """One form sent twice, and once more with another content: whether it acted, what was wrong."""

    has_acted: bool
    faults: list[str]


# The act ends the session of the reader, or gives a new one: the second answer asks to sign in.
ENDING = (
    "accounts.end_other_sessions",
    "accounts.end_own_session",
    "accounts.own_device",
    "accounts.own_password",
    "accounts.remove_factor",
)


def repeat(prober: Prober, post: Post, steps: int = 3) -> Trial:
    """Send a form twice, and with another content; so many looks may stand before its act."""
    with prober.taken_back():
        before = Rows()
        keep(before)(prober.connection)
        first = _send(prober, post)
        following = _following(post, first)
        if following is not None and steps:
            trial = repeat(prober, following, steps - 1)
            return Trial(trial.has_acted, [*_changes(before, first.rows), *trial.faults])
        again = _send(prober, post)
        other = _send(prober, replace(post, body={**post.body, "remark": [LATER_TEXT]}))
    faults = [*_changes(first.rows, again.rows), *_changes(first.rows, other.rows)]
    if not first.acted:
        faults += _changes(before, first.rows)
    elif post.endpoint in ENDING:
        faults += [f"then {sent.told}" for sent in (again, other) if sent.told[0] != 401]
    else:
        faults += _wrong_answers(first, again, other)
    return Trial(first.acted, [*faults, *_broken(first, again, other)])


def _wrong_answers(first: Sent, again: Sent, other: Sent) -> list[str]:
    found = []
    if first.told != again.told:
        found.append(f"answered {first.told}, then {again.told}")
    if other.answer.status_code != 409 or LATER_TEXT not in other.answer.text:
        found.append(f"another content: {other.told}")
    return found


def _broken(*sent: Sent) -> list[str]:
    return [f"broken: {one.told}" for one in sent if one.answer.status_code >= 500]


def keyed(prober: Prober, post: Post) -> dict[str, object]:
    """What the form sends, with its key."""
    return {**(prober.with_files(post.endpoint, post.body) or {}), FORM_KEY: KEY}


def _send(prober: Prober, post: Post) -> Sent:
    rows = Rows()
    answer = prober.send(post.path, "POST", post.reader, keyed(prober, post))
    keep(rows)(prober.connection)
    return Sent(answer, rows)


def _following(post: Post, sent: Sent) -> Post | None:
    """The second step of a form that is looked through before it acts."""
    if sent.acted or sent.answer.status_code != 200 or sent.answer.mimetype != "text/html":
        return None
    path = urlsplit(post.path).path
    shown = forms_of(path, sent.answer.text).get(path)
    body = completed(post.endpoint, shown) if shown else None
    return replace(post, body=body) if body and body != post.body else None


def _changes(before: Rows, after: Rows) -> list[str]:
    return [f"{table} changed" for table in before if before[table] != after[table]]
