"""Taking the trail out (監査証跡の出力, P23): what is in the file, checked without the product."""

import csv
import hashlib
import io
import json
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from html import unescape
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

import app as app_package
from app.audit.models import AuditEvent
from app.audit.services import Subject, record
from app.core import clock
from app.extensions import db
from app.readings import trail_exports
from tests.accounts.browser import enter
from tests.factories import World, declare_conflict, make_accepted, make_world

NOW = clock.jst(2024, 8, 20, 10)
REASON = "内部監査の資料にするため"
# As the operator's guide tells it; nothing of the product is asked.
FIRST_PREVIOUS = hashlib.sha256("共通化提案トリアージ 監査証跡".encode()).hexdigest()
CONTENT = "内容に関わる理由"


@pytest.fixture
def world(db_session: Session) -> Iterator[World]:
    with clock.at(NOW):
        world = make_world()
        db_session.commit()
        yield world


def write(
    session: Session, world: World, day: int, reason: str = "", login: str = "lead", **subject: Any
) -> None:
    with clock.at(clock.jst(2024, 7, day, 9)):
        about = Subject(type="round", id=1) if not subject else Subject(**subject)
        record("round.test", about, actor=world[login], reason=reason)
    session.commit()


def take(app: Flask, login: str = "auditor", **typed: str) -> TestResponse:
    data = {"format": "jsonl", "reason": REASON, **typed}
    return enter(app, login).post("/audit/export", data=data)


def rows_of(answer: TestResponse) -> list[dict[str, Any]]:
    assert answer.status_code == 200, unescape(answer.text)
    return [json.loads(line) for line in answer.text.split("\n")[1:-1]]


def table_of(answer: TestResponse) -> list[dict[str, str]]:
    assert answer.status_code == 200, unescape(answer.text)
    assert answer.data.startswith(b"\xef\xbb\xbf")
    return list(csv.DictReader(io.StringIO(answer.data.decode("utf-8-sig"), newline="")))


def hash_of(sealed: dict[str, Any], previous: str) -> str:
    text = json.dumps(sealed, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}\n{text}".encode()).hexdigest()


def broken_rows(rows: list[dict[str, Any]]) -> list[int]:
    """Numbers of the rows that do not hash to what they say, or are not bound to the one before."""
    found, previous = [], FIRST_PREVIOUS
    for number, row in enumerate(rows, start=1):
        is_next = int(row["seq"]) == number and row["previous_hash"] == previous
        sealed = row["sealed"]
        if not is_next or (sealed and hash_of(sealed, previous) != row["entry_hash"]):
            found.append(number)
        previous = row["entry_hash"]
    return found


def exports(session: Session) -> list[AuditEvent]:
    found = select(AuditEvent).where(AuditEvent.verb == "audit.export").order_by(AuditEvent.seq)
    return list(session.scalars(found))


def test_p23_whole_trail_is_checked_without_the_product(
    app: Flask, world: World, db_session: Session
) -> None:
    write(db_session, world, 1, "二行の\n理由\u2028と、=1+1")
    write(db_session, world, 2, "=1+1")
    stored = db_session.scalars(select(AuditEvent.entry_hash).order_by(AuditEvent.seq)).all()

    rows = rows_of(take(app))
    cells = table_of(take(app, format="csv"))

    read = [{**row, "sealed": json.loads(row["sealed"])} for row in cells]
    read = [{**row, "seq": row["番号"]} for row in read]
    # The sign-in of the auditor has its entry, too; so has the first export.
    assert [row["entry_hash"] for row in rows][: len(stored)] == list(stored)
    assert (broken_rows(rows), broken_rows(read)) == ([], [])
    assert len(read) > len(rows) > len(stored)
    # What was changed in the file afterwards shows.
    rows[1]["sealed"]["reason"] += "。"
    assert broken_rows(rows) == [2]


def test_p23_guide_tells_how_a_file_is_checked(
    app: Flask, world: World, db_session: Session, tmp_path: Path
) -> None:
    for day in range(1, 5):
        write(db_session, world, day, f"{day}日目の理由")
    whole = take(app).text

    assert checked(whole, tmp_path) == []
    assert checked(whole.replace("2日目", "9日目"), tmp_path) == ["内容が記録時と異なります"]
    lines = whole.split("\n")
    assert checked("\n".join([*lines[:2], *lines[3:]]), tmp_path) == ["前の番号が抜けています"]
    other = json.dumps({**json.loads(lines[1]), "entry_hash": "0" * 64, "withheld": True})
    assert checked("\n".join([lines[0], other, *lines[2:]]), tmp_path) == [
        "前の記録とつながっていません"
    ]


def checked(text: str, folder: Path) -> list[str]:
    """What the program of the operator's guide says of a file, but for its count."""
    guide = (Path(app_package.__file__).parents[1] / "docs" / "operations.md").read_text("utf-8")
    program = guide.split("### 監査証跡の出力と照合")[1].split("```python\n")[1].split("```")[0]
    file = folder / "trail.jsonl"
    file.write_text(text, encoding="utf-8", newline="\n")
    command = [sys.executable, "-X", "utf8", "-c", program, str(file)]
    told = subprocess.run(command, capture_output=True, check=True, encoding="utf-8").stdout
    *found, count = told.splitlines()
    assert "件。出力のときは" in count
    return [line.partition(" ")[2] for line in found]


def test_p23_export_says_who_took_what_and_why(
    app: Flask, world: World, db_session: Session
) -> None:
    case = make_accepted(world)
    db_session.commit()
    write(db_session, world, 5, type="proposal", id=case.id)

    answer = take(
        app, case=case.receipt_number, person="lead", first="令和6年7月1日", last="2024-07-31"
    )

    about = json.loads(answer.text.split("\n")[0])
    (entry,) = exports(db_session)
    lead = entry.changes.pop("by")
    assert [row["subject"] for row in rows_of(answer)] == [f"proposal {case.id}"]
    assert (entry.actor_id, entry.reason) == (world["auditor"].id, REASON)
    assert entry.changes == {
        "format": "jsonl",
        "entries": 1,
        "last_seq": entry.seq - 1,
        "with_names": False,
        "first": "2024-07-01",
        "last": "2024-07-31",
        "case": case.id,
    }
    assert (lead["person"], world["lead"].display_name in repr(lead)) == (world["lead"].id, False)
    assert (about["entries"], about["exported_by"]) == (1, world["auditor"].label)
    assert about["conditions"]["case"] == case.receipt_number
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"first": "2024-07-02", "last": "2024-07-03"}, ["B", "C"]),
        ({"person": "officer1", "last": "2024-07-31"}, ["B"]),
        ({"last": "2024-07-01"}, ["A"]),
        ({"first": "2024-06-01", "last": "2024-06-30"}, []),
    ],
)
def test_export_of_some_days_and_of_one_person(
    app: Flask, world: World, db_session: Session, asked: dict[str, str], found: list[str]
) -> None:
    for day, (reason, login) in enumerate(
        [("A", "lead"), ("B", "officer1"), ("C", "lead")], start=1
    ):
        write(db_session, world, day, reason, login)

    assert [row["reason"] for row in rows_of(take(app, **asked))] == found


def test_names_leave_only_where_asked_for(app: Flask, world: World, db_session: Session) -> None:
    write(db_session, world, 1)
    name = world["lead"].display_name

    plain, named = (take(app, last="2024-07-31", **more) for more in ({}, {"with_names": "y"}))

    assert (name in plain.text, name in named.text) == (False, True)
    assert rows_of(plain)[0]["sealed"] == rows_of(named)[0]["sealed"]
    assert [entry.changes["with_names"] for entry in exports(db_session)] == [False, True]


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_case_in_conflict_leaves_its_hashes_alone(
    app: Flask, world: World, db_session: Session, form: str
) -> None:
    case = make_accepted(world)
    write(db_session, world, 5, CONTENT, type="proposal", id=case.id)
    declare_conflict(world["auditor"], proposal=case)
    db_session.commit()

    answer = take(app, format=form)
    refused = take(app, case=case.receipt_number)

    assert (answer.status_code, CONTENT in answer.text) == (200, False)
    if form == "jsonl":
        rows = rows_of(answer)
        of_case = [row for row in rows if row["subject"] == f"proposal {case.id}"]
        assert {row["withheld"] for row in of_case} == {True}
        assert {row["states"] + row["reason"] for row in of_case} == {""}
        assert broken_rows(rows) == []
    assert (refused.status_code, "見つかりません" in refused.text) == (422, True)


@pytest.mark.parametrize("sign", ["=", "+", "-", "@", "\t=", "＝", "＋", "－", "＠"])
def test_p35_text_is_no_formula_in_a_spreadsheet(
    app: Flask, world: World, db_session: Session, sign: str
) -> None:
    write(db_session, world, 1, f"{sign}1+1")

    (row,) = table_of(take(app, format="csv", last="2024-07-31"))

    assert row["理由"] == f"'{sign}1+1"
    assert json.loads(row["sealed"])["reason"] == f"{sign}1+1"
    assert not any(cell[:1] in "=+-@\t＝＋－＠" for cell in row.values() if cell)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ({"reason": " "}, "出力する理由を入力してください"),
        ({"reason": "あ" * 301}, "300文字以内"),
        ({"format": "xlsx"}, "形式を選んでください"),
        ({"first": "7月"}, "first"),
        ({"first": "2024-07-02", "last": "2024-07-01"}, "終わりの日が、始まりの日より前"),
        ({"person": "nobody😀\u2028"}, "利用者はいません"),
        ({"case": "R6-9999"}, "案件は見つかりません"),
    ],
)
def test_odd_export_is_refused_in_words_and_leaves_nothing(
    app: Flask, world: World, db_session: Session, typed: dict[str, str], words: str
) -> None:
    answer = take(app, **{"last": "2024-07-31", **typed})

    assert (answer.status_code, words in unescape(answer.text)) == (422, True)
    # What was typed stays.
    assert "2024-07-31" in answer.text or "last" in typed
    assert exports(db_session) == []


def test_p29_exports_of_a_day_are_capped(
    app: Flask, world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_exports, "MOST_A_DAY", 2)

    answers = [take(app) for _ in range(3)]
    with clock.at(NOW + timedelta(days=1)):
        answers.append(take(app))

    assert [answer.status_code for answer in answers] == [200, 200, 422, 200]
    assert "1日に出力できるのは2回まで" in answers[2].text
    assert REASON in answers[2].text
    assert len(exports(db_session)) == 3


def test_export_of_too_many_entries_asks_for_a_shorter_period(
    app: Flask, world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_exports, "MOST_ENTRIES", 1)
    write(db_session, world, 1)
    write(db_session, world, 2)

    many, one = take(app, last="2024-07-31"), take(app, last="2024-07-01")

    assert (many.status_code, "2件あります" in many.text) == (422, True)
    assert len(rows_of(one)) == 1


def test_only_the_auditor_takes_the_trail_out(
    app: Flask, world: World, db_session: Session
) -> None:
    logins = ["admin", "lead", "officer1", "city-mgr", "coordinator", "observer"]

    assert {take(app, login).status_code for login in logins} == {403}
    assert exports(db_session) == []


def test_export_is_read_while_it_is_sent(
    app: Flask, world: World, db_session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_exports, "BATCH", 4)
    for day in range(1, 11):
        write(db_session, world, day, str(day))
    asked: list[str] = []

    def note(_c: object, _cur: object, statement: str, *_rest: object) -> None:
        if statement.startswith("SELECT"):
            asked.append(statement)

    event.listen(db.engine, "before_cursor_execute", note)
    try:
        answer = take(app, last="2024-07-31")
        before, pieces = len(asked), []
        for piece in answer.response:
            pieces.append((piece, len(asked) - before))
    finally:
        event.remove(db.engine, "before_cursor_execute", note)

    # The first line asks for nothing; each piece for one question, whatever it holds.
    assert [questions for _, questions in pieces] == [0, 1, 2, 3]
    assert [piece.count(b"\n") for piece, _ in pieces] == [1, 4, 4, 2]


def test_page_hands_its_conditions_to_the_export(app: Flask, world: World) -> None:
    browser = enter(app, "auditor")

    page = unescape(browser.get("/audit?person=lead&act=round.test&first=2024-07-01").text)
    form = browser.get("/audit/export?first=2024-07-01&person=lead&reason=x&format=zip").text

    assert 'href="/audit/export?first=2024-07-01&person=lead"' in page
    assert ('value="2024-07-01"' in form, 'value="lead"' in form) == (True, True)
    assert ">x</textarea>" not in form
