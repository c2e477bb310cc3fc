"""Forms that were sent (送信済みの様式): a form sent twice acts once (P04).

Every form carries a key that was made when it was shown. The unit of work claims the key in the
transaction of the act: whoever sends the same form again finds the row and gets the first answer.
"""

import hashlib
import re
import secrets
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import g, has_request_context, request
from flask_login import current_user
from sqlalchemy import ForeignKey, String, Text, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, Session, mapped_column
from werkzeug.datastructures import FileStorage

from app.core import clock
from app.core.errors import DomainError
from app.core.viewing import running_viewing
from app.extensions import Base

FORM_KEY = "form_key"
REDIRECTS = 302  # status of an answer that leads to another page
KEY_SHAPE = re.compile(r"[0-9a-f]{32}")
# The token differs from page to page and says nothing of what was typed.
NOT_CONTENT = (FORM_KEY, "csrf_token")
CHUNK_BYTES = 64 * 1024
POSTED_DIFFERENTLY = (
    "この画面は既に一度送信しています。今回は内容が前と違うため、保存していません。"
    "先に送信したものを確かめて、必要な文を下の欄から写してください。"
)


class PostedForm(Base):
    """A form that was sent and acted upon (送信済みの様式).

    `status` and `location` are those of the first answer; None until it is known. Rows are erased
    after some days by the nightly job.
    """

    __tablename__ = "posted_form"

    user_id: Mapped[int] = mapped_column(ForeignKey("user_account.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(32), primary_key=True)
    # SHA-256 of the address and of all that was sent: tells a repetition from another content.
    digest: Mapped[str] = mapped_column(String(64))
    posted_at: Mapped[datetime] = mapped_column(index=True)
    status: Mapped[int | None]
    location: Mapped[str] = mapped_column(Text, default="")


class Post(NamedTuple):
    """The running request as a form that is sent (送信): who, which form, what."""

    user_id: int
    key: str
    digest: str


class AlreadyPosted(DomainError):
    """The same form with the same content was sent before (二重送信): the first answer counts."""

    default_message = "同じ画面が2回送られたため、1回だけ受け付けました。"

    def __init__(self, post: Post) -> None:
        self.post = post
        super().__init__()


class PostedDifferently(DomainError):
    """A form that was sent before came again with another content (送信済みの画面).

    `location` is where the first answer led, empty when it led nowhere.
    """

    default_message = POSTED_DIFFERENTLY

    def __init__(self, location: str) -> None:
        self.location = location
        super().__init__()


def new_form_key() -> str:
    """Return a key for one showing of one form (送信キー)."""
    return secrets.token_hex(16)


def post_of_request() -> Post | None:
    """Return the form that the running request sends; None without a key, a user or a request."""
    if not has_request_context() or request.method != "POST":
        return None
    if "post" not in g:
        g.post = _read_post()
    found: Post | None = g.post
    return found


def _read_post() -> Post | None:
    key = request.form.get(FORM_KEY, "")
    if KEY_SHAPE.fullmatch(key) is None or not current_user.is_authenticated:
        return None
    viewing = running_viewing()
    sender = viewing.real if viewing else current_user
    return Post(sender.id, key, _digest())


def _digest() -> str:
    digest = hashlib.sha256()
    for part in _sent_parts():
        # Lengths in front: two parts never read like one.
        digest.update(b"%d:" % len(part) + part)
    return digest.hexdigest()


def _sent_parts() -> Iterator[bytes]:
    yield request.path.encode()
    for name, text in sorted(request.form.items(multi=True)):
        if name not in NOT_CONTENT:
            yield name.encode()
            yield text.encode(errors="surrogatepass")
    for name, file in sorted(request.files.items(multi=True), key=lambda pair: pair[0]):
        yield name.encode()
        yield (file.filename or "").encode(errors="surrogatepass")
        yield _digest_of_file(file)


def _digest_of_file(file: FileStorage) -> bytes:
    digest = hashlib.sha256()
    while chunk := file.stream.read(CHUNK_BYTES):
        digest.update(chunk)
    file.stream.seek(0)
    return digest.digest()


def will_lead_to(location: str) -> None:
    """Say where the running request leads when its act is done (行き先), before the act commits.

    The place is then kept in the transaction of the act, which needs no second one for it.
    """
    g.leads_to = location


def _answer_in_view() -> dict[str, Any]:
    location = g.get("leads_to", "")
    return {"status": REDIRECTS if location else None, "location": location}


def is_answer_kept(status: int, location: str) -> bool:
    """Whether the transaction of the act has kept this very answer already (答えの控え)."""
    return bool(g.get("kept_answer") == {"status": status, "location": location})


def keep_place(session: Session, post: Post) -> None:
    """Keep where the act leads, in its transaction, if that was said since the claim (行き先)."""
    answer = _answer_in_view()
    if answer == g.kept_answer:
        return
    session.execute(
        update(PostedForm)
        .where(PostedForm.user_id == post.user_id, PostedForm.key == post.key)
        .values(**answer)
    )
    g.kept_answer = answer


def claim(session: Session, post: Post) -> None:
    """Take the key of a form in the transaction of its act (送信キーの確保).

    A second sender waits here until the first has committed. Raises AlreadyPosted,
    PostedDifferently.
    """
    answer = g.kept_answer = _answer_in_view()
    if not claim_is_new(session, post, answer):
        refuse_repetition(session, post)


def claim_is_new(session: Session, post: Post, answer: Mapping[str, Any]) -> bool:
    """Insert the claim of a key; False when it is there already (送信キーの有無)."""
    insert = postgresql.insert if session.get_bind().dialect.name == "postgresql" else sqlite.insert
    claimed = session.execute(
        insert(PostedForm)
        .values(
            user_id=post.user_id,
            key=post.key,
            digest=post.digest,
            posted_at=clock.now(),
            **answer,
        )
        .on_conflict_do_nothing()
        .returning(PostedForm.key)
    ).scalar()
    return claimed is not None


def refuse_repetition(session: Session, post: Post) -> None:
    """Refuse what was sent before, nothing else. Raises AlreadyPosted, PostedDifferently."""
    known = session.get(PostedForm, (post.user_id, post.key), populate_existing=True)
    if known is None:
        return
    if known.digest != post.digest:
        raise PostedDifferently(known.location)
    raise AlreadyPosted(post)


def note_claim(post: Post | None) -> None:
    """Remember, after the commit, that this request acted, and on its form (確保済み)."""
    if has_request_context():
        g.has_committed = True
    if post is not None:
        g.is_form_claimed = True


def is_claimed() -> bool:
    """Whether this request has already acted on its form (確保済み)."""
    return bool(g.get("is_form_claimed", False))
