"""Handing out files (ファイルの配信): saved, never shown (P32)."""

from email.message import Message
from io import BytesIO
from urllib.parse import unquote

import pytest
from sqlalchemy.orm import Session

from app.core.errors import NotAllowed
from app.core.unit_of_work import unit_of_work
from app.files.models import StoredFile, Verdict
from app.files.services import take_in
from app.files.serving import disposition, serve
from tests.factories import make_world
from tests.files.documents import csv_table
from tests.files.test_gate_names import HOSTILE_NAMES


@pytest.fixture
def stored(db_session: Session) -> StoredFile:
    world = make_world()
    db_session.commit()
    with unit_of_work():
        return take_in(
            BytesIO(csv_table()), "別紙.csv", size_limit_bytes=1 << 20, actor=world["city"]
        )


def test_p32_headers_of_a_file(stored: StoredFile) -> None:
    response = serve(stored)

    body = response.get_data()
    headers = dict(response.headers)
    response.close()
    assert body == csv_table()
    assert headers == {
        "Content-Type": "text/csv",
        "Content-Length": str(len(csv_table())),
        "Content-Disposition": 'attachment; filename="file.csv"; '
        "filename*=UTF-8''%E5%88%A5%E7%B4%99.csv",
        "Content-Security-Policy": "default-src 'none'; sandbox",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Cache-Control": "no-store",
    }


@pytest.mark.parametrize(
    ("verdict", "words"),
    [
        (Verdict.WAITING, "検査が終わっていない"),
        (Verdict.INFECTED, "問題が見つかった"),
        (Verdict.FAILED, "検査ができなかった"),
    ],
)
def test_p33_file_that_is_not_clean_is_refused_in_words(
    stored: StoredFile, verdict: Verdict, words: str
) -> None:
    stored.verdict = verdict

    with pytest.raises(NotAllowed, match=words):
        serve(stored)


@pytest.mark.parametrize("name", HOSTILE_NAMES.values(), ids=ascii)
def test_p32_hostile_name_makes_one_harmless_header(name: str) -> None:
    header = disposition(name)

    message = Message()
    message["Content-Disposition"] = header
    assert header.isascii()
    assert header.isprintable()
    assert message.get_content_disposition() == "attachment"
    assert unquote(header.partition("filename*=UTF-8''")[2]) == name
    assert header.count('"') == 2


def test_name_of_plain_letters_is_kept_in_both_forms() -> None:
    assert disposition("report R6.pdf") == (
        "attachment; filename=\"report R6.pdf\"; filename*=UTF-8''report%20R6.pdf"
    )
