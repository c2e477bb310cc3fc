"""Log lines (ログ): one event one line, the fields of a request, nothing of a person."""

import io
import json
import logging
import sys
from collections.abc import Iterator
from dataclasses import replace

import click
import pytest
import structlog
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.orm import Session

from app.core import clock
from app.core.log_lines import one_line_of_json
from app.core.logs import configure_logs
from app.extensions import db
from app.jobs.runner import run_tick
from app.jobs.schedule import Job
from tests.accounts.browser import let_in
from tests.factories import make_world

LINE_BREAKS = "\r\n\x1b\x0b\x0c\x85\u2028\u2029\u202e\x00"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is written to the log while a test runs, as JSON."""
    root, kept = logging.getLogger(), structlog.get_config()
    handlers, level = list(root.handlers), root.level
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    configure_logs("json")
    yield written
    root.handlers, root.level = handlers, level
    structlog.configure(**kept)


def stream_of_root() -> "logging.StreamHandler[io.StringIO]":
    (handler,) = logging.getLogger().handlers
    assert isinstance(handler, logging.StreamHandler)
    return handler


def read(lines: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in lines.getvalue().splitlines()]


def test_a_request_is_one_line_with_its_fields(
    client: FlaskClient, db_session: Session, lines: io.StringIO
) -> None:
    world = make_world()
    db_session.commit()
    let_in(client, "lead")
    user_id = world["lead"].id
    lines.truncate(0)
    lines.seek(0)

    response = client.get("/proposals?q=秘密の語")

    (line,) = [row for row in read(lines) if row["logger"] == "app.request"]
    told = {name: line[name] for name in ("method", "path", "route", "user_id", "status")}
    assert told == {
        "method": "GET",
        "path": "/proposals",
        "route": "/proposals",
        "user_id": user_id,
        "status": response.status_code,
    }
    assert line["request_id"] == response.headers["X-Request-Id"]
    assert isinstance(line["queries"], int)
    assert line["queries"] > 0
    assert "秘密の語" not in lines.getvalue()


@pytest.mark.parametrize("log_format", ["json", "text"])
def test_whatever_is_typed_stays_on_its_line(lines: io.StringIO, log_format: str) -> None:
    configure_logs(log_format)
    stream_of_root().setStream(lines)

    structlog.get_logger("app").info("a" + LINE_BREAKS, field="b" + LINE_BREAKS)
    logging.getLogger("app").warning("%s", "c" + LINE_BREAKS)

    assert len(lines.getvalue().splitlines()) == 2
    assert [sign for sign in LINE_BREAKS if sign != "\n" and sign in lines.getvalue()] == []


@given(st.dictionaries(st.text(), st.text() | st.characters(categories=["Cs"])))
def test_any_event_is_one_line_of_json_that_reads_back(event: dict[str, str]) -> None:
    line = one_line_of_json(dict(event))

    assert line.splitlines() == [line]
    assert json.loads(line) == event
    line.encode("utf-8")


def test_a_fault_is_told_once_without_what_was_typed(app: Flask, lines: io.StringIO) -> None:
    with app.app_context():
        try:
            db.session.execute(text("SELECT * FROM no_such_table WHERE a = :a"), {"a": "秘密"})
        except Exception:
            logging.getLogger("app").exception("fault of %s", "taro@example.jp")
        try:
            raise ValueError("a@example.jp を読めません\nDETAIL: Key (name)=(秘密)")
        except ValueError:
            logging.getLogger("app").exception("another")
        db.session.rollback()

    first, second = read(lines)
    assert "秘密" not in lines.getvalue()
    assert "no_such_table" in str(first["fault_words"])
    assert (second["fault"], second["fault_words"]) == ("ValueError", "*** を読めません")
    assert "test_logs.py" in str(second["traceback"])


def test_p46_fault_of_a_request_is_logged_once_with_the_id_that_the_page_shows(
    app: Flask, client: FlaskClient, lines: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> str:
        raise RuntimeError("秘密")

    monkeypatch.setitem(app.config, "PROPAGATE_EXCEPTIONS", False)
    monkeypatch.setattr(broken, "audience", "public", raising=False)
    monkeypatch.setitem(app.view_functions, "accounts.login", broken)

    answer = client.get("/login")

    told = [line for line in read(lines) if "fault" in line]
    assert [line["fault"] for line in told] == ["RuntimeError"]
    assert told[0]["request_id"] == answer.headers["X-Request-Id"]
    assert "/login" in str(told[0]["event"])


def test_a_tick_names_itself_on_every_line(
    app: Flask, db_session: Session, lines: io.StringIO
) -> None:
    def work(_moment: object) -> int:
        logging.getLogger("app").info("at work")
        return 0

    moment = clock.jst(2024, 8, 5)
    run_tick(Job(name="trial", label="試し", cron={"minute": "*"}, run=work), moment)

    (line,) = read(lines)
    assert (line["job"], line["tick"], line["attempt"]) == (
        "trial",
        "2024-08-04T15:00:00+00:00",
        1,
    )


def test_a_command_names_itself_without_what_it_was_given(lines: io.StringIO) -> None:
    with click.Context(click.Command("create"), info_name="flask users create") as running:
        running.params = {"login": "somebody"}
        logging.getLogger("app").info("inside")

    logging.getLogger("app").info("outside")

    assert [row.get("command") for row in read(lines)] == ["flask users create", None]
    assert "somebody" not in lines.getvalue()


def test_long_parts_of_a_path_are_hidden(client: FlaskClient, lines: io.StringIO) -> None:
    client.get(f"/invitation/{'k' * 43}?token={'t' * 43}")

    (line,) = read(lines)
    assert (line["path"], line["route"], line["endpoint"]) == ("/invitation/***", "", "")


@pytest.mark.parametrize(
    ("proxies", "given_id", "is_taken"),
    [
        (1, "abcdef0123456789", True),
        (1, "a" * 33, False),
        (1, "a b\tc-----", False),
        (0, "abcdef0123456789", False),
    ],
)
def test_the_id_of_a_request_is_taken_from_a_proxy_alone(
    app: Flask, monkeypatch: pytest.MonkeyPatch, proxies: int, given_id: str, is_taken: bool
) -> None:
    settings = replace(app.config["SETTINGS"], TRUSTED_PROXIES=proxies)
    monkeypatch.setitem(app.config, "SETTINGS", settings)

    response = app.test_client().get("/healthz", headers={"X-Request-Id": given_id})

    assert (response.headers["X-Request-Id"] == given_id) is is_taken
