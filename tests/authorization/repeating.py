"""The same form sent again (二重送信, P04): what the second one changed, and what was answered."""

from dataclasses import dataclass, replace

from werkzeug.test import TestResponse

from app.core.posted_form import FORM_KEY, PostedForm
from tests.authorization.bodies import completed, forms_of
from tests.authorization.posts import Post
from tests.authorization.probing import Prober, with_files
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


# The act ends the session of the reader: the second answer asks to sign in.
ENDING = ("accounts.own_password", "accounts.remove_factor")


def faults_of_repetition(prober: Prober, post: Post) -> list[str]:
    """What is wrong with one form sent twice, and once more with another content."""
    with prober.taken_back():
        before = Rows()
        keep(before)(prober.connection)
        first = _send(prober, post)
        following = _following(post, first)
        if following is not None:
            return [*_changes(before, first.rows), *faults_of_repetition(prober, following)]
        again = _send(prober, post)
        other = _send(prober, replace(post, body={**post.body, "remark": [LATER_TEXT]}))
    found = [*_changes(first.rows, again.rows), *_changes(first.rows, other.rows)]
    if not first.acted:
        return [*found, *_changes(before, first.rows)]
    if post.endpoint in ENDING:
        return found if again.told[0] == other.told[0] == 401 else [*found, f"then {again.told}"]
    if first.told != again.told:
        found.append(f"answered {first.told}, then {again.told}")
    if other.answer.status_code != 409 or LATER_TEXT not in other.answer.text:
        found.append(f"another content: {other.told}")
    return found


def keyed(post: Post) -> dict[str, object]:
    """What the form sends, with its key."""
    return {**(with_files(post.endpoint, post.body) or {}), FORM_KEY: KEY}


def _send(prober: Prober, post: Post) -> Sent:
    rows = Rows()
    answer = prober.send(post.path, "POST", post.reader, keyed(post))
    keep(rows)(prober.connection)
    return Sent(answer, rows)


def _following(post: Post, sent: Sent) -> Post | None:
    """The second step of a form that is looked through before it acts."""
    if sent.acted or sent.answer.status_code != 200 or sent.answer.mimetype != "text/html":
        return None
    shown = forms_of(post.path, sent.answer.text).get(post.path)
    body = completed(post.endpoint, shown) if shown else None
    return replace(post, body=body) if body and body != post.body else None


def _changes(before: Rows, after: Rows) -> list[str]:
    return [f"{table} changed" for table in before if before[table] != after[table]]
