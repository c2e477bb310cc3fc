"""Open data with replies, views and candidates (オープンデータ): what stands in the files."""

import csv
import io
import json
import subprocess
from datetime import date
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from app.answers.services.views import WriteView, file_view
from app.extensions import db
from app.proposals.models import Proposal, PublicState
from app.public.copying import content_of_case, editable_texts
from app.public.services import (
    Agree,
    PrepareCopy,
    PublishCopies,
    agree,
    prepare_copy,
    publish_copies,
)
from app.workflow.candidates import CandidateState
from app.workflow.handoffs import HandoffPart
from tests.answers.replies import asked_view, make_reply, release
from tests.candidates.lists import add, go_to
from tests.factories import World, make_closed
from tests.public.conftest import NOW
from tests.public.copies import make_published, seen

NAMES = [
    f"{table}.{form}"
    for table in ("proposals", "answers", "candidates")
    for form in ("csv", "json")
]
DATATYPES: dict[str, Any] = {"string": str, "integer": int, "date": date.fromisoformat}


def publish_with_view(world: World, proposal: Proposal) -> None:
    """Publish everything of a case, its view too."""
    texts = {text.key: text.value for text in editable_texts(content_of_case(proposal))}
    command = PrepareCopy(version=proposal.version, texts=texts)
    copy = prepare_copy(proposal, command, actor=world["officer1"])
    publish_copies(PublishCopies(copies=seen(copy)), actor=world["lead"])


def answered(world: World) -> Proposal:
    """A case whose reply was released and whose body filed its view; a second reply is not."""
    reply = make_reply(world, text="令和8年度に直します。")
    proposal = reply.handoff.proposal
    digital = world["digital"].organization
    make_reply(world, proposal, to=digital, part=HandoffPart.RELATED, text="公開されない意見")
    release(world, reply)
    view = asked_view(proposal)
    words = WriteView(version=view.version, text="早めてほしい。")
    file_view(view, words, actor=world["city-mgr"])
    return proposal


def read_csv(client: FlaskClient, name: str) -> list[dict[str, str]]:
    text = client.get(f"/public/data/R6/{name}.csv").data.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text)))


def test_p26_public_copy_has_the_released_reply_alone_and_the_view_by_consent(
    world: World, client: FlaskClient
) -> None:
    proposal = answered(world)
    agree(proposal, Agree(version=0, is_named=False, shows_view=True), actor=world["city-mgr"])
    publish_with_view(world, proposal)
    db.session.commit()

    page = client.get(f"/public/proposals/{proposal.receipt_number}").text
    (row,) = read_csv(client, "answers")
    listed = client.get("/public/proposals?state=candidate&q=令和8年度").text

    assert "令和8年度に直します。" in page
    assert "早めてほしい。" in page
    assert "公開されない意見" not in page
    assert (row["府省庁"], row["回答"], row["対応・結論の予定日"], row["公開日"]) == (
        "厚生労働省",
        "令和8年度に直します。",
        "2031-03-31",
        "2024-08-20",
    )
    assert proposal.receipt_number in listed
    assert read_csv(client, "proposals")[0]["公開された回答の数"] == "1"
    # The view leaves at once when the body takes its word back.
    agree(proposal, Agree(version=1, is_named=False, shows_view=False), actor=world["city-mgr"])
    db.session.commit()
    assert "早めてほしい。" not in client.get(f"/public/proposals/{proposal.receipt_number}").text


def test_candidates_file_has_what_the_meeting_selected(world: World, client: FlaskClient) -> None:
    make_published(world)
    go_to(world, add(world, "入札参加資格審査システム"), CandidateState.STUDYING)
    add(world, "仮置きのシステム", is_provisional=True)
    add(world, "候補の案のシステム")
    db.session.commit()

    before = read_csv(client, "candidates")
    world.round.statistics_published_at = NOW
    db.session.commit()
    after = read_csv(client, "candidates")

    assert before == []
    assert [(row["対象候補"], row["担当府省庁"], row["由来"]) for row in after] == [
        ("入札参加資格審査システム", "厚生労働省", "提案募集")
    ]


def test_checksums_hold_and_the_schema_describes_every_row(
    world: World, client: FlaskClient, tmp_path: Path
) -> None:
    make_published(world, answered(world))
    make_published(world, outcome="1行目\n2行目")
    db.session.commit()

    for name in [*NAMES, "schema.json", "SHA256SUMS"]:
        (tmp_path / name).write_bytes(client.get(f"/public/data/R6/{name}").data)
    checked = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    described = json.loads((tmp_path / "schema.json").read_text())["tables"]

    assert checked.stdout.splitlines() == [f"{name}: OK" for name in [*NAMES, "schema.json"]]
    assert [table["url"] for table in described] == NAMES[::2]
    for table in described:
        columns = table["tableSchema"]["columns"]
        rows = json.loads((tmp_path / table["url"].replace(".csv", ".json")).read_text())["rows"]
        assert len(rows) == table["rows"]
        for row in rows:
            assert list(row) == [column["name"] for column in columns]
            for column in columns:
                value = row[column["name"]]
                read = DATATYPES[column["datatype"]]
                # Empty where nothing is known; else of the type that is said.
                assert value is None or read(value) is not None
                assert read is not int or isinstance(value, int)


def test_public_state_and_dates_of_an_updated_case(world: World, client: FlaskClient) -> None:
    copy = make_published(world)
    make_published(world, copy.proposal, title="直した概要")
    db.session.commit()

    (row,) = read_csv(client, "proposals")

    assert row["提案概要"] == "直した概要"
    assert (row["公表日"], row["更新日"]) == ("2024-08-20", "2024-08-20")
    assert copy.public_state is PublicState.CANDIDATE


def count_queries(client: FlaskClient, path: str) -> int:
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    db.session.expire_all()
    event.listen(db.engine, "before_cursor_execute", note)
    try:
        assert client.get(path).status_code == 200
    finally:
        event.remove(db.engine, "before_cursor_execute", note)
    return len(statements)


def test_list_and_files_ask_as_often_for_many_cases_as_for_one(
    world: World, client: FlaskClient
) -> None:
    paths = ("/public", "/public/proposals", "/public/data/R6/proposals.csv")
    make_published(world)
    db.session.commit()
    one = {path: count_queries(client, path) for path in paths}
    for _ in range(4):
        make_published(world, make_closed(world))
    db.session.commit()

    many = {path: count_queries(client, path) for path in paths}

    assert many == one
